"""The page "Audit": what it finds by person, referral, kind and day, its file, what it records, and the check."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from jobs.audit_runs import record
from jobs.auditing import audit_practice
from referrals.accept import accept
from referrals.close import close
from referrals.decline import decline
from referrals.pausing.availability import pause
from store.database import Database
from store.tables import AuditRun, History, Provider, Referral
from store.vocabulary import CloseReason, DeclineReason, Status
from tests.desk import COORDINATOR, CORA, STRANGER, Office, by
from tests.referrals.audit.office_life import everything_sent
from web.desk_audit import AuditRoom

from .client_stage import Page
from .desk_stage import DeskBrowser, DeskStage, open_desk

pytestmark = pytest.mark.anyio


@dataclass
class Standing:
    """A stand-in for the jobs' check."""

    answers: bool = True
    now: tuple[int, int] | None = None
    begun: list[str] = field(default_factory=list)

    async def begin(self, practice_id: str) -> bool:
        self.begun.append(practice_id)
        return self.answers

    async def far(self, _practice_id: str) -> tuple[int, int] | None:
        return self.now


@pytest.fixture
def check() -> Standing:
    return Standing()


async def names(users: Sequence[str]) -> dict[str, str]:
    return {COORDINATOR: "Cora Lind"} if COORDINATOR in users else {}


@pytest.fixture
async def stage(database: Database, check: Standing) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [AuditRoom(check, most_rows=20, names=names)]) as stage:
        yield stage


async def busy(office: Office) -> dict[str, str]:
    """Two providers, three referrals, a refusal; the codes by what became of them."""
    maya, noor = await office.provider("Maya Lin"), await office.provider("Noor Aziz")
    taken, declined, closed = await office.submit(maya), await office.submit(noor), await office.submit(None)
    office.clock.turn(minutes=1)
    await office.do(accept, by(maya), taken.offer_id)
    await office.do(accept, STRANGER, closed.offer_id)
    office.clock.turn(minutes=1)
    await office.do(decline, CORA, declined.offer_id, DeclineReason.SCHEDULE)
    await office.do(close, CORA, closed.referral_id, CloseReason.DUPLICATE)
    await office.do(pause, by(maya), maya.id)
    office.clock.turn(minutes=1)
    return {"taken": taken.code, "declined": declined.code, "closed": closed.code, "maya": maya.id, "noor": noor.id}


def told(page: Page) -> list[str]:
    """What stands in the column "What", from the top."""
    cells = [one.partition("</td>")[0] for one in page.text.split('<td class="wide">')[1:]]
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in cells]


def rows_of(file: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))


async def test_the_newest_first_in_plain_words_and_no_client(stage: DeskStage) -> None:
    codes = await busy(stage.office)
    page = await (await stage.entered()).get("audit")
    lines = told(page)
    assert page.status == 200 and lines[0].startswith("Looked at the history"), "this look itself"
    assert "Declined: schedule does not fit" in lines and "Closed: a duplicate of another referral" in lines
    assert "Accepted by Maya Lin" in lines and lines.index("Paused all referrals") < lines.index("Accepted by Maya Lin")
    assert [one for one in lines if "Refused" in one and "not on the roster" in one]
    assert "Came in by the web form for Maya Lin" in lines
    assert codes["taken"] in page.words and "Cora Lind" in page.words
    assert f"Slack user {COORDINATOR}" not in page.words and f"({COORDINATOR})" not in page.words
    assert "Nov 14, 2025, 6:02 PM" in page.words and "America/New_York" in page.words
    for hidden in ("Canary", "clients.example.net", "2025550142"):
        assert hidden not in page.text


async def test_every_filter_finds_its_own_and_nothing_else(stage: DeskStage) -> None:
    codes = await busy(stage.office)
    browser = await stage.entered()
    of_maya = told(await browser.get(f"audit?person=provider:{codes['maya']}"))
    assert of_maya == ["Paused all referrals", "Accepted by Maya Lin"]
    assert told(await browser.get(f"audit?person=provider:{codes['noor']}")) == ["Declined: schedule does not fit"], (
        "what a coordinator did for her"
    )
    assert told(await browser.get(f"audit?code={codes['closed'].lower().removeprefix('r-')}"))[0].startswith("Closed")
    assert len(told(await browser.get(f"audit?code={codes['closed']}"))) == 3
    refused = told(await browser.get("audit?kind=refused"))
    assert len(refused) == 1 and "accept it" in refused[0]
    answers = told(await browser.get("audit?kind=answers"))
    assert len(answers) == 3, "a refused one is one of its kind, too"
    assert told(await browser.get("audit?kind=people")) == ["Paused all referrals"]
    both = told(await browser.get(f"audit?kind=intake&code={codes['taken']}&person=client"))
    assert both == ["Came in by the web form for Maya Lin"]
    assert told(await browser.get("audit?since=2025-11-15&until=2025-11-15")) == []
    assert "Nothing of this kind" in (await browser.get("audit?since=2025-10-01&until=2025-10-31")).words


