"""``referrals doctor``: every line it can say, from a real process; and never a secret."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.doctor_facts import Level, compared
from bot.doctor_slack import SCOPES
from sandbox.server import Sandbox
from tests.engines import ON_SQLITE
from tests.loop.running import MANIFEST

from .command import Ended, referrals, serving

#: Many processes one after another: each takes seconds to start where the machine has other work.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]

_SECRET = ("_TOKEN", "_KEY", "_KEYS", "_SECRET")
NAMES = [
    "settings",
    "database",
    "disk",
    "keys",
    "token",
    "scopes",
    "requests",
    "channel",
    "coordinators",
    "mail",
    "text messages",
    "queue",
    "clock",
    "database's clock",
    "pages",
    "sweep",
    "audit",
]


async def _doctor(folder: Path, variables: dict[str, str], code: int = 0) -> dict[str, str]:
    """Name -> level and text. It says each thing once, in the same order always, and no secret."""
    ended = await referrals(folder, variables, "doctor")
    assert ended.code == code, (ended.out, ended.err)
    _no_secret(ended, variables)
    lines = [line[9:].partition(": ") for line in ended.out.splitlines()]
    names = [name for name, _, _ in lines]
    assert list(dict.fromkeys(names)) == NAMES
    levels = [line[:9].strip() for line in ended.out.splitlines()]
    assert set(levels) <= {"ok", "warning", "problem"}
    assert (code == 1) == ("problem" in levels)
    return {name: f"{level} {text}" for level, (name, _, text) in zip(levels, lines, strict=True)}


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _no_secret(ended: Ended, variables: dict[str, str]) -> None:
    assert "Traceback" not in ended.err
    for name, value in variables.items():
        if name.endswith(_SECRET):
            assert value not in ended.out + ended.err, name


def test_the_scopes_are_those_of_the_manifest() -> None:
    assert frozenset(MANIFEST.scopes) == SCOPES


@pytest.mark.parametrize(
    ("skew", "level", "says"),
    [
        (0, Level.OK, "within 1 s of Slack's"),
        (30, Level.OK, "within 30 s"),
        (31, Level.PROBLEM, "31 s ahead of Slack's"),
        (-299, Level.PROBLEM, "299 s behind Slack's"),
    ],
)
def test_clocks_that_differ(skew: int, level: Level, says: str) -> None:
    now = datetime(2025, 11, 14, tzinfo=UTC)
    found = compared("Slack's", now, now + timedelta(seconds=skew))
    assert found.level is level and says in found.text


async def test_a_desk_that_runs_is_well(variables: dict[str, str], database_url: str, tmp_path: Path) -> None:
    """Also while the process holds its SQLite file."""
    variables |= {"DATABASE_URL": database_url}
    async with serving(tmp_path, variables) as served:
        found = await _doctor(tmp_path, variables)
        assert (await served.stop())[0].code == 0
    sqlite = "sqlite" in database_url
    assert found["settings"].startswith("ok")
    assert ("SQLite 3" if sqlite else "PostgreSQL 18") in found["database"]
    assert found["database"].startswith("ok") or "fsync is off" in found["database"]
    assert found["keys"] == "ok those of this database"
    assert found["token"] == "ok of Juniper Grove Therapy (T0SANDBOX)"
    assert found["scopes"] == "ok all that manifest.yml asks for"
    assert found["requests"] == "ok Socket Mode"
    assert (found["channel"], found["coordinators"]) == ("ok #referrals", "ok 1, all members")
    assert found["mail"].endswith("answers, not encrypted") and found["text messages"] == "ok the account is active"
    assert found["clock"].startswith("ok within") and found["database's clock"].startswith("ok")
    assert found["pages"].startswith("ok http") and found["sweep"].startswith("ok")


async def test_before_the_first_start_it_makes_nothing(
    workspace: Sandbox, variables: dict[str, str], tmp_path: Path
) -> None:
    found = await _doctor(tmp_path, variables)
    assert found["database"].startswith("warning there is none yet")
    assert found["sweep"] == "ok has not begun: the desk has never run"
    assert found["pages"].startswith("warning")
    assert _names(tmp_path) == []
    assert not workspace.mailbox.messages and not workspace.sms.messages


def _bot_removed(box: Sandbox) -> None:
    box.remove_bot("referrals")


def _archived(box: Sandbox) -> None:
    box.archive("referrals")


def _uninstalled(box: Sandbox) -> None:
    box.auth_error = "account_inactive"


def _fewer_scopes(box: Sandbox) -> None:
    box.scopes.remove("groups:history")


def _guest(box: Sandbox) -> None:
    box.workspace.users["U0ROBIN"].is_restricted = True


def _suspended(box: Sandbox) -> None:
    box.sms.account_status = "suspended"


@pytest.mark.parametrize(
    ("change", "name", "says"),
    [
        (_bot_removed, "channel", "the bot is not in #referrals: type /invite"),
        (_archived, "channel", "#referrals is archived"),
        (_uninstalled, "token", "refused by Slack (account_inactive)"),
        (_fewer_scopes, "scopes", "missing groups:history: update the app from manifest.yml"),
        (_guest, "coordinators", "U0ROBIN is a guest"),
        (_suspended, "text messages", "the Twilio account is suspended"),
    ],
)
async def test_what_the_other_side_has_changed(
    workspace: Sandbox,
    variables: dict[str, str],
    tmp_path: Path,
    change: Callable[[Sandbox], None],
    name: str,
    says: str,
) -> None:
    change(workspace)
    found = await _doctor(tmp_path, variables, code=1)
    assert found[name].startswith("problem") and says in found[name]
    assert found["mail"].startswith("ok"), "the others are looked at all the same"


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def test_servers_that_are_not_there(variables: dict[str, str], tmp_path: Path, closed_port: str) -> None:
    nowhere = f"127.0.0.1:{closed_port}"
    found = await _doctor(
        tmp_path,
        variables
        | {
            "SLACK_API_URL": f"http://{nowhere}/api/",
            "SMTP_URL": f"smtp://user:an-old-password@{nowhere}",
            "REDIS_URL": f"redis://:an-old-password@{nowhere}/0",
            "TWILIO_API_URL": f"http://{nowhere}",
            "DATABASE_URL": f"postgresql://user:an-old-password@{nowhere}/desk",
        },
        code=1,
    )
    for name in ("database", "token", "mail", "text messages", "queue"):
        assert found[name].startswith("problem"), (name, found[name])
    assert "check SMTP_URL" in found["mail"] and "check REDIS_URL" in found["queue"]
    assert not [text for text in found.values() if "an-old-password" in text]


@pytest.fixture
def silent() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


async def test_servers_that_say_nothing(variables: dict[str, str], tmp_path: Path, silent: str) -> None:
    """All at once, so that the whole takes no longer than the slowest."""
    before = time.monotonic()
    found = await _doctor(
        tmp_path,
        variables
        | {
            "SLACK_API_URL": f"http://{silent}/api/",
            "SMTP_URL": f"smtp://{silent}",
            "REDIS_URL": f"redis://{silent}/0",
            "TWILIO_API_URL": f"http://{silent}",
            "DATABASE_URL": f"postgresql://user:secret@{silent}/desk",
            "PUBLIC_URL": f"http://{silent}",
        },
        code=1,
    )
    assert time.monotonic() - before < 30, "one after another it would take twice as long"
    for name in ("database", "token", "scopes", "channel", "mail", "text messages", "queue"):
        assert found[name].startswith("problem"), (name, found[name])
    assert found["pages"].startswith("warning")


async def test_every_wrong_setting_is_told_and_the_rest_looked_at(variables: dict[str, str], tmp_path: Path) -> None:
    wrong = variables | {"SMTP_URL": "mail.example.org", "PORT": "none", "INDEX_KEY": "short"}
    del wrong["TWILIO_FROM"]
    ended = await referrals(tmp_path, wrong, "doctor")
    _no_secret(ended, {name: value for name, value in wrong.items() if name != "INDEX_KEY"})
    lines = ended.out.splitlines()
    told = [line.removeprefix("problem  settings: ").split()[0] for line in lines if " settings: " in line]
    assert ended.code == 1 and sorted(told) == ["INDEX_KEY", "PORT", "SMTP_URL", "TWILIO_FROM"]
    assert "warning  mail: not looked at, because SMTP_URL is wrong" in lines
    assert "warning  keys: not looked at, because INDEX_KEY is wrong" in lines
    assert "ok       channel: #referrals" in lines


async def test_an_empty_folder(tmp_path: Path) -> None:
    found = await referrals(tmp_path, {}, "doctor")
    assert found.code == 1 and "problem  settings: SLACK_BOT_TOKEN is missing" in found.out
    assert "Traceback" not in found.err and _names(tmp_path) == []


async def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PRACTICE_NAME=\xff\xfe\n")
    ended = await referrals(tmp_path, {}, "doctor")
    assert (ended.code, ended.out) == (2, "") and ended.lines == [".env cannot be read: UnicodeDecodeError"]


@ON_SQLITE
async def test_what_is_wrong_inside_the_database(
    variables: dict[str, str], database_url: str, engine: str, tmp_path: Path
) -> None:
    """Other keys, an older version, a desk that stands, an audit that found something, a file that is none."""
    variables |= {"DATABASE_URL": database_url}
    async with serving(tmp_path, variables) as served:
        assert (await served.stop())[0].code == 0
    other = await _doctor(tmp_path, variables | {"ENCRYPTION_KEYS": Fernet.generate_key().decode()}, code=1)
    assert other["keys"].startswith("problem ENCRYPTION_KEYS do not open")
    with closing(sqlite3.connect(tmp_path / "desk.db")) as file:
        practice = file.execute("SELECT id FROM practice").fetchone()[0]
        file.execute("INSERT OR REPLACE INTO pulse (name, at) VALUES ('sweep', '2025-01-01 00:00:00.000000')")
        values = (practice, "2025-01-01 00:00:00.000000", "2025-01-01 00:00:00.000000")
        file.execute(
            "INSERT INTO audit_run (id, practice_id, whole, started_at, finished_at, looked_at, findings, first, up_to)"
            " VALUES ('zz', ?, 1, ?, ?, 7, 2, 'two_ends R-1', '')",
            values,
        )
        file.commit()
    found = await _doctor(tmp_path, variables, code=1)
    assert found["audit"].startswith("problem 2 findings") and "the first: two_ends R-1" in found["audit"]
    assert found["sweep"].startswith("warning last came through") and "is not running" in found["sweep"]
    with closing(sqlite3.connect(tmp_path / "desk.db")) as file:
        file.executescript("DROP TABLE pulse; DROP TABLE audit_run; UPDATE alembic_version SET version_num = '0001'")
    older = await _doctor(tmp_path, variables)
    assert "older version" in older["database"]
    (tmp_path / "desk.db").write_text("this is no database, whatever it is called\n" * 100)
    none = await _doctor(tmp_path, variables, code=1)
    assert none["database"].startswith("problem") and "referrals restore" in none["database"]
