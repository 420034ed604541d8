"""SIGTERM to a bot and to a worker side by side on PostgreSQL: what is under way is finished, and the exit is 0."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from bot.embedded import valkey
from sandbox.server import Sandbox
from sandbox.workspace import Message
from tests.engines import ON_POSTGRES

from .command import Served, referrals, serving, starting
from .test_import import HEADER, ROSTER, _line

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400), ON_POSTGRES]

SECONDS = 30
#: A click may take three seconds; what is under way when the process is told to stop has as long.
STOP_SECONDS = 10


@pytest.fixture
def shared(variables: dict[str, str], database_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of processes that share a database and a queue."""
    with valkey(tmp_path / "queue") as redis_url:
        yield variables | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


async def _referral(folder: Path, variables: dict[str, str]) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    (folder / "one.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA")]))
    assert (await referrals(folder, variables, "import", "roster", "roster.csv")).code == 0
    assert (await referrals(folder, variables, "import", "referrals", "one.csv")).code == 0


async def _card(workspace: Sandbox) -> Message:
    channel = workspace.channel("referrals")
    await workspace.until(lambda: channel.messages, timeout=SECONDS)
    return channel.messages[0]


async def test_a_bot_answers_the_click_that_is_under_way(
    workspace: Sandbox, shared: dict[str, str], engine: str, tmp_path: Path
) -> None:
    async with serving(tmp_path, shared, "bot") as bot, starting(tmp_path, shared, "worker") as worker:
        await _referral(tmp_path, shared)
        card = await _card(workspace)
        async with _held(shared["DATABASE_URL"]) as others_wait:
            click = asyncio.create_task(workspace.person("maya").click(card, "referral.accept"))
            await others_wait()
            stopping = asyncio.create_task(bot.stop())
            await _told_to_stop(bot)
        assert (await click).ok
        ended, seconds = await stopping
        assert ended.code == 0 and "Traceback" not in ended.err and seconds < STOP_SECONDS
        await workspace.until(lambda: "*Accepted*" in card.all_text, timeout=SECONDS)
        ended, seconds = await worker.stop()
        assert ended.code == 0 and "Traceback" not in ended.err and seconds < STOP_SECONDS


@asynccontextmanager
async def _held(url: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Holds every referral, as a slow transaction does; what is yielded waits until somebody waits for them."""
    other = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        async with other.transaction():
            await other.execute("SELECT id FROM referral FOR UPDATE")

            async def others_wait() -> None:
                waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                async with asyncio.timeout(SECONDS):
                    while True:
                        if await other.fetchval(waiting):
                            return
                        await asyncio.sleep(0.01)

            yield others_wait
    finally:
        await other.close()


async def _told_to_stop(bot: Served) -> None:
    """Once the signal has arrived: the port is closed first of all."""
    end = time.monotonic() + 1.0  # the click must not wait for its row for longer than it may
    while time.monotonic() < end:
        try:
            await bot.get("/healthz")
        except OSError:
            return
        await asyncio.sleep(0.02)


async def test_a_worker_records_what_it_is_sending(
    workspace: Sandbox, shared: dict[str, str], engine: str, tmp_path: Path
) -> None:
    """A post that is under way is waited for and its place kept: the next worker does not post it again."""
    async with serving(tmp_path, shared, "bot") as bot:
        await _referral(tmp_path, shared)
        slow = workspace.fault("slow", "chat.postMessage", seconds=2)
        async with starting(tmp_path, shared, "worker") as worker:
            await workspace.until(lambda: slow.struck, timeout=SECONDS)
            ended, seconds = await worker.stop()
        assert ended.code == 0 and "Traceback" not in ended.err and seconds < STOP_SECONDS
        async with starting(tmp_path, shared, "worker") as worker:
            card = await _card(workspace)
            assert (await workspace.person("maya").click(card, "referral.accept")).ok
            await workspace.until(lambda: "*Accepted*" in card.all_text, timeout=SECONDS)
            await workspace.until(lambda: workspace.dm("maya").messages, timeout=SECONDS)
            assert (await worker.stop())[0].code == 0
        assert (await bot.stop())[0].code == 0
    top = [one for one in workspace.channel("referrals").messages if one.thread_ts in (None, one.ts)]
    assert top == [card]
