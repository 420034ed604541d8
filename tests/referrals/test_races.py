"""Two things at the same instant, a hundred times each: one wins, the other learns of it, and nothing is said twice.

PLATFORM.md, faults 1 to 3. The database is real and so is the concurrency: both are under way before either commits.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from referrals.accept import accept
from referrals.actor import CLIENT
from referrals.close import close
from referrals.deadlines import expire
from referrals.decline import decline
from referrals.outcomes import Done, Since
from referrals.submit import submit
from store.tables import Provider, Referral
from store.vocabulary import CloseReason, DeclineReason, OfferOutcome, Status
from tests.desk import CORA, Office, by, intake

TIMES = 100
ACCEPTED = {"thread_accepted": 1, "acceptor_dm": 1, "acceptor_mail": 1}
SUBMITTED = {"client_confirmation": 1}
OFFERED = {"provider_offer": 1, "provider_offer_sms": 1}
Call = Callable[[], Any]


async def at_once(turn: int, *calls: Call) -> list[Any]:
    """Answers in the order of ``calls``; every other turn the last one is the first to start."""
    if turn % 2:
        return list(reversed(await asyncio.gather(*(call() for call in reversed(calls)))))
    return list(await asyncio.gather(*(call() for call in calls)))


@pytest.fixture
async def two(office: Office) -> list[Provider]:
    return await office.team("Maya Chen", "Noor Haddad", "Omar Vance")


async def told(office: Office, id: str) -> dict[str, int]:
    return dict(Counter(template for template, _ in await office.told(id)))


async def test_accept_and_accept(office: Office, two: list[Provider]) -> None:
    maya, noor, _ = two
    winners = Counter[str]()
    for turn in range(TIMES):
        done = await office.submit()
        answers = await at_once(
            turn,
            lambda done=done: office.do(accept, by(maya), done.offer_id),
            lambda done=done: office.do(accept, by(noor), done.offer_id),
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Since"]
        winner, loser = (maya, answers[1]) if isinstance(answers[0], Done) else (noor, answers[0])
        assert (loser.by.name, loser.mine) == (winner.name, False)
        referral = await office.referral(done.referral_id)
        assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, winner.id)
        assert await office.history(referral) == ["submit", "accept"]
        assert await told(office, referral.id) == SUBMITTED | ACCEPTED
        winners[winner.name] += 1
    assert set(winners) == {maya.name, noor.name}, "each has won at times, or this was no race"


async def test_the_same_person_twice(office: Office, two: list[Provider]) -> None:
    for turn in range(TIMES):
        done = await office.submit()
        answers = await at_once(turn, *[lambda done=done: office.do(accept, by(two[0]), done.offer_id)] * 2)
        late = next(answer for answer in answers if isinstance(answer, Since))
        assert late.mine
        assert await office.history(await office.referral(done.referral_id)) == ["submit", "accept"]
        assert await told(office, done.referral_id) == SUBMITTED | ACCEPTED


async def test_accept_and_decline(office: Office, two: list[Provider]) -> None:
    """A coordinator declines for the provider while they accept."""
    maya = two[0]
    for turn in range(TIMES):
        done = await office.submit(maya)
        accepted, declined = await at_once(
            turn,
            lambda done=done: office.do(accept, by(maya), done.offer_id),
            lambda done=done: office.do(decline, CORA, done.offer_id, DeclineReason.SCHEDULE),
        )
        assert {type(accepted), type(declined)} == {Done, Since}
        expected = (
            (Status.ACCEPTED, "accept", [OfferOutcome.ACCEPTED], ACCEPTED)
            if isinstance(accepted, Done)
            else (Status.PENDING, "decline", [OfferOutcome.DECLINED, None], {"client_declined": 1})
        )
        await check(office, done.referral_id, *expected)


async def test_accept_and_expire(office: Office, two: list[Provider]) -> None:
    """At the very moment of the deadline: acceptable until expiry is written."""
    maya = two[0]
    for turn in range(TIMES):
        done = await office.submit(maya)
        office.clock.turn(hours=48)
        accepted, expired = await at_once(
            turn,
            lambda done=done: office.do(accept, by(maya), done.offer_id),
            lambda done=done: office.do(expire, done.offer_id),
        )
        assert isinstance(accepted, Done) is not expired
        expected = (
            (Status.PENDING, "expire", [OfferOutcome.EXPIRED, None], {"client_declined": 1})
            if expired
            else (Status.ACCEPTED, "accept", [OfferOutcome.ACCEPTED], ACCEPTED)
        )
        await check(office, done.referral_id, *expected)


async def test_accept_and_close(office: Office, two: list[Provider]) -> None:
    """Both may happen, in one order only: whoever accepted first is told to stop."""
    maya = two[0]
    for turn in range(TIMES):
        done = await office.submit(maya)
        accepted, closed = await at_once(
            turn,
            lambda done=done: office.do(accept, by(maya), done.offer_id),
            lambda done=done: office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN),
        )
        assert isinstance(closed, Done)
        referral = await office.referral(done.referral_id)
        assert referral.status is Status.CLOSED
        first = isinstance(accepted, Done)
        assert await office.history(referral) == ["submit", *(["accept"] if first else []), "close"]
        stopped = ACCEPTED | {"acceptor_stop_dm": 1, "acceptor_stop_mail": 1} if first else {}
        assert await told(office, referral.id) == SUBMITTED | OFFERED | stopped | {"client_closing": 1}


async def test_the_same_form_twice(office: Office, two: list[Provider]) -> None:
    for turn in range(TIMES):
        form = intake(two[0], nonce=f"nonce {turn}")
        first, second = await asyncio.gather(*(office.do(submit, CLIENT, form) for _ in range(2)))
        assert first == second
    referrals = await office.rows(Referral)
    assert len(referrals) == TIMES
    assert await told(office, referrals[0].id) == SUBMITTED | OFFERED


async def check(
    office: Office,
    id: str,
    status: Status,
    event: str,
    outcomes: list[OfferOutcome | None],
    also: dict[str, int],
) -> None:
    referral = await office.referral(id)
    assert referral.status is status
    assert await office.history(referral) == ["submit", event]
    assert [offer.outcome for offer in await office.offers(id)] == outcomes
    assert await told(office, id) == SUBMITTED | OFFERED | also
