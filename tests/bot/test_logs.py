"""What arq and asyncio say of an exception names its kind and its place, never its text."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from bot.logs import line_formatter, without_values

SECRET = "Zoraqvist"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(line_formatter(on_terminal=False))
    handler.addFilter(without_values)
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


def test_a_failed_job(written: io.StringIO) -> None:
    try:
        raise ValueError(f"[parameters: {SECRET}]")
    except ValueError as error:
        logging.getLogger("arq.worker").exception(
            "%6.2fs ! %s failed, %s: %s", 0.1, "id:attend", "ValueError", error, extra={"extra": {"row": SECRET}}
        )
    line = written.getvalue()
    assert SECRET not in line
    assert "ValueError" in line and "test_logs.py" in line and "failed" in line


def test_an_exception_without_a_traceback(written: io.StringIO) -> None:
    logging.getLogger("arq.connections").warning("redis connection error %s: %s", "host", ValueError(SECRET))
    assert SECRET not in written.getvalue() and "ValueError" in written.getvalue()


async def _fails() -> None:
    raise ValueError(SECRET)


def test_a_task_that_nobody_asked(written: io.StringIO) -> None:
    async def leave() -> None:
        task = asyncio.ensure_future(_fails())
        await asyncio.wait([task])
        del task

    asyncio.run(leave())
    line = written.getvalue()
    assert SECRET not in line
    assert "Task exception was never retrieved" in line and "ValueError" in line


def test_what_others_say_stays(written: io.StringIO) -> None:
    logging.getLogger("jobs.outbox").warning("not_delivered %s", "id")
    assert "not_delivered id" in written.getvalue()
