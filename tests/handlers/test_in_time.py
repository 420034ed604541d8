"""Slack waits three seconds for an answer, whatever the database does meanwhile (fault 5)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from sqlalchemy import text
from sqlmodel import Session

from blocks.ids import CallbackId
from handlers import errors, home, settings, views
from store.database import PostgresDatabase
from store.vocabulary import Status
from tests.handlers.conftest import Stage
from tests.handlers.test_roster import choose, fields
from tests.handlers.test_roster import room as roster_room
from tests.handlers.test_settings import channel, opened, practice, typed

SLOW = "very busy just now"
AWAY = "cannot reach its records"


@contextmanager
def _opened(gate: threading.Event) -> Iterator[None]:
    try:
        yield
    finally:
        gate.set()


@asynccontextmanager
async def _database_held(stage: Stage) -> AsyncIterator[None]:
    """On SQLite an import has the writer; on PostgreSQL a migration, say, has the table."""
    if isinstance(stage.desk.database, PostgresDatabase):
        async with stage.desk.database._engine.begin() as other:
            await other.execute(text("LOCK TABLE referral IN ACCESS EXCLUSIVE MODE"))
            yield
        return
    gate, entered = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        entered.set()
        assert gate.wait(30)

    with _opened(gate):
        holding = asyncio.create_task(stage.desk.database.write(hold))
        await asyncio.to_thread(entered.wait, 30)
        yield
    await holding


async def test_a_click_while_the_database_is_held(stage: Stage) -> None:
    done, message = await stage.refer()
    maya = stage.person("maya")
    await maya.command("/referrals open")  # Slack has been asked who she is
    async with _database_held(stage):
        answer = await maya.click(message, "referral.accept")
    assert answer.ok and answer.elapsed < 3
    assert any(word in answer.text for word in (SLOW, AWAY)), answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING, "what was not begun is not done later"
    again = await maya.click(message, "referral.accept")
    assert again.ok and SLOW not in again.text
    assert (await stage.referral(done.referral_id)).status is Status.ACCEPTED


async def test_a_form_and_a_command_while_the_database_is_held(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya = stage.person("maya")
    await maya.click(message, "referral.decline")
    async with _database_held(stage):
        sent, told = await asyncio.gather(
            maya.submit(values={"referral.reason": "schedule"}), maya.command("/referrals pause")
        )
    for answer in (sent, told):
        assert answer.ok and answer.elapsed < 3
        assert any(word in f"{answer.text} {answer.view}" for word in (SLOW, AWAY))
    assert (await stage.referral(done.referral_id)).offer_id == done.offer_id


async def test_a_form_that_ran_out_of_time_keeps_what_was_typed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    robin, view = await opened(stage, "channel")
    channel(stage, "C0NEW", "new-referrals", member=True)
    monkeypatch.setitem(views.HANDLERS, CallbackId.SETTINGS, never)
    sent = await robin.submit(view, typed(view, channel_id="C0NEW"))
    assert sent.ok and sent.elapsed < 3 and not sent.closed and sent.view is not None
    assert SLOW in str(sent.view) and sent.view["callback_id"] == "referral.settings"
    chosen = [one["element"].get("initial_conversation") for one in sent.view["blocks"] if one["type"] == "input"]
    assert chosen[0] == "C0NEW", "what was chosen is still there"
    assert (await practice(stage)).channel_id != "C0NEW"
    monkeypatch.setitem(views.HANDLERS, CallbackId.SETTINGS, settings.FORMS[CallbackId.SETTINGS])
    assert (await robin.submit(sent.view)).closed and (await practice(stage)).channel_id == "C0NEW"


async def test_what_is_saved_is_never_told_as_too_slow_because_of_home(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> bool:
        await asyncio.Event().wait()
        return True

    real = home.publish_home
    robin, times = await opened(stage, "times")
    monkeypatch.setattr(home, "publish_home", never)
    sent = await robin.submit(times, typed(times, expire_after="72"))
    assert sent.ok and sent.closed and sent.elapsed < 3 and SLOW not in f"{sent.text} {sent.view}"
    assert (await practice(stage)).expire_after == 72 * 3600
    monkeypatch.setattr(home, "publish_home", real)
    robin = await roster_room(stage)
    form = (await choose(stage, robin, "roster_edit", "maya")).view
    monkeypatch.setattr(home, "publish_home", never)
    sent = await robin.submit(form, fields(form, credential="PhD"))
    assert sent.ok and sent.closed and sent.elapsed < 3 and SLOW not in f"{sent.text} {sent.view}"
    assert (await stage.provider("maya")).credential == "PhD"


async def test_an_answer_that_slack_does_not_take_is_not_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both at once: the database is held, and so is the answer."""

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    _, message = await stage.refer()
    monkeypatch.setattr(errors, "tell", never)
    async with _database_held(stage):
        answer = await stage.person("maya").click(message, "referral.accept")
    assert answer.ok and answer.elapsed < 3
