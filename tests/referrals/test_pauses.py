"""Pauses by insurer and by state, with and without an end, and the ends that come by themselves."""

from datetime import timedelta
from typing import Any

import pytest

from referrals.accept import accept
from referrals.actor import Actor
from referrals.audit.looking import audit
from referrals.composing import compose
from referrals.letters import Void
from referrals.outcomes import Asks, Done, Question, Refusal, Refused
from referrals.pausing.availability import (
    Availability,
    make_inactive,
    pause,
    release_waiting,
    resume,
    resume_everything,
)
from referrals.pausing.pause_ends import end_pauses
from referrals.pausing.subjects import ALL, Subject, insurer, state, subject_of
from referrals.provider_letters import ProviderLetter
from referrals.restored import restored
from referrals.tx import WakeKind
from store.tables import Delivery, History, Provider
from store.vocabulary import Kind, ProviderStatus, SlackStanding
from tests.desk import CORA, START, STRANGER, Office, by

AETNA, NEW_YORK, TEXAS = insurer("aetna"), state("NY"), state("TX")
WEEK, DAY = timedelta(days=7), timedelta(days=1)


@pytest.fixture
async def maya(office: Office) -> Provider:
    return await office.provider("Maya Chen", licences=[{"state": "NY"}, {"state": "TX"}])


async def now_of(office: Office, provider: Provider) -> Provider:
    return (await office.rows(Provider, id=provider.id))[0]


async def offered(office: Office, provider: Provider, **facts: Any) -> tuple[Kind, str | None]:
    done = await office.submit(provider, **facts)
    return (await office.offers(done.referral_id))[0].kind, (await office.referral(done.referral_id)).unroutable


@pytest.mark.parametrize("text", ["", "all=", "insurer", "insurer=", "insurer=acme", "state=ny", "state=TX ", "x=TX"])
def test_what_is_no_subject(text: str) -> None:
    assert subject_of(text) is None


@pytest.mark.parametrize("subject", [ALL, AETNA, NEW_YORK])
def test_a_subject_comes_back_from_its_text(subject: Subject) -> None:
    assert subject_of(str(subject)) == subject


async def test_pausing_a_state_is_about_that_state(office: Office, maya: Provider) -> None:
    texas, new_york = await office.submit(maya, state="TX"), await office.submit(maya)

    paused = await office.do(pause, by(maya), maya.id, subject=TEXAS)

    assert paused == Availability(ProviderStatus.ACTIVE, TEXAS, None, (texas.offer_id,))
    assert await office.do(release_waiting, by(maya), maya.id, subject=TEXAS) == 1
    assert len(await office.offers(new_york.referral_id)) == 1, "the other one is still theirs"
    assert await offered(office, maya, state="TX") == (Kind.GENERAL, "paused_state")
    assert await offered(office, maya) == (Kind.PREFERRED, None)
    back = await office.do(resume, by(maya), maya.id, subject=TEXAS)
    assert back == Availability(ProviderStatus.ACTIVE, TEXAS, None, ())
    assert await offered(office, maya, state="TX") == (Kind.PREFERRED, None)
    assert await office.history(maya) == ["pause", "resume"]


async def test_a_paused_state_asks_before_accepting(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, subject=NEW_YORK)
    done = await office.submit()
    asked = await office.do(accept, by(maya), done.offer_id)
    assert isinstance(asked, Asks) and asked.questions == (Question.PAUSED_STATE,)
    assert isinstance(await office.do(accept, by(maya), done.offer_id, confirmed=frozenset(Question)), Done)
    accepted = (await office.rows(History, subject_id=done.referral_id, event="accept"))[-1]
    assert accepted.data["confirmed"] == ["paused_state"]
    assert (await now_of(office, maya)).paused_states == [{"state": "NY"}], "accepting leaves the pause as it is"


