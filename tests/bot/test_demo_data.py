"""The demo's month: as a practice would know it, right at whatever moment it starts, and quiet about the past."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlmodel import Session, col, create_engine, select

from bot.demo_data import ROSTER, demo_practice_settings, roster_rows, seed
from bot.demo_data.practice import REFERRERS
from bot.settings import Settings
from referrals.clock import Clock
from referrals.desk import Desk
from sandbox.cast import DEFAULT_PEOPLE
from store.database import open_database
from store.history import first_broken
from store.tables import Attention, Client, Delivery, History, Offer, Practice, Provider, Referral, Source
from store.vault import Vault, name_parts
from store.vocabulary import AttentionKind, DeliveryState, Kind, OfferOutcome, ProviderStatus, Status, Urgency

PRACTICE = "practice"
HOUR = timedelta(hours=1)

Progress = Callable[[int, int], None]


class Stopped(Clock):
    """A desk clock that stands still, at a moment of the test's choice."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


@dataclass
class Lived:
    """A seeded database, read after its desk has gone."""

    session: Session
    vault: Vault
    now: datetime

    def all(self, table: type) -> list:
        return list(self.session.exec(select(table)).all())

    def due_cards(self) -> list[Offer]:
        """In the order in which they will be posted."""
        due = select(Offer).where(Offer.card_version > Offer.shown_version, col(Offer.card_ts).is_(None))
        return list(self.session.exec(due.order_by(col(Offer.card_next_at))).all())

    def referral(self, offer: Offer) -> Referral:
        return self.session.get_one(Referral, offer.referral_id)


def live(folder: Path, clock: Clock, *, times: int = 1, progress: Progress = lambda done, total: None) -> Lived:
    """Seeds a new database and closes it; nothing may be woken by it."""
    vault = Vault([Fernet.generate_key().decode()], "i" * 32, "h" * 32)
    now = clock.now()

    async def wake(wakes: object) -> None:
        raise AssertionError("the past wakes nobody")

    async def run() -> None:
        database = open_database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
        try:
            await database.migrate()
            await database.write(lambda session: session.add(_practice(now)))
            for _ in range(times):
                await seed(Desk(database, vault, clock, wake), PRACTICE, clock, progress)
        finally:
            await database.close()

    asyncio.run(run())
    return Lived(Session(create_engine(f"sqlite:///{folder / 'desk.db'}")), vault, now)


def _practice(now: datetime) -> Practice:
    settings = demo_practice_settings()
    return Practice(
        id=PRACTICE,
        team_id="T0JUNIPER",
        slug=settings["practice_slug"],
        name=settings["practice_name"],
        time_zone=settings["practice_time_zone"],
        channel_id="C0REFERRALS",
        work_domains=list(settings["work_domains"]),
        coordinators=list(settings["coordinators"]),
        created_at=now,
    )


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    lived = live(tmp_path_factory.mktemp("month"), Clock())
    yield lived
    lived.session.close()
    lived.session.get_bind().dispose()


def test_the_roster_is_the_sandboxs_cast() -> None:
    cast = {person["id"]: person for person in DEFAULT_PEOPLE}
    assert len(ROSTER) == 9
    for member in ROSTER:
        person = cast[member.slack_user]
        told = (person["email"], person["real_name"], person["title"], person["tz"])
        assert told == (member.email, member.name, member.credential, member.time_zone)
        assert "team_id" not in person
        assert not person.get("is_restricted")
    assert cast[demo_practice_settings()["coordinators"][0]]["is_admin"]


def test_the_settings_are_fields_of_settings() -> None:
    assert set(demo_practice_settings()) <= set(Settings.model_fields)


def test_the_roster_harms_nobody() -> None:
    for row in roster_rows(datetime.now(UTC).date()):
        assert all("555-01" in row[column] for column in ("work_phone", "mobile"))
        assert row["email"].endswith("@junipergrove.example.org")
        assert row["booking_link"].startswith("https://book.junipergrove.example.org/")
    for referrer in REFERRERS.values():
        assert referrer.email is None or referrer.email.rpartition(".example.")[2] in ("com", "net", "org")


def test_the_providers_differ_as_providers_do(month: Lived) -> None:
    providers = month.all(Provider)
    assert [one.name for one in providers if one.status is ProviderStatus.PAUSED] == ["Walter O’Shea"]
    pauses = [(one.name, panel["insurer"]) for one in providers for panel in one.insurers if not panel["accepting"]]
    assert pauses == [("Dara Feldman-Ito", "united")]
    soon = (month.now + timedelta(days=30)).date().isoformat()
    ending = [licence for one in providers for licence in one.licences if licence["expires"] < soon]
    assert [licence["state"] for licence in ending] == ["NM"]
    assert ending[0]["expires"] > month.now.date().isoformat()
    assert len({licence["state"] for one in providers for licence in one.licences}) >= 10
    assert all(one.npi and one.work_phone and one.mobile and one.booking_link and one.languages for one in providers)


