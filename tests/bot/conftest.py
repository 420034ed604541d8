"""A workspace for processes that are started as a person starts them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests import canary
from tests.loop.running import environment, free_port, sandbox_config


@pytest.fixture
async def workspace() -> AsyncIterator[Sandbox]:
    box = await Sandbox(sandbox_config(free_port())).start()
    canary.watch().sandboxes.append(box)
    yield box
    await box.stop()


@pytest.fixture
def variables(workspace: Sandbox, tmp_path: Path) -> dict[str, str]:
    """What `.env` would hold for a desk in that workspace; its database lies in ``tmp_path``."""
    port = int(workspace.config.clock_url.rpartition(":")[2].partition("/")[0])
    return environment(workspace, tmp_path, port)


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """The commands start as a person starts them, and set up their own practice first."""
    return empty_database_url
