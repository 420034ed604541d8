"""Whether client information may stand in Slack: off, until a coordinator attests the agreement that it takes.

DOMAIN.md section 3, rule 1. Slack signs a business associate agreement for its Enterprise plan only.
"""

from dataclasses import dataclass
from datetime import datetime

from store.tables import Practice

from .actor import Actor
from .outcomes import Refusal, Refused
from .tx import Tx

EVENT = "phi_in_slack"


@dataclass(frozen=True, slots=True)
class Attestation:
    """``by`` is a Slack user; both None while it is off."""

    on: bool
    by: str | None
    at: datetime | None


def attestation(tx: Tx, actor: Actor) -> Attestation | Refused:
    """How it stands, for a coordinator."""
    return _stands(tx.practice()) if actor.coordinator else _refuse(tx, actor)


def attest(tx: Tx, actor: Actor, on: bool) -> Attestation | Refused:
    """Turns it on, which attests the agreement in the coordinator's name, or off. Applies to the next click."""
    if not actor.coordinator:
        return _refuse(tx, actor)
    practice = tx.locked_practice()
    if practice.phi_in_slack != on:
        practice.phi_in_slack = on
        practice.phi_attested_by = (actor.slack_user or actor.name) if on else None
        practice.phi_attested_at = tx.now if on else None
        tx.record(practice, EVENT, actor, before=not on, after=on)
    return _stands(practice)


def _stands(practice: Practice) -> Attestation:
    return Attestation(practice.phi_in_slack, practice.phi_attested_by, practice.phi_attested_at)


def _refuse(tx: Tx, actor: Actor) -> Refused:
    tx.record(tx.locked_practice(), EVENT, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
