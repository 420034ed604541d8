"""The card in every state, as a table: what it says, which buttons it has, and what it never holds."""

from dataclasses import replace

import pytest

from blocks.card import referral_card
from blocks.labels import CLOSE_REASONS
from referrals.outcomes import Person
from referrals.views.card import CardView
from referrals.views.facts import Facts
from store.vocabulary import Kind, Status
from tests.blocks.examples import HOSTILE, LATER, STATES, all_text, buttons, complaints, view

_COORDINATE = {"Assign to a provider": "referral.assign:referral-1", "Close referral": "referral.close:referral-1"}
_OPEN = {"I have already contacted the client": "referral.already_contacted:offer-1", **_COORDINATE}
_DETAILS = {"Client details": "referral-1"}
_DECIDE_PREFERRED = {"Accept": "offer-1", "Decline": "offer-1", **_DETAILS, **_OPEN}
_ASK = {"Client details": "referral.details:referral-1"}
_DECIDE_GENERAL = {"Accept": "offer-1", "Not for me": "offer-1", **_OPEN, **_ASK}
_GIVE_BACK = {"Release": "referral-1", "Close": "referral-1"}
_REACH = {"Contacted": "referral-1", "Scheduled": "referral-1", "No answer": "referral-1"}

_STORY = {"Timeline and more": "referral.timeline:referral-1"}
_HELD = {**_STORY, "Withdraw: the client wants no more": "referral.withdraw:referral-1"}
_LATER = {**_STORY, "Extend the deadline": "referral.extend:referral-1"}

BUTTONS = {
    "open, preferred": _DECIDE_PREFERRED | _LATER,
    "open, preferred, out of network": _DECIDE_PREFERRED | _LATER,
    "open, preferred, not in Slack": _DECIDE_PREFERRED | _LATER,
    "open, general": _DECIDE_GENERAL | _STORY,
    "open, general, second round": _DECIDE_GENERAL | _STORY,
    "accepted": {**_DETAILS, **_REACH, **_GIVE_BACK, **_HELD},
    "accepted, two tries": {**_DETAILS, **_REACH, **_GIVE_BACK, **_HELD},
    "contacted": {"Scheduled": "referral-1", **_DETAILS, **_GIVE_BACK, **_HELD},
    "scheduled": {**_DETAILS, **_GIVE_BACK, **_HELD},
    "expired": {"Offer to everyone again": "referral.reopen:referral-1", **_COORDINATE, **_ASK, **_STORY},
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_within_slacks_limits_and_has_exactly_its_buttons(state: str) -> None:
    message = referral_card(STATES[state])
    assert complaints(message.blocks) == []
    assert buttons(message.blocks) == BUTTONS.get(state, {})
    assert message.metadata == {"event_type": "referral_card", "event_payload": {"offer_id": "offer-1"}}
    assert 0 < len(message.text) < 1000


@pytest.mark.parametrize("state", STATES)
def test_the_text_alone_says_what_the_blocks_say(state: str) -> None:
    """Mobile notifications and screen readers read it."""
    shown, text = STATES[state], referral_card(STATES[state]).text
    assert "R-7K3QM" in text
    assert "*" not in text
    if not shown.superseded:
        for fact in ("Texas", "Aetna", "Individual therapy", "Telehealth", "18–64", "Anxiety"):
            assert fact in text


def test_a_preferred_provider_is_tagged_at_the_very_top_with_the_deadline() -> None:
    message = referral_card(view())
    first = message.blocks[0]["text"]["text"]
    assert first.startswith("<@U0MAYA> ")
    assert f"<!date^{int(view().expires_at.timestamp())}^" in first
    assert message.text.startswith("<@U0MAYA> ")


def test_nobody_is_tagged_who_is_not_in_slack_and_nobody_in_a_general_round() -> None:
    for state in ("open, preferred, not in Slack", "open, general", "open, general, second round"):
        message = referral_card(STATES[state])
        assert "<@" not in all_text(message.blocks) + message.text
    assert "Olu Reed" in referral_card(STATES["open, preferred, not in Slack"]).text


def test_the_card_tells_how_far_its_holder_has_come() -> None:
    fresh = referral_card(STATES["accepted"]).text
    assert "Next: reach the client." in fresh and "plan" not in fresh and "without an answer" not in fresh
    tried = referral_card(STATES["accepted, two tries"]).text
    assert "2 tries without an answer, next on Wednesday, March 3; plan 2 of 4." in tried
    assert "Next: reach" not in tried
    later = {"status": Status.CONTACTED, "contacted_at": LATER}
    contacted = referral_card(replace(STATES["accepted, two tries"], **later)).text
    assert "Plan 2 of 4." in contacted and "tries" not in contacted, "how often it was tried is over"


def test_flags() -> None:
    flagged = all_text(referral_card(STATES["open, preferred, out of network"]).blocks)
    assert "Aetna is not among Maya Okonkwo-Reyes's networks" in flagged
    assert "Possibly the same request as R-9XY4T" in flagged
    plain = all_text(referral_card(view()).blocks)
    assert "networks" not in plain and "same request" not in plain


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED])
def test_who_has_it_and_since_when(status: Status) -> None:
    moments = {"accepted_at": LATER, "contacted_at": LATER, "scheduled_at": LATER}
    shown = view(status=status, holder=Person("Maya", "U0MAYA"), **moments)
    text = referral_card(shown).blocks[0]["text"]["text"]
    assert "<@U0MAYA>" in text and f"<!date^{int(LATER.timestamp())}^" in text


def test_a_closed_card_says_why_in_words() -> None:
    for reason, words in CLOSE_REASONS.items():
        message = referral_card(view(status=Status.CLOSED, closed_at=LATER, close_reason=reason))
        assert words in message.text
        assert "_" not in message.blocks[0]["text"]["text"].replace("date_short_pretty", "")


def test_a_superseded_card_is_one_line_that_leads_to_the_new_one() -> None:
    linked = referral_card(STATES["superseded"])
    assert len(linked.blocks) == 1
    assert "<https://slack.example.org/p1|see its new card>" in all_text(linked.blocks)
    waiting = referral_card(STATES["superseded, new card not posted"])
    assert len(waiting.blocks) == 1 and "a new card follows" in waiting.text


@pytest.mark.parametrize("shown", STATES.values(), ids=STATES.keys())
def test_hostile_strings_anywhere_are_escaped_and_cut(shown: CardView) -> None:
    """Fault 16: whatever stands in a name, nobody is mentioned and nothing breaks."""
    bad = Person(HOSTILE, None)
    hostile = replace(
        shown,
        code=HOSTILE,
        facts=Facts(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE, HOSTILE)),
        whose=bad if shown.whose else None,
        holder=bad if shown.holder else None,
        resembles=HOSTILE,
        next_link=HOSTILE if shown.next_link else None,
    )
    message = referral_card(hostile)
    assert complaints(message.blocks) == []
    sent = message.text + "".join(all_text(block) for block in message.blocks if block["type"] != "header")
    for mention in ("<!channel", "<@U0BOSS", "<https://example.org", "\u202e"):
        assert mention not in sent
    assert len(message.text) < 4000


def test_general_cards_are_open_to_all_and_the_deadline_is_a_slack_date() -> None:
    text = referral_card(view(kind=Kind.GENERAL, whose=None)).blocks[0]["text"]["text"]
    assert "Open to everyone" in text and "<!date^" in text
