"""Encryption at rest, blind indexes and the keyed chain: everything that needs a secret of the practice's owner."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class UnreadableSecret(Exception):
    """A stored value opens with none of the keys: one was removed too early, or the row was altered."""


class Vault:
    """Seals client identity and computes keyed digests.

    ``encryption_keys`` are Fernet keys: the first seals, all of them open, so a new key is put in front. ``index_key``
    and ``history_key`` cannot be rotated without rewriting the indexes and the chains.
    """

    def __init__(self, encryption_keys: Sequence[str], index_key: str, history_key: str) -> None:
        fernets = [Fernet(key) for key in encryption_keys]
        self._first = fernets[0]
        self._fernet = MultiFernet(fernets)
        self._index_key = index_key.encode()
        self._history_key = history_key.encode()

    def seal(self, text: str | None) -> bytes | None:
        return None if text is None else self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes | None) -> str | None:
        """Raises UnreadableSecret when no key fits."""
        if sealed is None:
            return None
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise UnreadableSecret("no encryption key opens this value") from error

    def renewed(self, sealed: bytes) -> bytes | None:
        """The same text under the first key; None where that key sealed it. Raises UnreadableSecret."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            pass
        else:
            return None
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise UnreadableSecret("no encryption key opens this value") from error

    def index(self, purpose: str, text: str) -> str:
        """A blind index: equal for texts that differ only in case, accents or spacing; meaningless without the key."""
        message = f"{purpose}\x00{fold(text)}".encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()

    def link(self, previous: str, message: bytes) -> str:
        """The next hash of a history chain."""
        return hmac.new(self._history_key, previous.encode() + b"\x00" + message, hashlib.sha256).hexdigest()


def fold(text: str) -> str:
    """Casefolded, unaccented, single-spaced: "  Zoë " and "ZOE" are one. Letters of other scripts stay.

    Every kind of dash and of apostrophe is one, and invisible marks are none: phones type them as they please.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(map(_plain, decomposed)).casefold().split())


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category == "Cf":
        return ""
    if category == "Pd":
        return "-"
    return "'" if letter in _APOSTROPHES else letter


_APOSTROPHES = frozenset("\u2018\u2019\u201b\u02bc\u02bb\uff07`")


def name_parts(name: str) -> list[str]:
    """The folded parts by which a client is found: words, and the halves of hyphenated ones."""
    words = [word for word in fold(name).split() if any(letter.isalnum() for letter in word)]
    halves = [half for word in words if "-" in word for half in word.split("-") if half]
    return list(dict.fromkeys(words + halves))
