"""Which referral a typed code means. A code is opaque: typing it after a slash tells nothing of a client."""

from dataclasses import dataclass

from sqlmodel import col, select

from store.ids import CODE_ALPHABET, CODE_LENGTH
from store.tables import Referral

from ..actor import Actor
from ..outcomes import Refusal, Refused
from ..tx import Tx
from .timeline import TIMELINE

EXAMPLE = "R-7K3QM"
#: More than that is no code with something around it.
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Known:
    referral_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No referral by that code. ``written``: as codes are written, where it could be one; ``nearest``: like it."""

    written: str | None
    nearest: tuple[str, ...] = ()


def by_code(tx: Tx, actor: Actor, typed: str) -> Known | Unknown | Refused:
    """With or without the ``R-``, in capitals or not. For coordinators; what others typed is not looked up."""
    if not actor.coordinator:
        tx.record(tx.locked_practice(), "refuse", actor, result=Refusal.NOT_COORDINATOR, what=TIMELINE)
        return Refused(Refusal.NOT_COORDINATOR)
    letters = typed.strip().upper().removeprefix("R").lstrip("-–— ") if len(typed) <= _LONGEST else ""
    if len(letters) != CODE_LENGTH and len(typed.strip()) == CODE_LENGTH:
        letters = typed.strip().upper()  # a code that begins with R, without its prefix
    if len(letters) != CODE_LENGTH or not (letters.isascii() and letters.isalnum()):
        return Unknown(None)
    found = _those(tx, [f"R-{letters}"])
    if found:
        return Known(found[0][1])
    return Unknown(f"R-{letters}", tuple(code for code, _ in _those(tx, _one_away(letters)))[:3])


def _those(tx: Tx, codes: list[str]) -> list[tuple[str, str]]:
    """(code, id), by the practice's index of codes."""
    rows = select(Referral.code, Referral.id).where(
        Referral.practice_id == tx.practice_id, col(Referral.code).in_(codes)
    )
    return sorted(tx.session.exec(rows).all())


def _one_away(letters: str) -> list[str]:
    """All codes with one letter another, or two neighbours the other way round."""
    other = [
        letters[:at] + letter + letters[at + 1 :]
        for at in range(CODE_LENGTH)
        for letter in CODE_ALPHABET
        if letter != letters[at]
    ]
    swapped = [letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :] for at in range(CODE_LENGTH - 1)]
    return [f"R-{one}" for one in [*other, *swapped]]
