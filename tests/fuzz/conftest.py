"""How much is asked, and the desk that is asked: ``pytest tests/fuzz --fuzz-requests=100000 [--fuzz-seed=N]``."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.canary import Watch
from tests.loop.conftest import flushed, monitor, valkey
from tests.loop.running import running

from .target import Target, look_after

__all__ = ["flushed", "monitor", "valkey"]

#: What the ordinary suite asks, always the same, so that it never fails on something new.
_ORDINARY, _SEED = 6000, 20251114


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-requests", type=int, default=None, help="how many requests; with it, new ones each time")
    parser.addoption("--fuzz-seed", type=int, default=None, help="the seed of a run that is to be repeated")


@dataclass(frozen=True)
class Plan:
    requests: int
    seed: int


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Plan:
    given = request.config.getoption("--fuzz-requests", None)
    seed = request.config.getoption("--fuzz-seed", None)
    if seed is None:
        seed = _SEED if given is None else random.SystemRandom().randrange(10**9)
    print(f"to repeat: --fuzz-seed={seed}")  # with a failure's report
    return Plan(given or _ORDINARY, seed)


@pytest.fixture
def target(request: pytest.FixtureRequest, tmp_path: Path, flushed: str, watch: Watch) -> Iterator[Target]:
    """A whole desk at work, on signed HTTP unless asked otherwise; the loop turns only while something is asked."""
    for name in ("sqlalchemy", "aiosqlite", "aiohttp", "asyncio", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)  # as bot.logs has it: every statement is too much to keep
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        desk = runner.run(stack.enter_async_context(running(tmp_path, flushed, mode=getattr(request, "param", "http"))))
        try:
            target = runner.run(look_after(desk, runner, watch))
            logging.getLogger().addHandler(target.alarm)
            yield target
            logging.getLogger().removeHandler(target.alarm)
        finally:
            runner.run(asyncio.wait_for(stack.aclose(), 60))


@pytest.fixture
def report(target: Target, plan: Plan, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Prints how much was asked, and what was answered."""

    def write(what: str, sent: int, started: float) -> None:
        seconds = time.monotonic() - started
        with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{what}: {sent:,} requests in {seconds:.0f} s, seed {plan.seed}, slowest {target.slowest:.2f} s")
            print(f"  {target.alarm.late} given up to answer in time")
            for kind, statuses in sorted(target.statuses.items()):
                print(f"  {kind:<20}" + ", ".join(f"{status}: {times:,}" for status, times in sorted(statuses.items())))

    return write