@pytest.mark.parametrize(
    ("subject", "reason"), [(insurer("cigna"), Refusal.NOT_IN_NETWORK), (state("CA"), Refusal.NOT_LICENSED)]
)
async def test_what_is_not_theirs_to_pause(office: Office, maya: Provider, subject: Subject, reason: Refusal) -> None:
    assert await office.do(pause, by(maya), maya.id, subject=subject) == Refused(reason)
    assert await office.history(maya) == [f"pause:{reason}"]
    assert (await now_of(office, maya)).pause_ends is None


@pytest.mark.parametrize("actor", [STRANGER, "a colleague"])
async def test_nobody_else_pauses_a_state(office: Office, maya: Provider, actor: Actor | str) -> None:
    noor = await office.provider("Noor Haddad")
    whoever = by(noor) if isinstance(actor, str) else actor
    assert await office.do(pause, whoever, maya.id, subject=TEXAS) == Refused(Refusal.NOT_THEIRS)
    assert (await now_of(office, maya)).paused_states == []
    assert isinstance(await office.do(pause, CORA, maya.id, subject=TEXAS), Availability)


async def test_the_soonest_end_is_kept(office: Office, maya: Provider) -> None:
    for subject, until in ((ALL, START + 3 * DAY), (AETNA, START + 2 * DAY), (TEXAS, START + DAY), (NEW_YORK, None)):
        await office.do(pause, by(maya), maya.id, subject=subject, until=until)
    assert (await now_of(office, maya)).pause_ends == START + DAY
    woken = [wake.at for wake in office.woken if wake.kind is WakeKind.RESUME]
    assert woken == [START + 3 * DAY, START + 2 * DAY, START + DAY]
    await office.do(resume, by(maya), maya.id, subject=TEXAS)
    assert (await now_of(office, maya)).pause_ends == START + 2 * DAY
    await office.do(pause, by(maya), maya.id, subject=AETNA)
    assert (await now_of(office, maya)).pause_ends == START + 3 * DAY, "paused again, without an end"
    await office.do(make_inactive, CORA, maya.id)
    assert (await now_of(office, maya)).pause_ends is None


async def test_resuming_tells_what_stays_paused(office: Office, maya: Provider) -> None:
    for subject in (ALL, AETNA, TEXAS):
        await office.do(pause, by(maya), maya.id, subject=subject)
    back = await office.do(resume, by(maya), maya.id)
    assert isinstance(back, Availability) and back.still_paused == (AETNA, TEXAS)
    assert await offered(office, maya) == (Kind.GENERAL, "paused_insurer")
    back = await office.do(resume_everything, by(maya), maya.id)
    assert isinstance(back, Availability) and back.still_paused == ()
    assert await offered(office, maya) == (Kind.PREFERRED, None)
    row = await now_of(office, maya)
    assert (row.status, row.paused_states, row.pause_ends) == (ProviderStatus.ACTIVE, [], None)
    whats = [one.data["what"] for one in await office.rows(History, subject_id=maya.id, event="resume")]
    assert whats == ["all", "all", "insurer=aetna", "state=TX"]


async def told(office: Office) -> list[Delivery]:
    return list(await office.rows(Delivery, template="provider_resumed"))


async def test_an_end_comes_at_its_moment_and_once(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, until=START + WEEK)
    await office.do(pause, by(maya), maya.id, subject=AETNA, until=START + WEEK)
    await office.do(pause, by(maya), maya.id, subject=TEXAS, until=START + 2 * WEEK)
    office.clock.turn(days=7, seconds=-1)
    assert not await office.do(end_pauses, maya.id)
    office.clock.turn(seconds=1)
    assert await office.do(end_pauses, maya.id)
    assert not await office.do(end_pauses, maya.id), "once"
    row = await now_of(office, maya)
    assert (row.status, row.paused_until, row.pause_ends) == (ProviderStatus.ACTIVE, None, START + 2 * WEEK)
    assert row.insurers == [{"insurer": "aetna", "accepting": True}]
    assert row.paused_states == [{"state": "TX", "until": (START + 2 * WEEK).isoformat()}]
    (event,) = await office.rows(History, subject_id=maya.id, event="resume")
    assert (event.actor, event.data) == ("system", {"what": ["all", "insurer=aetna"]})
    (delivery,) = await told(office)
    assert (delivery.recipient, delivery.subject_id) == (f"provider:{maya.id}", event.id)
    letter = await office.do(compose, delivery)
    assert isinstance(letter, ProviderLetter)
    assert (letter.resumed, letter.still_paused, letter.address) == ((ALL, AETNA), (TEXAS,), maya.slack_user)
    assert not (await office.do(audit)).findings


