"""After accepting: the nudge, the escalation, tries in vain, the plan, and who had forgotten to accept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

from referrals.accept import accept
from referrals.actor import Actor
from referrals.clock import Clock
from referrals.close import close
from referrals.composing import compose
from referrals.deadlines import escalate, nudge
from referrals.decline import release
from referrals.letters import Letter, Void
from referrals.notices import Template as T
from referrals.outcomes import Asks, Done, Missing, Question, Refusal, Refused, Since, WrongDate
from referrals.progress import Trying, contacted, may_try, no_answer, plan, scheduled
from referrals.restored import restored
from referrals.sent import said_now
from referrals.tx import Tx, Wake, WakeKind
from store.tables import Attention, Delivery, History, Provider
from store.vocabulary import (
    AttentionKind,
    CloseReason,
    DeclineReason,
    DeliveryState,
    PlanItem,
    SlackStanding,
    Status,
)
from tests.desk import CORA, START, STRANGER, Office, by

NEW_YORK = "America/New_York"
COST, CONSULTATION, PAYMENT = PlanItem.COST, PlanItem.CONSULTATION, PlanItem.PAYMENT


@pytest.fixture
async def maya(office: Office) -> Provider:
    return await office.provider("Maya Chen", time_zone=NEW_YORK)


async def taken(office: Office, maya: Provider, **facts: Any) -> Done:
    done = await office.submit(None, **facts)
    assert isinstance(await office.do(accept, by(maya), done.offer_id), Done)
    return done


async def told(office: Office, id: str, *templates: T) -> list[tuple[str, str]]:
    return [one for one in await office.told(id) if one[0] in templates]


async def data(office: Office, id: str, event: str) -> list[dict[str, Any]]:
    return [row.data for row in await office.rows(History, subject_id=id, event=event)]


# Already contacted.


async def test_already_contacted_is_both_steps_in_one(office: Office, maya: Provider) -> None:
    done = await office.submit(maya)
    answer = await office.do(accept, by(maya), done.offer_id, already_contacted=True)
    assert isinstance(answer, Done) and answer.status is Status.CONTACTED
    row = await office.referral(done.referral_id)
    assert (row.status, row.accepted_by, row.accepted_at, row.contacted_at) == (
        Status.CONTACTED,
        maya.id,
        office.clock.at,
        office.clock.at,
    )
    assert row.answered_at == office.clock.at
    assert (row.nudge_due, row.escalate_due) == (None, None)
    assert (await office.offers(row.id))[0].remind_client_due is None
    assert await office.history(row) == ["submit", "accept", "contacted"]
    assert not {WakeKind.NUDGE, WakeKind.ESCALATE} & {wake.kind for wake in office.woken}
    assert {name for name, _ in await office.told(row.id)} >= {T.THREAD_ACCEPTED, T.ACCEPTOR_DM, T.ACCEPTOR_MAIL}
    office.clock.turn(hours=72)
    assert not await office.do(nudge, row.id) and not await office.do(escalate, row.id)
    assert await office.attention(row.id) == []


async def test_already_contacted_says_only_what_is_true(office: Office, maya: Provider) -> None:
    done = await office.submit(maya)
    await office.do(accept, by(maya), done.offer_id, already_contacted=True)
    for delivery in await office.rows(Delivery, referral_id=done.referral_id):
        letter = await office.do(compose, delivery)
        if delivery.template in (T.ACCEPTOR_DM, T.ACCEPTOR_MAIL, T.THREAD_ACCEPTED):
            assert isinstance(letter, Letter) and letter.status is Status.CONTACTED
        if delivery.template in (T.PROVIDER_OFFER, T.PROVIDER_OFFER_SMS):
            assert isinstance(letter, Void)


async def test_already_contacted_asks_what_accepting_asks(office: Office, maya: Provider) -> None:
    done = await office.submit(None, insurer="cigna")
    asks = await office.do(accept, by(maya), done.offer_id, already_contacted=True)
    assert isinstance(asks, Asks) and asks.already_contacted
    assert (await office.referral(done.referral_id)).status is Status.PENDING
    await office.do(accept, by(maya), done.offer_id, already_contacted=True, confirmed=frozenset(Question))
    assert (await office.referral(done.referral_id)).status is Status.CONTACTED


async def test_a_second_already_contacted_is_late(office: Office, maya: Provider) -> None:
    noor = await office.provider("Noor Haddad")
    done = await office.submit(None)
    await office.do(accept, by(maya), done.offer_id, already_contacted=True)
    before = await office.history(await office.referral(done.referral_id))
    for who in (maya, noor):
        answer = await office.do(accept, by(who), done.offer_id, already_contacted=True)
        assert isinstance(answer, Since) and answer.mine is (who is maya)
    assert await office.history(await office.referral(done.referral_id)) == before


# The nudge and the escalation.


async def test_dues_are_written_on_accepting_and_a_changed_setting_moves_none(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)

    def shorter(tx: Tx) -> None:
        practice = tx.practice()
        practice.nudge_after, practice.escalate_after = 60, 120

    await office.do(shorter)
    row = await office.referral(done.referral_id)
    assert (row.nudge_due, row.escalate_due) == (START + timedelta(hours=12), START + timedelta(hours=48))
    wanted = {
        Wake(WakeKind.NUDGE, office.practice_id, row.id, row.nudge_due),
        Wake(WakeKind.ESCALATE, office.practice_id, row.id, row.escalate_due),
    }
    assert wanted <= set(office.woken)


async def test_a_nudge_goes_once_and_a_second_too_early_not_at_all(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    office.clock.turn(hours=12, seconds=-1)
    assert not await office.do(nudge, done.referral_id)
    office.clock.turn(seconds=1)
    assert await office.do(nudge, done.referral_id)
    assert not await office.do(nudge, done.referral_id)
    assert not await office.do(nudge, "no such referral")
    assert await told(office, done.referral_id, T.ACCEPTOR_NUDGE_DM, T.ACCEPTOR_NUDGE_MAIL) == [
        (T.ACCEPTOR_NUDGE_DM, f"provider:{maya.id}")
    ]
    assert await data(office, done.referral_id, "nudge") == [
        {"offer": (await office.referral(done.referral_id)).offer_id, "provider": maya.id}
    ]
    assert await office.attention(done.referral_id) == [], "coordinators are not bothered yet"


@pytest.mark.parametrize(
    ("values", "template"),
    [
        ({"slack_user": None, "slack_standing": SlackStanding.MISSING}, T.ACCEPTOR_NUDGE_MAIL),
        ({"slack_user": None, "slack_standing": SlackStanding.MISSING, "work_email": None}, None),
        ({"work_email": None}, T.ACCEPTOR_NUDGE_DM),
    ],
)
async def test_a_nudge_goes_where_its_reader_is(office: Office, values: dict[str, Any], template: T | None) -> None:
    pia = await office.provider("Pia Stone")
    done = await taken(office, pia)
    await office.change(Provider, pia.id, **values)
    office.clock.turn(hours=12)
    assert await office.do(nudge, done.referral_id)
    sent = await told(office, done.referral_id, T.ACCEPTOR_NUDGE_DM, T.ACCEPTOR_NUDGE_MAIL)
    assert sent == ([(template, f"provider:{pia.id}")] if template else [])


async def test_a_nudge_that_waits_is_not_sent_once_the_client_is_reached(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    office.clock.turn(hours=12)
    await office.do(nudge, done.referral_id)
    (delivery,) = await office.rows(Delivery, referral_id=done.referral_id, template=T.ACCEPTOR_NUDGE_DM)
    assert isinstance(await office.do(compose, delivery), Letter)
    await office.do(contacted, by(maya), done.referral_id)
    assert isinstance(await office.do(compose, delivery), Void)


async def test_an_escalation_asks_every_coordinator_once(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    office.clock.turn(hours=48, seconds=-1)
    assert not await office.do(escalate, done.referral_id)
    office.clock.turn(seconds=1)
    assert await office.do(escalate, done.referral_id)
    assert not await office.do(escalate, done.referral_id)
    assert await office.attention(done.referral_id) == [AttentionKind.NOT_CONTACTED]
    assert await told(office, done.referral_id, T.COORDINATOR_NOT_CONTACTED) == [
        (T.COORDINATOR_NOT_CONTACTED, "slack:U0CORA")
    ]
    assert (await office.referral(done.referral_id)).status is Status.ACCEPTED, "it is still the acceptor's"


async def _contacts(office: Office, maya: Provider, id: str) -> None:
    await office.do(contacted, by(maya), id)


async def _schedules(office: Office, maya: Provider, id: str) -> None:
    await office.do(scheduled, CORA, id)


async def _releases(office: Office, maya: Provider, id: str) -> None:
    await office.do(release, CORA, id, DeclineReason.COULD_NOT_REACH)


async def _closes(office: Office, maya: Provider, id: str) -> None:
    await office.do(close, CORA, id, CloseReason.UNREACHABLE)


ENDS = [_contacts, _schedules, _releases, _closes]


@pytest.mark.parametrize("ends", ENDS)
async def test_what_reaches_or_ends_it_voids_both(office: Office, maya: Provider, ends: Any) -> None:
    done = await taken(office, maya)
    await office.do(no_answer, by(maya), done.referral_id, START.date() + timedelta(days=3), 0)
    await ends(office, maya, done.referral_id)
    row = await office.referral(done.referral_id)
    assert (row.nudge_due, row.escalate_due, row.next_try) == (None, None, None)
    office.clock.turn(hours=96)
    assert not await office.do(nudge, row.id) and not await office.do(escalate, row.id)
    assert not await told(office, row.id, T.ACCEPTOR_NUDGE_DM, T.COORDINATOR_NOT_CONTACTED)


@pytest.mark.parametrize("ends", ENDS)
async def test_what_reaches_or_ends_it_takes_the_escalation_off_the_list(
    office: Office, maya: Provider, ends: Any
) -> None:
    done = await taken(office, maya)
    office.clock.turn(hours=48)
    await office.do(escalate, done.referral_id)
    await ends(office, maya, done.referral_id)
    assert AttentionKind.NOT_CONTACTED not in await office.attention(done.referral_id)
    (item,) = await office.rows(Attention, referral_id=done.referral_id, kind=AttentionKind.NOT_CONTACTED)
    assert item.settled_by is not None


async def test_the_next_acceptor_starts_anew(office: Office, maya: Provider) -> None:
    noor = await office.provider("Noor Haddad")
    done = await taken(office, maya)
    office.clock.turn(hours=48)
    await office.do(nudge, done.referral_id)
    await office.do(escalate, done.referral_id)
    await office.do(no_answer, by(maya), done.referral_id, None, 0)
    await office.do(plan, by(maya), done.referral_id, frozenset({COST}))
    await office.do(release, by(maya), done.referral_id, DeclineReason.COULD_NOT_REACH)
    row = await office.referral(done.referral_id)
    assert (row.plan, row.tries, row.next_try) == ([], 0, None)
    await office.do(accept, by(noor), row.offer_id)
    office.clock.turn(hours=48)
    assert await office.do(nudge, row.id) and await office.do(escalate, row.id)
    assert sorted(await told(office, row.id, T.ACCEPTOR_NUDGE_DM)) == sorted(
        (T.ACCEPTOR_NUDGE_DM, f"provider:{one.id}") for one in (maya, noor)
    )
    assert len(await told(office, row.id, T.COORDINATOR_NOT_CONTACTED)) == 2, "one for each who had it"


async def test_a_restored_backup_gives_up_the_nudge_and_keeps_the_escalation(office: Office, maya: Provider) -> None:
    """Whether the nudge went out nobody knows; that a coordinator looks after it must not be lost."""
    done = await taken(office, maya)
    office.clock.turn(hours=50)
    await office.do(restored)
    assert not await office.do(nudge, done.referral_id)
    assert await office.do(escalate, done.referral_id)


@pytest.mark.parametrize(
    ("accepted", "nudged", "escalated"),
    [
        ("2027-03-13 20:00", "2027-03-14 09:00", "2027-03-15 21:00"),  # the clocks go ahead at two that night
        ("2026-10-31 20:00", "2026-11-01 07:00", "2026-11-02 19:00"),  # and back
    ],
)
async def test_the_windows_are_elapsed_time_across_a_change_of_the_clocks(
    office: Office, maya: Provider, accepted: str, nudged: str, escalated: str
) -> None:
    """To the second, as a provider in New York reads them off their own clock."""
    with freeze_time(_new_york(accepted), real_asyncio=True) as frozen:
        office.desk.clock = Clock()  # the machine's
        done = await office.submit(maya)
        await office.do(accept, by(maya), done.offer_id)
        row = await office.referral(done.referral_id)
        assert (row.nudge_due, row.escalate_due) == (_new_york(nudged), _new_york(escalated))
        for act, moment in ((nudge, nudged), (escalate, escalated)):
            frozen.move_to(_new_york(moment) - timedelta(seconds=1))
            assert not await office.do(act, row.id)
            frozen.move_to(_new_york(moment))
            assert await office.do(act, row.id)


def _new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


# No answer.


async def test_tries_are_counted_and_the_next_day_is_kept(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    before = (await office.offers(done.referral_id))[0].card_version
    day = START.date() + timedelta(days=4)
    assert isinstance(await office.do(no_answer, by(maya), done.referral_id, day, 0), Done)
    assert isinstance(await office.do(no_answer, by(maya), done.referral_id, None, 1), Done)
    row = await office.referral(done.referral_id)
    assert (row.tries, row.next_try, row.status) == (2, None, Status.ACCEPTED)
    assert row.answered_at is None and row.nudge_due is not None, "a try is no contact"
    assert (await office.offers(row.id))[0].card_version == before + 2
    assert [(one["tries"], one["next_try"]) for one in await data(office, row.id, "no_answer")] == [
        (1, day.isoformat()),
        (2, None),
    ]


async def test_the_same_try_said_twice_counts_once(office: Office, maya: Provider) -> None:
    done, day = await taken(office, maya), START.date() + timedelta(days=2)
    for _ in range(3):
        assert isinstance(await office.do(no_answer, by(maya), done.referral_id, day, 0), Done)
    row = await office.referral(done.referral_id)
    assert (row.tries, row.next_try) == (1, day)
    assert await office.history(row) == ["submit", "accept", "no_answer"]
    assert isinstance(await office.do(no_answer, by(maya), done.referral_id, None, 0), Done)
    assert (await office.referral(row.id)).next_try == day, "nothing was said of a day"


async def test_another_day_for_the_same_try_corrects_it(office: Office, maya: Provider) -> None:
    done, day = await taken(office, maya), START.date() + timedelta(days=2)
    await office.do(no_answer, by(maya), done.referral_id, day, 0)
    await office.do(no_answer, by(maya), done.referral_id, day + timedelta(days=1), 0)
    row = await office.referral(done.referral_id)
    assert (row.tries, row.next_try) == (1, day + timedelta(days=1))
    assert [one["tries"] for one in await data(office, row.id, "no_answer")] == [1, 1]


@pytest.mark.parametrize(
    ("days", "taken_as"), [(-1, WrongDate), (0, Done), (60, Done), (61, WrongDate), (-3000, WrongDate)]
)
async def test_the_next_try_is_within_sixty_days(office: Office, maya: Provider, days: int, taken_as: type) -> None:
    done = await taken(office, maya)
    today = date(2025, 11, 14)  # in New York; in UTC an hour is left of it
    answer = await office.do(no_answer, by(maya), done.referral_id, today + timedelta(days=days), 0)
    assert isinstance(answer, taken_as)
    row = await office.referral(done.referral_id)
    assert row.tries == (1 if taken_as is Done else 0)
    if isinstance(answer, WrongDate):
        assert (answer.earliest, answer.latest) == (today, today + timedelta(days=60))


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        (NEW_YORK, date(2025, 11, 14)),
        ("Pacific/Auckland", date(2025, 11, 15)),
        (None, date(2025, 11, 14)),
        ("No/Where", date(2025, 11, 14)),
    ],
)
async def test_today_is_the_acceptors(office: Office, zone: str | None, today: date) -> None:
    """Two hours before midnight in New York; a zone that nobody knows gives way to the practice's."""
    pia = await office.provider("Pia Stone", time_zone=zone)
    done = await taken(office, pia)
    office.clock.turn(hours=2)
    trying = await office.do(may_try, by(pia), done.referral_id)
    assert trying == Trying((await office.referral(done.referral_id)).code, 0, None, today, today + timedelta(days=60))


