"""Lives the demo's month through the real use cases: each thing at its moment, deadlines included.

It runs inside one transaction, so that a running worker sees either none of the month or all of it, and an interrupted
start leaves nothing behind. Of the wake-ups, the past deadlines are acted on here; the sweep finds the rest.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlmodel import Session, col, select

from referrals import deadlines
from referrals.accept import accept
from referrals.actor import CLIENT, OPERATOR, SYSTEM, Actor, Surface
from referrals.close import close
from referrals.coordinate import OutOfNetwork, assign, reopen
from referrals.decline import decline, pass_, release
from referrals.intake.request import Intake
from referrals.lifecycle import Event
from referrals.outcomes import Decision, Done, Question, WrongDate
from referrals.progress import contacted, no_answer, phoned, plan, scheduled
from referrals.submit import submit
from referrals.tx import Tx, Wake, WakeKind
from store.tables import Attention, Offer, Provider, Referral
from store.vault import Vault
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Status

from .practice import ROBIN
from .script import Case, OnDay, Step

T = TypeVar("T")
Act = Callable[[Tx], object]

_DEADLINES: dict[WakeKind, Callable[[Tx, str], bool]] = {
    WakeKind.REMIND: deadlines.remind,
    WakeKind.REMIND_CLIENT: deadlines.remind_client,
    WakeKind.EXPIRE: deadlines.expire,
    WakeKind.NUDGE: deadlines.nudge,
    WakeKind.ESCALATE: deadlines.escalate,
}
_SENDERS = {"form": CLIENT, "staff": ROBIN, "csv": OPERATOR}
_MINUTES_LATE = 20  # at most, so that the past is not all on the hour


@dataclass(slots=True)
class Past:
    """A queue of what happens when, up to ``now`` (desk clock). ``offset``: of the desk clock ahead of the real one."""

    session: Session
    practice_id: str
    vault: Vault
    now: datetime
    offset: timedelta
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: int = 0

    def at(self, moment: datetime, act: Act) -> None:
        if moment <= self.now:
            self._count += 1  # what is due at one moment happens in the order in which it was planned
            heapq.heappush(self._queue, (moment, self._count, act))

    def live(self) -> None:
        while self._queue:
            moment, _, act = heapq.heappop(self._queue)
            self.do(moment, act)

    def do(self, moment: datetime, act: Callable[[Tx], T]) -> T:
        """Runs a use case as the Desk would have then, and plans the deadlines that come of it."""
        wakes: list[Wake] = []
        tx = Tx(self.session, self.practice_id, moment, moment - self.offset, self.vault, wakes)
        result = act(tx)
        tx.finish()
        for wake in wakes:
            if wake.at is not None and wake.kind in _DEADLINES:
                self.at(wake.at, partial(_act_on, deadline=_DEADLINES[wake.kind], id=wake.id))
        return result


def arrive(past: Past, case: Case, intake: Intake, chance: random.Random, arrived: Callable[[], None]) -> None:
    """Plans a referral's arrival and its story. ``arrived`` is called once it is there."""

    def come(tx: Tx) -> None:
        done = submit(tx, _SENDERS[case.channel], intake)
        for step, late in zip(case.story, delays, strict=True):
            past.at(
                tx.now + timedelta(hours=step.after) + late, partial(_take, case=case, step=step, id=done.referral_id)
            )
        arrived()

    loose = _MINUTES_LATE * isinstance(case.arrives, OnDay)
    delays = [timedelta(minutes=chance.uniform(0, loose)) for _ in case.story]
    past.at(case.arrives.at(past.now) + timedelta(minutes=chance.uniform(0, loose)), come)


def phone_those_without_email(tx: Tx) -> None:
    """The coordinator goes through the list of clients to phone."""
    waiting = select(Attention.id).where(
        Attention.practice_id == tx.practice_id,
        Attention.kind == AttentionKind.PHONE_TASK,
        col(Attention.settled_at).is_(None),
    )
    for item in tx.session.exec(waiting).all():
        phoned(tx, ROBIN, item)
        tx.session.flush()  # the next one may be about the same referral, and reads it again


def _act_on(tx: Tx, *, deadline: Callable[[Tx, str], bool], id: str) -> None:
    deadline(tx, id)


def _take(tx: Tx, *, case: Case, step: Step, id: str) -> None:
    referral = tx.get(Referral, id)
    offer = tx.get(Offer, referral.offer_id) if referral else None
    if referral is None or offer is None:
        raise LookupError(id)
    whose = _provider(tx, step.who) if step.who else tx.get(Provider, referral.accepted_by or offer.provider_id)
    decision = _decide(tx, referral, whose, step)
    if not isinstance(decision, Done):
        raise ValueError(f"{case.client}: {step.event} answers {decision}")


def _decide(tx: Tx, referral: Referral, whose: Provider | None, step: Step) -> Decision | WrongDate:
    actor = _actor(whose) if whose else SYSTEM
    match step.event, step.reason:
        case Event.ACCEPT, _:
            return accept(tx, actor, referral.offer_id, confirmed=frozenset(Question))
        case Event.DECLINE, DeclineReason() as reason:
            return decline(tx, actor, referral.offer_id, reason)
        case Event.PASS, _:
            return pass_(tx, actor, referral.offer_id)
        case Event.RELEASE, DeclineReason() as reason:
            return release(tx, actor, referral.id, reason)
        case Event.CONTACTED, _:
            return contacted(tx, actor, referral.id)
        case Event.NO_ANSWER, _:
            return no_answer(tx, actor, referral.id, tx.now.date() + timedelta(days=1), referral.tries)
        case Event.PLAN, _:
            return plan(tx, actor, referral.id, frozenset(step.items))
        case Event.SCHEDULED, _:
            return scheduled(tx, actor, referral.id)
        case Event.CLOSE, CloseReason() as reason:
            theirs = referral.status is Status.ACCEPTED and reason is CloseReason.UNREACHABLE
            return close(tx, actor if theirs else ROBIN, referral.id, reason)
        case Event.REOPEN, _:
            return reopen(tx, ROBIN, referral.id)
        case Event.ASSIGN, _ if whose:
            given = assign(tx, ROBIN, referral.id, whose.id)
            if not isinstance(given, OutOfNetwork):
                return given
    raise ValueError(f"nobody can do this: {step}")


def actor_of(tx: Tx, key: str) -> Actor:
    return _actor(_provider(tx, key))


def _actor(provider: Provider) -> Actor:
    return Actor(f"provider:{provider.id}", Surface.BUTTON, provider.id, provider.slack_user)


def _provider(tx: Tx, key: str) -> Provider:
    found = select(Provider).where(Provider.practice_id == tx.practice_id, Provider.slack_user == f"U0{key.upper()}")
    return tx.session.exec(found).one()