async def test_days_are_the_practices_whatever_its_clocks_do(stage: DeskStage) -> None:
    """On this day New York had 25 hours: from 04:00 to 05:00 UTC of the next."""
    clock = stage.office.clock
    first, after = datetime(2025, 11, 2, 4, tzinfo=UTC), datetime(2025, 11, 3, 5, tzinfo=UTC)
    codes = []
    for at in (first - timedelta(seconds=1), first, after - timedelta(seconds=1), after):
        clock.at = at
        codes.append((await stage.office.submit(None)).code)
    clock.at = after + timedelta(days=2)
    file = await (await stage.entered()).get("audit/csv?since=2025-11-02&until=2025-11-02&kind=intake")
    assert [row["about"] for row in rows_of(file)] == [codes[2], codes[1]]
    assert [row["time"][-6:] for row in rows_of(file)] == ["-05:00", "-04:00"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("since=yesterday", "“From” has to be a day, such as 2026-03-01."),
        ("until=2025-02-30", "“To” has to be a day"),
        ("since=2025-11-10&until=2025-11-01", "Swap them"),
        ("since=2020-01-01&until=2025-11-01", "more than 366 days"),
        ("since=2031-01-01&until=2031-01-02", "a day to come"),
        ("code=Ada+Canary", "A code looks like R-7K3QM"),
        ("code=R-33333", "There is no referral with this code"),
        ("person=provider:nobody", "Choose somebody from the list"),
        ("kind=everything", "Choose a kind from the list"),
    ],
)
async def test_what_is_not_understood_is_explained_and_neither_repeated_nor_recorded(
    stage: DeskStage, asked: str, words: str
) -> None:
    await busy(stage.office)
    browser = await stage.entered()
    for path in ("audit", "audit/csv"):
        page = await browser.get(f"{path}?{asked}")
        assert page.status == 400 and words in page.words and told(page) == []
        assert "<title>Error: Audit" in page.text
        (wrong,) = re.findall(r'aria-invalid="true" aria-describedby="([a-z]+-error)"', page.text)
        assert f'id="{wrong}"' in page.text
        assert "Canary" not in page.text
    assert await stage.office.rows(History, event="view_history") == []
    assert await stage.office.rows(History, event="export_history") == []


async def test_all_pages_together_show_each_row_once(stage: DeskStage) -> None:
    for _ in range(60):
        await stage.office.submit(None)  # all in the same moment, with a second row each for some
    browser = await stage.entered()
    page = await browser.get("audit?kind=intake")
    seen, pages = told(page), 1
    while "Show earlier ones" in page.words:
        following = page.text.split('href="')
        address = next(one.partition('"')[0] for one in following if "after=" in one.partition('"')[0])
        page = await browser.get(address.partition("/audit")[2].replace("&amp;", "&").join(["audit", ""]))
        seen += told(page)
        pages += 1
    assert (len(seen), pages) == (60, 2)
    assert len(await stage.office.rows(History, event="view_history")) == 2, "each page is recorded"


async def test_a_place_made_up_shows_nothing_unrecorded(stage: DeskStage) -> None:
    await busy(stage.office)
    page = await (await stage.entered()).get("audit?after=9999999999999999_9_9")
    assert told(page) and len(await stage.office.rows(History, event="view_history")) == 1


