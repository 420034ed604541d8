"""Every notice over Slack: limits, buttons, what it must say, and what it must not know."""

from datetime import date, timedelta

import pytest

from blocks.ids import of_plan_block
from blocks.notices import notice
from referrals.letters import Colleague, Preferences
from referrals.notices import NOTICES, Template
from store.vocabulary import CloseReason, DeliveryChannel, Kind, PlanItem, Status
from tests.blocks.examples import HOSTILE, NOW, SLACK_TEMPLATES, all_text, buttons, complaints, letter

_DETAILS = "Client details"
HOLDERS_BUTTONS = [_DETAILS, "Contacted", "Scheduled", "No answer", "Release", "Close"]


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
    assert list(buttons(message.blocks)) == HOLDERS_BUTTONS


def test_an_acceptor_without_a_work_address_opens_the_details_all_the_same() -> None:
    text = all_text(notice(letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED), "d").blocks)
    assert "*Client details*" in text and "email sent" not in text


def test_the_plan_is_a_checklist_that_shows_what_is_done() -> None:
    done = frozenset({PlanItem.COST, PlanItem.CONSULTATION})
    blocks = notice(letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED, plan=done, version=7), "d").blocks
    (plan,) = [block for block in blocks if block.get("block_id", "").startswith("plan.")]
    (boxes,) = plan["elements"]
    assert (boxes["type"], boxes["action_id"]) == ("checkboxes", "referral.plan")
    assert [one["value"] for one in boxes["options"]] == list(PlanItem)
    assert [one["value"] for one in boxes["initial_options"]] == ["consultation", "cost"]
    assert "superbill" in str(boxes["options"]) and "elf-pay estimate" in str(boxes["options"])
    assert of_plan_block(plan["block_id"]) == ("referral-1", done) and plan["block_id"].endswith(".7")
    nothing = notice(letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED), "d").blocks
    (plan,) = [block for block in nothing if block.get("block_id", "").startswith("plan.")]
    assert "initial_options" not in plan["elements"][0] and of_plan_block(plan["block_id"])[1] == frozenset()


@pytest.mark.parametrize("block_id", ["", "plan", "card.actions", "plan..", "x.referral-1.cost.1"])
def test_another_block_is_no_plan(block_id: str) -> None:
    assert of_plan_block(block_id) == ("", frozenset())


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (Preferences(True, False, False), "The client may be emailed, does not want a voicemail."),
        (Preferences(False, True, False), "The client does not want email, may be left a voicemail."),
        (Preferences(True, True, True), "has asked not to be contacted. Before you do anything, ask <@U0ROBIN>"),
    ],
)
def test_the_acceptor_learns_how_the_client_wishes_to_be_reached(wishes: Preferences, words: str) -> None:
    told = letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED, preferences=wishes)
    assert words in all_text(notice(told, "d").blocks)


def test_the_acceptors_message_follows_what_came_of_it() -> None:
    tried = letter(Template.ACCEPTOR_DM, status=Status.ACCEPTED, tries=2, next_try=date(2027, 3, 3))
    assert "2 tries without an answer, next on Wednesday, March 3." in all_text(notice(tried, "d").blocks)
    contacted = notice(letter(Template.ACCEPTOR_DM, status=Status.CONTACTED, contacted_at=NOW, tries=2), "d")
    assert "counts as contacted since" in contacted.text
    assert "please reach" not in all_text(contacted.blocks).lower() and "tries" not in all_text(contacted.blocks)
    scheduled = notice(letter(Template.ACCEPTOR_DM, status=Status.SCHEDULED), "d")
    assert "first session is scheduled" in scheduled.text and "within 12 hours" not in all_text(scheduled.blocks)


def test_the_nudge_asks_and_offers_every_way_on() -> None:
    message = notice(letter(Template.ACCEPTOR_NUDGE_DM, status=Status.ACCEPTED, tries=1), "d")
    text = all_text(message.blocks)
    assert "have you reached the client?" in message.text and "they still wait" in message.text
    assert "1 try without an answer." in text and "no penalty" in text
    assert list(buttons(message.blocks)) == HOLDERS_BUTTONS


def test_coordinators_learn_who_has_not_reached_a_client_and_how_often_they_tried() -> None:
    told = letter(Template.COORDINATOR_NOT_CONTACTED, status=Status.ACCEPTED, tries=3)
    message = notice(told, "d")
    assert "<@U0MAYA> accepted it on <!date^" in message.text and "3 tries without an answer" in message.text
    idle = notice(letter(Template.COORDINATOR_NOT_CONTACTED, status=Status.ACCEPTED), "d")
    assert "no try recorded" in idle.text


def test_the_announcement_says_what_is_true() -> None:
    assert "will contact the client" in notice(letter(Template.THREAD_ACCEPTED, status=Status.ACCEPTED), "d").text
    assert "has contacted the client" in notice(letter(Template.THREAD_ACCEPTED, status=Status.CONTACTED), "d").text


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
        (Template.COORDINATOR_EXPIRED, Status.EXPIRED, ["Offer again", "Assign", _DETAILS, "Close"]),
        (Template.COORDINATOR_NOBODY, Status.PENDING, ["Assign", _DETAILS, "Close"]),
        (Template.COORDINATOR_PHONE, Status.PENDING, ["Phoned", "Assign", _DETAILS, "Close"]),
        (Template.COORDINATOR_PHONE, Status.ACCEPTED, ["Phoned", _DETAILS, "Close"]),
        (Template.COORDINATOR_PHONE, Status.CLOSED, ["Phoned", _DETAILS]),
        (Template.COORDINATOR_FAILED, Status.CLOSED, []),
        (Template.COORDINATOR_ACCEPTOR_GONE, Status.ACCEPTED, ["Offer to everyone", "Contacted", _DETAILS, "Close"]),
        (Template.COORDINATOR_NOT_CONTACTED, Status.ACCEPTED, ["Offer to everyone", "Contacted", _DETAILS, "Close"]),
        (Template.COORDINATOR_NOT_CONTACTED, Status.CONTACTED, [_DETAILS, "Close"]),
        (Template.COORDINATOR_URGENT, Status.PENDING, ["Assign", _DETAILS, "Close"]),
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