async def test_a_pause_made_longer_or_lifted_has_no_end_to_tell_of(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, until=START + DAY)
    await office.do(pause, by(maya), maya.id, until=START + WEEK)
    office.clock.turn(days=1)
    assert not await office.do(end_pauses, maya.id)
    assert (await now_of(office, maya)).status is ProviderStatus.PAUSED
    await office.do(resume, by(maya), maya.id)
    office.clock.turn(days=6)
    assert not await office.do(end_pauses, maya.id)
    assert await told(office) == []


async def test_paused_again_before_it_was_told(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, subject=TEXAS, until=START + DAY)
    office.clock.turn(days=1)
    await office.do(end_pauses, maya.id)
    await office.do(pause, by(maya), maya.id, subject=TEXAS)
    (delivery,) = await told(office)
    assert await office.do(compose, delivery) == Void("no_longer_true")


@pytest.mark.parametrize("standing", [SlackStanding.MISSING, SlackStanding.UNLINKED, SlackStanding.DEACTIVATED])
async def test_who_is_not_in_slack_is_on_again_all_the_same(
    office: Office, maya: Provider, standing: SlackStanding
) -> None:
    await office.do(pause, by(maya), maya.id, until=START + DAY)
    await office.change(Provider, maya.id, slack_standing=standing)
    office.clock.turn(days=1)
    assert await office.do(end_pauses, maya.id)
    assert (await now_of(office, maya)).status is ProviderStatus.ACTIVE
    assert await told(office) == []


async def test_the_inactive_stay_so_and_are_told_nothing(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, subject=TEXAS, until=START + DAY)
    await office.do(make_inactive, CORA, maya.id)
    office.clock.turn(days=1)
    assert await office.do(end_pauses, maya.id)
    row = await now_of(office, maya)
    assert (row.status, row.paused_states, row.pause_ends) == (ProviderStatus.INACTIVE, [], None)
    assert await told(office) == []


async def test_an_end_before_a_backup_was_restored_is_not_told_again(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, until=START + DAY)
    await office.do(pause, by(maya), maya.id, subject=TEXAS, until=START + WEEK)
    office.clock.turn(days=2)
    await office.do(restored)
    row = await now_of(office, maya)
    assert (row.status, row.pause_ends) == (ProviderStatus.ACTIVE, START + WEEK)
    assert not await office.do(end_pauses, maya.id) and await told(office) == []
    office.clock.turn(days=5)
    assert await office.do(end_pauses, maya.id)
    assert len(await told(office)) == 1, "the one still to come then is told as ever"


async def test_nothing_to_end(office: Office, maya: Provider) -> None:
    assert not await office.do(end_pauses, maya.id)
    assert not await office.do(end_pauses, "nobody")
    assert await office.history(maya) == []


async def test_an_end_nobody_acts_on_is_a_finding(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, until=START + DAY)
    office.clock.turn(days=1, minutes=4)
    assert not (await office.do(audit)).findings
    office.clock.turn(minutes=2)
    (finding,) = (await office.do(audit)).findings
    assert "pause" in finding.words
    await office.do(end_pauses, maya.id)
    assert not (await office.do(audit)).findings


async def test_a_notice_of_an_end_that_never_was_is_a_finding(office: Office, maya: Provider) -> None:
    await office.do(pause, by(maya), maya.id, until=START + DAY)
    office.clock.turn(days=1)
    await office.do(end_pauses, maya.id)
    (delivery,) = await told(office)
    noor = await office.provider("Noor Haddad")
    await office.change(Delivery, delivery.id, recipient=f"provider:{noor.id}")
    (finding,) = (await office.do(audit)).findings
    assert finding.row_id == delivery.id
