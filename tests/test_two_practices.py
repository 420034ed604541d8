"""As a person of one practice, with the ids, codes, names and links of the practice next door: there is nothing there.

Every button, form, command and page is tried, also those that are added later. Whoever asks with another practice's id
is told no more than with a made-up one, nothing is recorded next door (tests/conftest.py looks at every row), and
nothing here comes to point there.
"""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from redis.asyncio import Redis
from sqlmodel import SQLModel, select

from blocks.ids import ActionId, BlockId, menu_value, plan_block
from blocks.modals import subject
from blocks.paging import read_place
from handlers import actions, commands, views
from handlers.home import gather
from handlers.home_rooms import ROOMS
from referrals import client_page, desk_page, links
from referrals.client_page import Shut
from referrals.details import Ticket, for_slack
from referrals.find import find
from referrals.periods import Period, period
from referrals.tx import Tx
from referrals.views.history import Filters, history
from referrals.views.report import practice_report
from referrals.zones import zone_of
from sandbox import payloads
from store.database import Database
from store.tables import History, Offer
from tests import canary, neighbour
from tests.desk import CORA, new_office
from tests.engines import ON_SQLITE
from tests.handlers.conftest import CHANNEL, Stage, stage
from tests.neighbour import Neighbour, ours
from tests.web.desk_stage import DeskStage, open_desk

__all__ = ["stage"]

pytestmark = pytest.mark.anyio

#: Of which table the ids are that a button or a form may name.
_NAMED = ("referral", "offer", "attention", "provider", "source", "client", "delivery", "history", "message_template")


@pytest.fixture
def visiting(watch: canary.Watch) -> None:
    """The ids stand in what is asked, so the answers are looked at here instead."""
    watch.visited_next_door = True


@dataclass(frozen=True)
class NextDoor:
    """What somebody here might know of the neighbour."""

    rows: Neighbour

    def ids(self) -> list[str]:
        """The latest of each kind; and the practice itself."""
        return [self.rows.ids(table)[-1] for table in _NAMED] + [neighbour.PRACTICE_ID]

    def shows(self, text: str) -> list[str]:
        """What stands in the text of theirs, but for the ids that were asked with."""
        for id in self.ids():
            text = text.replace(id, "")
        return [text[max(0, one.start() - 60) : one.end() + 30] for one in neighbour.CANARY.finditer(text)]


@pytest.fixture
def beside(next_door: Neighbour) -> NextDoor:
    return NextDoor(next_door)


# Slack


@ON_SQLITE
async def test_no_button_reaches_next_door(stage: Stage, beside: NextDoor, visiting: None) -> None:
    maya = await _both_at_once(stage)
    before = await stage.referral((await stage.refer())[0].referral_id)
    for action in ActionId:
        for id in beside.ids():
            await _click(stage, maya, action, id)
    await _nothing_came_of_it(stage, beside)
    assert await stage.referral(before.id) == before


async def test_no_menu_and_no_list_reaches_next_door(stage: Stage, beside: NextDoor, visiting: None) -> None:
    """Values that hold more than an id: a page of a timeline, an option of a menu, a filter of Home, a plan."""
    maya = await _both_at_once(stage)
    for id in beside.ids():
        await _click(stage, maya, ActionId.TIMELINE_PAGE, f"{id} 1")
        await _click(stage, maya, ActionId.MORE, menu_value(ActionId.TIMELINE, id))
        for filtered in ("provider", "queue", "source"):
            await _click(stage, maya, ActionId.HOME_PAGE, f"room queue,{filtered} {id}")
        await _click(stage, maya, ActionId.PLAN, "consultation", block_id=plan_block(id, (), 1))
    await _nothing_came_of_it(stage, beside)


@ON_SQLITE
async def test_no_form_reaches_next_door(stage: Stage, beside: NextDoor, visiting: None) -> None:
    maya = await _both_at_once(stage)
    done, _ = await stage.refer()
    for callback in views.HANDLERS:
        for about in beside.ids():
            await _send(stage, maya, callback, about, "schedule")
        for about in (done.referral_id, done.offer_id, "tomas"):  # of ours, and what is chosen in the form is not
            for chosen in beside.ids()[:5]:
                await _send(stage, maya, callback, about, chosen)
    await _nothing_came_of_it(stage, beside)


async def test_no_command_reaches_next_door(
    stage: Stage, beside: NextDoor, next_door: Neighbour, visiting: None
) -> None:
    maya, box = await _both_at_once(stage), stage.box
    other = await new_office(stage.desk.database)
    theirs = await other.submit()
    given = [next_door.rows["referral"][0]["code"], next_door.rows["provider"][0]["name"], *beside.ids()[:2]]
    for command in commands.HANDLERS:
        for rest in ["", theirs.code, *given]:
            typed = f"{command} {rest}".strip()
            form = payloads.command_form(box, maya, box.channel("referrals"), "/referrals", typed)
            answer = await box.delivery.command(form)
            shown = str(answer.body).replace(rest, "") if rest else str(answer.body)
            assert answer.ok and not beside.shows(shown), typed
    made_up = await _typed(stage, maya, "show R-77777")
    assert (await _typed(stage, maya, f"show {theirs.code}")).replace(theirs.code, "R-77777") == made_up
    assert await other.history(await other.referral(theirs.referral_id)) == ["submit"]
    await _nothing_came_of_it(stage, beside)


