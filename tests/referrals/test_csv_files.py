"""Files: what is read, what is refused and where, and that an import is all or nothing."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, func, select

from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.csv_files import MAX_BYTES, Columns, Problem, Table, parse_csv
from referrals.imports.files import FileKind, ImportReport, import_file
from referrals.tx import Tx, Wake
from store.database import Database
from store.tables import Client, Delivery, History, Practice, Provider, Referral
from store.vault import Vault
from store.vocabulary import SlackStanding
from tests.neighbour import ours

COLUMNS = Columns(("name", "states", "notes"), required=("name",))


def table(text: str | bytes) -> Table:
    parsed = parse_csv(text.encode() if isinstance(text, str) else text, COLUMNS)
    assert isinstance(parsed, Table), parsed
    return parsed


def problems(text: str | bytes) -> list[str]:
    parsed = parse_csv(text.encode() if isinstance(text, str) else text, COLUMNS)
    assert isinstance(parsed, list), parsed
    return [str(problem) for problem in parsed]


@pytest.mark.parametrize(
    "text",
    [
        "name,states\nMaya,TX;CA\n",
        "\ufeffname,states\r\nMaya,TX;CA\r\n",
        "name\tstates\nMaya\tTX;CA",
        'Name ; STATES\nMaya;"TX;CA"\n',
        '"name","states"\n"Maya","TX;CA"',
        "\n\n name , states \n\n,\nMaya,TX;CA\n\n",
    ],
)
def test_dialects(text: str) -> None:
    assert [row.cells for row in table(text).rows] == [{"name": "Maya", "states": "TX;CA"}]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    read = table('name,notes\n"A","one\ntwo\n\nthree"\n\nB,\n')
    assert [(row.line, row.cells["name"]) for row in read.rows] == [(2, "A"), (7, "B")]
    assert read.rows[0].cells["notes"] == "one\ntwo\n\nthree"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty."),
        ("\n \n", "The file is empty."),
        (b"\xff\xfen\x00", "CSV UTF-8"),
        (b"name\nok\nZo\xeb\n", "line 3: This line is not UTF-8"),
        ("name,stats\nA,TX", "line 1, column 2: No such column. Did you mean states?"),
        ("name,name\nA,B", "line 1, column name (2): This column is there twice."),
        ("states\nTX", "line 1: These columns are missing: name."),
        ("name,states\nA\n", "line 2, column states (2): This line has 1 cells; the header has 2."),
        ("name,states\nA,B,C\n", "line 2, column 3: This line has 3 cells; the header has 2."),
        ('name,states\nA,TX\nB,"TX\n\n', "line 3: The quotes do not match up here"),
        ('name,states\n"A"x,TX\n', "line 2: The quotes do not match up here"),
        (b"name\n" + b"x" * MAX_BYTES, "at most 10,000,000"),
        ("name\n" + "A\n" * 20_001, "At most 20,000 lines"),
        ("name\n" + "A" * 200_000, "line 2: The quotes do not match up here (field larger"),
    ],
)
def test_what_cannot_be_read(text: str | bytes, says: str) -> None:
    assert any(says in problem for problem in problems(text)), problems(text)[:5]


def test_a_file_without_a_header_is_not_printed() -> None:
    first = "Zoe Canary,zoe.canary@clients.example.net,+1 202 555 0142,Zoe Canary"
    told = problems(f"{first}\n{first}\n")
    assert "line 1, column 2: No such column." in " ".join(told)
    for part in ("canary", "555", "clients.example", "0142", "zoe"):
        assert part not in " ".join(told).casefold()


def test_twenty_thousand_lines_are_read() -> None:
    assert len(table("name\n" + "A\n" * 20_000).rows) == 20_000


def test_every_problem_of_the_header_and_of_the_lines_is_told() -> None:
    assert len(problems("nam,states,states\nA\nB,C,D,E\n")) == 5


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(str.encode), st.text('name,;"\n\r\t\x00x').map(str.encode)
    )
)
def test_no_bytes_raise(data: bytes) -> None:
    for prefix in (b"", b"name,states\n"):
        parsed = parse_csv(prefix + data, COLUMNS)
        assert isinstance(parsed, Table) or (parsed and all(str(problem) for problem in parsed))


def test_a_problem_says_where() -> None:
    assert str(Problem("Wrong.", 7, "insurer", 5)) == "line 7, column insurer (5): Wrong."
    assert str(Problem("Wrong.", 7, "guardian")) == "line 7, column guardian: Wrong."
    assert str(Problem("Wrong.")) == "Wrong."


# From here on, a real database.


@dataclass
class House:
    desk: Desk
    wakes: list[Wake]

    async def bring(self, kind: FileKind, text: str, **options: object) -> ImportReport:
        report = await import_file(self.desk, "p", kind, text.encode(), **options)  # type: ignore[arg-type]
        json.dumps(asdict(report))  # it travels through the running process
        return report

    async def count(self) -> dict[str, int]:
        def rows(tx: Tx) -> dict[str, int]:
            tables: list[type[SQLModel]] = [Provider, Referral, Client, Delivery, History]
            return {one.__name__: tx.session.exec(ours(select(func.count()).select_from(one))).one() for one in tables}

        return await self.desk.ask("p", rows)


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    wakes: list[Wake] = []

    async def wake(some: Sequence[Wake]) -> None:
        wakes.extend(some)

    desk = Desk(database, Vault([Fernet.generate_key().decode()], "index", "history"), Clock(), wake)
    now = datetime.now(UTC)

    def seed(tx: Tx) -> None:
        tx.add(Practice(id="p", team_id="T", slug="juniper", name="Juniper", channel_id="C", created_at=now))
        tx.add(
            Provider(
                id="maya",
                practice_id="p",
                name="Maya Chen",
                slack_user="U1",
                slack_standing=SlackStanding.MEMBER,
                work_email="maya@example.org",
                licences=[{"state": "TX"}],
                insurers=[{"insurer": "aetna", "accepting": True}],
                created_at=now,
            )
        )

    await desk.do("p", seed)
    yield House(desk, wakes)


HEADER = (
    "external_id,client_name,client_email,client_phone,state,insurer,service,delivery,age_band,preferred_provider\n"
)
ANA = "e1,Ana Ruiz,ana@example.com,,TX,Aetna,individual,telehealth,18-64,Maya Chen\n"
BO = 'e2,"Bo ""B"" Lind",,(512) 555-0142,TX,Self-pay,couples,in person,35,\n'


async def test_referrals_come_in_once(house: House) -> None:
    told: list[tuple[int, int]] = []
    report = await house.bring(FileKind.REFERRALS, HEADER + ANA + BO, progress=lambda *at: told.append(at))
    assert report.referrals and (report.referrals.created, report.referrals.already_there) == (2, 0)
    assert told == [(1, 2), (2, 2)] and house.wakes
    before = await house.count()
    assert (before["Referral"], before["Client"]) == (2, 2)

    house.wakes.clear()
    again = await house.bring(FileKind.REFERRALS, HEADER + ANA + BO)
    assert again.referrals and (again.referrals.created, again.referrals.already_there) == (0, 2)
    after = await house.count()
    assert not house.wakes
    assert after == before | {"History": before["History"] + 1}, "only that somebody imported is new"


async def test_a_dry_run_tells_and_takes_it_all_back(house: House) -> None:
    before = await house.count()
    report = await house.bring(FileKind.REFERRALS, HEADER + ANA + BO, dry_run=True)
    assert report.referrals and report.referrals.created == 2 and report.dry_run
    roster = await house.bring(FileKind.ROSTER, "name,states,email\nNew,TX,new@example.org\n", dry_run=True)
    assert roster.roster and roster.roster.created == ("New",)
    assert await house.count() == before and not house.wakes


async def test_every_bad_cell_is_told_and_nothing_is_written(house: House) -> None:
    before = await house.count()
    bad = (
        "e1,Ana Ruiz,ana@example,12,Texs,Etna,individual,telehealth,18-64,Maja Chen\n"
        + BO
        + "\n"
        + ",Kid,kid@example.com,,TX,Aetna,child,telehealth,0-12,\n"
        + BO
    )
    report = await house.bring(FileKind.REFERRALS, HEADER + bad)
    assert [str(problem).partition(": ")[0] for problem in report.problems] == [
        "line 2, column client_email (3)",
        "line 2, column client_phone (4)",
        "line 2, column state (5)",
        "line 2, column insurer (6)",
        "line 2, column preferred_provider (10)",
        "line 5, column guardian",
        "line 5, column external_id (1)",
        "line 6, column external_id (1)",
    ]
    assert "The same as in line 3." in str(report.problems[-1])
    assert "The file has no such column." in str(report.problems[5])
    assert report.referrals is None
    assert await house.count() == before and not house.wakes


async def test_a_failure_half_way_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await house.count()

    def fall_over(done: int, total: int) -> None:
        if done == 2:
            raise RuntimeError("the terminal went away")

    with pytest.raises(RuntimeError):
        await house.bring(FileKind.REFERRALS, HEADER + ANA + BO, progress=fall_over)
    assert await house.count() == before and not house.wakes


async def test_files_without_lines_and_files_of_the_other_kind(house: House) -> None:
    empty = await house.bring(FileKind.REFERRALS, HEADER)
    assert empty.referrals and empty.referrals.created == 0 and not empty.problems
    mixed = await house.bring(FileKind.ROSTER, HEADER + ANA)
    assert mixed.problems and mixed.roster is None


async def test_hostile_cells_are_stored_as_text(house: House) -> None:
    line = 'e9,"<!channel> ""Eve""\r\nBcc: x@example.com",eve@example.com,,TX,Aetna,individual,telehealth,18-64,\n'
    report = await house.bring(FileKind.REFERRALS, HEADER + line)
    assert report.referrals and report.referrals.created == 1

    def name(tx: Tx) -> str | None:
        return tx.vault.open(tx.session.exec(ours(select(Client))).one().name)

    assert await house.desk.ask("p", name) == '<!channel> "Eve" Bcc: x@example.com'


async def test_a_shifted_file_is_not_printed(house: House) -> None:
    """Every column holds what belongs to the one beside it."""
    header = "external_id,client_name,client_email,state,insurer,service,delivery,age_band,preferred_provider,concerns"
    cells = "Zoe Canary,zoe.canary@clients.example.net,+12025550142"
    report = await house.bring(FileKind.REFERRALS, f"{header}\n1,{cells},Zoe Canary,{cells},{cells.split(',')[0]},x\n")
    assert len(report.problems) > 3
    roster = await house.bring(
        FileKind.ROSTER, "name,email,states,insurers,status\nMaya Chen,m@example.org,Zoe Canary,Zoe Canary,Zoe Canary\n"
    )
    assert len(roster.problems) == 3
    printed = json.dumps([asdict(report), asdict(roster)]).casefold()
    assert "canary" not in printed and "5550142" not in printed