def test_the_mix_is_that_of_the_domain(month: Lived) -> None:
    referrals = month.all(Referral)
    assert len(referrals) == 45
    assert sum(one.kind is Kind.PREFERRED for one in referrals) == 18  # 40 %
    first = select(Offer).where(Offer.round == 1, Offer.kind == Kind.PREFERRED, col(Offer.outcome).is_not(None))
    outcomes = Counter(offer.outcome for offer in month.session.exec(first))
    assert outcomes == {OfferOutcome.ACCEPTED: 9, OfferOutcome.DECLINED: 3, OfferOutcome.EXPIRED: 3}  # 60, 20, 20 %
    assert min(one.created_at for one in referrals) > month.now - timedelta(days=32)


def test_nobody_has_more_than_seven_new_clients(month: Lived) -> None:
    accepted = select(History).where(History.event == "accept", History.result == "done")
    taken = Counter(row.data["provider"] for row in month.session.exec(accepted))
    assert len(taken) == 9
    assert max(taken.values()) <= 7


def test_there_is_one_of_everything(month: Lived) -> None:
    referrals = month.all(Referral)
    assert {one.status for one in referrals} == set(Status)
    assert {one.unroutable for one in referrals} == {None, "paused"}
    assert {one.channel for one in referrals} == {"form", "staff", "csv"}
    assert len({one.close_reason for one in referrals if one.close_reason}) == 6
    assert any("substance_use" in one.concerns for one in referrals)
    assert any(one.urgency is Urgency.URGENT for one in referrals)
    assert {one.kind for one in month.all(Source)} >= {referrer.kind for referrer in REFERRERS.values()}
    events = {row.event for row in month.all(History)}
    assert events >= {"pass", "release", "reopen", "assign", "phoned", "remind", "remind_client", "expire", "pause"}


def test_the_names_are_hard_ones(month: Lived) -> None:
    clients = {month.vault.open(one.name): one for one in month.all(Client)}
    names = "\n".join(clients)
    for letters in (
        "O'D",
        "D’Arcy-O’Neill",
        "Ольга",
        "田中",
        "ليلى",
        "김민서",
        "नेहा",
        "יעל",
        "Ánh",
        "<!channel>",
        "=?utf-8?q?",
    ):
        assert letters in names
    assert max(map(len, clients)) > 150
    assert all(name_parts(name) for name in clients)
    assert any(one.guardian for one in clients.values())
    assert any(one.email is None for one in clients.values())
    assert any(not one.email_ok for one in clients.values())
    siblings = [one for name, one in clients.items() if "Solberg-Marchetti" in name]
    assert len(siblings) == 2
    assert len({one.email_index for one in siblings}) == 1


def test_the_clients_are_nobody(month: Lived) -> None:
    for client in month.all(Client):
        email, phone = month.vault.open(client.email), month.vault.open(client.phone)
        assert email is None or email.rpartition("@")[2] in ("example.com", "example.net", "example.org")
        assert phone is None or phone[5:10] == "55501"


def test_what_is_open_has_time_left(month: Lived) -> None:
    opened = [one for one in month.all(Offer) if one.outcome is None]
    left = sorted(round((one.expires_at - month.now) / HOUR) for one in opened)
    assert left == [4, 20, 33, 40, 48, 48]
    assert all(month.referral(one).status is Status.PENDING for one in opened)


def test_nothing_is_overdue(month: Lived) -> None:
    for offer in month.all(Offer):
        assert offer.outcome is not None or offer.expires_at > month.now
        assert offer.remind_due is None or offer.remind_due > month.now
        assert offer.remind_client_due is None or offer.remind_client_due > month.now
    assert max(row.at for row in month.all(History)) <= month.now


def test_two_have_just_arrived(month: Lived) -> None:
    newest = sorted(month.all(Referral), key=lambda one: one.created_at)[-2:]
    assert all(month.now - one.created_at < timedelta(minutes=1) for one in newest)
    assert [one.kind for one in newest] == [Kind.PREFERRED, Kind.GENERAL]
    asked = month.session.get_one(Provider, newest[0].preferred_provider_id)
    assert asked.slack_user == "U0MAYA"


def test_coordinators_have_an_expired_one_and_a_call_to_make(month: Lived) -> None:
    left = {item.kind: item for item in month.all(Attention) if item.settled_at is None}
    assert set(left) == {AttentionKind.EXPIRED, AttentionKind.PHONE_TASK}
    expired = month.session.get_one(Referral, left[AttentionKind.EXPIRED].referral_id)
    assert expired.status is Status.EXPIRED