@pytest.mark.all_practices
async def test_their_team_and_our_person_do_not_mix(stage: Stage, beside: NextDoor, visiting: None) -> None:
    """Refused, and so recorded by the practice whose team it is: no offer of either is taken."""
    await _both_at_once(stage)
    done, _ = await stage.refer()
    team, ours_ = f"T0{neighbour.MARK.upper()}", "T0SANDBOX"
    before = await _offers(stage.desk.database)
    for user, account, asked in (
        (f"U0{neighbour.MARK.upper()}NORA", team, ours_),
        (f"U0{neighbour.MARK.upper()}NORA", ours_, ours_),
        ("U0MAYA", ours_, team),
    ):
        for offer_id in (done.offer_id, beside.rows.ids("offer")[0]):
            await _interact(stage, {"id": user, "team_id": account}, asked, ActionId.ACCEPT, offer_id)
    assert await _offers(stage.desk.database) == before
    refused = await stage.desk.database.read(_refusals)
    assert {practice for practice, _ in refused} == {"p", neighbour.PRACTICE_ID}
    assert all(result != "done" for _, result in refused)


async def _offers(database: Database) -> list[Any]:
    return await database.read(lambda session: session.exec(select(Offer.id, Offer.outcome).order_by(Offer.id)).all())


def _refusals(session: Any) -> list[Any]:
    rows = select(History.practice_id, History.result).where(History.event == "refuse")
    return list(session.exec(rows).all())


# Home, lists and reports, drawn where the practice of one's own has nothing at all


async def test_an_empty_practice_sees_nothing(database: Database, beside: NextDoor) -> None:
    office = await new_office(database)
    for room in ROOMS:
        shown = await office.do(gather, CORA, read_place(f"room:{room}"))
        assert not beside.shows(json.dumps(shown.blocks, ensure_ascii=False)), room
    for at in (office.clock.now() + timedelta(days=1), neighbour_day(beside)):
        office.clock.at = at
        report = await office.do(_year_until_now)
        assert (report.whole.received, report.insurers, report.sources, report.unmet) == (0, [], [], [])
        found = await office.do(lambda tx: history(tx, Filters(tx.now - timedelta(days=400), tx.now)))
        assert (list(found.rows), dict(found.providers), dict(found.codes)) == ([], {}, {})


async def test_the_search_finds_nobody_next_door(database: Database, beside: NextDoor) -> None:
    office = await new_office(database)
    assert list(await office.do(find, CORA, f"{neighbour.MARK}client1", "Nextdoor")) == []


# Pages


@pytest.fixture
async def pages(database: Database) -> AsyncIterator[DeskStage]:
    from bot.desk_rooms import desk_rooms

    rooms = desk_rooms(_Nothing())  # type: ignore[arg-type]
    async with open_desk(database, rooms) as stage:
        yield stage


async def test_no_page_shows_next_door(pages: DeskStage, beside: NextDoor, visiting: None) -> None:
    """Each page and each file that can be reached from another, as it is and asked about what is theirs."""
    from bot.desk_rooms import desk_rooms

    browser, office = await pages.entered(), pages.office
    await office.provider("Maya Chen")
    await office.submit(source="Elm Street Clinic")
    slug = (await office.do(Tx.practice)).slug
    known = [room.name for room in desk_rooms(_Nothing())]  # type: ignore[arg-type]
    todo, seen = [*known, *(f"{room}/csv" for room in known), "roster/export", "report/csv"], set[str]()
    while todo:
        path = todo.pop()
        if path in seen or len(seen) > 300:
            continue
        seen.add(path)
        page = await browser.get(path)
        assert page.status < 500 and not beside.shows(page.text), path
        todo += [one.replace("&amp;", "&") for one in re.findall(rf'href="/desk/{slug}/([^"#]+)"', page.text)]
    assert {one.partition("/")[0].partition("?")[0] for one in seen} >= set(known)
    for room in known:
        for id in beside.ids():
            for path in (f"{room}/{id}", f"{room}/{id}/edit", f"{room}/csv/{id}"):
                assert (await browser.get(path)).status in (404, 405), path
    code = beside.rows.rows["referral"][0]["code"]
    for path in (f"audit?code={code}", f"audit?person=provider:{beside.rows.ids('provider')[0]}"):
        page = await browser.get(path)
        assert not beside.shows(page.text.replace(code, "")), path
    await _nothing_points_next_door(office.desk.database, beside)


class _Nothing:
    """As much of a house as it takes to build the pages; behind them nothing answers."""

    redis = Redis.from_url("redis://127.0.0.1:9/0")
    settings = SimpleNamespace(signing_key="s" * 32, public_url="https://desk.example.org", on_sqlite=True)
    people = SimpleNamespace(get=AsyncMock(return_value=None))

    def __getattr__(self, _name: str) -> Any:
        return None