@pytest.mark.parametrize("who", ["noor", "stranger"])
async def test_only_who_has_it_or_a_coordinator_may_say_so(office: Office, maya: Provider, who: str) -> None:
    done = await taken(office, maya)
    actor: Actor = by(await office.provider("Noor Haddad")) if who == "noor" else STRANGER
    for use_case, args in ((no_answer, (None, 0)), (may_try, ()), (plan, (frozenset({COST}),))):
        answer = await office.do(use_case, actor, done.referral_id, *args)
        assert answer == Refused(Refusal.NOT_THEIRS, done.code)
    row = await office.referral(done.referral_id)
    assert (row.tries, row.plan) == (0, [])
    for use_case, args in ((no_answer, (None, 0)), (plan, (frozenset({COST}),))):
        assert isinstance(await office.do(use_case, CORA, done.referral_id, *args), Done)
    (row_of_cora,) = await office.rows(History, subject_id=done.referral_id, event="plan", result="done")
    assert row_of_cora.on_behalf_of == maya.id


async def test_what_does_not_exist_is_missing(office: Office, maya: Provider) -> None:
    assert await office.do(no_answer, by(maya), "no such referral", None, 0) == Missing()
    assert await office.do(may_try, by(maya), "no such referral") == Missing()
    assert await office.do(plan, by(maya), "", frozenset()) == Missing()


