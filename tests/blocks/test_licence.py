"""The words about a missing licence and about a number that takes no texts: within Slack's limits, harmless, clear."""

import pytest

from blocks.home import home
from blocks.ids import ActionId, CallbackId
from blocks.licence import allow_form, asked, no_licence
from blocks.needs_item import item_blocks
from blocks.notices import notice
from referrals.letters import Colleague, PracticeLetter
from referrals.licences import Allowing, Asked, Grounds
from referrals.notices import Template
from referrals.outcomes import Person, Question
from referrals.views.needs import AttentionLine
from sandbox.views import check_view
from store.vocabulary import AttentionKind, DeliveryChannel, Kind, Status
from tests.blocks.examples import HOSTILE, NOW, all_text, complaints, letter, practice

DANA = Colleague("Dana Wu", "Dana Wu, LCSW", "U0DANA", "America/New_York", None)
BAD = ("<!channel", "<@U0BOSS", "<https", "\u202e")


def test_the_refusal_has_a_button_that_holds_the_offer() -> None:
    message = no_licence("The roster shows no current licence.", "offer-1")
    assert complaints(message.blocks) == []
    (button,) = message.blocks[-1]["elements"]
    assert (button["action_id"], button["value"]) == (ActionId.ASK_LICENCE, "offer-1")
    assert "compact" in all_text(message.blocks) and "no current licence" in message.text


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Asked("R-7K3QM"), "have been asked"),
        (Asked("R-7K3QM", again=True), "know already"),
        (Asked("R-7K3QM", again=True, denied=True), "has not allowed it"),
        (Asked("R-7K3QM", needless=True), "press Accept"),
    ],
)
def test_whoever_asks_is_told_how_it_stands(outcome: Asked, words: str) -> None:
    assert words in asked(outcome) and "R-7K3QM" in asked(outcome)


@pytest.mark.parametrize("name", ["Dana Wu", HOSTILE])
def test_the_form_says_who_and_where_and_what_else_to_know(name: str) -> None:
    questions = (Question.PAUSED, Question.OUT_OF_NETWORK)
    view = allow_form("item-1", Allowing("R-7K3QM", Person(name, None), "California", questions), home=True)
    assert check_view(view, "modal") == []
    assert view["callback_id"] == CallbackId.ALLOW_LICENCE and view["private_metadata"].startswith("item-1")
    text = all_text(view)
    assert "California" in text and "R-7K3QM" in text and "paused" in text and "networks" in text
    assert not any(bad in text for bad in BAD)
    options = view["blocks"][-2]["element"]["options"]
    assert [one["value"] for one in options] == [str(one) for one in Grounds]


def test_coordinators_are_told_who_would_take_it_and_what_they_can_do() -> None:
    told = letter(Template.COORDINATOR_LICENCE, attention_kind=AttentionKind.LICENCE, asker=DANA, status=Status.PENDING)
    message = notice(told, "d1")
    assert complaints(message.blocks) == []
    assert "<@U0DANA> would take R-7K3QM, but has no licence for Texas on the roster" in message.text
    first = message.blocks[-1]["elements"][0]
    assert (first["action_id"], first["value"]) == (ActionId.ALLOW_LICENCE, told.attention_id)
    second = message.blocks[-1]["elements"][1]
    assert (second["action_id"], second["value"]) == (ActionId.DENY_LICENCE, told.attention_id)
    gone = letter(Template.COORDINATOR_LICENCE, asker=DANA, status=Status.ACCEPTED)
    left = [one["text"]["text"] for one in notice(gone, "d1").blocks[-1]["elements"]]
    assert "Allow" not in left and "Not allowed" not in left


@pytest.mark.parametrize(
    ("kind", "words", "buttons"),
    [(Kind.PREFERRED, "Please decline it", [ActionId.DECLINE]), (Kind.GENERAL, "Thank you for offering", [])],
)
def test_whoever_asked_in_vain_is_told_what_to_do(kind: Kind, words: str, buttons: list[ActionId]) -> None:
    message = notice(letter(Template.LICENCE_DENIED, kind=kind, status=Status.PENDING), "d1")
    assert complaints(message.blocks) == []
    assert "did not allow R-7K3QM" in message.text and words in all_text(message.blocks)
    assert [
        one["action_id"] for block in message.blocks for one in block.get("elements", []) if "action_id" in one
    ] == (buttons)


@pytest.mark.parametrize("name", ["Dana Wu", HOSTILE, None])
def test_a_number_that_fails_is_told_by_the_providers_name(name: str | None) -> None:
    template, kind = Template.COORDINATOR_TROUBLE, AttentionKind.SMS
    letter = PracticeLetter(template, DeliveryChannel.SLACK, practice(), kind, "provider-1", NOW, "U0ROBIN", name)
    message = notice(letter, "d1")
    assert complaints(message.blocks) == []
    assert "Text messages do not reach" in message.text and (name != "Dana Wu" or name in message.text)
    assert not any(bad in message.text + all_text(message.blocks) for bad in BAD) and "provider-1" not in message.text


@pytest.mark.parametrize("name", ["Dana Wu", HOSTILE])
def test_home_lists_both(name: str) -> None:
    items = [
        AttentionLine("i1", AttentionKind.LICENCE, "r1", "o1", "R-7K3QM", Status.PENDING, NOW, "p1", name),
        AttentionLine("i2", AttentionKind.SMS, None, None, None, None, NOW, "p1", name),
    ]
    view = home([block for item in items for block in item_blocks(item)])
    assert check_view(view, "home") == []
    text = all_text(view)
    assert "without a licence" in text and "do not reach" in text
    assert "Allow" in str(view) and not any(bad in text for bad in BAD)