async def test_their_links_and_sessions_open_nothing_here(pages: DeskStage, database: Database) -> None:
    other = await new_office(database)
    done = await other.submit()
    desk, details = await other.do(desk_page.ask, CORA), await other.do(for_slack, CORA, done.referral_id)
    assert isinstance(desk, Ticket) and isinstance(details, Ticket)
    assert (await pages.browser().confirm(desk)).status in (404, 410)
    for token in (desk.token, details.token):
        assert await pages.office.do(client_page.look_at_link, token) is Shut.UNKNOWN
        assert await pages.office.do(desk_page.enter, token) is Shut.UNKNOWN
    opened = await other.do(desk_page.enter, desk.token)
    assert isinstance(opened, links.Opened)
    browser = pages.browser()
    browser.http.cookie_jar.update_cookies({"desk_page": opened.cookie})
    assert (await browser.get("audit")).status == 403, "their cookie is nobody's here"
    assert await pages.office.do(client_page.show, opened.cookie) is Shut.OVER


# How it is asked


async def _both_at_once(stage: Stage) -> Any:
    """Maya provides and coordinates, so that whatever there is for anybody is open to her."""
    await stage.desk.do("p", lambda tx: setattr(tx.locked_practice(), "coordinators", ["U0MAYA", "U0ROBIN"]))
    return stage.person("maya").user


async def _click(stage: Stage, user: Any, action: ActionId, value: str, block_id: str = "b") -> None:
    await _interact(
        stage, {"id": user.id, "team_id": "T0SANDBOX"}, "T0SANDBOX", action, value, block_id=block_id, known=True
    )


async def _interact(
    stage: Stage,
    user: dict[str, str],
    team: str,
    action: ActionId,
    value: str,
    *,
    block_id: str = "b",
    known: bool = False,
) -> None:
    trigger = stage.box.views.trigger(user["id"]) if known else "1.2.x"
    one = {"type": "button", "action_id": action, "block_id": block_id, "value": value, "action_ts": "1"}
    if action is ActionId.PLAN:
        one |= {"type": "checkboxes", "selected_options": [{"value": value}]}
    if action in (ActionId.MORE, ActionId.HOME_PAGE):
        one |= {"selected_option": {"value": value}}
    payload = {
        "type": "block_actions",
        "user": user,
        "team": {"id": team},
        "api_app_id": "A0",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": CHANNEL, "is_ephemeral": False},
        "channel": {"id": CHANNEL, "name": "referrals"},
        "trigger_id": trigger,
        "actions": [one],
    }
    await stage.box.delivery.interaction(payload)


async def _send(stage: Stage, user: Any, callback: str, about: str, chosen: str) -> None:
    """With this choice in every field that there is, so that nothing is missing."""
    field = {"selected_option": {"value": chosen}, "selected_date": "2026-01-01", "value": chosen}
    field |= {"selected_user": "U0MAYA", "selected_users": ["U0MAYA", "U0ROBIN"], "selected_options": []}
    state = {block: dict.fromkeys(_INPUTS, field) for block in BlockId}
    view = {"id": "V1", "type": "modal", "callback_id": callback, "private_metadata": subject(about)}
    payload = {"type": "view_submission", "user": {"id": user.id, "team_id": "T0SANDBOX"}, "team": {"id": "T0SANDBOX"}}
    await stage.box.delivery.interaction(payload | {"view": view | {"state": {"values": state}}}, accepts=True)


_INPUTS = [action for action in ActionId if action not in actions.HANDLERS]


async def _typed(stage: Stage, user: Any, typed: str) -> str:
    form = payloads.command_form(stage.box, user, stage.box.channel("referrals"), "/referrals", typed)
    return str((await stage.box.delivery.command(form)).body)


async def _nothing_came_of_it(stage: Stage, beside: NextDoor) -> None:
    for entry in stage.box.traffic:
        assert not beside.shows(json.dumps([entry.what, entry.sent], ensure_ascii=False, default=str)), entry.what
    await _nothing_points_next_door(stage.desk.database, beside)


async def _nothing_points_next_door(database: Database, beside: NextDoor) -> None:
    """No row of another practice names one of theirs."""

    def read(session: Any) -> list[str]:
        tables = [one for one in SQLModel.metadata.sorted_tables if "practice_id" in one.c or one.name == "practice"]
        rows = [(one.name, row) for one in tables for row in session.connection().execute(ours(select(one)))]
        return [f"{name}: {row}" for name, row in rows if neighbour.CANARY.search(repr(row))]

    assert await database.read(read) == []


def neighbour_day(beside: NextDoor) -> Any:
    """When they have been at work lately."""
    return max(row["created_at"] for row in beside.rows.rows["referral"]) + timedelta(days=1)


def _year_until_now(tx: Tx) -> Any:
    asked = period("last 200 days", tx.now, zone_of(None, tx.practice()))
    assert isinstance(asked, Period)
    return practice_report(tx, CORA, asked)
