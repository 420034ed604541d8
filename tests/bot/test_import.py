"""``referrals import`` on a desk that is not running: all or nothing, told line by line."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlmodel import SQLModel, func, select
from typer.testing import CliRunner, Result

from bot.cli import app
from store.database import open_database
from store.tables import Client, Practice, Provider, Referral
from tests.canary import Watch, found_in, somebody

ROSTER = (Path(__file__).parents[1] / "loop" / "roster.csv").read_text()
HEADER = "external_id,client_name,client_email,client_phone,state,insurer,service,delivery,age_band,preferred_provider"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database with a practice, and the variables that belong to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///desk.db")
    monkeypatch.setenv("ENCRYPTION_KEYS", Fernet.generate_key().decode())
    for name in ("INDEX_KEY", "HISTORY_KEY", "SIGNING_KEY"):
        monkeypatch.setenv(name, name[0] * 32)
    asyncio.run(_with_practice())
    yield tmp_path


async def _with_practice() -> None:
    database = open_database("sqlite+aiosqlite:///desk.db")
    await database.migrate()
    now = datetime.now(UTC)
    practice = Practice(id="p", team_id="T0", slug="juniper", name="Juniper", channel_id="C0", created_at=now)
    await database.write(lambda session: session.add(practice))
    await database.close()


def _import(kind: str, file: Path | str, *options: str) -> Result:
    return CliRunner().invoke(app, ["import", kind, str(file), *options])


def _count(table: type[SQLModel]) -> int:
    async def read() -> int:
        database = open_database("sqlite+aiosqlite:///desk.db")
        try:
            return await database.read(lambda session: session.exec(select(func.count()).select_from(table)).one())
        finally:
            await database.close()

    return asyncio.run(read())


def _file(folder: Path, *lines: str) -> Path:
    file = folder / "given.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def _line(number: int, **changes: str) -> str:
    who = somebody()
    cells = {
        "external_id": f"E{number}",
        "client_name": who.name,
        "client_email": who.email,
        "client_phone": who.phone,
        "state": "NY",
        "insurer": "Aetna",
        "service": "Individual therapy",
        "delivery": "telehealth",
        "age_band": "18-64",
        "preferred_provider": "",
    }
    return ",".join((cells | changes).values())


def test_a_roster_and_then_the_same_again(folder: Path) -> None:
    file = _file(folder, ROSTER)
    dry = _import("roster", file, "--dry-run")
    assert (dry.exit_code, _count(Provider)) == (0, 0)
    assert dry.stdout == "Dry run, nothing was changed; it would be: 9 added, 0 updated, 0 unchanged.\n"
    first = _import("roster", file)
    assert (first.exit_code, first.stdout, _count(Provider)) == (0, "9 added, 0 updated, 0 unchanged.\n", 9)
    again = _import("roster", file)
    assert (again.exit_code, again.stdout, _count(Provider)) == (0, "0 added, 0 updated, 9 unchanged.\n", 9)
    changed = _file(folder, ROSTER.replace("202-555-0120", "202-555-0129"))
    assert _import("roster", changed).stdout == "0 added, 1 updated, 8 unchanged.\n"


def test_referrals_and_then_the_same_again(folder: Path, watch: Watch) -> None:
    assert _import("roster", _file(folder, ROSTER)).exit_code == 0
    file = _file(folder, HEADER, _line(1), _line(2, preferred_provider="Maya Okonkwo-Reyes"))
    dry = _import("referrals", file, "--dry-run")
    assert (dry.exit_code, _count(Referral), _count(Client)) == (0, 0, 0)
    assert "2 referrals added, 0 already there" in dry.stdout
    first = _import("referrals", file)
    assert (first.exit_code, _count(Referral), _count(Client)) == (0, 2, 2)
    again = _import("referrals", file)
    assert (again.exit_code, again.stdout) == (0, "0 referrals added, 2 already there.\n")
    assert (_count(Referral), _count(Client)) == (2, 2)
    watch.folders.append(folder)
    assert not watch.leaks()


def test_every_bad_line_is_told_and_nothing_is_imported(folder: Path) -> None:
    assert _import("roster", _file(folder, ROSTER)).exit_code == 0
    bad = (
        _line(2, state="Atlantis", insurer="Nobody Insured"),
        _line(3, client_email="not an address"),
        _line(4, preferred_provider="Dr. Nobody"),
        _line(1),
        _line(5, external_id=""),
    )
    result = _import("referrals", _file(folder, HEADER, _line(1), *bad))
    assert result.exit_code == 2 and result.stdout == ""
    told = result.stderr.splitlines()
    places = [line.partition(":")[0] for line in told[:-1]]
    assert places == [
        "given.csv, line 3, column state (5)",
        "given.csv, line 3, column insurer (6)",
        "given.csv, line 4, column client_email (3)",
        "given.csv, line 5, column preferred_provider (10)",
        "given.csv, line 6, column external_id (1)",
        "given.csv, line 7, column external_id (1)",
    ]
    assert told[-1] == "Nothing was imported: 6 to mend in given.csv."
    assert _count(Referral) == 0
    assert not list(found_in("told", result.stderr)), "what is printed names no client"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The file is empty"),
        ("name,state\nMaya,NY\n", "states"),
        ("name,states\nMaya,NY,extra\n", "line 2"),
        ('name,states\n"Maya,NY\n', "quotes"),
        ("name,states\nMaya,Atlantis\nYuki,\n", "line 3"),
    ],
)
def test_a_bad_roster_is_told_and_nothing_is_imported(folder: Path, content: str, says: str) -> None:
    file = folder / "given.csv"
    file.write_text(content)
    result = _import("roster", file)
    assert result.exit_code == 2 and says in result.stderr and "Traceback" not in result.output
    assert _count(Provider) == 0


def test_what_is_not_there_is_a_line(folder: Path) -> None:
    result = _import("roster", folder / "nowhere.csv")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [f"{folder / 'nowhere.csv'}: No such file or directory"]
    assert _import("roster", folder).exit_code == 2
    assert _import("pictures", _file(folder, ROSTER)).exit_code == 2


def test_before_the_first_start_it_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    result = _import("roster", _file(folder, ROSTER))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "start `referrals run` once" in line


def test_keys_that_are_missing_are_a_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INDEX_KEY")
    result = _import("roster", _file(folder, ROSTER))
    assert result.exit_code == 2 and result.stderr.startswith("INDEX_KEY is missing")
    assert logging.getLogger().handlers, "the command leaves logging alone"


def test_the_roster_goes_out_and_comes_back_unchanged(folder: Path) -> None:
    (folder / "roster.csv").write_text(ROSTER)
    assert _import("roster", "roster.csv").exit_code == 0
    out = folder / "out.csv"
    done = CliRunner().invoke(app, ["export", "roster", str(out)])
    assert done.exit_code == 0 and "9 lines" in done.stdout, done.output
    assert out.stat().st_mode & 0o077 == 0, "for its owner alone"
    again = _import("roster", out, "--dry-run")
    assert again.exit_code == 0 and "0 added, 0 updated, 9 unchanged" in again.stdout
    before = out.read_text()
    twice = CliRunner().invoke(app, ["export", "roster", str(out)])
    assert twice.exit_code == 2 and "is there already" in twice.output and out.read_text() == before
