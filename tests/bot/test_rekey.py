"""``referrals rekey`` while the desk runs: through the process that holds a SQLite file, beside those on PostgreSQL."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sandbox.server import Sandbox
from tests.engines import ON_SQLITE

from .command import referrals, serving
from .test_import import HEADER, ROSTER, _line

#: Many processes one after another: each takes seconds to start where the machine has other work.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]


async def test_the_old_key_can_go_and_nothing_is_lost(
    workspace: Sandbox, variables: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    old, new = variables["ENCRYPTION_KEYS"], Fernet.generate_key().decode()
    first = variables | {"DATABASE_URL": database_url}
    both, alone = first | {"ENCRYPTION_KEYS": f"{new},{old}"}, first | {"ENCRYPTION_KEYS": new}
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "few.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA"), _line(2)]))
    channel = workspace.channel("referrals")
    async with serving(tmp_path, first) as served:
        assert (await referrals(tmp_path, first, "import", "roster", "roster.csv")).code == 0
        assert (await referrals(tmp_path, first, "import", "referrals", "few.csv")).code == 0
        await workspace.until(lambda: len(channel.messages) == 2, timeout=30)
        assert (await served.stop())[0].code == 0
    async with serving(tmp_path, both) as served:
        done = await referrals(tmp_path, both, "rekey")
        assert (done.code, done.out.splitlines()[0]) == (0, "7 values sealed anew with the first of ENCRYPTION_KEYS.")
        assert "Nothing needs key 2 of ENCRYPTION_KEYS any more" in done.out
        assert not {old, new} & set((done.out + done.err).replace(",", " ").split())
        again = await referrals(tmp_path, both, "rekey")
        assert again.out.startswith("0 values sealed anew")
        assert (await served.stop())[0].code == 0
    async with serving(tmp_path, alone) as served:
        card = next(one for one in channel.messages if "<@U0MAYA>" in one.all_text)
        assert (await workspace.person("maya").click(card, "referral.accept")).ok
        await workspace.until(lambda: [m for m in workspace.mailbox.messages if "accepting" in m.text], timeout=30)
        assert (await served.stop())[0].code == 0
    gone = await referrals(tmp_path, first, "run")
    assert gone.code == 2 and gone.lines[0].startswith("ENCRYPTION_KEYS do not open")


@ON_SQLITE
async def test_a_desk_that_does_not_know_the_new_key_yet(
    workspace: Sandbox, variables: dict[str, str], engine: str, tmp_path: Path
) -> None:
    both = variables | {"ENCRYPTION_KEYS": f"{Fernet.generate_key().decode()},{variables['ENCRYPTION_KEYS']}"}
    early = await referrals(tmp_path, variables, "rekey")
    assert early.code == 2 and early.lines == ["there is no practice yet, and nothing to seal anew"]
    async with serving(tmp_path, variables) as served:
        refused = await referrals(tmp_path, both, "rekey")
        assert refused.code == 2
        (line,) = refused.lines
        assert "was started with other ENCRYPTION_KEYS: restart it" in line
        one = await referrals(tmp_path, variables, "rekey")
        assert (one.code, one.lines) == (0, ["1 of 1"]) and "There is one key" in one.out
        assert (await served.stop())[0].code == 0
