"""Slack waits three seconds for an answer, whatever the database does meanwhile (fault 5)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from sqlalchemy import text
from sqlmodel import Session

from handlers import errors
from store.database import PostgresDatabase
from store.vocabulary import Status
from tests.handlers.conftest import Stage

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
