"""Extending, urgency, hold, acting for a provider: what the table of the lifecycle does not say."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blocks.replies import reply
from referrals.accept import Override, accept
from referrals.acting.extend import WrongEnd, as_shown, extend
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.acting.on_behalf import ActingFor, Given, Needs, accept_for, may_act_for, pass_for
from referrals.acting.urgency import mark_urgent, not_urgent
from referrals.audit import Bounds, audit
from referrals.by_link import compose_with_link
from referrals.close import close
from referrals.deadlines import expire, remind
from referrals.letters import Letter
from referrals.licences import Grounds, NetworkGrounds
from referrals.links import decision_link
from referrals.outcomes import Done, Meanwhile, Missing, Question, Refusal, Refused, Since
from referrals.retention.erasing import erase
from referrals.tx import Tx
from referrals.views.by_code import Known, Unknown, by_code
from referrals.views.timeline import Happened, Timeline, Told, timeline
from store.database import Database
from store.tables import Attention, Delivery, History, Link, Offer, Provider
from store.vocabulary import AttentionKind, CloseReason, ProviderStatus, Status
from tests.canary import somebody
from tests.desk import CORA, Office, by, new_office
from web.client_words import meanwhile

NEVER_LATE = Bounds(timedelta(days=10_000), timedelta(days=10_000))


@pytest.fixture(autouse=True)
async def the_auditor_finds_nothing(office: Office) -> Any:
    yield
    found = await office.do(audit, bounds=NEVER_LATE)
    assert [str(one) for one in found.findings] == []


async def offer_of(office: Office, done: Done) -> Offer:
    return (await office.offers(done.referral_id))[-1]


async def test_what_is_overdue_may_be_extended_until_its_expiry_is_written(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    office.clock.turn(hours=50)
    assert isinstance(await office.do(extend, CORA, done.referral_id, timedelta(hours=12)), Done)
    offer = await offer_of(office, done)
    assert offer.expires_at == office.clock.at + timedelta(hours=12), "from now, not from a deadline that has passed"
    assert not await office.do(expire, offer.id), "the wake-up of the old deadline finds nothing due"
    assert isinstance(await office.do(accept, by(maya), offer.id), Done)


async def test_once_the_expiry_is_written_it_is_too_late(office: Office) -> None:
    done = await office.submit(None)
    await office.provider("Maya Chen")
    office.clock.turn(hours=48)
    assert await office.do(expire, done.offer_id)
    late = await office.do(extend, CORA, done.referral_id, timedelta(hours=12))
    assert isinstance(late, Since) and late.status is Status.EXPIRED
    assert (await offer_of(office, done)).closed_at == office.clock.at


async def test_a_reminder_to_come_moves_along_and_one_made_is_not_made_again(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    early, late = await office.submit(maya), await office.submit(maya)
    await office.do(extend, CORA, early.referral_id, timedelta(hours=24))
    office.clock.turn(hours=24)
    assert not await office.do(remind, early.offer_id) and await office.do(remind, late.offer_id)
    await office.do(extend, CORA, late.referral_id, timedelta(hours=24))
    office.clock.turn(hours=24)
    assert await office.do(remind, early.offer_id), "24 hours before its deadline, as it was to be"
    assert not await office.do(remind, late.offer_id)
    for done in (early, late):
        told = [template for template, _ in await office.told(done.referral_id)]
        assert told.count("thread_reminder") == 1 and told.count("client_confirmation") == 2


async def test_links_that_are_out_keep_their_own_end(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)

    def issue(tx: Tx) -> datetime:
        offer, provider = tx.get(Offer, done.offer_id), tx.get(Provider, maya.id)
        assert offer is not None and provider is not None
        return decision_link(tx, offer, provider)[1]

    until = await office.do(issue)
    await office.do(extend, CORA, done.referral_id, timedelta(hours=48))
    assert [one.expires_at for one in await office.rows(Link)] == [until]
    office.clock.turn(hours=49)
    assert until < office.clock.at < (await offer_of(office, done)).expires_at
    mails = [one for one in await office.rows(Delivery, template="provider_reminder") if one.subject_id]
    assert [one.recipient for one in mails] == [f"provider:{maya.id}"], "once, for the extension"
    letter = await office.do(compose_with_link, mails[0])
    assert isinstance(letter, Letter) and letter.link_token and letter.link_until
    assert letter.link_until > office.clock.at, "the mail of the extension has a link that lives"


async def test_the_client_is_told_the_later_day_in_a_round_of_any_kind_and_nobody_else_is(office: Office) -> None:
    await office.team("Maya")
    done = await office.submit(None)
    before = await office.told(done.referral_id)
    await office.do(extend, CORA, done.referral_id, timedelta(hours=24))
    after = await office.told(done.referral_id)
    for one in before:
        after.remove(one)
    assert [template for template, _ in after] == ["client_confirmation"]


async def test_a_client_who_is_phoned_is_phoned_anew_for_each_deadline_that_moves(office: Office) -> None:
    done = await office.submit(None, client_email=None)
    for hours in (12, 24):
        await office.do(extend, CORA, done.referral_id, timedelta(hours=hours))
    tasks = await office.rows(Attention, referral_id=done.referral_id, kind=AttentionKind.PHONE_TASK)
    assert [one.detail for one in tasks] == ["client_confirmation"] * 3
    assert not any(one.template.startswith("client_") for one in await office.rows(Delivery))


@pytest.mark.parametrize("held", [True, False])
async def test_once_its_client_is_erased_there_is_nothing_left_to_hold(office: Office, held: bool) -> None:
    done = await office.submit(None)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    assert await office.do(erase, CORA, done.referral_id)
    erased_at = office.clock.at
    office.clock.turn(hours=1)
    said = await (
        office.do(put_on_hold, CORA, done.referral_id, HoldReason.COMPLAINT)
        if held
        else office.do(lift_hold, CORA, done.referral_id)
    )
    assert isinstance(said, Meanwhile) and (said.event, said.at) == ("erase", erased_at)
    assert "nothing left to hold" in reply(said, "") and "nothing left to hold" in meanwhile(said, "America/New_York")
    referral = await office.referral(done.referral_id)
    assert not referral.legal_hold and (await office.history(referral))[-1] == "erase"


async def test_the_end_of_a_day_is_the_coordinators_own(office: Office) -> None:
    lead = await office.provider("Lea Lead", time_zone="America/Los_Angeles")
    done = await office.submit(None)
    lea = by(lead, coordinator=True)
    answer = await office.do(extend, lea, done.referral_id, date(2025, 11, 20))
    assert isinstance(answer, Done)
    midnight = datetime(2025, 11, 21, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert (await offer_of(office, done)).expires_at == midnight.astimezone(UTC)
    for wrong in (date(2025, 11, 19), date(2020, 1, 1), date(2026, 3, 1)):
        days = await office.do(extend, lea, done.referral_id, wrong)
        assert isinstance(days, WrongEnd) and days.time_zone == "America/Los_Angeles"
        assert not days.earliest <= wrong <= days.latest or wrong == date(2025, 11, 20)
    assert [one.kind for one in await office.offers(done.referral_id)] == ["general"]
    assert await office.told(done.referral_id) == [
        (one, who) for one, who in await office.told(done.referral_id) if one != "client_declined"
    ]


async def test_the_second_of_two_is_told_who_was_first(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    shown = as_shown(await offer_of(office, done))
    assert isinstance(await office.do(extend, CORA, done.referral_id, timedelta(hours=12), shown), Done)
    until = (await offer_of(office, done)).expires_at
    office.clock.turn(minutes=3)
    late = await office.do(extend, by(maya, coordinator=True), done.referral_id, timedelta(hours=48), shown)
    assert isinstance(late, Meanwhile) and late.by is not None
    assert (late.by.slack_user, late.mine, late.until) == ("U0CORA", False, until)
    assert (await offer_of(office, done)).expires_at == until
    for act in (mark_urgent, not_urgent):
        assert isinstance(await office.do(act, CORA, done.referral_id), Done)
        again = await office.do(act, by(maya, coordinator=True), done.referral_id)
        assert isinstance(again, Meanwhile) and again.now is (act is mark_urgent)
    assert isinstance(await office.do(put_on_hold, CORA, done.referral_id, HoldReason.OTHER), Done)
    assert isinstance(await office.do(put_on_hold, CORA, done.referral_id, HoldReason.COMPLAINT), Meanwhile)
    assert isinstance(await office.do(lift_hold, CORA, done.referral_id), Done)
    rows = await office.rows(History, subject_id=done.referral_id, event="hold")
    assert [(row.data["before"], row.data["after"], row.data.get("reason")) for row in rows] == [
        (False, True, "other"),
        (True, False, None),
    ]


async def test_each_mark_is_an_alert_of_its_own_and_taking_it_off_settles_it(office: Office) -> None:
    done = await office.submit(None)
    await office.provider("Maya Chen")
    for act in (mark_urgent, not_urgent, mark_urgent):
        await office.do(act, CORA, done.referral_id)
    items = await office.rows(Attention, referral_id=done.referral_id, kind=AttentionKind.URGENT)
    assert [one.settled_at is None for one in items] == [False, True]
    assert [one.recipient for one in await office.rows(Delivery, template="coordinator_urgent")] == ["slack:U0CORA"] * 2
    assert (await offer_of(office, done)).card_version == 1, "the channel is told nothing"


async def test_accepting_for_somebody_needs_what_stands_in_the_way_to_be_said(office: Office) -> None:
    noor = await office.provider("Noor Haddad", licences=[], insurers=[], status=ProviderStatus.PAUSED)
    done = await office.submit(None)
    acting = await office.do(may_act_for, CORA, done.referral_id)
    assert isinstance(acting, ActingFor) and [one.unlicensed for one in acting.choices] == [True]
    needs = await office.do(accept_for, CORA, done.offer_id, noor.id, Given())
    assert isinstance(needs, Needs) and needs.licence and needs.network and needs.questions == (Question.PAUSED,)
    said = frozenset({Question.PAUSED})
    for given in (Given(said), Given(said, Grounds.COMPACT), Given(frozenset(), Grounds.COMPACT, NetworkGrounds.OTHER)):
        assert isinstance(await office.do(accept_for, CORA, done.offer_id, noor.id, given), Needs)
    assert (await office.referral(done.referral_id)).status is Status.PENDING
    given = Given(said, Grounds.COMPACT, NetworkGrounds.SELF_PAY)
    assert isinstance(await office.do(accept_for, CORA, done.offer_id, noor.id, given), Done)
    (row,) = await office.rows(History, subject_id=done.referral_id, event="accept")
    assert (row.actor, row.on_behalf_of, row.data["override"]) == (CORA.name, noor.id, "compact")
    assert row.data["network"] == "client_pays_themselves" and row.data["provider"] == noor.id
    assert isinstance(await office.do(accept_for, CORA, done.offer_id, noor.id, given), Since)


async def test_nobody_else_takes_the_way_of_an_override_and_who_gave_it_back_stays_out(office: Office) -> None:
    maya, noor = await office.team("Maya Chen", "Noor Haddad")
    done = await office.submit(None)
    refused = await office.do(accept, by(maya), done.offer_id, override=Override(noor.id))
    assert isinstance(refused, Refused) and refused.reason is Refusal.NOT_COORDINATOR
    assert isinstance(await office.do(pass_for, by(maya), done.offer_id, noor.id), Refused)
    assert isinstance(await office.do(accept_for, CORA, done.offer_id, "", Given()), Missing)
    await office.change(Offer, done.offer_id, excluded=[noor.id])
    gone = await office.do(accept_for, CORA, done.offer_id, noor.id, Given())
    assert isinstance(gone, Refused) and gone.reason is Refusal.GAVE_IT_BACK
    assert (await office.referral(done.referral_id)).status is Status.PENDING


async def test_a_timeline_tells_all_of_it_names_no_client_and_pages(office: Office) -> None:
    maya = await office.provider("Maya Chen", time_zone="America/Denver")
    who = somebody()
    done = await office.submit(maya, client_name=who.name, client_email=who.email, notes=who.notes)
    for number in range(12):
        office.clock.turn(minutes=1)
        await office.do(mark_urgent, CORA, done.referral_id, number % 2 == 0)
    latest = await office.do(timeline, by(maya, coordinator=True), done.referral_id)
    assert isinstance(latest, Timeline) and (latest.pages, latest.page, len(latest.entries)) == (2, 0, 20)
    first = await office.do(timeline, CORA, done.referral_id, 9)
    assert isinstance(first, Timeline) and first.page == 1
    everything = [*first.entries, *latest.entries]
    assert [one.at for one in everything] == sorted(one.at for one in everything)
    assert len([one for one in everything if isinstance(one, Happened)]) == 13
    templates = {one.template for one in everything if isinstance(one, Told)}
    assert templates == {"client_confirmation", "provider_offer", "provider_offer_sms", "coordinator_urgent"}
    assert latest.time_zone == "America/Denver" and who.name not in str(everything) and who.email not in str(everything)
    refused = await office.do(timeline, by(maya), done.referral_id)
    assert isinstance(refused, Refused)
    assert (await office.history(await office.referral(done.referral_id)))[-1] == "timeline:not_coordinator"


async def test_a_code_is_found_however_it_is_written_and_only_in_its_practice(
    office: Office, shared_database: Database
) -> None:
    done = await office.submit(None)
    await office.provider("Maya Chen")
    letters = done.code.removeprefix("R-")
    for written in (
        done.code,
        done.code.lower(),
        letters,
        f" {done.code} ",
        f"r {letters}",
        done.code.replace("-", ""),
    ):
        assert await office.do(by_code, CORA, written) == Known(done.referral_id), written
    swapped = letters[1] + letters[0] + letters[2:]
    if swapped != letters:
        unknown = await office.do(by_code, CORA, swapped)
        assert unknown == Unknown(f"R-{swapped}", (done.code,))
    for written in ("", "R-", "Ada Quill", "R-7K3QM; drop", "R-ÄÖÜSS", "7" * 900):
        assert await office.do(by_code, CORA, written) == Unknown(None), written
    other = await new_office(shared_database)
    assert await other.do(by_code, CORA, done.code) == Unknown(done.code)
    assert isinstance(await other.do(timeline, CORA, done.referral_id), Missing)
    for act in (mark_urgent, not_urgent, lift_hold):
        assert isinstance(await other.do(act, CORA, done.referral_id), Missing)
    assert isinstance(await other.do(extend, CORA, done.referral_id, timedelta(hours=12)), Missing)
    maya = (await office.rows(Provider))[0]
    assert isinstance(await other.do(accept_for, CORA, done.offer_id, maya.id, Given()), Missing)
    assert await office.history(await office.referral(done.referral_id)) == ["submit"]
