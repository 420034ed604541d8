"""Rows 1 to 5 of the fault table: people at the same instant, clicks that come twice, and a desk that cannot decide.

The surfaces are those that there are: the card, Home, and forms.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from store.tables import History, Pass, Provider
from tests.engines import Postgres

from .house import LIMIT, PATIENCE, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

#: Slack gives a click that long.
CLICK_SECONDS = 3.0
ROUNDS = 3


# 1


async def test_01_two_simultaneous_accepts_from_any_two_surfaces(house: House) -> None:
    """Two on the card, and one in the form that asks somebody out of network whether they are sure."""
    for _ in range(ROUNDS):
        done, card = await house.posted()
        asked = await house.person("walt").click(card, "referral.accept")
        assert asked.view is not None, "walt is not on this panel and is asked"
        answers = await asyncio.gather(
            house.person("maya").click(card, "referral.accept"),
            house.person("samir").click(card, "referral.accept"),
            house.person("walt").submit(asked.view),
        )
        assert all(one.ok for one in answers)
        await house.quiet()
        winner = await house.referral(done.code)
        assert winner.status == "accepted"
        events = await house.history(done.referral_id)
        assert events.count(("accept", "done")) == 1
        who = {row.id: row.slack_user for row in await house.all(select(Provider))}[winner.accepted_by or ""]
        told = [_told(answer) for answer in answers]
        assert sum(f"<@{who}>" in said and "accepted" in said for said in told) == 2, "the others are told who"
        assert len(house.thread(done.code)) == 1


async def test_01_the_preferred_on_home_and_a_coordinators_assignment(house: House) -> None:
    done, card = await house.posted(preferred="maya")
    home = (await house.person("maya").open_home()).view
    assert home is not None
    await asyncio.gather(
        house.person("maya").click(home, "referral.accept", value=done.offer_id),
        house.person("maya").click(card, "referral.accept"),
    )
    await house.quiet()
    assert (await house.history(done.referral_id)).count(("accept", "done")) == 1
    assert len(house.thread(done.code)) == len(house.told("maya", done.code)) == 1


# 2


async def test_02_accept_against_decline_at_the_same_instant(house: House) -> None:
    for first in (True, False):
        done, card = await house.posted(preferred="maya")
        maya = house.person("maya")
        form = (await maya.click(card, "referral.decline")).view
        assert form is not None
        both = [maya.click(card, "referral.accept"), maya.submit(form, {"referral.reason": "schedule"})]
        await asyncio.gather(*(both if first else reversed(both)))
        await house.quiet()
        await _one_transition(house, done, "accept", "decline")


async def test_02_accept_against_the_48_h_expiry_at_the_same_instant(house: House) -> None:
    for preferred in ("maya", None):
        done, card = await house.posted(preferred=preferred)
        (offer,) = await house.offers(done.referral_id)
        left = (offer.expires_at - house.house.desk.clock.now()).total_seconds()
        await asyncio.gather(
            house.turn_only((left + 1) / 3600),
            house.person("maya").click(card, "referral.accept"),
            house.queue.ask_for_sweep(),
        )
        await house.quiet()
        await _one_transition(house, done, "accept", "expire")


async def _one_transition(house: House, done: Any, *of: str) -> None:
    """One of the two has happened, once, and its notices are what has gone out; afterwards somebody takes it."""
    events = [event for event, result in await house.history(done.referral_id) if result == "done" and event in of]
    assert len(events) == 1, events
    sent = await house.notices(done.referral_id)
    accepted = events == ["accept"]
    assert sent["acceptor_dm"] == sent["thread_accepted"] == int(accepted)
    assert sent["client_declined"] + sent["client_final"] == int(not accepted)
    referral = await house.referral(done.code)
    assert (referral.status == "accepted") == accepted
    if referral.status == "pending":
        assert (await house.person("noor").click(await house.card(done.code, "Open to"), "referral.accept")).ok


# 3


async def test_03_double_click_and_a_replayed_payload(house: House) -> None:
    done, card = await house.posted()
    seen = card.snapshot()
    house.slack.fault("interaction_twice")
    assert (await house.person("yuki").click(card, "referral.pass")).ok
    assert len([one for one in await house.all(select(Pass)) if one.offer_id == done.offer_id]) == 1
    house.slack.fault("interaction_twice")
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.card(done.code, "*Accepted*")
    replayed = await house.person("maya").click(seen, "referral.accept")
    assert replayed.ok and "you accepted" in replayed.text.lower()
    await house.quiet()
    events = await house.history(done.referral_id)
    assert events.count(("accept", "done")) == events.count(("pass", "done")) == 1
    assert len(house.thread(done.code)) == len(house.told("maya", done.code)) == 1


async def test_03_a_form_sent_twice(house: House) -> None:
    done, card = await house.posted(preferred="maya")
    form = (await house.person("maya").click(card, "referral.decline")).view
    assert form is not None
    house.slack.fault("interaction_twice")
    await house.person("maya").submit(form, {"referral.reason": "schedule"})
    await house.quiet()
    assert [one.outcome for one in await house.offers(done.referral_id)] == ["declined", None]
    assert (await house.notices(done.referral_id))["client_declined"] == 1
    assert (await house.person("noor").click(await house.card(done.code, "Open to"), "referral.accept")).ok


async def test_03_an_event_retried_and_out_of_order(house: House) -> None:
    """A member is changed and changed back; the news come twice and the older one last. What Slack says when asked
    is what counts in the end, and until then nobody is let in who should not be.
    """
    before = len(await house.all(select(History).where(History.subject != "provider")))
    house.slack.fault("event_twice")
    await house.person("samir").change(tz="America/Chicago")
    home = house.slack.fault("event_twice")
    assert (await house.person("samir").open_home()).ok and home.spent

    async def followed() -> bool:
        return (await house.provider("samir")).time_zone == "America/Chicago"

    await house.until(followed)
    assert len(await house.all(select(History).where(History.subject != "provider"))) == before, (
        "neither is a decision, whichever way it came"
    )
    house.slack.fault("event_twice")
    await house.person("samir").change(tz="America/New_York")


# 4


async def test_04_listener_raises(house: House) -> None:
    """A row that no code of ours would write makes the decision fail in the middle."""
    done, card = await house.posted()
    maya = await house.provider("maya")
    await _set_licences(house, maya.id, "broken")
    try:
        answer = await house.person("maya").click(card, "referral.accept")
        assert answer.ok and answer.elapsed < CLICK_SECONDS
        assert "that did not work, and nothing has changed" in answer.text and "reference" in answer.text
        typed = await house.person("maya").command("/referrals status")
        assert typed.ok and "did not work" in _told(typed)
        assert (await house.referral(done.code)).status == "pending"
        assert [event for event, _ in await house.history(done.referral_id)] == ["submit"]
    finally:
        await _set_licences(house, maya.id, maya.licences)
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.card(done.code, "*Accepted*")
    assert not any("Traceback" in one.said for one in house.processes)


async def _set_licences(house: House, provider_id: str, licences: Any) -> None:
    def write(session: Session) -> None:
        statement = update(Provider).where(col(Provider.id) == provider_id).values(licences=licences)
        session.connection().execute(statement)

    await house.house.database.write(write)


# 5


async def test_05_database_locked_at_the_click(house: House) -> None:
    done, card = await house.posted()
    async with _locked(house):
        answer = await house.person("maya").click(card, "referral.accept")
        assert answer.ok and answer.elapsed < CLICK_SECONDS
        assert "nothing has changed" in answer.text or "could not finish in time" in answer.text
    assert (await house.referral(done.code)).status == "pending"
    assert [event for event, _ in await house.history(done.referral_id)] == ["submit"]
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.card(done.code, "*Accepted*")


@asynccontextmanager
async def _locked(house: House) -> AsyncIterator[None]:
    """Somebody else writes and does not come to an end: the whole file on SQLite, the table on PostgreSQL."""
    held, over = threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(_session: Session) -> None:
        held.set()
        over.wait(PATIENCE)

    if house.kind == "one":
        work = asyncio.ensure_future(house.house.database.write(hold))
    else:
        work = asyncio.ensure_future(asyncio.to_thread(_hold_postgres, house.env["DATABASE_URL"], held, over))
    await loop.run_in_executor(None, held.wait, PATIENCE)
    try:
        yield
    finally:
        over.set()
        await work


def _hold_postgres(url: str, held: threading.Event, over: threading.Event) -> None:
    """In a loop of its own: the database's own client would hold up this one."""
    import asyncpg

    async def hold() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE referral IN ACCESS EXCLUSIVE MODE")
                held.set()
                await asyncio.to_thread(over.wait, PATIENCE)
        finally:
            await connection.close()

    asyncio.run(hold())


