"""The roster becomes what the file says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from referrals.actor import CLIENT, OPERATOR
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.files import FileKind, ImportReport, import_file
from referrals.imports.roster import Updated
from referrals.imports.roster_lines import COLUMNS, RosterLine, check_roster_line
from referrals.intake.request import Intake
from referrals.pausing.availability import pause
from referrals.pausing.subjects import insurer
from referrals.submit import submit
from referrals.tx import Tx
from store.database import Database
from store.history import first_broken
from store.tables import Attention, History, Offer, Practice, Provider
from store.vault import Vault
from store.vocabulary import AttentionKind, Kind, OfferOutcome, ProviderStatus, SlackStanding
from tests.neighbour import ours

GOOD = {"name": "Maya Chen", "email": "Maya@Example.org", "states": "TX"}


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("states", "TX; california:2027-03-31 ;", (("TX", None), ("CA", "2027-03-31"))),
        ("insurers", "Aetna; UHC; aetna", ("aetna", "united")),
        ("services", "Couples;Individual therapy", ("couples", "individual")),
        ("delivery", "telehealth;in person", ("telehealth", "in_person")),
        ("specialties", "Perinatal; EMDR;Anxiety", ("Perinatal", "EMDR", "anxiety")),
        ("age_bands", "13–17;adult", ("13-17", "18-64")),
        ("npi", "1234567893", "1234567893"),
        ("mobile", "512.555.0142", "+15125550142"),
        ("slack_user", "u024be7lh", "U024BE7LH"),
        ("status", "Paused", ProviderStatus.PAUSED),
        ("booking_link", "https://book.example.org/maya", "https://book.example.org/maya"),
    ],
)
def test_cells(column: str, typed: str, value: object) -> None:
    line = check_roster_line({**GOOD, column: typed}, 2)
    assert isinstance(line, RosterLine), line
    assert getattr(line, column) == value


@pytest.mark.parametrize(
    ("column", "typed", "says"),
    [
        ("name", "", "needed"),
        ("states", "", "At least one state"),
        ("states", "TX;TX:2027-01-01", "twice"),
        ("states", "TX:31.3.2027", "TX:2027-03-31"),
        ("states", "TX:2027-02-30", "not a date"),
        ("insurers", "Aetna, Cigna", "semicolon"),
        ("npi", "1234567890", "check digit"),
        ("npi", "123456789", "ten digits"),
        ("npi", "１２３４５６７８９３", "ten digits"),
        ("slack_user", "@maya", "U024BE7LH"),
        ("status", "gone", "Use active, paused or inactive"),
        ("booking_link", "javascript:alert(1)", "https://"),
        ("booking_link", "https://[", "https://"),
        ("languages", ";".join(str(one) for one in range(41)), "At most 40"),
        ("email", "", "recognise"),
    ],
)
def test_bad_cells_say_what_works(column: str, typed: str, says: str) -> None:
    errors = check_roster_line({**GOOD, column: typed}, 2)
    assert isinstance(errors, list)
    assert [error.field for error in errors] == [column] and says in errors[0].message


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(alphabet=st.characters(codec=None), max_size=80)))
def test_hostile_lines_never_raise(raw: dict[str, str]) -> None:
    checked = check_roster_line({**GOOD, **raw}, 2)
    assert isinstance(checked, RosterLine) or all(error.message for error in checked)


class House:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def bring(self, text: str, **options: object) -> ImportReport:
        return await import_file(self.desk, "p", FileKind.ROSTER, text.encode(), **options)  # type: ignore[arg-type]

    async def provider(self, name: str) -> Provider:
        return await self.desk.ask("p", lambda tx: tx.session.exec(select(Provider).where(Provider.name == name)).one())

    async def events(self, provider: Provider) -> list[tuple[str, dict[str, object]]]:
        def rows(tx: Tx) -> list[History]:
            statement = select(History).where(History.subject_id == provider.id).order_by(col(History.seq))
            return list(tx.session.exec(statement))

        found = await self.desk.ask("p", rows)
        fresh = await self.provider(provider.name)
        assert first_broken(self.desk.vault, found, fresh.history_head, fresh.history_count) is None
        return [(one.event, one.data) for one in found]

    async def offer(self, provider: Provider) -> str:
        intake = Intake(
            "Ana Ruiz",
            "TX",
            "aetna",
            "individual",
            "telehealth",
            "18-64",
            "form",
            client_email="ana@example.com",
            preferred_provider_id=provider.id,
        )
        return (await self.desk.do("p", submit, CLIENT, intake)).offer_id


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:

    async def wake(_: object) -> None: ...

    desk = Desk(database, Vault([Fernet.generate_key().decode()], "index", "history"), Clock(), wake)
    now = datetime.now(UTC)
    await desk.do(
        "p", lambda tx: tx.add(Practice(id="p", team_id="T", slug="x", name="Juniper", channel_id="C", created_at=now))
    )
    yield House(desk)


FULL = (
    "name,credential,email,work_phone,mobile,slack_user,slack_email,npi,states,insurers,services,delivery,specialties,"
    "languages,styles,age_bands,booking_link,status\n"
    "Maya Chen,LCSW,maya@example.org,512-555-0101,512-555-0102,U1,,1234567893,TX;CA:2027-03-31,Aetna;Cigna,individual,"
    "telehealth,anxiety,English;中文,CBT,adult,https://book.example.org/m,active\n"
    "Tomás Herrera,PhD,tomas@example.org,,,,Tomas@Example.org,,TX,Self-pay,,,,,,,,\n"
    "Ingrid Solberg,LPC,ingrid@example.org,,,U3,,,NM,,,,,,,,,inactive\n"
)


async def test_a_whole_roster_and_the_same_again(house: House) -> None:
    report = await house.bring(FULL)
    assert report.roster and report.roster.created == ("Maya Chen", "Tomás Herrera", "Ingrid Solberg")
    maya, tomas = await house.provider("Maya Chen"), await house.provider("Tomás Herrera")
    assert maya.licences == [{"state": "TX"}, {"state": "CA", "expires": "2027-03-31"}]
    assert maya.insurers == [{"insurer": "aetna", "accepting": True}, {"insurer": "cigna", "accepting": True}]
    assert (maya.work_phone, maya.mobile, maya.languages) == ("+15125550101", "+15125550102", ["English", "中文"])
    assert (maya.slack_user, maya.slack_standing) == ("U1", SlackStanding.MEMBER)
    assert (tomas.slack_email, tomas.slack_standing) == ("tomas@example.org", SlackStanding.UNLINKED)
    assert (await house.provider("Ingrid Solberg")).status is ProviderStatus.INACTIVE
    assert await house.events(maya) == [("roster_create", {"status": "active"})]

    again = await house.bring(FULL)
    assert again.roster and (again.roster.created, again.roster.updated, again.roster.unchanged) == ((), (), 3)
    assert len(await house.events(maya)) == 1, "nothing changed, so nothing is written"


async def test_an_update_touches_the_columns_of_the_file_alone(house: House) -> None:
    await house.bring(FULL)
    report = await house.bring("name,email,states,insurers,mobile\nMaya Chen-Li,maya@example.org,TX,Cigna;Medicare,\n")
    changed = ("insurers", "licences", "mobile", "name")
    assert report.roster and report.roster.updated == (Updated("Maya Chen-Li", changed),)
    maya = await house.provider("Maya Chen-Li")
    assert maya.mobile is None and maya.work_phone == "+15125550101" and maya.npi == "1234567893"
    events = await house.events(maya)
    assert events[-1] == ("roster_update", {"fields": list(changed)}), "names of fields, never values"


async def test_a_providers_own_pauses_survive_an_import(house: House) -> None:
    await house.bring(FULL)
    maya = await house.provider("Maya Chen")
    until = datetime.now(UTC) + timedelta(days=9)
    await house.desk.do("p", pause, OPERATOR, maya.id, subject=insurer("aetna"), until=until)
    await house.bring(FULL)
    panels = {panel["insurer"]: panel for panel in (await house.provider("Maya Chen")).insurers}
    assert panels["aetna"] == {"insurer": "aetna", "accepting": False, "paused_until": until.isoformat()}
    assert panels["cigna"]["accepting"]


@pytest.mark.parametrize(
    "line",
    [
        "Maya C,MAYA@example.org,,,TX",
        "Maya C,other@example.org,U1,,TX",
        "Maya C,other@example.org,,1234567893,TX",
    ],
)
async def test_recognised_by_email_else_slack_user_else_npi(house: House, line: str) -> None:
    await house.bring(FULL)
    report = await house.bring(f"name,email,slack_user,npi,states\n{line}\n")
    assert report.roster and not report.roster.created and report.roster.updated[0].name == "Maya C"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["M,maya@example.org,U3,,TX"], "line 2, column slack_user (3): This slack_user is Ingrid Solberg's"),
        (["M,maya@example.org,,,TX", "M,new@example.org,U1,,TX"], "line 3, column slack_user (3): This is Maya Chen"),
        (["A,a@example.org,,,TX", "B,A@example.org,,,TX"], "line 3, column email (2): The same as in line 2."),
        (["A,,U77,,TX", "B,,u77,,TX"], "line 3, column slack_user (3): The same as in line 2."),
    ],
)
async def test_contradictions_change_nothing(house: House, lines: list[str], says: str) -> None:
    await house.bring(FULL)
    report = await house.bring("name,email,slack_user,npi,states\n" + "\n".join(lines))
    assert any(says in str(problem) for problem in report.problems), [str(one) for one in report.problems]
    assert report.roster is None
    assert (await house.provider("Maya Chen")).work_email == "maya@example.org"


async def test_what_slack_said_stands_until_the_file_names_another_account(house: House) -> None:
    await house.bring(FULL)
    maya = await house.provider("Maya Chen")

    def is_guest(tx: Tx) -> None:
        found = tx.lock(Provider, maya.id)
        assert found
        found.slack_standing = SlackStanding.GUEST

    await house.desk.do("p", is_guest)
    await house.bring(FULL)
    assert (await house.provider("Maya Chen")).slack_standing is SlackStanding.GUEST
    await house.bring("name,email,slack_user,states\nMaya Chen,maya@example.org,U9,TX\n")
    maya = await house.provider("Maya Chen")
    assert (maya.slack_user, maya.slack_standing) == ("U9", SlackStanding.MEMBER)


def status_file(status: str) -> str:
    return f"name,email,states,status\nMaya Chen,maya@example.org,TX,{status}\n"


@pytest.mark.parametrize("status", ["paused", "inactive"])
async def test_leaving_hands_over_what_waits(house: House, status: str) -> None:
    await house.bring(FULL)
    maya = await house.provider("Maya Chen")
    offer_id = await house.offer(maya)
    report = await house.bring(status_file(status))
    assert report.roster and report.roster.updated[0].fields[-1] == "status"
    assert (report.roster.paused, report.roster.made_inactive)[status == "inactive"] == ("Maya Chen",)

    def rounds(tx: Tx) -> list[Offer]:
        return list(tx.session.exec(ours(select(Offer)).order_by(col(Offer.round))))

    first, second = await house.desk.ask("p", rounds)
    assert (first.id, first.outcome) == (offer_id, OfferOutcome.RELEASED)
    assert (second.kind, second.outcome) == (Kind.GENERAL, None)

    def alerts(tx: Tx) -> int:
        kind = AttentionKind.NOBODY_ELIGIBLE
        return len(tx.session.exec(ours(select(Attention)).where(Attention.kind == kind)).all())

    assert await house.desk.ask("p", alerts) == 1, "coordinators hear that nobody is left"
    await house.events(maya)  # the chain holds


@pytest.mark.parametrize(("before", "event"), [("paused", "resume"), ("inactive", "make_active")])
async def test_coming_back(house: House, before: str, event: str) -> None:
    await house.bring(FULL)
    await house.bring(status_file(before))
    report = await house.bring(status_file("active"))
    assert report.roster and report.roster.resumed == ("Maya Chen",)
    maya = await house.provider("Maya Chen")
    assert maya.status is ProviderStatus.ACTIVE
    assert (await house.events(maya))[-1][0] == event
    unsaid = await house.bring("name,email,states\nMaya Chen,maya@example.org,TX\n")
    assert unsaid.roster and unsaid.roster.unchanged == 1, "no status column, no change of status"


async def test_from_inactive_to_paused(house: House) -> None:
    await house.bring(FULL)
    await house.bring(status_file("inactive"))
    await house.bring(status_file("paused"))
    maya = await house.provider("Maya Chen")
    assert maya.status is ProviderStatus.PAUSED
    assert [event for event, _ in await house.events(maya)][-2:] == ["make_active", "pause"]


async def test_a_dry_run_of_a_status_change_releases_nothing(house: House) -> None:
    await house.bring(FULL)
    maya = await house.provider("Maya Chen")
    await house.offer(maya)
    report = await house.bring(status_file("inactive"), dry_run=True)
    assert report.roster and report.roster.made_inactive == ("Maya Chen",)
    assert (await house.provider("Maya Chen")).status is ProviderStatus.ACTIVE
    offers = await house.desk.ask("p", lambda tx: list(tx.session.exec(ours(select(Offer)))))
    assert [offer.outcome for offer in offers] == [None]
