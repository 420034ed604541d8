"""``referrals run`` as a person has it: from an empty folder, against a workspace at SLACK_API_URL, and again."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests.canary import somebody

from .command import referrals, serving, starting
from .test_import import HEADER, ROSTER, _line

pytestmark = pytest.mark.anyio

#: A click may take three seconds; what is under way when the process is told to stop has as long.
STOP_SECONDS = 5


async def test_from_an_empty_folder_through_two_imports_to_the_loop(
    workspace: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    """Must show 4: first start, two imports through the running process, an accept, a stop; and a second start."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "few.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA"), _line(2)]))
    (tmp_path / "bad.csv").write_text("\n".join([HEADER, _line(3, state="Atlantis"), _line(4, age_band="old")]))
    async with serving(tmp_path, variables) as served:
        assert await served.get("/healthz") == (200, "ok")
        status, body = await served.get("/readyz")
        assert (status, set(json.loads(body).values())) == (200, {"ok"})
        assert (await served.get("/refer/juniper-grove-therapy"))[0] == 200

        dry = await referrals(tmp_path, variables, "import", "roster", "roster.csv", "--dry-run")
        assert dry.code == 0 and "it would be: 9 added" in dry.out
        roster = await referrals(tmp_path, variables, "import", "roster", "roster.csv")
        assert (roster.code, roster.out) == (0, "9 added, 0 updated, 0 unchanged.\n")
        bad = await referrals(tmp_path, variables, "import", "referrals", "bad.csv")
        assert bad.code == 2 and "line 2, column state" in bad.err and "line 3, column age_band" in bad.err
        few = await referrals(tmp_path, variables, "import", "referrals", "few.csv")
        assert (few.code, few.out) == (0, "2 referrals added, 0 already there.\n")
        again = await referrals(tmp_path, variables, "import", "referrals", "few.csv")
        assert (again.code, again.out) == (0, "0 referrals added, 2 already there.\n")

        channel = workspace.channel("referrals")
        await workspace.until(lambda: len(channel.messages) == 2, timeout=15)
        card = next(one for one in channel.messages if "<@U0MAYA>" in one.all_text)
        answer = await workspace.person("maya").click(card, "referral.accept")
        assert answer.ok
        await workspace.until(lambda: "*Accepted*" in card.all_text, timeout=15)
        await workspace.until(lambda: workspace.dm("maya").messages, timeout=15)

        second = await referrals(tmp_path, variables | {"PORT": str(int(variables["PORT"]) + 3000)}, "run")
        assert second.code == 2
        assert [line for line in second.lines if "is in use: another desk" in line] == second.lines

        ended, seconds = await served.stop()
        assert ended.code == 0 and seconds < STOP_SECONDS
        assert "Traceback" not in ended.err
        assert not (tmp_path / "control.json").exists()

    more = tmp_path / "more.csv"
    more.write_text("\n".join([HEADER, _line(9)]))
    direct = await referrals(tmp_path, variables, "import", "referrals", "more.csv")
    assert (direct.code, direct.out) == (0, "1 referrals added, 0 already there.\n")

    renamed = variables | {"PRACTICE_NAME": "Another Name", "COORDINATORS": "U0TOMAS"}
    async with serving(tmp_path, renamed) as served:
        assert (await served.get("/refer/juniper-grove-therapy"))[0] == 200, "the database rules from now on"
        assert (await served.get("/refer/another-name"))[0] == 404
        await workspace.until(lambda: len(channel.messages) == 4, timeout=15)  # the third card; the announcement was 3
        assert "*Accepted*" in card.all_text and card.edits == 1
        ended, _ = await served.stop()
        assert ended.code == 0


async def test_a_port_that_is_taken_is_a_line(variables: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = await referrals(tmp_path, variables | {"PORT": port}, "run")
    assert ended.code == 2
    assert [line for line in ended.lines if line.startswith(f"PORT {port} ")] == ended.lines != []


async def test_what_slack_refuses_is_a_line(variables: dict[str, str], tmp_path: Path) -> None:
    wrong = variables | {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"}
    ended = await referrals(tmp_path, wrong, "run")
    assert ended.code == 2
    (line,) = ended.lines
    assert line.startswith("SLACK_BOT_TOKEN is refused by Slack")


async def test_a_start_that_waits_for_slack_ends_when_it_is_told_to(variables: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        silent.setblocking(False)
        port = silent.getsockname()[1]
        async with starting(tmp_path, variables | {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"}) as served:
            await asyncio.get_running_loop().sock_accept(silent)  # it has asked, and hears nothing
            ended, seconds = await served.stop()
    assert (ended.code, ended.err) == (0, "") and seconds < STOP_SECONDS


async def test_a_desk_that_runs_is_told_at_once_and_ends_when_it_is_told_to(
    workspace: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    """SIGTERM right after a start leaves nothing half done, and signed HTTP needs no app token."""
    who = somebody()
    over_http = {name: value for name, value in variables.items() if name != "SLACK_APP_TOKEN"}
    workspace.config.mode = "http"
    async with serving(tmp_path, over_http) as served:
        home = await workspace.person("robin").open_home()
        assert home.ok and home.view is not None
        assert (await served.get(f"/refer/nowhere?name={len(who.name)}"))[0] == 404
        ended, seconds = await served.stop()
    assert ended.code == 0 and seconds < STOP_SECONDS