def test_few_cards_are_posted_and_the_newest_come_last(month: Lived) -> None:
    due = month.due_cards()
    assert 10 <= len(due) <= 12
    assert [one.opened_at for one in due] == sorted(one.opened_at for one in due)
    assert all(one.card_next_at <= month.now for one in due)
    shown = Counter(month.referral(one).status for one in due)
    assert set(shown) == set(Status) - {Status.CLOSED}
    assert {one.id for one in due} >= {one.id for one in month.all(Offer) if one.outcome is None}
    assert any(month.referral(one).resembles_id for one in due)
    assert all(month.referral(one).offer_id == one.id for one in due)


def test_the_past_is_not_sent_again(month: Lived) -> None:
    by_state: dict[DeliveryState, list[Delivery]] = {}
    for delivery in month.all(Delivery):
        by_state.setdefault(delivery.state, []).append(delivery)
    assert set(by_state) == {DeliveryState.PENDING, DeliveryState.SUPPRESSED}
    assert {one.trouble for one in by_state[DeliveryState.SUPPRESSED]} == {"before_the_demo"}
    pending = by_state[DeliveryState.PENDING]
    assert 4 <= len(pending) <= 8
    assert all(one.created_at >= month.now - HOUR for one in pending)
    assert {one.template for one in pending} >= {"provider_offer", "provider_offer_sms", "coordinator_expired"}


def test_a_client_who_had_an_answer_is_answered(month: Lived) -> None:
    answered = select(Referral).where(Referral.status == Status.CLOSED)
    assert all(one.answered_at for one in month.session.exec(answered))


def test_the_chains_are_unbroken(month: Lived) -> None:
    subjects = [*month.all(Referral), *month.all(Provider), *month.all(Practice)]
    assert sum(one.history_count for one in subjects) == len(month.all(History))
    for subject in subjects:
        chain = select(History).where(History.subject_id == subject.id).order_by(col(History.seq))
        rows = month.session.exec(chain).all()
        assert first_broken(month.vault, rows, subject.history_head, subject.history_count) is None
        assert [row.at for row in rows] == sorted(row.at for row in rows)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 9, 14, 0, tzinfo=UTC),  # the Monday after the clocks went forward
        datetime(2026, 11, 7, 4, 30, tzinfo=UTC),  # a Friday night, in the week after they went back
        datetime(2027, 1, 3, 23, 59, 59, tzinfo=UTC),
        datetime(2028, 3, 1, 5, 0, tzinfo=UTC),  # midnight of the practice, after a leap day
    ],
)
def test_it_looks_right_whenever_it_starts(tmp_path: Path, month: Lived, moment: datetime) -> None:
    lived = live(tmp_path, Stopped(moment))
    with lived.session:
        assert Counter(one.status for one in lived.all(Referral)) == Counter(one.status for one in month.all(Referral))
        assert len(lived.due_cards()) == len(month.due_cards())
        assert Counter(row.event for row in lived.all(History)) == Counter(row.event for row in month.all(History))
        pending = [one for one in lived.all(Delivery) if one.state is DeliveryState.PENDING]
        assert len(pending) == 7


def test_the_same_moment_has_the_same_month(tmp_path: Path) -> None:
    stories = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with live(tmp_path / name, Stopped(datetime(2026, 6, 1, 15, 0, tzinfo=UTC))).session as session:
            rows = session.exec(select(History).order_by(col(History.at), History.event)).all()
            stories.append([(row.at, row.event, row.result, row.surface) for row in rows])
    assert stories[0] == stories[1]


def test_a_turned_clock_posts_its_cards_all_the_same(tmp_path: Path) -> None:
    clock = Clock(timedelta(days=3))
    lived = live(tmp_path, clock)
    with lived.session:
        assert len(lived.due_cards()) == 11
        assert all(offer.card_next_at <= clock.real() for offer in lived.due_cards())
        assert all(one.next_at <= clock.real() for one in lived.all(Delivery))


def test_seeding_again_changes_nothing(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    lived = live(tmp_path, Clock(), times=2, progress=lambda done, total: seen.append((done, total)))
    with lived.session:
        assert len(lived.all(Referral)) == 45
        assert len(lived.all(Provider)) == 9
    assert seen == [(done, 45) for done in range(1, 46)]


def test_an_interrupted_start_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 20:
            raise KeyError("interrupted")

    with pytest.raises(KeyError):
        live(tmp_path, Clock(), progress=interrupt)
    with Session(create_engine(f"sqlite:///{tmp_path / 'desk.db'}")) as session:
        for table in (Referral, Provider, Client, Delivery, History, Source):
            assert session.exec(select(table)).first() is None
