"""The page "Retention": what it shows before anything happens, and that only what it has shown is erased."""

import re
from collections.abc import AsyncIterator

import pytest

from referrals.acting.hold import HoldReason, put_on_hold
from referrals.close import close
from referrals.retention import runs as retention
from store.database import Database
from store.tables import Erasure, History, Referral
from store.vocabulary import CloseReason
from tests.canary import somebody
from tests.desk import CORA
from web.desk_retention import RetentionRoom

from .client_stage import Page
from .desk_stage import DeskStage, open_desk

pytestmark = pytest.mark.anyio

DAYS = 180


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [RetentionRoom()]) as stage:
        yield stage


async def closed(stage: DeskStage, reason: CloseReason = CloseReason.WITHDRAWN) -> Referral:
    who = somebody()
    done = await stage.office.submit(None, client_name=who.name, client_email=who.email, client_phone=who.phone)
    await stage.office.do(close, CORA, done.referral_id, reason)
    return await stage.office.referral(done.referral_id)


def digest(page: Page) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


async def gone(stage: DeskStage) -> int:
    return len([one for one in await stage.office.rows(Referral) if one.erased_at is not None])


async def worked_off(stage: DeskStage) -> None:
    """What the jobs do."""
    for id in await stage.office.desk.ask(stage.office.practice_id, retention.unfinished):
        while await stage.office.do(retention.erase_some, id):
            pass


async def test_the_dry_run_says_who_why_and_what_stays_and_its_button_erases_just_that(stage: DeskStage) -> None:
    one, two = await closed(stage, CloseReason.DUPLICATE), await closed(stage)
    held = await closed(stage)
    await stage.office.do(put_on_hold, CORA, held.id, HoldReason.COMPLAINT)
    stage.office.clock.turn(days=DAYS)
    browser = await stage.entered()
    page = await browser.get("retention")
    assert page.status == 200
    for words in (
        one.code,
        two.code,
        "A duplicate of another referral",
        "Nov 14, 2025",
        "180 days after",
        "legal hold",
    ):
        assert words in page.words, words
    assert held.code not in page.words, "on hold"
    assert "Erase these 2 clients now" in page.words and "They have become patients" in page.words
    assert await gone(stage) == 0, "a look erases nobody"
    rows = await stage.office.rows(History, event="view_retention")
    assert [row.actor for row in rows] == [CORA.name]

    unticked = await browser.send(page, "retention/erase", digest=digest(page))
    assert unticked.status == 400 and "Tick the box" in unticked.words and await stage.office.rows(Erasure) == []
    sent = await browser.send(page, "retention/erase", digest=digest(page), sure="yes")
    assert sent.status == 303 and sent.headers["Location"].endswith("retention/progress")
    progress = await browser.follow(sent)
    assert "0 of 2 done" in progress.words and progress.headers["Refresh"]
    again = await browser.send(page, "retention/erase", digest=digest(page), sure="yes")
    assert again.status == 409 and len(await stage.office.rows(Erasure)) == 1
    await worked_off(stage)
    over = await browser.follow(await browser.get("retention/progress"))
    assert "2 clients were erased" in over.words and "Nobody is past their time" in over.words
    assert await gone(stage) == 2 and (await stage.office.referral(held.id)).erased_at is None
    erased = await stage.office.rows(History, event="erase")
    assert {row.subject_id for row in erased} == {one.id, two.id}
    assert {(row.actor, row.surface) for row in erased} == {(CORA.name, "page")}


async def test_a_list_that_has_changed_is_shown_anew_instead(stage: DeskStage) -> None:
    await closed(stage)
    stage.office.clock.turn(days=DAYS)
    browser = await stage.entered()
    page = await browser.get("retention")
    other = await closed(stage)
    await stage.office.change(Referral, other.id, closed_at=stage.office.clock.at.replace(year=2020))
    answer = await browser.send(page, "retention/erase", digest=digest(page), sure="yes")
    assert answer.status == 409 and "changed since you looked" in answer.words and other.code in answer.words
    assert await gone(stage) == 0 and await stage.office.rows(Erasure) == []
    forged = await browser.send(page, "retention/erase", digest="0" * 32, sure="yes")
    assert forged.status == 409


async def test_by_night_is_turned_on_by_who_has_seen_the_list(stage: DeskStage) -> None:
    await closed(stage)
    stage.office.clock.turn(days=DAYS)
    browser = await stage.entered()
    page = await browser.get("retention")
    assert "erases nobody by itself" in page.words and "If the number of days is made smaller" in page.words
    assert (await browser.send(page, "retention/nightly", on="yes", digest="another")).status == 409
    on = await browser.follow(await browser.send(page, "retention/nightly", on="yes", digest=digest(page)))
    assert "each night at 4 AM, by itself" in on.words and "If the number of days is made smaller" in on.words
    off = await browser.follow(await browser.send(on, "retention/nightly", on="", digest=digest(on)))
    assert "erases nobody by itself" in off.words
    rows = await stage.office.rows(History, event="retention")
    assert [(row.actor, row.data["before"], row.data["after"]) for row in rows] == [
        (CORA.name, False, True),
        (CORA.name, True, False),
    ]
    assert await gone(stage) == 0


async def test_the_whole_list_as_a_file(stage: DeskStage) -> None:
    found = [await closed(stage) for _ in range(3)]
    stage.office.clock.turn(days=DAYS)
    browser = await stage.entered()
    file = await browser.get("retention/csv")
    lines = file.text.removeprefix("\ufeff").splitlines()
    assert file.headers["Content-Type"].startswith("text/csv") and lines[0] == "code,closed,reason"
    assert {line.split(",")[0] for line in lines[1:]} == {one.code for one in found}
    taken = await stage.office.rows(History, event="export_retention")
    assert [(row.actor, row.data) for row in taken] == [(CORA.name, {"rows": 3})]


async def test_a_provider_and_nobody_else_gets_nothing(stage: DeskStage) -> None:
    await closed(stage)
    stage.office.clock.turn(days=DAYS)
    browser = stage.browser()
    assert (await browser.get("retention")).status == 403
    mine = await stage.entered()
    page = await mine.get("retention")
    await stage.office.do(lambda tx: setattr(tx.locked_practice(), "coordinators", ["U0SOMEONE"]))
    for path in ("erase", "nightly"):
        answer = await mine.send(page, f"retention/{path}", digest=digest(page), sure="yes", on="yes")
        assert answer.status == 403
    assert await stage.office.rows(Erasure) == [] and await gone(stage) == 0


async def test_a_path_that_is_none(stage: DeskStage) -> None:
    browser = await stage.entered()
    page = await browser.get("retention")
    assert (await browser.get("retention/elsewhere")).status == 404
    assert (await browser.send(page, "retention/elsewhere")).status == 404
    assert (await browser.get("retention/progress")).status == 303, "nothing is under way"
