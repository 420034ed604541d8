"""``referrals backup`` and ``referrals restore``: of a running desk, on both engines, into either; fault 26."""

import asyncio
import re
import resource
import shutil
import sqlite3
import stat
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from cryptography.fernet import Fernet
from sqlalchemy import create_engine
from sqlmodel import func, select

import store
from bot.backup import backup_command
from bot.house import vault_of
from bot.key_check import key_check
from bot.restore import restore_command
from bot.settings import SettingsError, StoreSettings
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.files import FileKind, import_file
from sandbox.server import Sandbox
from store.backup import BackupError
from store.tables import Practice, Referral
from tests.desk import practice_row
from tests.engines import ON_SQLITE, Postgres, opened

from .command import referrals, serving
from .stored import Rows, in_file, rows_of
from .test_import import HEADER, ROSTER, _line

#: Many processes one after another: each takes seconds to start where the machine has other work.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(400)]

SECONDS = 30


@pytest.fixture
def desk(variables: dict[str, str], database_url: str) -> dict[str, str]:
    """The variables of a desk on this engine."""
    return variables | {"DATABASE_URL": database_url}


@pytest.fixture
def empty(postgres: Postgres, tmp_path: Path) -> Callable[[str], str]:
    """Somewhere to restore to: a file that is not there yet, or a database without a table."""

    def make(which: str) -> str:
        return in_file(tmp_path / "restored.db") if which == "sqlite" else postgres.bare_database()

    return make


