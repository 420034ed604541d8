"""The page "Report" and its file over real HTTP: figures, charts with a table beside, and what cannot be asked for."""

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest

from blocks.report_words import ANSWERED, TOO_RECENT
from referrals.accept import accept
from referrals.deadlines import expire
from referrals.tx import Tx
from store.database import Database
from store.ids import new_id
from store.tables import History, Referral, Source
from tests.desk import START, Office, by
from web.charts import bar_chart, line_chart, nice_top
from web.desk_report import ReportRoom

from .desk_stage import DeskStage, open_desk

#: A name that a spreadsheet would run, and that a page without escaping would take for a tag.
WILY = '=HYPERLINK("x") <b>&\'clinic'
RANGE = "from=2025-11-01&to=2025-11-30"


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [ReportRoom()]) as stage:
        yield stage


async def lived(office: Office) -> None:
    """Two referrals, one of them from a source and accepted after three hours; nobody takes the other."""
    maya = await office.provider("Maya Chen")
    source = Source(id=new_id(), practice_id=office.practice_id, name=WILY, created_at=START)
    await office.do(Tx.add, source)
    taken, lost = await office.submit(), await office.submit(state="TX", insurer="cigna")
    await office.change(Referral, taken.referral_id, source_id=source.id)
    office.clock.turn(hours=3)
    await office.do(accept, by(maya), taken.offer_id)
    office.clock.turn(days=3)
    assert await office.do(expire, lost.offer_id)


async def test_the_page_shows_figures_charts_and_tables_and_no_client(stage: DeskStage) -> None:
    await lived(stage.office)
    browser = await stage.entered()
    page = await browser.get(f"report?{RANGE}")
    assert page.status == 200
    for words in (
        "Nov 1, 2025 to Nov 17, 2025",
        "3 hours",
        "Received",
        "Cigna",
        "Texas",
        "Nobody took",
        TOO_RECENT,
        ANSWERED,
    ):
        assert words in page.words, words
    assert page.text.count("<svg") == 2 and page.text.count("<desc") == 2 and "<caption" in page.text
    assert "<b>" not in page.text and "&lt;b&gt;" in page.text
    assert "style=" not in page.text and "<script" not in page.text
    for name in ("Canary", "Quill", "ada@", "Maya"):
        assert name not in page.text
    assert 'value="2025-11-01"' in page.text and "report/csv?from=2025-11-01" in page.text


async def test_the_file_is_one_tidy_table_that_no_spreadsheet_runs(stage: DeskStage) -> None:
    await lived(stage.office)
    browser = await stage.entered()
    file = await browser.get(f"report/csv?{RANGE}")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert "referrals-report-2025-11-01_2025-11-17.csv" in file.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert rows[0] == ["section", "group", "measure", "value"] and {len(row) for row in rows} == {4}
    found = {tuple(row[:3]): row[3] for row in rows[1:]}
    assert len(found) == len(rows) - 1, "no line twice"
    assert found["all", "", "received"] == "2" and found["all", "", "median hours to accept"] == "3.00"
    assert found["source", f"'{WILY}", "accepted"] == "1"
    assert found["nobody took", "Texas / Cigna / Individual therapy", "referrals"] == "1"
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    events = [one for one in await stage.office.rows(History) if one.event in ("report", "export")]
    assert [(one.event, one.data["period"]) for one in events] == [("export", "2025-11-01_2025-11-17")]


@pytest.mark.parametrize("path", ["report", "report?period=last+week", "report/2025-11-01_2025-11-14"])
async def test_periods_by_link(stage: DeskStage, path: str) -> None:
    browser = await stage.entered()
    page = await browser.get(path)
    assert page.status == 200 and "Somebody took every referral" in page.words and "<svg" in page.text


async def test_slacks_button_for_the_file_leads_to_it(stage: DeskStage) -> None:
    browser = await stage.entered("report/csv/2025-11-01_2025-11-14")
    page = await browser.get("report/csv/2025-11-01_2025-11-14")
    assert "Save these figures as CSV" in page.words
    (link,) = re.findall(r"report/csv\?from=2025-11-01&amp;to=2025-11-14", page.text)
    assert (await browser.get(link.replace("&amp;", "&"))).status == 200


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("from=2025-11-14&to=2025-11-01", "Put the earlier day first"),
        ("from=2031-01-01&to=2031-02-01", "has not begun yet"),
        ("from=2020-01-01&to=2025-01-01", "longer than 2 years"),
        ("from=2025-02-30&to=2025-03-01", "no such day"),
        ("from=2025-02-01", "no such day"),
        ("period=whenever", "no period this desk knows"),
    ],
)
async def test_what_cannot_be_asked_for_is_explained(stage: DeskStage, asked: str, why: str) -> None:
    browser = await stage.entered()
    for path in ("report", "report/csv"):
        page = await browser.get(f"{path}?{asked}")
        assert page.status == 400 and why in page.words and "<svg" not in page.text and "whenever" not in page.words
        assert "<title>Error: Report" in page.text
        assert page.text.count('aria-invalid="true" aria-describedby="period-error"') == 2
        assert page.text.count('id="period-error"') == 1
    assert not [one for one in await stage.office.rows(History) if one.event in ("report", "export")]


@pytest.mark.parametrize(
    "path", ["report/elsewhere", "report/2025-11-01", "report/csv/x", "report/a/b", "report/csv/a/b"]
)
async def test_other_paths_are_nowhere(stage: DeskStage, path: str) -> None:
    assert (await (await stage.entered()).get(path)).status == 404


def test_charts_keep_within_their_box() -> None:
    names = [f"Nov {day}" for day in range(1, 21)]
    chart = bar_chart("a", "A", "all", names, {"Received": list(range(20)), "Accepted": [0] * 20})
    assert len(chart.bars) == 40 and len(chart.across) <= 6 and [tick.label for tick in chart.up] == ["0", "10", "20"]
    for bar in chart.bars:
        assert chart.left <= bar.x and bar.x + bar.width <= chart.right and bar.y >= 0
        assert bar.y + bar.height <= chart.bottom + 0.1
    gaps = line_chart("b", "B", "all", names[:5], {"Median": [1.5, None, 2.0, 4.0, None]})
    assert len(gaps.dots) == 3 and len(gaps.lines) == 1, "a line breaks off where nothing is known"
    assert line_chart("c", "C", "none", [], {"Median": []}).dots == []


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 4), (3, 4), (4, 4), (5, 6), (9, 10), (11, 20), (61, 80), (1999, 2000)]
)
def test_the_axis_ends_at_a_number_that_can_be_read(largest: float, top: float) -> None:
    assert nice_top(largest) == top