@pytest.mark.parametrize("keeper", ["many"], indirect=True)
async def test_05_database_down_at_the_click(house: House) -> None:
    """PostgreSQL is stopped and started again; a file cannot be stopped, but a disk can be full (row 26)."""
    assert house.postgres is not None
    done, card = await house.posted()
    await asyncio.to_thread(house.postgres.stop)
    try:
        answer = await house.person("maya").click(card, "referral.accept")
        assert answer.ok and answer.elapsed < CLICK_SECONDS
        assert "nothing has changed" in answer.text or "could not finish in time" in answer.text
        async with house.web.get(f"{house.bots[0].base}/refer/juniper-grove-therapy") as page:
            assert page.status == 503 and "out of order for a moment" in await page.text()
    finally:
        await _started(house.postgres)
    assert (await house.referral(done.code)).status == "pending"

    async def accepted() -> bool:
        await house.person("maya").click(card, "referral.accept")
        return (await house.referral(done.code)).status == "accepted"

    await house.until(accepted)
    await house.card(done.code, "*Accepted*")
    assert (await house.history(done.referral_id)).count(("accept", "done")) == 1


async def _started(postgres: Postgres) -> None:
    """Told to stop, a server on a busy machine may still be at it when it is to start again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(AssertionError):
                await asyncio.to_thread(postgres.start)
                return
            await asyncio.sleep(0.2)


def _told(answer: Any) -> str:
    """All that an answer shows: privately under the card, or in a form's place."""
    return f"{answer.text} {answer.view or ''}"
