"""The coordinators' page of sources over real HTTP: the funnel of a period, its file, and no client in either."""

import csv
import io
from collections.abc import AsyncIterator

import pytest

from referrals.accept import accept
from referrals.tx import Tx
from store.database import Database
from store.tables import Client, History, Source
from store.vocabulary import SourceKind
from tests.desk import by
from web.desk_sources import COLUMNS, SourcesRoom

from .desk_stage import DeskStage, open_desk


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [SourcesRoom()]) as stage:
        yield stage


async def lived(stage: DeskStage) -> None:
    """A year ago a source that is quiet since; today one that refers, with a name that a spreadsheet would run."""
    office = stage.office
    old = Source(id="old", practice_id=office.practice_id, name="Old <Directory>", created_at=office.clock.at)
    old.kind = SourceKind.DIRECTORY
    await office.do(Tx.add, old)
    await office.submit(source=old.name, channel="csv")
    office.clock.turn(days=200)
    [maya] = await office.team("Maya")
    done = await office.submit(source='=HYPERLINK("evil")', channel="csv", concerns=("grief",))
    office.clock.turn(hours=5)
    await office.do(accept, by(maya), done.offer_id)
    await office.submit(source='=HYPERLINK("evil")', channel="csv")

    def define(tx: Tx) -> None:
        tx.practice().ideal = {"concern": ["grief"]}

    await office.do(define)


async def test_the_funnel_of_a_period(stage: DeskStage) -> None:
    browser = await stage.entered()
    empty = await browser.get("sources")
    assert empty.status == 200 and "no sources yet" in empty.text
    await lived(stage)
    browser = await stage.entered()
    page = await browser.get("sources")
    assert page.status == 200
    assert "Old &lt;Directory&gt;" in page.text and "<Directory>" not in page.text
    row = page.text.partition("HYPERLINK")[2].partition("</tr>")[0]
    assert [">2<" in row, ">1<" in row, ">50%<" in row, "5 hours" in row] == [True] * 4
    assert page.text.count('class="tag warm">Quiet') == 1
    long_ago = await browser.get("sources?period=last+365+days")
    assert long_ago.text.count(">1</td>") > page.text.count(">1</td>")
    assert (await browser.get("sources/nowhere")).status == 404
    for client in await stage.office.rows(Client):
        name = stage.office.desk.vault.open(client.name)
        assert name and name not in page.text + long_ago.text


@pytest.mark.parametrize("period", ["whenever", "2026-02-30+to+2026-03-01", "x" * 500, "%3Cscript%3E"])
async def test_a_period_that_is_none_is_explained(stage: DeskStage, period: str) -> None:
    page = await (await stage.entered()).get(f"sources?period={period}")
    assert page.status == 422 and "last 90 days" in page.text and "<script>" not in page.text
    assert "<title>Error: Sources" in page.text and 'id="period-error"' in page.text
    assert page.text.count('aria-invalid="true" aria-describedby="period-error"') == 1
    assert (await (await stage.entered()).get(f"sources/csv?period={period}")).status == 422


async def test_the_file_says_the_same_and_runs_no_formula(stage: DeskStage) -> None:
    await lived(stage)
    browser = await stage.entered()
    page = await browser.get("sources/csv?period=last+365+days")
    assert page.headers["Content-Type"].startswith("text/csv")
    assert 'filename="sources-' in page.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(page.text.lstrip("\ufeff"))))
    assert tuple(rows[0]) == COLUMNS
    first, second = rows
    assert first["source"] == '\'=HYPERLINK("evil")'
    assert [first[name] for name in COLUMNS[2:9]] == ["2", "1", "0", "0", "1", "50", "5.0"]
    assert (second["source"], second["quiet"], second["ideal_percent"]) == ("Old <Directory>", "yes", "0")
    kept = await stage.office.rows(History, subject_id=stage.office.practice_id, event="export")
    assert [row.data["what"] for row in kept] == ["sources"]


async def test_nothing_without_a_session(stage: DeskStage) -> None:
    await lived(stage)
    for path in ("sources", "sources/csv"):
        page = await stage.browser().get(path)
        assert page.status == 403 and "Directory" not in page.text
