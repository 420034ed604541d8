"""The roster's page over HTTP: a file in, with its mistakes or as previewed, the same file out, and coverage."""

import html
import re
from collections.abc import AsyncIterator

import pytest

from referrals.pausing.availability import pause
from store.database import Database
from store.tables import History, Provider
from store.vocabulary import ProviderStatus
from tests.desk import CORA
from tests.roster_mistakes import LINES, mended, spoilt
from tests.web.client_stage import Page
from web.desk_roster import MOST_BYTES, DeskRoster

from .desk_stage import DeskBrowser, DeskStage, open_desk


class Slack:
    """Where the page says that new people are to be looked up."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, practice_id: str) -> None:
        self.asked.append(practice_id)


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
async def stage(database: Database, slack: Slack) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [DeskRoster(slack)]) as stage:
        yield stage


def hidden(page: Page, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.words
    return html.unescape(found[1])


async def look(browser: DeskBrowser, text: str) -> Page:
    start = await browser.get("roster")
    return await browser.send(start, "roster/preview", ("file", "roster.csv", text.encode()))


async def apply(browser: DeskBrowser, preview: Page) -> Page:
    """As a browser sends that form: as multipart, or a long file would not fit."""
    nothing = ("file", "", b"")
    sent = await browser.send(
        preview, "roster/apply", nothing, plan=hidden(preview, "plan"), lines=hidden(preview, "lines")
    )
    return await browser.follow(sent) if sent.status == 303 else sent


async def test_five_hundred_lines_with_their_mistakes_and_then_mended(stage: DeskStage, slack: Slack) -> None:
    office, browser = stage.office, await stage.entered()
    await office.provider("Ingrid Solberg", npi="1234567893", work_email="ingrid@practice.example.org")
    await office.provider("Person Ya", work_email="person90@practice.example.org", slack_user="U0PERSON")
    text, wrong = spoilt()
    told = await look(browser, text)
    assert "<title>Error: Roster" in told.text and 'tabindex="0" role="region"' in told.text
    assert told.status == 422 and f"Nothing was changed: {len(wrong)} things to mend" in told.words
    rows = re.findall(r'<th scope="row">(Line \d+).*?</th>\s*<td data-label="Column">(\w+)', told.text)
    assert dict(rows) == {f"Line {line}": column for line, (column, _, _) in wrong.items()}
    for _, kind, says in wrong.values():
        assert says in html.unescape(told.text), kind
    assert len(await office.rows(Provider)) == 2 and await office.rows(History, event="import_roster") == []
    preview = await look(browser, mended())
    assert preview.status == 200 and len(await office.rows(Provider)) == 2
    done = await apply(browser, preview)
    assert done.status == 200 and "Everything happened as the preview said" in done.words
    assert re.search(r"added\s*499", done.words) and re.search(r"changed\s*1\b", done.words), done.words
    loaded = await browser.get("roster/done?added=499&changed=1")
    assert loaded.status == 200 and len(await office.rows(History, event="import_roster")) == 1, "nothing is sent again"
    forged = await browser.get("roster/done?added=%3Cb%3E&changed=99999999999&released=-1")
    assert re.search(r"added\s*0\b", forged.words) and "9999" not in forged.text
    assert len(await office.rows(Provider)) == LINES + 1 and slack.asked == [office.practice_id]
    assert [row.actor for row in await office.rows(History, event="import_roster")] == [CORA.name]
    again = await look(browser, mended())
    assert "the roster says the same already" in again.words and "Apply" not in again.words


async def test_the_preview_says_before_and_after_and_what_follows(stage: DeskStage) -> None:
    office, browser = stage.office, await stage.entered()
    maya = await office.provider("Maya Chen", languages=["Igbo"])
    await office.submit(preferred=maya)
    text = "name,email,states,languages,status\nMaya <b>Chen,maya@practice.example.org,NY,English,inactive\n"
    page = await look(browser, text)
    assert '<span class="was">Igbo</span>' in page.text and "English" in page.words
    assert "Maya &lt;b&gt;Chen" in page.text and "<b>Chen" not in page.text
    assert "1 open offer goes to everyone" in page.words and "insurance company's directory" in page.words
    await apply(browser, page)
    now = (await office.rows(Provider))[0]
    assert (now.name, now.languages, now.status) == ("Maya <b>Chen", ["English"], ProviderStatus.INACTIVE)


async def test_what_changed_since_is_shown_anew_and_nothing_is_applied(stage: DeskStage, slack: Slack) -> None:
    office, browser = stage.office, await stage.entered()
    maya = await office.provider("Maya Chen", languages=["Igbo"])
    preview = await look(browser, "name,email,states,languages\nMaya Chen,maya@practice.example.org,NY,English\n")
    await office.change(Provider, maya.id, languages=["Spanish"])
    late = await apply(browser, preview)
    assert late.status == 409 and "The roster has changed since you looked" in late.words
    assert '<span class="was">Spanish</span>' in late.text
    assert (await office.rows(Provider))[0].languages == ["Spanish"] and slack.asked == []
    done = await apply(browser, late)
    assert done.status == 200 and (await office.rows(Provider))[0].languages == ["English"]


async def test_pasted_lines_do_as_well_and_come_back_to_be_mended(stage: DeskStage) -> None:
    browser = await stage.entered()
    start = await browser.get("roster")
    told = await browser.send(start, "roster/preview", lines="name,states\nMaya Chen,Texxas\n")
    assert told.status == 422 and "Did you mean Texas" in told.words and "Maya Chen,Texxas\n</textarea>" in told.text
    page = await browser.send(start, "roster/preview", lines="name,email,states\nMaya Chen,m@x.example.org,TX\n")
    assert page.status == 200 and "Maya Chen" in page.words and await stage.office.rows(Provider) == []


async def test_nothing_and_too_much_are_told(stage: DeskStage) -> None:
    browser = await stage.entered()
    assert "Choose a file" in (await look(browser, " \n")).words
    assert "larger than" in (await look(browser, "x" * (MOST_BYTES + 1))).words
    assert (await browser.get("roster/elsewhere")).status == 404
    start = await browser.get("roster")
    assert (await browser.send(start, "roster/elsewhere", lines="x")).status == 404


async def test_the_export_is_a_file_that_changes_nothing_when_it_comes_back(stage: DeskStage) -> None:
    office, browser = stage.office, await stage.entered()
    await office.provider("Maya Chen", mobile="+447700900123", credential="=1+1")
    file = await browser.get("roster/export")
    assert file.status == 200 and 'filename="roster.csv"' in file.headers["Content-Disposition"]
    assert ",=1+1" not in file.text and "'=1+1" in file.text
    assert "the roster says the same already" in (await look(browser, file.text)).words
    assert [row.data for row in await office.rows(History, event="export_roster")] == [{"lines": 1}]


async def test_coverage_names_where_nobody_is_free(stage: DeskStage) -> None:
    office, browser = stage.office, await stage.entered()
    assert "Nobody on the roster has a current licence" in (await browser.get("roster/coverage")).words
    maya = await office.provider("Maya Chen", services=["individual"])
    await office.provider("Noor Bakshi", licences=[{"state": "TX"}], services=["couples"])
    page = await browser.get("roster/coverage")
    assert re.search(r"New York\s*Aetna, Self-pay\s*Couples therapy\s*nobody", page.words), page.words
    await office.do(pause, CORA, maya.id)
    page = await browser.get("roster/coverage")
    assert re.search(r"New York\s*Aetna, Self-pay\s*Any service\s*Maya Chen", page.words), page.words
    assert not re.search(r"Texas\s*Aetna[^.]*Any service", page.words)
    assert "Florida" not in page.words
