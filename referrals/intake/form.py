"""The public form's use case: one referral for one nonce, however often the form is sent."""

from dataclasses import dataclass

from sqlmodel import select

from store.tables import Referral

from ..actor import CLIENT
from ..submit import submit
from ..tx import Tx
from .heard import with_source
from .request import Intake


@dataclass(frozen=True, slots=True)
class Received:
    """``again``: this form had been sent before, and what it said then is what counts."""

    code: str
    again: bool


def receive(tx: Tx, intake: Intake, link: str = "") -> Received:
    """Submits what the form says, unless its nonce has been submitted. ``link``: the source's token it came by."""
    if known := received(tx, intake.nonce):
        return known
    return Received(submit(tx, CLIENT, with_source(tx, intake, link)).code, again=False)


def received(tx: Tx, nonce: str | None) -> Received | None:
    """What this nonce was submitted as."""
    statement = select(Referral.code).where(Referral.practice_id == tx.practice_id, Referral.nonce == nonce)
    code = tx.session.exec(statement).first() if nonce else None
    return Received(code, again=True) if code else None
