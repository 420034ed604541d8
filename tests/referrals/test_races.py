"""Two things at the same instant, a thousand times each: one wins, the other learns of it, and nothing is said twice.

PLATFORM.md, faults 1 to 3, on both engines. Every single run is looked at, not only their sum.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from referrals.accept import accept
from referrals.actor import CLIENT
from referrals.by_link import Yes, decide
from referrals.close import close
from referrals.deadlines import expire
from referrals.decline import decline, pass_
from referrals.eligibility import Unroutable
from referrals.links import decision_link
from referrals.outcomes import Done, Question, Since
from referrals.pausing.availability import Availability, pause
from referrals.submit import submit
from referrals.tx import Tx
from store.tables import Link, Offer, Provider
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind, OfferOutcome, ProviderStatus, Status
from tests.desk import COORDINATOR, CORA, by, intake

from .racing import COORDINATORS, TOGETHER, Ended, Pair, Side, Track, ended, track

TIMES, DOUBLES = 1000, 200
#: Every pause looks at each General round of its practice, so that one practice for all would be slow.
IN_ONE_PRACTICE = 10
SEED = 20251114
Told = Counter[tuple[str, str]]


@dataclass
class Scores:
    """What the table after the last race shows."""

    engine: str = ""
    lines: list[str] = field(default_factory=list)

    def note(self, race: str, wins: Counter[str], seconds: float) -> None:
        """Fails unless either side has won at times: otherwise it was no race."""
        assert len(wins) == 2, f"{race}: {dict(wins)}"
        sides = ", ".join(f"{side} {times}" for side, times in sorted(wins.items()))
        self.lines.append(f"{self.engine:<9}{race:<24}{wins.total():>6} races{seconds:>7.1f} s   {sides}")


@pytest.fixture(scope="module")
def _table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    lines: list[str] = []
    yield lines
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("", *lines, sep="\n")


@pytest.fixture
def scores(_table: list[str], engine: str) -> Scores:
    return Scores(engine, _table)


@pytest.fixture
async def field_(database_url: str) -> AsyncIterator[Track]:
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # as bot.logs has it: not every statement
    async with track(database_url, random.Random(SEED)) as found:
        yield found


async def timed(field_: Track, pairs: list[Pair]) -> tuple[list[tuple[Any, Any]], float]:
    started = time.monotonic()
    return await field_.run(pairs), time.monotonic() - started


async def offered(field_: Track) -> list[tuple[Done, Provider]]:
    """Those that race together are each another provider's, whose row is locked, too: they would queue for one."""
    *mayas, _ = await field_.office.team(*(f"Maya{turn} Chen" for turn in range(TOGETHER)), "Noor Haddad")
    each = [[(done, maya) for done in await field_.refer(TIMES // TOGETHER, maya)] for maya in mayas]
    return [one for few in zip(*each, strict=True) for one in few]


# What has been said of a referral, as (template, recipient)


def submitted(one: Ended, preferred: Provider | None = None) -> Told:
    told = Counter({("client_confirmation", f"client:{one.referral.client_id}"): 1})
    if preferred:
        told |= Counter({(name, f"provider:{preferred.id}"): 1 for name in ("provider_offer", "provider_offer_sms")})
    return told


def accepted_by(provider: Provider) -> Told:
    own = Counter({(name, f"provider:{provider.id}"): 1 for name in ("acceptor_dm", "acceptor_mail")})
    return own | Counter({("thread_accepted", "channel"): 1})


def stopped(provider: Provider) -> Told:
    return Counter({(name, f"provider:{provider.id}"): 1 for name in ("acceptor_stop_dm", "acceptor_stop_mail")})


def to_client(one: Ended, template: str) -> Told:
    return Counter({(template, f"client:{one.referral.client_id}"): 1})


async def test_accept_and_accept(field_: Track, scores: Scores) -> None:
    maya, noor, _ = await field_.office.team("Maya Chen", "Noor Haddad", "Omar Vance")
    given = await field_.refer(TIMES)

    def side(done: Done, provider: Provider) -> Side:
        return Side(accept, (by(provider), done.offer_id), done.offer_id)

    answers, seconds = await timed(field_, [(side(done, maya), side(done, noor)) for done in given])
    after, wins = await ended(field_.office), Counter[str]()
    for done, (first, second) in zip(given, answers, strict=True):
        one = after[done.referral_id]
        assert {type(first), type(second)} == {Done, Since}
        winner, loser = (maya, second) if isinstance(first, Done) else (noor, first)
        assert (loser.status, loser.by.name, loser.at, loser.mine) == (
            Status.ACCEPTED,
            winner.name,
            one.referral.accepted_at,
            False,
        )
        assert (one.referral.status, one.referral.accepted_by) == (Status.ACCEPTED, winner.id)
        assert (one.events, one.outcomes) == (["submit", "accept"], [OfferOutcome.ACCEPTED])
        assert one.told == submitted(one) | accepted_by(winner)
        assert one.attention == []
        wins[winner.name] += 1
    scores.note("accept × accept", wins, seconds)


async def test_accept_by_link_and_by_button(field_: Track, scores: Scores) -> None:
    """The provider by the link in their mail, while a coordinator accepts on the card for them."""
    given = await offered(field_)
    tokens = await field_.office.do(_links, given)
    press = partial(accept, confirmed=frozenset(Question))
    pairs = [
        (
            Side(decide, (token, Yes()), done.offer_id, maya.id),
            Side(press, (CORA, done.offer_id), done.offer_id, maya.id),
        )
        for (done, maya), token in zip(given, tokens, strict=True)
    ]
    answers, seconds = await timed(field_, pairs)
    after, wins = await ended(field_.office), Counter[str]()
    used = {row.offer_id: row.used_at for row in await field_.office.rows(Link)}
    for (done, maya), (linked, pressed) in zip(given, answers, strict=True):
        one, by_link = after[done.referral_id], isinstance(linked, Done)
        assert {type(linked), type(pressed)} == {Done, Since}
        must_be_accepted(one, maya)
        at = one.referral.accepted_at
        loser = pressed if by_link else linked
        assert (loser.status, loser.by.name, loser.at, loser.mine) == (Status.ACCEPTED, maya.name, at, not by_link)
        winner = (maya.id, None, "email_link") if by_link else (COORDINATOR, maya.id, "button")
        (row,) = [row for row in one.history if row.event == "accept"]
        assert (row.actor.partition(":")[2], row.on_behalf_of, row.surface) == winner
        assert used[done.offer_id] == (at if by_link else None)
        wins["link" if by_link else "button"] += 1
    scores.note("link × button", wins, seconds)


def _links(tx: Tx, given: list[tuple[Done, Provider]]) -> list[str]:
    """A link for each, as its mail would carry it."""
    found = []
    for done, maya in given:
        offer = tx.get(Offer, done.offer_id)
        assert offer is not None
        found.append(decision_link(tx, offer, maya)[0])
    return found


async def test_accept_and_decline(field_: Track, scores: Scores) -> None:
    """A coordinator declines for the provider while they accept."""
    given = await offered(field_)
    pairs = [
        (
            Side(accept, (by(maya), done.offer_id), done.offer_id),
            Side(decline, (CORA, done.offer_id, DeclineReason.SCHEDULE), done.offer_id),
        )
        for done, maya in given
    ]
    answers, seconds = await timed(field_, pairs)
    after, wins = await ended(field_.office), Counter[str]()
    for (done, maya), (accepted, declined) in zip(given, answers, strict=True):
        one = after[done.referral_id]
        assert {type(accepted), type(declined)} == {Done, Since}
        if isinstance(accepted, Done):
            must_be_accepted(one, maya)
            assert (declined.by.name, declined.at) == (maya.name, one.referral.accepted_at)
        else:
            must_be_open_to_all(one, maya, "decline", OfferOutcome.DECLINED)
            assert (accepted.status, accepted.by, accepted.at) == (Status.PENDING, None, one.offers[1].opened_at)
            assert [(row.offer_id, row.provider_id) for row in one.passes] == [(one.offers[1].id, maya.id)]
        wins["accept" if isinstance(accepted, Done) else "decline"] += 1
    scores.note("accept × decline", wins, seconds)


async def test_accept_and_expire(field_: Track, scores: Scores) -> None:
    """At the very moment of the deadline: acceptable until expiry is written."""
    given = await offered(field_)
    field_.office.clock.turn(hours=48)
    pairs = [
        (
            Side(accept, (by(maya), done.offer_id), done.offer_id),
            Side(expire, (done.offer_id,), done.offer_id),
        )
        for done, maya in given
    ]
    answers, seconds = await timed(field_, pairs)
    after, wins = await ended(field_.office), Counter[str]()
    for (done, maya), (accepted, expired) in zip(given, answers, strict=True):
        one = after[done.referral_id]
        assert isinstance(accepted, Done) is not expired
        if expired:
            must_be_open_to_all(one, maya, "expire", OfferOutcome.EXPIRED)
            assert (accepted.status, accepted.by, accepted.at) == (Status.PENDING, None, one.offers[1].opened_at)
        else:
            must_be_accepted(one, maya)
        wins["expiry" if expired else "accept"] += 1
    scores.note("accept × expiry", wins, seconds)


async def test_accept_and_withdraw(field_: Track, scores: Scores) -> None:
    """Both may happen, in one order only: whoever accepted first is told to stop."""
    given = await offered(field_)
    pairs = [
        (
            Side(accept, (by(maya), done.offer_id), done.offer_id),
            Side(close, (CORA, done.referral_id, CloseReason.WITHDRAWN), done.offer_id),
        )
        for done, maya in given
    ]
    answers, seconds = await timed(field_, pairs)
    after, wins = await ended(field_.office), Counter[str]()
    for (done, maya), (accepted, closed) in zip(given, answers, strict=True):
        one = after[done.referral_id]
        assert isinstance(closed, Done) and one.referral.status is Status.CLOSED
        first = isinstance(accepted, Done)
        assert one.events == ["submit", *(["accept"] if first else []), "close"]
        assert one.outcomes == [OfferOutcome.ACCEPTED if first else OfferOutcome.CLOSED]
        also = accepted_by(maya) | stopped(maya) if first else Counter()
        assert one.told == submitted(one, maya) | also | to_client(one, "client_closing")
        if not first:
            assert (accepted.status, accepted.at) == (Status.CLOSED, one.referral.closed_at)
            assert one.referral.accepted_by is None
        wins["accept, then withdraw" if first else "withdraw"] += 1
    scores.note("accept × withdraw", wins, seconds)


async def test_last_pass_and_last_pass(field_: Track, scores: Scores) -> None:
    """Both count, whichever is the last, and the coordinators hear once that nobody is left."""
    maya, noor = await field_.office.team("Maya Chen", "Noor Haddad")
    given = await field_.refer(TIMES)

    def side(done: Done, provider: Provider) -> Side:
        return Side(pass_, (by(provider), done.offer_id), done.offer_id)

    answers, seconds = await timed(field_, [(side(done, maya), side(done, noor)) for done in given])
    after, wins = await ended(field_.office), Counter[str]()
    for done, both in zip(given, answers, strict=True):
        one = after[done.referral_id]
        assert [type(answer) for answer in both] == [Done, Done]
        assert (one.referral.status, one.outcomes) == (Status.PENDING, [None])
        assert one.events == ["submit", "pass", "pass"]
        assert {row.provider_id for row in one.passes} == {maya.id, noor.id}
        assert [(item.kind, item.settled_at) for item in one.attention] == [(AttentionKind.NOBODY_ELIGIBLE, None)]
        assert one.told == submitted(one) | Counter({("coordinator_nobody", who): 1 for who in COORDINATORS})
        wins[f"{'Maya' if one.history[-1].actor == by(maya).name else 'Noor'} last"] += 1
    scores.note("last pass × last pass", wins, seconds)


async def test_submit_and_pause(field_: Track, scores: Scores) -> None:
    """Either the offer is theirs and the pause asks what shall become of it, or it goes to everyone."""
    wins, seconds = Counter[str](), 0.0
    for _ in range(TIMES // IN_ONE_PRACTICE):
        there = await field_.elsewhere()
        mayas = await there.office.team(*(f"Maya{turn} Chen" for turn in range(IN_ONE_PRACTICE)), "Noor Haddad")
        mayas.pop()
        pairs = [
            (
                Side(submit, (CLIENT, intake(maya)), provider_id=maya.id),
                Side(pause, (by(maya), maya.id), provider_id=maya.id),
            )
            for maya in mayas
        ]
        answers, took = await timed(there, pairs)
        seconds += took
        after = await ended(there.office)
        for maya, (done, paused) in zip(mayas, answers, strict=True):
            wins[offered_or_open(after[done.referral_id], maya, done, paused)] += 1
    scores.note("submit × pause", wins, seconds)


def offered_or_open(one: Ended, maya: Provider, done: Done, paused: Availability) -> str:
    assert (paused.status, one.referral.status) == (ProviderStatus.PAUSED, Status.PENDING)
    assert (one.outcomes, one.events, one.attention) == ([None], ["submit"], [])
    asked = one.offers[0].kind is Kind.PREFERRED
    assert paused.waiting == ((done.offer_id,) if asked else ())
    assert one.referral.unroutable == (None if asked else Unroutable.PAUSED)
    assert one.told == submitted(one, maya if asked else None)
    return "offered, and asked" if asked else "paused, so to all"


async def test_the_same_person_twice(field_: Track, scores: Scores) -> None:
    maya, _ = await field_.office.team("Maya Chen", "Noor Haddad")
    given = await field_.refer(DOUBLES)
    click = [Side(accept, (by(maya), done.offer_id), done.offer_id) for done in given]
    answers, seconds = await timed(field_, [(side, side) for side in click])
    after, wins = await ended(field_.office), Counter[str]()
    for done, both in zip(given, answers, strict=True):
        must_be_accepted(one := after[done.referral_id], maya, preferred=False)
        late = next(answer for answer in both if isinstance(answer, Since))
        assert (late.mine, late.at) == (True, one.referral.accepted_at)
        wins["first click" if isinstance(both[0], Done) else "second click"] += 1
    scores.note("double click", wins, seconds)


async def test_the_same_form_twice(field_: Track) -> None:
    maya, _ = await field_.office.team("Maya Chen", "Noor Haddad")
    forms = [
        intake(maya, nonce=f"nonce {turn}", client_email=f"ada{turn}@clients.example.net") for turn in range(DOUBLES)
    ]
    sends = [Side(submit, (CLIENT, form)) for form in forms]
    answers, _ = await timed(field_, [(side, side) for side in sends])
    after = await ended(field_.office)
    assert len(after) == DOUBLES
    for first, second in answers:
        assert first == second
        one = after[first.referral_id]
        assert (one.events, one.told) == (["submit"], submitted(one, maya))


def must_be_accepted(one: Ended, by_whom: Provider, *, preferred: bool = True) -> None:
    assert (one.referral.status, one.referral.accepted_by) == (Status.ACCEPTED, by_whom.id)
    assert (one.events, one.outcomes) == (["submit", "accept"], [OfferOutcome.ACCEPTED])
    assert one.told == submitted(one, by_whom if preferred else None) | accepted_by(by_whom)
    assert one.attention == []


def must_be_open_to_all(one: Ended, was_for: Provider, event: str, outcome: OfferOutcome) -> None:
    assert (one.referral.status, one.referral.accepted_by) == (Status.PENDING, None)
    assert (one.events, one.outcomes) == (["submit", event], [outcome, None])
    assert (one.offers[1].kind, one.offers[1].provider_id) == (Kind.GENERAL, None)
    assert one.told == submitted(one, was_for) | to_client(one, "client_declined")
    assert one.attention == []
