"""What a source hears: nothing of an outcome without consent, nothing of who it is ever, and Part 2 with its notice."""

from typing import Any

import pytest

from jobs.mail.rendering import render
from referrals.accept import accept
from referrals.audit import Audit, audit
from referrals.close import close
from referrals.composing import compose
from referrals.intake.form import receive
from referrals.letters import Letter, Void
from referrals.outcomes import Done, Missing, Refusal, Refused
from referrals.progress import scheduled
from referrals.sources.consent import Consent, consent_of, record_consent
from referrals.sources.links import SourceLink, link_of
from store.tables import Delivery, Referral, Source
from store.vocabulary import CloseReason, DeliveryState
from tests.desk import CORA, STRANGER, Office, by, intake

REED: dict[str, Any] = {"source": "Dr. Reed", "source_email": "reed@clinic.example.com", "channel": "staff"}
PART_2 = ("substance_use", "anxiety")
NAME = "Canary"
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records"


async def referred(office: Office, **facts: Any) -> Done:
    return await office.submit(**REED | facts)


async def mailed(office: Office, referral_id: str, template: str) -> list[str]:
    """The texts that would go to the source now; of one that is not to be sent, its reason."""
    found = []
    for row in await office.rows(Delivery, referral_id=referral_id, template=template):
        letter = await office.do(compose, row)
        if isinstance(letter, Void):
            found.append(letter.reason)
            continue
        assert isinstance(letter, Letter)
        rendered = render(letter)
        whole = f"{rendered.subject}\n{rendered.text}\n{rendered.html}"
        assert NAME not in whole and "ada@" not in whole, "never who it is"
        assert "substance" not in whole.casefold() and "anxiety" not in whole.casefold()
        found.append(whole)
    return found


async def take(office: Office, done: Done) -> Any:
    maya = by((await office.team("Maya"))[0])
    await office.do(accept, maya, done.offer_id)
    return maya


async def sound(office: Office) -> bool:
    report = await office.do(audit)
    return isinstance(report, Audit) and report.findings == []


async def test_consent_is_recorded_once_and_taken_back(office: Office) -> None:
    done = await referred(office)
    for given in (True, True, False, False, True):
        assert isinstance(await office.do(record_consent, CORA, done.referral_id, given), Done)
    referral = await office.referral(done.referral_id)
    assert referral.outcome_consent_at == office.clock.at
    assert await office.history(referral) == ["submit", "consent", "consent", "consent"]
    assert await office.do(consent_of, CORA, done.referral_id) == Consent(
        done.referral_id, done.code, "Dr. Reed", mailable=True, since=office.clock.at, part_2=False
    )


async def test_only_a_coordinator_may(office: Office) -> None:
    done = await referred(office)
    maya = await take(office, done)
    for actor in (maya, STRANGER):
        for ask in (consent_of, record_consent):
            arguments = (done.referral_id, True)[: 1 if ask is consent_of else 2]
            assert await office.do(ask, actor, *arguments) == Refused(Refusal.NOT_COORDINATOR, done.code)
    assert (await office.referral(done.referral_id)).outcome_consent_at is None
    assert await office.do(record_consent, CORA, "nothing", True) == Missing()


async def test_without_consent_thanks_are_silent_and_no_outcome_is_told(office: Office) -> None:
    done = await referred(office)
    maya = await take(office, done)
    await office.do(scheduled, maya, done.referral_id)
    [thanks] = await mailed(office, done.referral_id, "source_thanks")
    assert done.code not in thanks and "appointment" not in thanks and "schedul" not in thanks.casefold()
    await office.do(close, CORA, done.referral_id, CloseReason.PLACED_ELSEWHERE)
    assert await mailed(office, done.referral_id, "source_outcome") == []
    assert await sound(office)


async def test_with_consent_thanks_say_that_there_is_an_appointment(office: Office) -> None:
    done = await referred(office)
    await office.do(record_consent, CORA, done.referral_id, True)
    maya = await take(office, done)
    await office.do(scheduled, maya, done.referral_id)
    [thanks] = await mailed(office, done.referral_id, "source_thanks")
    assert "a first appointment has been arranged" in thanks and done.code in thanks
    assert NOTICE not in thanks
    await office.do(record_consent, CORA, done.referral_id, False)
    [silent] = await mailed(office, done.referral_id, "source_thanks")
    assert done.code not in silent, "what has not gone out is held against how things stand"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (CloseReason.WITHDRAWN, "decided not to go on"),
        (CloseReason.UNREACHABLE, "could not"),
        (CloseReason.REFERRED_OUT, "care elsewhere"),
        (CloseReason.PLACED_ELSEWHERE, "found care elsewhere"),
        (CloseReason.NO_LONGER_NEEDED, "no longer needs"),
        (CloseReason.OTHER, "closed on our side"),
    ],
)
async def test_with_consent_the_outcome_is_told_once_it_is_closed(
    office: Office, reason: CloseReason, says: str
) -> None:
    done = await referred(office)
    await office.do(record_consent, CORA, done.referral_id, True)
    assert await mailed(office, done.referral_id, "source_outcome") == []
    await office.do(close, CORA, done.referral_id, reason)
    [outcome] = await mailed(office, done.referral_id, "source_outcome")
    assert says in outcome and done.code in outcome and NOTICE not in outcome
    assert await sound(office)