@pytest.fixture
async def used(desk: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Of a desk that holds a roster and two referrals, with everything still to be sent; no process runs."""
    monkeypatch.chdir(tmp_path)
    settings = _settings(desk)
    vault = vault_of(settings)
    few = "\n".join([HEADER, _line(1, preferred_provider="U0MAYA"), _line(2)])
    async with opened(settings.database_url) as database:
        practice = practice_row(coordinators=["U0ROBIN"], key_check=key_check(vault))
        await database.write(lambda session: session.add(practice))
        office = Desk(database, vault, Clock(), _nobody_to_wake)
        for kind, data in ((FileKind.ROSTER, ROSTER), (FileKind.REFERRALS, few)):
            report = await import_file(office, practice.id, kind, data.encode())
            assert not report.problems
    return desk


async def _nobody_to_wake(_wakes: object) -> None: ...


def _settings(variables: dict[str, str], **more: str) -> StoreSettings:
    names = ("DATABASE_URL", "ENCRYPTION_KEYS", "INDEX_KEY", "HISTORY_KEY", "SIGNING_KEY")
    return StoreSettings(_env_file=None, **{name.lower(): (variables | more)[name] for name in names})  # type: ignore


def _left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if ".part" in path.name or path.name.startswith(".restore-"))


@pytest.mark.parametrize("to", ["sqlite", "postgres"])
async def test_a_backup_of_a_desk_that_is_not_running_is_all_of_it(
    used: dict[str, str], empty: Callable[[str], str], to: str, tmp_path: Path
) -> None:
    made = await referrals(tmp_path, used, "backup", "b.db")
    assert made.code == 0, made.err
    told, keys = made.out.splitlines()
    assert told.startswith(f"{tmp_path / 'b.db'}: 2 referrals, ") and "keys are not in it" in keys
    file = tmp_path / "b.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and not _left_behind(tmp_path)
    was = await rows_of(used["DATABASE_URL"])
    assert await rows_of(in_file(shutil.copy(file, tmp_path / "look.db"))) == was

    there = used | {"DATABASE_URL": empty(to)}
    done = await referrals(tmp_path, there, "restore", "b.db")
    assert done.code == 0, done.err
    assert "is restored" in done.out and "The coordinators are told" in done.out
    now = await rows_of(there["DATABASE_URL"])
    assert now["pulse"] == {}
    for name in ("client", "client_name", "provider", "referral", "pass", "source", "audit_run"):
        assert now[name] == was[name], name
    _only_added(was, now)


def _only_added(was: Rows, now: Rows) -> None:
    """What the restore changed: one line of history, one item for the coordinators, and what is undone."""
    assert {key: now["history"][key] for key in was["history"]} == was["history"]
    (restored,) = [row for key, row in now["history"].items() if key not in was["history"]]
    assert (restored["event"], restored["subject"], restored["actor"]) == ("restored", "practice", "operator")
    (item,) = [row for key, row in now["attention"].items() if key not in was["attention"]]
    assert item["kind"] == "restored"
    told = [row for key, row in now["delivery"].items() if key not in was["delivery"]]
    assert [row["template"] for row in told] == ["coordinator_trouble"]
    for key, row in was["delivery"].items():
        undone = row["state"] in ("pending", "sending") or (row["state"], row["channel"]) == ("unknown", "email")
        assert now["delivery"][key]["state"] == ("suppressed" if undone else row["state"])


async def test_fault_26_a_restored_desk_loses_nothing_before_the_backup_and_sends_nothing_again(
    workspace: Sandbox, desk: dict[str, str], empty: Callable[[str], str], engine: str, tmp_path: Path
) -> None:
    """At the backup a card, mails and a text wait to go out; then they do, somebody accepts, and the disk is lost."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "one.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA")]))
    channel, maya = workspace.channel("referrals"), workspace.person("maya")
    async with serving(tmp_path, desk) as served:
        assert (await referrals(tmp_path, desk, "import", "roster", "roster.csv")).code == 0
        slack = workspace.fault("rate_limited", "chat.postMessage", times=0, seconds=1)
        smtp, sms = workspace.fault("smtp_4xx", times=0), workspace.fault("twilio_20429", times=0)
        assert (await referrals(tmp_path, desk, "import", "referrals", "one.csv")).code == 0
        await workspace.until(lambda: slack.struck and smtp.struck and sms.struck, timeout=SECONDS)
        made = await referrals(tmp_path, desk, "backup", "b.db")
        assert made.code == 0, made.err

        workspace.faults.clear()
        await workspace.until(lambda: len(channel.messages) == 1, timeout=SECONDS)
        await workspace.until(lambda: len(workspace.mailbox.messages) >= 2 and workspace.sms.messages, timeout=SECONDS)
        (card,) = channel.messages
        assert (await maya.click(card, "referral.accept")).ok
        await workspace.until(lambda: "*Accepted*" in card.all_text, timeout=SECONDS)
        await workspace.until(lambda: workspace.dm("maya").messages, timeout=SECONDS)
        assert (await served.stop())[0].code == 0

    mails, texts = len(workspace.mailbox.messages), len(workspace.sms.messages)
    posts, dms = len(channel.messages), len(workspace.dm("maya").messages)
    there = desk | {"DATABASE_URL": empty(engine)}
    done = await referrals(tmp_path, there, "restore", "b.db")
    assert done.code == 0, done.err
    was = await rows_of(in_file(shutil.copy(tmp_path / "b.db", tmp_path / "look.db")))
    _only_added(was, await rows_of(there["DATABASE_URL"]))

    async with serving(tmp_path, there) as served:
        robin = workspace.dm("robin")
        await workspace.until(
            lambda: any("restored from a backup" in one.all_text for one in robin.messages), timeout=SECONDS
        )
        await workspace.until(lambda: "*Accepted*" not in card.all_text, timeout=SECONDS)
        assert (await maya.click(card, "referral.accept")).ok, "what was decided after the backup is decided again"
        await workspace.until(lambda: "*Accepted*" in card.all_text, timeout=SECONDS)
        await workspace.until(lambda: len(workspace.dm("maya").messages) == dms + 1, timeout=SECONDS)
        assert (await served.stop())[0].code == 0
    audit = await referrals(tmp_path, there, "audit")
    assert audit.code == 0, audit.out + audit.err
    cards = [one for one in channel.messages if one.blocks and one.all_text == card.all_text]
    assert cards == [card], "the card was found, and not posted twice"
    assert len(workspace.sms.messages) == texts == 1
    again = workspace.mailbox.messages[mails:]
    assert not [mail for mail in again if "accepting" not in mail.text], [mail.subject for mail in again]
    assert posts >= 1


async def test_a_backup_is_of_one_moment_while_clicks_go_on(
    workspace: Sandbox, desk: dict[str, str], tmp_path: Path
) -> None:
    """Imports commit while it is made: what is in it is whole, and restores."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    async with serving(tmp_path, desk) as served:
        assert (await referrals(tmp_path, desk, "import", "roster", "roster.csv")).code == 0
        for number in range(3):
            (tmp_path / f"{number}.csv").write_text("\n".join([HEADER, *(_line(100 * number + n) for n in range(40))]))

        async def imports() -> None:
            for number in range(3):
                assert (await referrals(tmp_path, desk, "import", "referrals", f"{number}.csv")).code == 0

        going = asyncio.create_task(imports())
        backups = 0
        while not going.done():
            made = await referrals(tmp_path, desk, "backup", f"b{backups}.db")
            assert made.code == 0, made.err
            backups += 1
        await going
        assert (await served.stop())[0].code == 0
    for number in range(backups):
        with closing(sqlite3.connect(tmp_path / f"b{number}.db")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("PRAGMA foreign_key_check").fetchone() is None
            count = copy.execute("SELECT count(*) FROM referral").fetchone()[0]
            assert count in (0, 40, 80, 120), "an import is all in it, or not at all"


async def _refused(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Exit code 2 and one line, which is answered."""
    ended = await referrals(folder, environment, *arguments)
    assert ended.code == 2 and "Traceback" not in ended.err, ended.err
    (line,) = [line for line in ended.lines if not re.fullmatch(r"\d+ of \d+", line)]
    assert not _left_behind(folder)
    return line


async def _told(folder: Path, work: Awaitable[None]) -> str:
    """The same of a command inside this process: what `referrals` would print."""
    with pytest.raises((BackupError, SettingsError)) as refused:
        await work
    assert "\n" not in str(refused.value) and not _left_behind(folder)
    return str(refused.value)


async def test_what_a_backup_refuses(used: dict[str, str], tmp_path: Path) -> None:
    there, settings = tmp_path / "there.db", _settings(used)
    there.write_text("mine")
    assert "is there already and is not overwritten" in await _refused(tmp_path, used, "backup", "there.db")
    assert there.read_text() == "mine"
    lost = tmp_path / "no" / "such" / "b.db"
    assert "No such file or directory" in await _told(tmp_path, backup_command(settings, lost))
    nowhere = _settings(used, DATABASE_URL=in_file(tmp_path / "nowhere.db"))
    assert "there is nothing to back up yet" in await _told(tmp_path, backup_command(nowhere, tmp_path / "b.db"))
    assert _names(tmp_path, "nowhere.db*") == _names(tmp_path, "b.db*") == []


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


async def test_a_full_disk_leaves_no_half_backup(
    used: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = 64 * 1024
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (small, limits[1]))  # the command inherits it
    try:
        line = await _refused(tmp_path, used, "backup", "b.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "b.db" in line or "no backup was made" in line
    assert not (tmp_path / "b.db").exists()
    assert (await referrals(tmp_path, used, "backup", "b.db")).code == 0


async def _count(url: str, table: Any) -> int:
    async with opened(url) as database:
        return await database.read(lambda session: session.exec(select(func.count()).select_from(table)).one())


async def test_what_a_restore_refuses(
    used: dict[str, str], empty: Callable[[str], str], engine: str, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    await backup_command(_settings(used), file)
    good = file.read_bytes()
    (tmp_path / "empty.db").write_bytes(b"")
    (tmp_path / "text.db").write_text("name,state\n")
    (tmp_path / "short.db").write_bytes(good[: len(good) // 2])
    _changed(tmp_path / "other.db", good, "DROP TABLE alembic_version")
    _changed(tmp_path / "newer.db", good, "UPDATE alembic_version SET version_num = '9999'")
    there = used | {"DATABASE_URL": empty(engine)}
    for name, says in {
        "missing.db": "No such file or directory",
        "empty.db": "is no backup",
        "text.db": "is no backup",
        "short.db": "is damaged or cut short",
        "other.db": "is no backup of a referral desk",
        "newer.db": "newer version of this desk (9999)",
    }.items():
        assert says in await _told(tmp_path, restore_command(_settings(there), tmp_path / name)), name
    for name, value in {
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "INDEX_KEY": "x" * 32,
        "HISTORY_KEY": "x" * 32,
    }.items():
        told = await _told(tmp_path, restore_command(_settings(there, **{name: value}), file))
        assert told.startswith(name)
    before = await rows_of(used["DATABASE_URL"])
    assert "is in use already" in await _refused(tmp_path, used, "restore", "b.db")
    assert await rows_of(used["DATABASE_URL"]) == before
    assert file.read_bytes() == good
    await restore_command(_settings(there), file)  # nothing was left in the way
    assert await _count(there["DATABASE_URL"], Referral) == 2


def _changed(file: Path, content: bytes, script: str) -> None:
    file.write_bytes(content)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)


@ON_SQLITE
async def test_a_restore_does_not_touch_a_running_desk(
    workspace: Sandbox, desk: dict[str, str], tmp_path: Path
) -> None:
    async with serving(tmp_path, desk) as served:
        assert (await referrals(tmp_path, desk, "backup", "b.db")).code == 0
        assert "is in use by a running desk" in await _refused(tmp_path, desk, "restore", "b.db")
        assert (await served.stop())[0].code == 0


@ON_SQLITE
async def test_a_full_disk_restores_all_or_nothing(used: dict[str, str], tmp_path: Path) -> None:
    assert (await referrals(tmp_path, used, "backup", "b.db")).code == 0
    there = used | {"DATABASE_URL": in_file(tmp_path / "restored.db")}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * 1024, limits[1]))
    try:
        line = await _refused(tmp_path, there, "restore", "b.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "restored" in line or "cannot be opened" in line
    assert (await referrals(tmp_path, there, "restore", "b.db")).code == 0
    assert await _count(there["DATABASE_URL"], Practice) == 1


def _take_back(file: Path, version: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.downgrade(config, version)
    engine.dispose()


async def test_a_backup_of_an_older_version_is_brought_up_to_date(
    used: dict[str, str], empty: Callable[[str], str], engine: str, tmp_path: Path
) -> None:
    file = tmp_path / "b.db"
    await backup_command(_settings(used), file)
    _take_back(file, "0001")
    kept = file.read_bytes()
    there = used | {"DATABASE_URL": empty(engine)}
    await restore_command(_settings(there), file)
    assert await _count(there["DATABASE_URL"], Referral) == 2
    assert file.read_bytes() == kept, "the backup itself stays as it was"
    assert not _left_behind(tmp_path)
