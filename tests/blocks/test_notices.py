"""Every notice over Slack: limits, buttons, what it must say, and what it must not know."""

from datetime import timedelta

import pytest

from blocks.notices import notice
from referrals.letters import Colleague
from referrals.notices import NOTICES, Template
from store.vocabulary import CloseReason, DeliveryChannel, Kind, Status
from tests.blocks.examples import HOSTILE, NOW, SLACK_TEMPLATES, all_text, buttons, complaints, letter, practice


@pytest.mark.parametrize("template", SLACK_TEMPLATES)
@pytest.mark.parametrize("status", Status)
def test_every_notice_is_within_limits_and_carries_its_delivery(template: Template, status: Status) -> None:
    message = notice(letter(template, status=status), "delivery-1")
    assert complaints(message.blocks) == []
    assert message.metadata == {"event_type": "referral_notice", "event_payload": {"delivery_id": "delivery-1"}}
    assert "R-7K3QM" in message.text
    assert "*" not in message.text


@pytest.mark.parametrize("template", SLACK_TEMPLATES)
def test_hostile_strings_are_harmless(template: Template) -> None:
    bad = Colleague(HOSTILE, HOSTILE, None, "UTC", HOSTILE)
    told = letter(
        template, code=HOSTILE, whose=bad, holder=bad, reader=bad, card_link=HOSTILE, attention_detail=HOSTILE
    )
    message = notice(told, "delivery-1")
    assert complaints(message.blocks) == []
    assert not any(bad in message.text + all_text(message.blocks) for bad in ("<!channel", "<@U0BOSS", "\u202e"))


@pytest.mark.parametrize("template", [name for name in Template if NOTICES[name].channel is not DeliveryChannel.SLACK])
def test_mails_and_texts_are_not_slacks(template: Template) -> None:
    with pytest.raises(KeyError):
        notice(letter(template), "delivery-1")


def test_the_acceptor_learns_where_the_details_are_until_when_and_what_is_next() -> None:
    told = letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED, contact_mailed=True)
    message = notice(told, "d")
    text = all_text(message.blocks)
    assert f"<!date^{int((NOW + timedelta(hours=36)).timestamp())}^" in text  # 12 h after the acceptance
    assert "within 12 hours" in text and "email sent to your work address" in text
    assert "scheduling" in text and "superbill" in text
    assert list(buttons(message.blocks)) == ["Contacted", "Scheduled", "Release", "Close"]


def test_an_acceptor_without_a_work_address_is_told_whom_to_ask() -> None:
    text = all_text(notice(letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED), "d").blocks)
    assert "ask <@U0ROBIN>" in text and "email sent" not in text
    alone = letter(Template.ACCEPTOR_DM, practice=practice(coordinators=[], support_email="help@example.org"))
    assert "help@example.org" in all_text(notice(alone, "d").blocks)


def test_the_acceptor_is_told_to_stop_and_why() -> None:
    closed = letter(Template.ACCEPTOR_STOP_DM, status=Status.CLOSED, close_reason=CloseReason.WITHDRAWN)
    message = notice(closed, "d")
    assert "do not contact" in message.text and "the client withdrew" in message.text
    assert buttons(message.blocks) == {}
    given_on = notice(letter(Template.ACCEPTOR_STOP_DM), "d")
    assert "somebody else" in given_on.text and "closed" not in given_on.text


def test_a_reminder_mentions_the_preferred_provider_and_nobody_in_a_general_round() -> None:
    preferred = notice(letter(Template.THREAD_REMINDER), "d")
    assert preferred.text.startswith("<@U0MAYA> ")
    assert "24 hours left" in preferred.text and "no penalty" in all_text(preferred.blocks)
    general = notice(letter(Template.THREAD_REMINDER, kind=Kind.GENERAL, whose=None), "d")
    assert "<@" not in general.text and "open to everyone" in general.text


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=-5), "less than an hour left"),
        (timedelta(minutes=59), "less than an hour left"),
        (timedelta(hours=23, minutes=59), "24 hours left"),
    ],
)
def test_the_time_left_is_rounded_up(left: timedelta, words: str) -> None:
    told = letter(Template.THREAD_REMINDER)
    assert words in notice(letter(Template.THREAD_REMINDER, expires_at=told.now + left), "d").text


@pytest.mark.parametrize(
    ("template", "status", "expected"),
    [
        (Template.COORDINATOR_EXPIRED, Status.EXPIRED, ["Reopen", "Assign", "Close"]),
        (Template.COORDINATOR_NOBODY, Status.PENDING, ["Assign", "Close"]),
        (Template.COORDINATOR_PHONE, Status.PENDING, ["Phoned", "Assign", "Close"]),
        (Template.COORDINATOR_PHONE, Status.ACCEPTED, ["Phoned", "Close"]),
        (Template.COORDINATOR_PHONE, Status.CLOSED, ["Phoned"]),
        (Template.COORDINATOR_FAILED, Status.CLOSED, []),
        (Template.COORDINATOR_ACCEPTOR_GONE, Status.ACCEPTED, ["Offer to everyone", "Contacted", "Close"]),
        (Template.COORDINATOR_URGENT, Status.PENDING, ["Assign", "Close"]),
    ],
)
def test_a_coordinator_gets_the_buttons_that_the_state_allows(
    template: Template, status: Status, expected: list[str]
) -> None:
    message = notice(letter(template, status=status), "d")
    assert list(buttons(message.blocks)) == expected
    styles = [e.get("style") for b in message.blocks if b["type"] == "actions" for e in b["elements"]]
    assert styles.count("primary") <= 1


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("client_confirmation", "we have their request"),
        ("provider_offer_sms:30006", "the offer by text message"),
        ("card:channel_not_found", "the card in the channel"),
        ("nonsense", "a message of the desk"),
        (None, "a message of the desk"),
    ],
)
def test_what_failed_or_has_to_be_phoned_is_named(detail: str | None, words: str) -> None:
    assert words in all_text(notice(letter(Template.COORDINATOR_FAILED, attention_detail=detail), "d").blocks)
    assert words in all_text(notice(letter(Template.COORDINATOR_PHONE, attention_detail=detail), "d").blocks)
