"""Finds what is due and undone, whatever became of its wake-up. One referral, one transaction."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from referrals import deadlines, slack_trouble
from referrals.pausing import availability, pause_ends
from referrals.tx import Tx
from store.tables import Delivery, Offer, Practice, Provider, Referral

from . import cards, digest, licences, outbox, probe
from .alone import Alone
from .contained import contained
from .deps import JobDeps
from .posts import ChannelPoster
from .pulse import SENDING, SWEEP, Heart

log = logging.getLogger(__name__)

#: How many rows of a kind one sweep takes on; the next one comes a few seconds later.
_LIMIT = 500
_AT_ONCE = 8

GotOn = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Due:
    """What one sweep found."""

    expired: int = 0
    reminded: int = 0
    clients_reminded: int = 0
    nudged: int = 0
    escalated: int = 0
    resumed: int = 0


class Sweep:
    """The safety net: enough on its own, should every wake-up be lost.

    One at a time in this process, or they would pile up while Slack or the mail server is slow. What is only written
    down does not wait for what is being sent.
    """

    def __init__(self, deps: JobDeps, poster: ChannelPoster) -> None:
        self._deps = deps
        self._poster = poster
        self._deciding = Alone()
        self._sending = Alone()
        self._heart = Heart(deps.desk.database)

    async def run(self) -> None:
        """One that is asked for while another runs makes that one look again."""
        await self._deciding.run(self._decide)
        await self._sending.run(self._send)

    async def _decide(self) -> None:
        for practice_id in await self._deps.desk.database.read(practice_ids):
            with contained("deadlines", practice=practice_id):
                await act_on_deadlines(self._deps, practice_id, lambda: self._beat(SWEEP))
            with contained("nobody_left", practice=practice_id):
                await alert_where_nobody_is_left(self._deps, practice_id)
            with contained("licences", practice=practice_id):
                await licences.look(self._deps, practice_id)
            with contained("digest", practice=practice_id):
                await digest.look(self._deps, practice_id)
        await self._beat(SWEEP)

    async def _send(self) -> None:
        for practice_id in await self._deps.desk.database.read(practice_ids):
            with contained("probe", practice=practice_id):
                await probe.look_again(self._deps, practice_id)
            await send_all(self._deps, self._poster, practice_id)
        await self._beat(SENDING)

    async def _beat(self, pulse: str) -> None:
        """At the very end, or after a batch with many more to come: one that hangs in the middle does not get here."""
        await self._heart.beat(pulse, self._deps.desk.clock.real())


async def alert_where_nobody_is_left(deps: JobDeps, practice_id: str) -> None:
    for offer_id in await deps.desk.ask(practice_id, availability.rounds_without_anybody):
        with contained("alert_round", offer=offer_id):
            await deps.desk.do(practice_id, availability.alert_round, offer_id)


async def send_all(deps: JobDeps, poster: ChannelPoster, practice_id: str) -> None:
    """Cards, notices and posts side by side: what waits for a card would keep the outbox busy until that is posted."""

    async def alone(step: str, work: Awaitable[object]) -> None:
        with contained(step, practice=practice_id):
            await work

    await asyncio.gather(
        alone("cards", redraw_cards(deps, practice_id)),
        alone("outbox", drain_in_turn(deps, practice_id)),
        alone("posts", poster.run(practice_id)),
    )


async def drain_in_turn(deps: JobDeps, practice_id: str) -> None:
    async with deps.drains:
        await outbox.drain(deps, practice_id)


async def redraw_cards(deps: JobDeps, practice_id: str) -> None:
    """Brings posted cards up to date, a few at a time."""
    stale = await deps.desk.ask(practice_id, stale_cards)
    for few in (stale[at : at + _AT_ONCE] for at in range(0, len(stale), _AT_ONCE)):
        await asyncio.gather(*(_redraw(deps, practice_id, offer_id) for offer_id in few))


async def _redraw(deps: JobDeps, practice_id: str, offer_id: str) -> None:
    with contained("redraw", offer=offer_id):
        await cards.redraw(deps, practice_id, offer_id)


async def _unwatched() -> None: ...


async def act_on_deadlines(deps: JobDeps, practice_id: str, got_on: GotOn = _unwatched) -> Due:
    """Expiries before reminders: where both are due, only the expiry happens. ``got_on``: awaited after each batch."""
    counts = [
        await _each(deps, practice_id, expiring, deadlines.expire, got_on),
        await _each(deps, practice_id, to_remind, deadlines.remind, got_on),
        await _each(deps, practice_id, clients_to_remind, deadlines.remind_client, got_on),
        await _each(deps, practice_id, to_nudge, deadlines.nudge, got_on),
        await _each(deps, practice_id, to_escalate, deadlines.escalate, got_on),
        await _each(deps, practice_id, to_resume, pause_ends.end_pauses, got_on),
    ]
    return Due(*counts)


async def _each(
    deps: JobDeps,
    practice_id: str,
    due: Callable[[Tx], Sequence[str]],
    act: Callable[[Tx, str], bool],
    got_on: GotOn,
) -> int:
    done = 0
    while offers := list(await deps.desk.ask(practice_id, due)):
        random.shuffle(offers)  # the other workers have the same list, and should not be at the same row all the time
        acted = 0
        for few in (offers[at : at + _AT_ONCE] for at in range(0, len(offers), _AT_ONCE)):
            acted += sum(await asyncio.gather(*(_act(deps, practice_id, act, offer_id) for offer_id in few)))
        done += acted
        if not acted:
            break  # others were faster, or a row cannot be acted on: no use asking again now
        await got_on()
    return done


async def _act(deps: JobDeps, practice_id: str, act: Callable[[Tx, str], bool], offer_id: str) -> bool:
    with contained(act.__name__, offer=offer_id):
        return await deps.desk.do(practice_id, act, offer_id)
    return False  # type: ignore[unreachable,unused-ignore]


def practice_ids(session: Session) -> Sequence[str]:
    return session.exec(select(Practice.id)).all()


def expiring(tx: Tx) -> Sequence[str]:
    return _offers(tx, col(Offer.expires_at), col(Offer.expires_at) <= tx.now, col(Offer.outcome).is_(None))


def to_remind(tx: Tx) -> Sequence[str]:
    return _offers(tx, col(Offer.remind_due), col(Offer.remind_due) <= tx.now, col(Offer.outcome).is_(None))


def clients_to_remind(tx: Tx) -> Sequence[str]:
    return _offers(tx, col(Offer.remind_client_due), col(Offer.remind_client_due) <= tx.now)


def to_nudge(tx: Tx) -> Sequence[str]:
    return _referrals(tx, col(Referral.nudge_due))


def to_escalate(tx: Tx) -> Sequence[str]:
    return _referrals(tx, col(Referral.escalate_due))


def to_resume(tx: Tx) -> Sequence[str]:
    """Providers a pause of whom has run out."""
    due = col(Provider.pause_ends)
    return tx.session.exec(
        select(Provider.id).where(Provider.practice_id == tx.practice_id, due <= tx.now).order_by(due).limit(_LIMIT)
    ).all()


def stale_cards(tx: Tx) -> Sequence[str]:
    """Posted cards that show what no longer is; none while Slack would refuse it."""
    if not slack_trouble.may_redraw(tx):
        return []
    return _offers(tx, col(Offer.card_next_at), *cards.due(tx.real_now, posted=True))


def undone_deliveries(tx: Tx) -> int:
    """How many notices are still to be sent; for those who wait until the desk is quiet."""
    return len(
        tx.session.exec(select(Delivery.id).where(Delivery.practice_id == tx.practice_id, outbox.undone())).all()
    )


def _offers(tx: Tx, since: Mapped[Any], *conditions: ColumnElement[bool]) -> Sequence[str]:
    """The longest due first, which is also the order of the index that finds them among millions."""
    return tx.session.exec(
        select(Offer.id).where(Offer.practice_id == tx.practice_id, *conditions).order_by(since).limit(_LIMIT)
    ).all()


def _referrals(tx: Tx, due: Mapped[Any]) -> Sequence[str]:
    """As ``_offers``. Whatever is due is there only while it is to be done, so the column says all.

    ``|| ''`` keeps SQLite from reading all of the practice's referrals instead of the few that wait.
    """
    ours = col(Referral.practice_id).concat("") == tx.practice_id
    return tx.session.exec(select(Referral.id).where(ours, due <= tx.now).order_by(due).limit(_LIMIT)).all()