# The plan.


async def test_the_plan_remembers_and_records_what_changed(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    await office.do(plan, by(maya), done.referral_id, frozenset({COST}))
    await office.do(plan, by(maya), done.referral_id, frozenset({COST, CONSULTATION}))
    await office.do(plan, by(maya), done.referral_id, frozenset({CONSULTATION}))
    row = await office.referral(done.referral_id)
    assert row.plan == [CONSULTATION]
    changes = [(one["done"], one["undone"]) for one in await data(office, row.id, "plan")]
    assert changes == [([COST], []), ([CONSULTATION], []), ([], [COST])]


async def test_nothing_changed_is_nothing_recorded(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    await office.do(plan, by(maya), done.referral_id, frozenset({COST}))
    before = await office.referral(done.referral_id)
    assert isinstance(await office.do(plan, by(maya), done.referral_id, frozenset({COST})), Done)
    after = await office.referral(done.referral_id)
    assert (after.version, after.history_count) == (before.version, before.history_count)


async def test_an_old_message_takes_back_nothing_that_is_newer(office: Office, maya: Provider) -> None:
    """On the phone the plan still shows nothing done; at the desk two items were ticked since."""
    done = await taken(office, maya)
    await office.do(plan, by(maya), done.referral_id, frozenset({COST, CONSULTATION}))
    await office.do(plan, by(maya), done.referral_id, frozenset({PAYMENT}), frozenset())
    assert (await office.referral(done.referral_id)).plan == [CONSULTATION, COST, PAYMENT]
    await office.do(plan, by(maya), done.referral_id, frozenset(), frozenset({COST}))
    assert (await office.referral(done.referral_id)).plan == [CONSULTATION, PAYMENT]
    await office.do(plan, by(maya), done.referral_id, frozenset({PAYMENT}), frozenset({PAYMENT}))
    assert (await office.referral(done.referral_id)).plan == [CONSULTATION, PAYMENT], "nothing was clicked"


async def test_the_plan_goes_on_after_contact_and_ends_with_the_referral(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    await office.do(contacted, by(maya), done.referral_id)
    assert isinstance(await office.do(plan, by(maya), done.referral_id, frozenset({COST})), Done)
    await office.do(scheduled, by(maya), done.referral_id)
    assert isinstance(await office.do(plan, by(maya), done.referral_id, frozenset(PlanItem)), Done)
    await office.do(close, CORA, done.referral_id, CloseReason.OTHER)
    assert isinstance(await office.do(plan, by(maya), done.referral_id, frozenset()), Since)
    assert (await office.referral(done.referral_id)).plan == list(PlanItem)


# What a message that was sent would say now.


async def test_a_sent_message_is_found_again_and_says_what_is(office: Office, maya: Provider) -> None:
    done = await taken(office, maya)
    (dm,) = await office.rows(Delivery, referral_id=done.referral_id, template=T.ACCEPTOR_DM)
    await office.change(Delivery, dm.id, state=DeliveryState.SENT, reference="1763161200.000100")
    await office.do(plan, by(maya), done.referral_id, frozenset({COST}))
    await office.do(no_answer, by(maya), done.referral_id, None, 0)
    said = await office.do(said_now, done.referral_id, "1763161200.000100")
    assert said is not None and said.delivery_id == dm.id
    assert (said.letter.plan, said.letter.tries, said.letter.contact) == (frozenset({COST}), 1, None)
    assert said.letter.preferences is not None and said.letter.preferences.email_ok
    assert await office.do(said_now, done.referral_id, "1763161200.000101") is None
    other = await office.submit(None)
    assert await office.do(said_now, other.referral_id, "1763161200.000100") is None
    await office.do(release, CORA, done.referral_id, DeclineReason.OTHER)
    assert await office.do(said_now, done.referral_id, "1763161200.000100") is None, "it is somebody else's to be"
