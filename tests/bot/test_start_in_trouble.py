"""Starting while Slack is in trouble of its own: a desk that knows its practice starts; a new one says what to do."""

from pathlib import Path

import pytest

from sandbox.server import Sandbox

from .command import referrals, serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("trouble", ["internal_error", "http_502", "rate_limited"])
async def test_a_later_start_does_not_need_slack(
    workspace: Sandbox, variables: dict[str, str], tmp_path: Path, trouble: str
) -> None:
    async with serving(tmp_path, variables) as served:
        await served.stop()
    fault = workspace.fault(trouble, "auth.test")
    async with serving(tmp_path, variables) as served:
        ended, _ = await served.stop()
    assert fault.struck == 1
    assert ended.code == 0
    assert "slack_unreachable_at_start" in ended.err and "Traceback" not in ended.err


async def test_the_first_start_says_that_it_is_not_the_token(
    workspace: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    workspace.fault("http_500", "auth.test")
    ended = await referrals(tmp_path, variables, "run")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "Slack cannot say at the moment" in ended.lines[0] and "start again in a minute" in ended.lines[0]
