"""Somebody without a licence where the client is asks; a coordinator allows it, or something else comes first."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from referrals.accept import accept
from referrals.audit import Bounds, audit
from referrals.close import close
from referrals.composing import compose
from referrals.coordinate import assign
from referrals.deadlines import expire
from referrals.decline import release
from referrals.letters import Letter, Void
from referrals.licences import Allowing, Asked, Grounds, allow, ask, deny, may_allow
from referrals.outcomes import Asks, Done, Missing, Person, Question, Refusal, Refused, Reserved, Since
from referrals.views.needs import attention_lines
from store.tables import Attention, Delivery, History, Provider
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, ProviderStatus, SlackStanding, Status, Urgency
from tests.desk import CORA, STRANGER, Office, by

pytestmark = pytest.mark.anyio

_LONG = timedelta(days=9)  # no job is at work here


@pytest.fixture
async def dana(office: Office) -> Provider:
    """Licensed in Texas alone."""
    return await office.provider("Dana Wu", licences=[{"state": "TX"}])


async def asked(office: Office, dana: Provider) -> tuple[Done, Attention]:
    await office.provider("Maya Chen")
    done = await office.submit()
    assert await office.do(ask, by(dana), done.offer_id) == Asked(done.code)
    (item,) = await office.rows(Attention, kind=AttentionKind.LICENCE)
    return done, item


async def rows_of(office: Office, referral_id: str) -> list[str]:
    return await office.history(await office.referral(referral_id))


async def test_accepting_is_refused_and_asking_alerts_the_coordinators_once(office: Office, dana: Provider) -> None:
    await office.provider("Maya Chen")
    done = await office.submit()
    assert await office.do(accept, by(dana), done.offer_id) == Refused(Refusal.NO_LICENCE, done.code)
    assert await office.do(ask, by(dana), done.offer_id) == Asked(done.code)
    for _ in range(2):
        assert await office.do(ask, by(dana), done.offer_id) == Asked(done.code, again=True)
    assert await rows_of(office, done.referral_id) == ["submit", "accept:no_licence", "ask_licence"]
    assert await office.attention(done.referral_id) == ["licence"]
    assert [one for one in await office.told(done.referral_id) if one[0] == "coordinator_licence"] == [
        ("coordinator_licence", "slack:U0CORA")
    ]
    (row,) = await office.rows(Delivery, template="coordinator_licence")
    letter = await office.do(compose, row)
    assert isinstance(letter, Letter) and letter.asker is not None and letter.asker.name == "Dana Wu"
    (line,) = [one for one in await office.do(attention_lines) if one.kind is AttentionKind.LICENCE]
    assert (line.about, line.detail) == ("Dana Wu", dana.id)
    assert (await office.referral(done.referral_id)).status is Status.PENDING
    assert (await office.do(audit)).wrong == 0


async def test_two_who_ask_are_two_questions(office: Office, dana: Provider) -> None:
    done, _ = await asked(office, dana)
    omar = await office.provider("Omar Vance", licences=[])
    assert await office.do(ask, by(omar), done.offer_id) == Asked(done.code)
    items = await office.rows(Attention, kind=AttentionKind.LICENCE)
    assert {one.detail for one in items} == {dana.id, omar.id}


async def test_a_coordinator_allows_it_with_a_reason(office: Office, dana: Provider) -> None:
    done, item = await asked(office, dana)
    assert await office.do(may_allow, CORA, item.id) == Allowing(done.code, Person("Dana Wu", "U0DANA"), "New York", ())
    outcome = await office.do(allow, CORA, item.id, Grounds.COMPACT)
    assert isinstance(outcome, Done) and outcome.status is Status.ACCEPTED
    referral = await office.referral(done.referral_id)
    assert referral.accepted_by == dana.id and await office.attention(done.referral_id) == []
    row = (await office.rows(History, subject_id=done.referral_id))[-1]
    assert (row.event, row.actor, row.on_behalf_of) == ("accept", CORA.name, dana.id)
    assert (row.data["override"], row.data["confirmed"]) == ("compact", ["on_behalf"])
    told = await office.told(done.referral_id)
    assert ("acceptor_dm", f"provider:{dana.id}") in told and ("thread_accepted", "channel") in told
    (waiting,) = await office.rows(Delivery, template="coordinator_licence")
    assert isinstance(await office.do(compose, waiting), Void), "nobody is asked any more"
    assert (await office.do(audit)).wrong == 0

    late = await office.do(allow, CORA, item.id, Grounds.OTHER)
    assert isinstance(late, Since) and late.by is not None and late.by.name == "Dana Wu"
    assert isinstance(await office.do(may_allow, CORA, item.id), Since)


async def test_what_else_would_have_been_asked_is_shown_to_the_coordinator(office: Office, dana: Provider) -> None:
    await office.change(Provider, dana.id, insurers=[])
    done, item = await asked(office, dana)
    found = await office.do(may_allow, CORA, item.id)
    assert isinstance(found, Allowing) and found.questions == (Question.OUT_OF_NETWORK,)
    assert isinstance(await office.do(allow, CORA, item.id, Grounds.TEMPORARY), Asks), "not shown, so not answered"
    assert (await office.referral(done.referral_id)).status is Status.PENDING
    await office.do(allow, CORA, item.id, Grounds.TEMPORARY, frozenset(found.questions))
    row = (await office.rows(History, subject_id=done.referral_id))[-1]
    assert row.data["confirmed"] == ["on_behalf", "out_of_network"]


async def test_nobody_but_a_coordinator_allows_it(office: Office, dana: Provider) -> None:
    done, item = await asked(office, dana)
    for actor in (by(dana), STRANGER):
        assert await office.do(may_allow, actor, item.id) == Refused(Refusal.NOT_COORDINATOR, done.code)
        refused = await office.do(allow, actor, item.id, Grounds.COMPACT)
        assert refused == Refused(Refusal.NOT_COORDINATOR, done.code)
    assert (await office.referral(done.referral_id)).status is Status.PENDING
    assert (await rows_of(office, done.referral_id))[-4:] == ["allow_licence:not_coordinator"] * 4
    assert (await office.do(audit)).wrong == 0


async def test_a_coordinator_does_not_allow_it_and_whoever_asked_is_told(office: Office, dana: Provider) -> None:
    done, item = await asked(office, dana)
    for _ in range(2):
        assert isinstance(await office.do(deny, CORA, item.id), Done)
    assert await rows_of(office, done.referral_id) == ["submit", "ask_licence", "deny_licence"]
    row = (await office.rows(History, subject_id=done.referral_id))[-1]
    assert (row.actor, row.data["provider"]) == (CORA.name, dana.id)
    assert await office.attention(done.referral_id) == []
    (told,) = await office.rows(Delivery, template="licence_denied")
    assert told.recipient == f"provider:{dana.id}"
    assert isinstance(await office.do(compose, told), Letter)
    (waiting,) = await office.rows(Delivery, template="coordinator_licence")
    assert isinstance(await office.do(compose, waiting), Void), "nobody is asked any more"
    now = await office.referral(done.referral_id)
    assert (now.status, now.accepted_by) == (Status.PENDING, None)
    assert await office.do(ask, by(dana), done.offer_id) == Asked(done.code, again=True, denied=True)
    assert (await office.do(audit)).wrong == 0

    maya = (await office.rows(Provider, name="Maya Chen"))[0]
    assert isinstance(await office.do(accept, by(maya), done.offer_id), Done), "it stays open to the others"
    assert isinstance(await office.do(compose, told), Void)
    assert isinstance(await office.do(deny, CORA, item.id), Since)
    assert (await office.do(audit)).wrong == 0


async def test_nobody_but_a_coordinator_refuses_it(office: Office, dana: Provider) -> None:
    done, item = await asked(office, dana)
    for actor in (by(dana), STRANGER):
        assert await office.do(deny, actor, item.id) == Refused(Refusal.NOT_COORDINATOR, done.code)
    assert isinstance(await office.do(deny, CORA, "nonsense"), Missing)
    assert await office.attention(done.referral_id) == ["licence"]
    assert await office.rows(Delivery, template="licence_denied") == []


@pytest.mark.parametrize("what", ["taken", "assigned", "closed", "expired"])
async def test_what_has_been_decided_meanwhile_stands_and_settles_the_question(
    office: Office, dana: Provider, what: str
) -> None:
    done, item = await asked(office, dana)
    maya = (await office.rows(Provider, name="Maya Chen"))[0]
    if what == "taken":
        assert isinstance(await office.do(accept, by(maya), done.offer_id), Done)
    elif what == "assigned":
        assert isinstance(await office.do(assign, CORA, done.referral_id, maya.id), Done)
    elif what == "closed":
        assert isinstance(await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN), Done)
    else:
        office.clock.turn(hours=48)
        assert await office.do(expire, done.offer_id)
    before = await rows_of(office, done.referral_id)
    assert (await office.rows(Attention, id=item.id))[0].settled_at is not None
    assert isinstance(await office.do(may_allow, CORA, item.id), Since)
    assert isinstance(await office.do(allow, CORA, item.id, Grounds.COMPACT), Since)
    assert isinstance(await office.do(ask, by(dana), done.offer_id), Since)
    assert await rows_of(office, done.referral_id) == before
    assert (await office.referral(done.referral_id)).accepted_by == (maya.id if what == "taken" else None)
    assert (await office.do(audit, None, Bounds(_LONG, _LONG))).wrong == 0


async def test_allowing_it_and_somebody_else_at_the_same_instant_have_one_winner(
    office: Office, dana: Provider
) -> None:
    done, item = await asked(office, dana)
    maya = (await office.rows(Provider, name="Maya Chen"))[0]
    found = await asyncio.gather(
        *(office.do(allow, CORA, item.id, Grounds.COMPACT) for _ in range(4)),
        *(office.do(accept, by(maya), done.offer_id) for _ in range(4)),
    )
    assert [isinstance(one, Done) for one in found].count(True) == 1
    assert all(isinstance(one, (Done, Since)) for one in found)
    assert [row.event for row in await office.rows(History, subject_id=done.referral_id)].count("accept") == 1
    assert (await office.do(audit)).wrong == 0


async def test_a_later_round_is_asked_about_anew(office: Office, dana: Provider) -> None:
    done, first = await asked(office, dana)
    maya = (await office.rows(Provider, name="Maya Chen"))[0]
    await office.do(accept, by(maya), done.offer_id)
    await office.do(release, by(maya), done.referral_id, DeclineReason.SCHEDULE)
    offer = (await office.offers(done.referral_id))[-1]
    assert await office.do(ask, by(dana), offer.id) == Asked(done.code)
    (second,) = [one for one in await office.rows(Attention, kind=AttentionKind.LICENCE) if one.id != first.id]
    assert isinstance(await office.do(allow, CORA, second.id, Grounds.BEING_ADDED), Done)
    assert (await office.do(audit)).wrong == 0


async def test_whoever_has_a_licence_by_now_needs_nobody(office: Office, dana: Provider) -> None:
    await office.provider("Maya Chen")
    done = await office.submit()
    await office.change(Provider, dana.id, licences=[{"state": "NY"}])
    assert await office.do(ask, by(dana), done.offer_id) == Asked(done.code, needless=True)
    assert await office.attention(done.referral_id) == []
    assert await rows_of(office, done.referral_id) == ["submit"]


REFUSED = {
    Refusal.INACTIVE: {"status": ProviderStatus.INACTIVE},
    Refusal.GUEST: {"slack_standing": SlackStanding.GUEST},
    Refusal.DEACTIVATED: {"slack_standing": SlackStanding.DEACTIVATED},
}


@pytest.mark.parametrize("reason", REFUSED)
async def test_a_licence_is_all_that_can_be_overlooked(office: Office, dana: Provider, reason: Refusal) -> None:
    done, item = await asked(office, dana)
    await office.change(Provider, dana.id, **REFUSED[reason])
    assert await office.do(ask, by(dana), done.offer_id) == Refused(reason, done.code)
    assert await office.do(allow, CORA, item.id, Grounds.COMPACT) == Refused(reason, done.code)
    assert (await office.referral(done.referral_id)).status is Status.PENDING


async def test_a_reserved_offer_and_things_that_are_not_there(office: Office, dana: Provider) -> None:
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    assert isinstance(await office.do(ask, by(dana), done.offer_id), Reserved)
    assert isinstance(await office.do(ask, by(dana), "nonsense"), Missing)
    assert isinstance(await office.do(allow, CORA, "nonsense", Grounds.OTHER), Missing)
    assert isinstance(await office.do(may_allow, CORA, "nonsense"), Missing)
    cora = replace(CORA, coordinator=False)
    general = await office.submit()
    assert await office.do(ask, cora, general.offer_id) == Refused(Refusal.UNLINKED, general.code)
    urgent = await office.submit(urgency=Urgency.URGENT)
    (item,) = await office.rows(Attention, referral_id=urgent.referral_id, kind=AttentionKind.URGENT)
    assert isinstance(await office.do(allow, CORA, item.id, Grounds.OTHER), Missing), "another kind of item"
    assert (await office.referral(urgent.referral_id)).status is Status.PENDING
