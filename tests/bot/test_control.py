"""The door for commands beside the running process: whatever is wrong with it is a line."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot import control
from bot.control import Control, import_through
from referrals.imports.csv_files import MAX_BYTES
from referrals.imports.files import FileKind

pytestmark = pytest.mark.anyio


async def _answers(folder: Path, data: bytes = b"name") -> list[dict[str, Any]]:
    return [line async for line in import_through(folder, FileKind.ROSTER, data, dry_run=True)]


async def test_a_door_that_was_left_behind(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "control.json").write_text(json.dumps({"port": port, "token": "t"}))
    with pytest.raises(LookupError, match="no `referrals run` that can be reached"):
        await _answers(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"port": "x", "token": "t"}'])
async def test_a_door_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "control.json").write_text(content)
    with pytest.raises(LookupError, match="can be reached"):
        await _answers(tmp_path)


async def test_a_file_that_is_too_large_is_not_even_sent(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="Split it"):
        await _answers(tmp_path, b"x" * (MAX_BYTES + 1))


async def test_an_error_inside_is_told_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Zoraqvist")

    async def never() -> None:
        raise AssertionError("nothing was imported")

    monkeypatch.setattr(control, "import_file", fails)
    house: Any = SimpleNamespace(
        settings=SimpleNamespace(data_folder=tmp_path), desk=None, practice=SimpleNamespace(id="p")
    )
    door = Control(house, never)
    await door.start()
    try:
        assert await _answers(tmp_path) == [{"error": "RuntimeError"}]
    finally:
        await door.stop()
