"""Use cases on the caller's own record as a provider."""

from collections.abc import Callable
from typing import TypeVar

from referrals.actor import Actor
from referrals.outcomes import Refusal, Refused
from referrals.tx import Tx

T = TypeVar("T")


def on_own(use_case: Callable[[Tx, Actor, str], T]) -> Callable[[Tx, Actor], T | Refused]:
    """Runs it for the caller; a coordinator who is no provider has no record of their own."""

    def run(tx: Tx, actor: Actor) -> T | Refused:
        return Refused(Refusal.UNLINKED) if actor.provider_id is None else use_case(tx, actor, actor.provider_id)

    return run


def myself(tx: Tx, actor: Actor) -> Actor:
    """Only finds out who it is."""
    return actor