async def test_a_filter_that_matches_little_is_looked_through_piece_by_piece(
    stage: DeskStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = await busy(stage.office)
    monkeypatch.setattr("referrals.views.history.MOST_READ", 4)
    browser = await stage.entered()
    address = f"audit?code=&person=provider:{codes['maya']}"
    rows = rows_of(await browser.get(address.replace("audit", "audit/csv", 1)))
    assert [row["event"] for row in rows] == ["pause", "accept"], "the file holds all of it"
    page, seen = await browser.get(address), []
    for _ in range(30):
        seen += told(page)
        if "Show earlier ones" not in page.words:
            break
        assert told(page) or "There are earlier days to look through" in page.words
        link = next(one.partition('"')[0] for one in page.text.split('href="') if "after=" in one.partition('"')[0])
        page = await browser.get("audit" + unescape(link.partition("/audit")[2]))
    assert seen == ["Paused all referrals", "Accepted by Maya Lin"] and "Show earlier ones" not in page.words


async def test_the_file_holds_the_same_rows_is_safe_to_open_and_is_recorded(stage: DeskStage) -> None:
    codes = await busy(stage.office)
    noor = codes["noor"]
    await stage.office.do(lambda tx: setattr(tx.lock(Provider, noor), "name", "=cmd|' /C calc'!A0"))
    browser = await stage.entered()
    file = await browser.get("audit/csv?kind=answers")
    rows = rows_of(file)
    assert file.headers["Content-Type"].startswith("text/csv") and "attachment" in file.headers["Content-Disposition"]
    assert [row["event"] for row in rows] == ["decline", "accept", "accept"]
    assert rows[0]["on_behalf_of"].startswith("'="), "no spreadsheet runs it"
    assert sorted(row["result"] for row in rows) == ["done", "done", "unlinked"]
    assert {row["about"] for row in rows} == {codes["taken"], codes["declined"], codes["closed"]}
    exports = await stage.office.rows(History, event="export_history")
    assert [(row.actor, row.data["rows"], row.data["kind"]) for row in exports] == [(CORA.name, 3, "answers")]
    assert await stage.office.rows(History, event="view_history") == []
    assert "Canary" not in file.text


async def test_a_file_that_would_be_too_long_says_so(stage: DeskStage) -> None:
    for _ in range(22):
        await stage.office.submit(None)
    rows = rows_of(await (await stage.entered()).get("audit/csv"))
    assert len(rows) == 21 and "Only the newest 20 rows" in rows[-1]["time"]


async def test_what_the_check_has_found(stage: DeskStage) -> None:
    office = stage.office
    browser = await stage.entered()
    assert "has not checked itself yet" in (await browser.get("audit")).words
    done = await office.submit(None)
    await office.do(everything_sent)

    async def look() -> Page:
        found = await audit_practice(office.desk, office.practice_id, patience=timedelta(0))
        await office.do(record, found, office.clock.real())
        return await browser.get("audit")

    clean = await look()
    assert "It last looked at everything, 1 referral, on" in clean.words and "Nothing is wrong" in clean.words
    await office.change(Referral, done.referral_id, status=Status.ACCEPTED)
    bad = await look()
    assert f"One thing is wrong: a referral does not stand where its history leads ({done.code})" in bad.words
    assert "Nothing is wrong" not in bad.words and len(await office.rows(AuditRun)) == 2


async def test_check_now_is_recorded_shows_how_far_it_is_and_leads_back(stage: DeskStage, check: Standing) -> None:
    browser = await stage.entered()
    page = await browser.get("audit")
    check.now = (0, 0)
    sent = await browser.send(page, "audit/check")
    assert sent.status == 303 and check.begun == [stage.office.practice_id]
    waiting = await browser.follow(sent)
    assert "about to begin" in waiting.words and waiting.headers["Refresh"]
    check.now = (25, 60)
    assert "25 of 60 referrals looked at" in (await browser.get("audit/check")).words
    assert "A check is under way" in (await browser.get("audit")).words
    check.now = None
    assert (await browser.get("audit/check")).status == 303
    assert [row.actor for row in await stage.office.rows(History, event="check_now")] == [CORA.name]


async def test_a_queue_that_is_away_is_said(stage: DeskStage, check: Standing) -> None:
    check.answers = False
    browser = await stage.entered()
    answer = await browser.send(await browser.get("audit"), "audit/check")
    assert answer.status == 503 and "could not be started" in answer.words


async def test_nobody_but_coordinators(stage: DeskStage, check: Standing) -> None:
    await busy(stage.office)
    browser: DeskBrowser = await stage.entered()
    page = await browser.get("audit")
    await stage.office.do(lambda tx: setattr(tx.locked_practice(), "coordinators", ["U0SOMEONE"]))
    for path in ("audit", "audit/csv", "audit/check"):
        answer = await browser.get(path)
        assert answer.status == 403 and told(answer) == []
    assert (await browser.send(page, "audit/check")).status == 403 and check.begun == []
    assert await stage.office.rows(History, event="export_history") == []
