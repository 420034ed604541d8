"""What came of a text, in whatever order it is told; STOP and START; and who is sent no texts."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.delivery_records import failed
from jobs.errors import FailureKind
from referrals.actor import OPERATOR
from referrals.audit import audit
from referrals.changes import Typed
from referrals.composing import compose
from referrals.imports.files import FileKind, import_file
from referrals.letters import PracticeLetter, Void
from referrals.pausing.availability import make_inactive
from referrals.profile import Saved, edit
from referrals.profile_fields import ProfileField, digest, written
from referrals.texts import Report, Word, answered, refused, reported, why_not, word_of
from referrals.tx import Tx
from referrals.views.needs import attention_lines
from store.ids import new_id
from store.tables import Attention, Delivery, History, Provider
from store.vocabulary import DeliveryState
from tests.desk import CORA, Office, by

pytestmark = pytest.mark.anyio

MOBILE = "+12025550101"


def sid(number: int = 1) -> str:
    return f"SM{number:032x}"


async def text(office: Office, maya: Provider, **values: Any) -> Delivery:
    """The text of an offer to her, as it is once Twilio has it."""
    done = await office.submit(maya)
    (row,) = await office.rows(Delivery, referral_id=done.referral_id, template="provider_offer_sms")
    given = {"state": DeliveryState.SENT, "reference": sid()} | values
    await office.change(Delivery, row.id, **given)
    return (await office.rows(Delivery, id=row.id))[0]


async def fresh(office: Office, provider: Provider) -> Provider:
    return (await office.rows(Provider, id=provider.id))[0]


async def open_items(office: Office) -> list[tuple[str, str | None]]:
    return [
        (one.kind, one.detail)
        for one in await office.rows(Attention)
        if one.settled_at is None and one.referral_id is None
    ]


# How far a text has got

RANKS = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "undelivered": 4, "failed": 4}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.sampled_from([*RANKS, "read", "nonsense", ""]), min_size=1, max_size=12))
async def test_it_only_moves_on_whatever_the_order(office: Office, told: list[str]) -> None:
    id, reference = new_id(), f"SM{new_id()}"
    await office.do(Tx.deliver, _bare(office, id))
    await office.change(Delivery, id, state=DeliveryState.SENT, reference=reference)
    shown: list[str] = []
    for status in told:
        news = await office.do(reported, Report(reference, status))
        receipt = (await office.rows(Delivery, id=id))[0].receipt
        assert news is (receipt is not None and receipt != (shown[-1] if shown else None))
        shown += [receipt] if news and receipt else []
    ranks = [RANKS[one] for one in shown]
    assert ranks == sorted(set(ranks)), "each step is further than the one before"
    known = [RANKS[one] for one in told if one in RANKS]
    assert (ranks[-1] if ranks else None) == (max(known) if known else None), "and it gets as far as was told"


def _bare(office: Office, id: str) -> dict[str, Any]:
    return {
        "id": id,
        "practice_id": office.practice_id,
        "referral_id": None,
        "offer_id": None,
        "channel": "sms",
        "template": "provider_offer_sms",
        "recipient": "provider:nobody",
        "subject_id": None,
        "dedupe_key": id,
        "next_at": office.clock.at,
        "created_at": office.clock.at,
    }


async def test_a_text_of_another_practice_and_a_mail_are_none_of_its_business(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    row = await text(office, maya)
    mail = (await office.rows(Delivery, template="provider_offer"))[0]
    assert not await office.do(reported, Report(sid(9), "sent"))
    assert not await office.do(reported, Report(sid(9), "sent", delivery_id=mail.id))
    assert not await office.do(reported, Report(sid(9), "sent", delivery_id="nonsense"))
    assert not await office.do(reported, Report(sid(9), "sent", delivery_id=row.id)), "another text than this one"
    assert {one.receipt for one in await office.rows(Delivery)} == {None}


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.UNKNOWN])
async def test_a_text_in_the_dark_is_found_by_our_own_address(office: Office, state: DeliveryState) -> None:
    """Twilio speaks of it before it has answered, or although its answer never came."""
    maya = await office.provider("Maya Chen")
    row = await text(office, maya, state=state, reference=None)
    assert await office.do(reported, Report(sid(), "queued", delivery_id=row.id))
    assert await office.do(reported, Report(sid(), "delivered"))
    (found,) = await office.rows(Delivery, id=row.id)
    assert (found.state, found.reference, found.receipt) == (DeliveryState.SENT, sid(), "delivered")


# A number that takes none


@pytest.mark.parametrize(
    ("code", "texted"), [("30006", False), ("21614", False), ("21211", False), ("30003", True), ("30005", True)]
)
async def test_a_number_that_fails_is_shown_and_put_right_by_a_text_that_arrives(
    office: Office, code: str, texted: bool
) -> None:
    maya = await office.provider("Maya Chen")
    row = await text(office, maya)
    for _ in range(2):
        await office.do(reported, Report(sid(), "undelivered", MOBILE, code))
    assert (await fresh(office, maya)).sms_trouble == code
    assert await open_items(office) == [("sms", maya.id)]
    (told,) = await office.rows(Delivery, template="coordinator_trouble")
    letter = await office.do(compose, told)
    assert isinstance(letter, PracticeLetter) and letter.about == "Maya Chen"
    (line,) = [one for one in await office.do(attention_lines) if one.kind == "sms"]
    assert line.about == "Maya Chen" and MOBILE not in repr(line)

    again = await office.submit(maya)
    templates = [one for one, _ in await office.told(again.referral_id)]
    assert ("provider_offer_sms" in templates) is texted
    assert "provider_offer" in templates, "the mail comes all the same"

    await office.change(Delivery, row.id, receipt="sent")  # of a text that was under way before
    await office.do(reported, Report(sid(), "delivered", MOBILE))
    assert (await fresh(office, maya)).sms_trouble is None and await open_items(office) == []
    assert await office.history(maya) == ["sms_failing", "sms_works"]
    assert (await office.do(audit)).wrong == 0


@pytest.mark.parametrize("code", ["30007", "30008", "21609", None])
async def test_what_is_not_the_numbers_fault_says_nothing_of_the_number(office: Office, code: str | None) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    assert await office.do(reported, Report(sid(), "undelivered", MOBILE, code))
    assert (await fresh(office, maya)).sms_trouble is None
    assert await open_items(office) == [] and await office.history(maya) == []


async def test_what_is_said_of_the_old_number_says_nothing_of_the_new_one(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    await office.change(Provider, maya.id, mobile="+12025550199")
    assert await office.do(reported, Report(sid(), "undelivered", MOBILE, "30006"))
    assert (await fresh(office, maya)).sms_trouble is None and await open_items(office) == []


async def test_another_number_on_the_roster_is_tried_again(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    await office.do(reported, Report(sid(), "undelivered", MOBILE, "30006"))
    lines = b"name,email,mobile,states\nMaya Chen,maya@practice.example.org,202-555-0199,NY\n"
    report = await import_file(office.desk, office.practice_id, FileKind.ROSTER, lines, actor=OPERATOR)
    assert not report.problems
    now = await fresh(office, maya)
    assert (now.mobile, now.sms_trouble, why_not(now)) == ("+12025550199", None, None)
    assert await open_items(office) == []


async def test_a_number_of_their_own_choosing_is_tried_again_and_what_was_not_sent_is_not_missing(
    office: Office,
) -> None:
    maya = await office.provider("Maya Chen", mobile=None)
    await office.submit(maya)
    typed = {ProfileField.MOBILE: Typed("202-555-0199", digest(ProfileField.MOBILE, ""))}
    assert await office.do(edit, by(maya), maya.id, typed=typed) == Saved((ProfileField.MOBILE,))
    again = await office.submit(maya)
    assert "provider_offer_sms" in [one for one, _ in await office.told(again.referral_id)]
    assert (await office.do(audit)).wrong == 0


async def test_who_is_made_inactive_is_no_longer_on_the_list(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    await office.do(reported, Report(sid(), "undelivered", MOBILE, "30006"))
    assert await office.do(make_inactive, CORA, maya.id)
    assert await open_items(office) == []


async def test_a_worse_code_takes_the_place_of_a_passing_one_and_not_the_other_way_round(office: Office) -> None:
    maya = await office.provider("Maya Chen")

    def met(tx: Tx, code: str) -> None:
        found = tx.lock(Provider, maya.id)
        assert found is not None
        refused(tx, found, code)

    for code in ("30003", "30006", "30003"):
        await office.do(met, code)
    assert (await fresh(office, maya)).sms_trouble == "30006"
    assert len(await office.rows(Delivery)) == 1, "the coordinators hear of it once"


# STOP and START


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "stop",
        " Stop. ",
        "StopAll",
        "QUIT",
        "end!",
        "Revoke",
        "OPT OUT",
        "opt-out",
        "Cancel",
        "Unsubscribe",
        "\uff33TOP",
        "«End»",
    ],
)
def test_words_that_stop(body: str) -> None:
    assert word_of(body) is Word.STOP


@pytest.mark.parametrize("body", ["START", "yes", "Unstop", "Yes!"])
def test_words_that_start(body: str) -> None:
    assert word_of(body) is Word.START


@pytest.mark.parametrize(
    "body", ["", "HELP", "info", "ok", "please stop calling the client", "stopover", "no", "?" * 9999]
)
def test_other_words_change_nothing(body: str) -> None:
    assert word_of(body) is None


def test_twilio_knows_words_that_we_do_not() -> None:
    assert word_of("Baja", "STOP") is Word.STOP and word_of("Alta", "START") is Word.START
    assert word_of("HELP", "HELP") is None and word_of("stop", "nonsense") is Word.STOP


async def test_stop_counts_at_once_for_everybody_with_the_number(office: Office) -> None:
    maya, noor = await office.team("Maya Chen", "Noor Haddad")
    omar = await office.provider("Omar Vance", mobile="+12025550155")
    assert await office.do(answered, MOBILE, Word.STOP, sid()) == 2
    for provider in (maya, noor):
        assert (await fresh(office, provider)).sms_opted_out
        assert await office.history(provider) == ["sms_stop"]
    assert not (await fresh(office, omar)).sms_opted_out and await office.history(omar) == []
    done = await office.submit(maya)
    assert "provider_offer_sms" not in [one for one, _ in await office.told(done.referral_id)]
    assert await open_items(office) == [], "it is their own wish: nobody has to do anything"

    await office.do(answered, MOBILE, Word.START, sid(2))
    again = await office.submit(maya)
    assert "provider_offer_sms" in [one for one, _ in await office.told(again.referral_id)]
    assert (await office.do(audit)).wrong == 0, "what was not sent meanwhile is not missing"


async def test_an_answer_that_comes_again_counts_once(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    for word, number in ((Word.STOP, 1), (Word.STOP, 1), (Word.START, 2), (Word.STOP, 1)):
        await office.do(answered, MOBILE, word, sid(number))
    assert not (await fresh(office, maya)).sms_opted_out
    assert await office.history(maya) == ["sms_stop", "sms_start"]


async def test_many_words_at_once_are_each_heard_once_and_the_chain_holds(office: Office) -> None:
    maya, _ = await office.team("Maya Chen", "Noor Haddad")
    row = await text(office, maya)
    words = [(Word.STOP if number % 2 else Word.START, sid(number % 6)) for number in range(18)]
    await asyncio.gather(
        *(office.do(answered, MOBILE, *one) for one in words),
        *(office.do(reported, Report(sid(), status, MOBILE)) for status in ("queued", "sent", "delivered") * 3),
    )
    assert len(await office.history(maya)) == 6, "six texts, however often they came"
    assert (await office.rows(Delivery, id=row.id))[0].receipt == "delivered"


async def test_a_number_that_nobody_has_changes_nothing(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    assert await office.do(answered, "+12025550177", Word.STOP, sid()) == 0
    assert await office.history(maya) == [] and not (await fresh(office, maya)).sms_opted_out


async def test_twilio_says_that_they_have_opted_out(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    await office.do(reported, Report(sid(), "failed", MOBILE, "21610"))
    now = await fresh(office, maya)
    assert now.sms_opted_out and now.sms_trouble is None and await open_items(office) == []
    assert await office.history(maya) == ["sms_stop"]


async def test_a_text_written_before_stop_is_not_sent_after_it(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    row = await text(office, maya, state=DeliveryState.PENDING, reference=None)
    await office.do(answered, MOBILE, Word.STOP, sid())
    letter = await office.do(compose, row)
    assert letter == Void("opted_out")


async def retyped(office: Office, maya: Provider, way: str, number: str) -> None:
    """``number``: as a person types it, or nothing."""
    if way == "profile":
        shown = digest(ProfileField.MOBILE, written(await fresh(office, maya))[ProfileField.MOBILE])
        typed = {ProfileField.MOBILE: Typed(number, shown)}
        assert await office.do(edit, by(maya), maya.id, typed=typed) == Saved((ProfileField.MOBILE,))
        return
    lines = f"name,email,mobile,states\nMaya Chen,maya@practice.example.org,{number},NY\n".encode()
    report = await import_file(office.desk, office.practice_id, FileKind.ROSTER, lines, actor=OPERATOR)
    assert not report.problems


@pytest.mark.parametrize("way", ["profile", "roster"])
@pytest.mark.parametrize("how", ["answered", "told"])
async def test_stop_holds_for_its_number_however_it_is_typed_in_again(office: Office, way: str, how: str) -> None:
    maya = await office.provider("Maya Chen")
    await text(office, maya)
    if how == "answered":
        await office.do(answered, MOBILE, Word.STOP, sid())
    else:
        await office.do(reported, Report(sid(), "failed", MOBILE, "21610"))
    for number in ("", "202-555-0101"):
        await retyped(office, maya, way, number)
    now = await fresh(office, maya)
    assert (now.mobile, why_not(now)) == (MOBILE, "opted_out"), "taking it out and typing it in again says nothing"

    await retyped(office, maya, way, "202-555-0199")
    assert why_not(await fresh(office, maya)) is None, "nobody has said STOP from this one"
    await retyped(office, maya, way, "202-555-0101")
    assert why_not(await fresh(office, maya)) == "opted_out"

    await office.do(answered, MOBILE, Word.START, sid(2))
    for number in ("202-555-0199", "202-555-0101"):
        await retyped(office, maya, way, number)
    assert why_not(await fresh(office, maya)) is None, "the last word counts"
    assert "5550101" not in str([row.data for row in await office.rows(History, subject_id=maya.id)])
    assert (await office.do(audit)).wrong == 0


@pytest.mark.parametrize("code", ["twilio_21610", "twilio_21614"])
async def test_a_refusal_of_the_number_before_says_nothing_of_the_one_now(office: Office, code: str) -> None:
    """It was changed while the text was on its way to Twilio."""
    maya = await office.provider("Maya Chen")
    row = await text(office, maya, state=DeliveryState.SENDING, reference=None, attempts=1)
    await retyped(office, maya, "profile", "202-555-0199")
    await office.do(failed, row.id, 1, code, FailureKind.PERMANENT, timedelta(seconds=1), to=MOBILE)
    assert why_not(await fresh(office, maya)) is None and (await fresh(office, maya)).sms_trouble is None
    again = await text(office, maya, state=DeliveryState.SENDING, reference=None, attempts=1)
    await office.do(failed, again.id, 1, code, FailureKind.PERMANENT, timedelta(seconds=1), to="+12025550199")
    assert why_not(await fresh(office, maya)) is not None