async def test_a_duplicate_has_no_outcome(office: Office) -> None:
    done = await referred(office)
    await office.do(record_consent, CORA, done.referral_id, True)
    await office.do(close, CORA, done.referral_id, CloseReason.DUPLICATE)
    assert await mailed(office, done.referral_id, "source_outcome") == []
    assert await sound(office)


async def test_given_after_the_end_it_is_told_at_once_and_never_twice(office: Office) -> None:
    done = await referred(office)
    await office.do(close, CORA, done.referral_id, CloseReason.UNREACHABLE)
    for given in (True, False):
        await office.do(record_consent, CORA, done.referral_id, given)
    [row] = await office.rows(Delivery, referral_id=done.referral_id, template="source_outcome")
    assert row.state is DeliveryState.SUPPRESSED and isinstance(await office.do(compose, row), Void), (
        "taken back in time"
    )
    assert await sound(office)
    await office.do(record_consent, CORA, done.referral_id, True)
    before, again = await office.rows(Delivery, referral_id=done.referral_id, template="source_outcome")
    assert (before.id, before.state) == (row.id, DeliveryState.SUPPRESSED), "it is told by a mail of its own"
    assert again.state is DeliveryState.PENDING and again.subject_id != before.subject_id
    assert await sound(office)
    await office.change(Delivery, again.id, state=DeliveryState.SENT, sent_at=office.clock.at)
    for given in (False, True):
        await office.do(record_consent, CORA, done.referral_id, given)
    assert len(await office.rows(Delivery, referral_id=done.referral_id, template="source_outcome")) == 2
    assert await sound(office), "what has been sent is not told twice"


async def test_the_auditor_misses_an_outcome_that_only_an_earlier_consent_was_told_by(office: Office) -> None:
    done = await referred(office)
    office.clock.turn(minutes=1)  # since the source was noted: its address may have been another at that moment
    await office.do(close, CORA, done.referral_id, CloseReason.UNREACHABLE)
    for given in (True, False, True):
        await office.do(record_consent, CORA, done.referral_id, given)
    again = (await office.rows(Delivery, referral_id=done.referral_id, template="source_outcome"))[-1]
    await office.do(lambda tx: tx.session.delete(tx.get(Delivery, again.id)))
    report = await office.do(audit)
    assert isinstance(report, Audit) and ["source_outcome" in str(one) for one in report.findings] == [True]


async def test_part_2_with_consent_carries_its_notice(office: Office) -> None:
    done = await referred(office, concerns=PART_2)
    await office.do(record_consent, CORA, done.referral_id, True)
    maya = await take(office, done)
    await office.do(scheduled, maya, done.referral_id)
    [thanks] = await mailed(office, done.referral_id, "source_thanks")
    assert thanks.count(NOTICE) == 2, "in the text and in the page"
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    [outcome] = await mailed(office, done.referral_id, "source_outcome")
    assert outcome.count(NOTICE) == 2


async def test_part_2_without_consent_is_not_even_thanked_for(office: Office) -> None:
    done = await referred(office, concerns=PART_2)
    [acknowledged] = await mailed(office, done.referral_id, "source_acknowledgement")
    assert NOTICE not in acknowledged, "it says what it says of every referral"
    maya = await take(office, done)
    await office.do(scheduled, maya, done.referral_id)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    assert await mailed(office, done.referral_id, "source_thanks") == ["no_longer_true"]
    assert await mailed(office, done.referral_id, "source_outcome") == []
    assert await sound(office)


@pytest.mark.parametrize("values", [{"mail_ok": False}, {"email": None}])
async def test_a_source_that_is_not_to_be_written_to_hears_nothing(office: Office, values: dict[str, Any]) -> None:
    done = await referred(office)
    await office.do(record_consent, CORA, done.referral_id, True)
    [source] = await office.rows(Source)
    await office.do(close, CORA, done.referral_id, CloseReason.OTHER)
    await office.change(Source, source.id, **values)
    assert await mailed(office, done.referral_id, "source_outcome") == ["no_address"]
    shown = await office.do(consent_of, CORA, done.referral_id)
    assert isinstance(shown, Consent) and not shown.mailable


async def test_a_client_may_say_so_on_the_form_of_a_link_only(office: Office) -> None:
    await referred(office)
    [source] = await office.rows(Source)
    link = await office.do(link_of, CORA, source.id)
    assert isinstance(link, SourceLink)
    for number, (token, tells) in enumerate([(link.token, True), (link.token, False), ("", True)]):
        asked = intake(nonce=str(number), source="Dr. Reed", outcome_consent=tells)
        await office.do(receive, asked, token)
    told = {one.nonce: one.outcome_consent_at is not None for one in await office.rows(Referral) if one.nonce}
    assert told == {"0": True, "1": False, "2": False}
    first = (await office.rows(Referral, nonce="0"))[0]
    assert await office.history(first) == ["submit", "consent"]
    assert await sound(office)
