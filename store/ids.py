"""Identifiers: sortable row ids, and the referral code that people read to each other."""

import secrets
import time
from datetime import datetime

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
#: No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: each letter is heard and read one way only.
CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CODE_LENGTH = 5


def new_id() -> str:
    """26 characters, sortable by creation time to the millisecond (the ULID layout), otherwise random."""
    return _written((time.time_ns() // 1_000_000) << 80 | secrets.randbits(80))


def first_id(moment: datetime) -> str:
    """The smallest id of this moment of the real clock: where a range over a primary key begins."""
    return _written(int(moment.timestamp() * 1000) << 80)


def _written(number: int) -> str:
    letters = []
    for _ in range(26):
        letters.append(_CROCKFORD[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def new_code() -> str:
    """A referral code such as ``R-7K3QM``: opaque, unique within a practice by its index, six million of them."""
    return "R-" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
