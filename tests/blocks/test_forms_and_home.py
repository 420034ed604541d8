"""Forms and lists: within Slack's limits, ids only, and the words for every outcome."""

from datetime import date, timedelta
from typing import Any

import pytest

from blocks.after_forms import no_answer_form, wrong_date
from blocks.assigning import assign_form
from blocks.availability import kept, paused, released, resumed
from blocks.ids import PREFIX, ActionId, CallbackId
from blocks.kept import kept_form
from blocks.lists import mine_answer, open_answer, status_answer
from blocks.modals import (
    close_form,
    confirm_form,
    decline_form,
    notes_of,
    notice_view,
    release_form,
    subject_of,
)
from blocks.replies import questions, refused, reply
from referrals.close import Closing
from referrals.outcomes import (
    Asks,
    Decision,
    Done,
    Missing,
    Person,
    Question,
    Refusal,
    Refused,
    Reserved,
    Since,
    WrongDate,
)
from referrals.pausing.availability import Availability
from referrals.pausing.subjects import ALL
from referrals.progress import Trying
from referrals.views.coordinators import Choice, Choices
from sandbox.views import check_view
from store.vocabulary import CloseReason, Kind, ProviderStatus, Status
from tests.blocks.examples import HOSTILE, NOW, all_text, complaints, line, standing

WHOM = "<@U0ROBIN>"


def people(count: int) -> list[Choice]:
    return [Choice(f"v{n}", f"Provider {n} {HOSTILE}", n % 2 == 0, n % 3 == 0) for n in range(count)]


def to_choose(choices: list[Choice], unlicensed: int = 0) -> Choices:
    return Choices(HOSTILE, tuple(choices), "Utah", unlicensed)


TODAY = date(2027, 3, 14)

FORMS: dict[str, dict[str, Any]] = {
    "decline": decline_form("offer-1", HOSTILE),
    "decline for somebody": decline_form("offer-1", HOSTILE, Person(HOSTILE, None)),
    "release": release_form(Done("referral-1", "offer-1", HOSTILE, Status.ACCEPTED)),
    "close": close_form("referral-1", Closing(HOSTILE, tuple(CloseReason))),
    "no answer": no_answer_form("referral-1", Trying(HOSTILE, 0, None, TODAY, TODAY + timedelta(days=60))),
    "no answer again": no_answer_form(
        "referral-1", Trying("R-1", 3, TODAY, TODAY, TODAY + timedelta(days=60)), home=True, message=("D0MAYA", "1.1")
    ),
    "confirm": confirm_form(Asks("R-1", "offer-1", tuple(Question), Person(HOSTILE, None))),
    "assign to 1": assign_form("referral-1", to_choose(people(1))),
    "assign to 100": assign_form("referral-1", to_choose(people(100))),
    "assign to 180": assign_form("referral-1", to_choose(people(180))),
    "assign to nobody": assign_form("referral-1", to_choose([])),
    "notice": notice_view("Something has happened since."),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_is_one_that_slack_takes(form: dict[str, Any]) -> None:
    assert check_view(form, "modal") == []
    subject, *notes = form.get("private_metadata", "").split(" ")
    assert subject in ("", "offer-1", "referral-1")
    assert all(note == "home" or note.partition("=")[0] in ("tries", "channel", "ts", "asked") for note in notes), (
        "ids only"
    )
    assert not any(bad in all_text(form["blocks"]) for bad in ("<!channel", "<@U0BOSS"))
    assert "plain_text_input" not in all_text(form)  # free text might name a client


def test_beyond_a_hundred_providers_the_options_are_grouped_and_none_is_lost() -> None:
    element, *_ = [block["element"] for block in FORMS["assign to 180"]["blocks"] if block["type"] == "input"]
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 80]
    assert "options" not in element


def test_a_form_remembers_that_it_was_opened_from_home() -> None:
    assert subject_of(decline_form("offer-1", "R-1", home=True)["private_metadata"]) == ("offer-1", True)
    assert subject_of(decline_form("offer-1", "R-1")["private_metadata"]) == ("offer-1", False)
    assert subject_of("") == ("", False)


def test_paused_and_out_of_network_providers_are_marked() -> None:
    form = assign_form("r", to_choose([Choice("a", "Ann", True, True), Choice("b", "Bo", False, False)]))
    texts = all_text(form)
    assert "Ann (paused, out of network)" in texts and "Bo (" not in texts


def test_the_list_says_who_is_missing_who_passed_and_whose_it_is() -> None:
    hers, passed = Choice("a", "Maya", False, False, theirs=True), Choice("b", "Bo", False, True, passed=True)
    texts = all_text(assign_form("r", to_choose([hers, passed], 3)))
    assert "Not listed: 3 without a licence in Utah." in texts and "reserved for *Maya* now" in texts
    assert "Maya (has it now)" in texts and "Bo (passed, out of network)" in texts and "why all the same" in texts
    inside = all_text(assign_form("r", to_choose([Choice("c", "Cy", False, False)])))
    assert not any(words in inside for words in ("Not listed", "reserved for *", "why all the same", "passed"))
    alone = assign_form("r", to_choose([hers], 2))
    assert "Nobody else" in all_text(alone) and "Not listed: 2" in all_text(alone) and "submit" not in alone


def test_declining_for_somebody_says_for_whom_and_what_the_client_hears() -> None:
    theirs, own = all_text(decline_form("o", "R-1", Person("Maya", "U0MAYA"))), all_text(decline_form("o", "R-1"))
    assert "for <@U0MAYA>" in theirs and "on their behalf" in theirs and "the provider is unavailable" in theirs
    assert "you are unavailable" not in theirs and "you are unavailable" in own and "behalf" not in own


OUTCOMES: list[tuple[Decision, list[str]]] = [
    (Since("r", "R-1", Status.ACCEPTED, Person("Bo", "U0BO"), NOW, False, Kind.GENERAL), ["<@U0BO> accepted R-1"]),
    (
        Since("r", "R-1", Status.ACCEPTED, Person("Bo", "U0BO"), NOW, True, Kind.GENERAL),
        ["You accepted R-1", "<!date^"],
    ),
    (Since("r", "R-1", Status.CONTACTED, None, NOW, False, Kind.GENERAL), ["Somebody accepted", "contacted"]),
    (Since("r", "R-1", Status.SCHEDULED, None, NOW, True, Kind.GENERAL), ["You", "scheduled"]),
    (Since("r", "R-1", Status.EXPIRED, None, NOW, False, Kind.GENERAL), ["expired"]),
    (Since("r", "R-1", Status.CLOSED, None, NOW, False, Kind.GENERAL), ["closed"]),
    (Since("r", "R-1", Status.PENDING, None, NOW, False, Kind.GENERAL), ["everyone", "new card"]),
    (Since("r", "R-1", Status.PENDING, None, NOW, False, Kind.PREFERRED), ["one provider"]),
    (Reserved("R-1", Person("Bo", "U0BO"), NOW), ["reserved for <@U0BO> until <!date^"]),
    (Missing(), ["not on this desk"]),
    (Asks("R-1", "o", tuple(Question), Person("Bo", "U0BO")), ["for <@U0BO>", "networks"]),
    *((Done("r", "o", "R-1", status), ["R-1"]) for status in Status),
    # Only a coordinator meets this one, who has nobody else to ask.
    (Refused(Refusal.UNREACHABLE), ["Choose somebody else"]),
    *((Refused(reason), [WHOM]) for reason in Refusal if reason is not Refusal.UNREACHABLE),
]


@pytest.mark.parametrize(("outcome", "words"), OUTCOMES)
def test_every_outcome_has_words_that_say_what_to_do(outcome: Decision, words: list[str]) -> None:
    text = reply(outcome, WHOM)
    for word in words:
        assert word in text
    assert "{" not in text.replace("{date_short_pretty} at {time}", "")
    assert text[0].isupper() or text.startswith(("<@", "R-"))


@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_pausing_is_told_at_once_and_asks_only_when_offers_wait(waiting: int) -> None:
    message = paused(Availability(ProviderStatus.PAUSED, ALL, NOW, tuple("abc"[:waiting])))
    assert complaints(message.blocks) == []
    text = all_text(message.blocks)
    assert "insurer directories are not changed" in text and "stay listed" in text
    assert ("Release them now" in text) == (waiting > 0)
    assert ("1 referral is" in text) == (waiting == 1)


def test_the_other_answers_are_within_limits() -> None:
    answers = [
        kept(ALL),
        kept(None),
        released(0, None),
        released(2, None),
        released(2, ALL),
        resumed(Availability(ProviderStatus.ACTIVE, ALL, None, ())),
        resumed(Availability(ProviderStatus.INACTIVE, ALL, None, ())),
        open_answer([]),
        open_answer([line(n) for n in range(10)], more=40),
        mine_answer([]),
        mine_answer([line(n, status=status) for n, status in enumerate(Status)]),
        status_answer(standing()),
        status_answer(standing(status=ProviderStatus.PAUSED, paused_until=NOW, insurers=(), states=())),
    ]
    for message in answers:
        assert complaints(message.blocks) == []
        assert message.text


def test_every_id_has_the_prefix() -> None:
    assert all(name.startswith(PREFIX) for name in [*ActionId, *CallbackId])


def test_the_form_remembers_what_was_known_and_where_it_was_opened() -> None:
    metadata = FORMS["no answer again"]["private_metadata"]
    assert subject_of(metadata) == ("referral-1", True)
    assert notes_of(metadata) == {"tries": "3", "channel": "D0MAYA", "ts": "1.1"}
    assert subject_of("offer-1 home") == ("offer-1", True), "as older forms have it"
    assert (subject_of("offer-1"), notes_of("offer-1")) == (("offer-1", False), {})


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (date(2027, 3, 13), "That day is over. Choose Sunday, March 14 (today) or a later day"),
        (date(2027, 5, 14), "That is too far off. Choose a day until Thursday, May 13"),
    ],
)
def test_a_day_that_will_not_do_gets_one_that_does(chosen: date, words: str) -> None:
    assert words in wrong_date(WrongDate(TODAY, TODAY + timedelta(days=60)), chosen)


def test_a_form_that_is_kept_is_within_limits_and_has_what_was_entered() -> None:
    sent = FORMS["release"] | {
        "state": {"values": {"form.reason": {"referral.reason": {"type": "radio_buttons", "selected_option": _OTHER}}}}
    }
    held = kept_form(sent, "It has moved on.")
    assert held is not None and complaints(held["blocks"], "modal") == []
    fields = [block["element"] for block in held["blocks"] if block["type"] == "input"]
    assert [one.get("initial_option") for one in fields] == [_OTHER, None]
    assert "It has moved on." in all_text(held["blocks"][0]) and held["private_metadata"] == "referral-1"
    again = kept_form(held, "It is closed.")
    assert again is not None and len(again["blocks"]) == len(held["blocks"])
    assert kept_form(FORMS["notice"], "It is closed.") is None, "nothing can be entered there"


@pytest.mark.parametrize(
    ("element", "entered", "initial"),
    [
        ("conversations_select", {"selected_conversation": "C0NEW"}, {"initial_conversation": "C0NEW"}),
        ("multi_conversations_select", {"selected_conversations": ["C0NEW"]}, {"initial_conversations": ["C0NEW"]}),
        ("multi_users_select", {"selected_users": ["U0DAN"]}, {"initial_users": ["U0DAN"]}),
        ("multi_users_select", {"selected_users": []}, {}),
        ("conversations_select", {"selected_conversation": None}, {}),
    ],
)
def test_chosen_people_and_channels_are_kept(
    element: str, entered: dict[str, object], initial: dict[str, object]
) -> None:
    """And what was taken out of a field stays out of it, whatever the form had begun with."""
    began = {"initial_conversation": "C0OLD"} if element == "conversations_select" else {}
    began = {"initial_users": ["U0OLD"]} if element == "multi_users_select" else began
    field = {"type": element, "action_id": "a"} | began
    block = {"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Field"}, "element": field}
    held = kept_form({"blocks": [block], "state": {"values": {"b": {"a": {"type": element, **entered}}}}}, "Too late.")
    assert held is not None
    assert held["blocks"][1]["element"] == {"type": element, "action_id": "a"} | initial


_OTHER = {"value": "other", "text": {"type": "plain_text", "text": "Other", "emoji": False}}


def test_a_provider_is_spoken_to_and_a_coordinator_spoken_to_about_them() -> None:
    inactive = Refused(Refusal.INACTIVE, "R-1")
    assert refused(inactive, "<@U0ROBIN>").startswith("You are marked as inactive")
    assert refused(inactive, "<@U0ROBIN>", coordinator=True).startswith("This provider is marked as inactive")
    for reason in (Refusal.INACTIVE, Refusal.GAVE_IT_BACK, Refusal.DEACTIVATED, Refusal.NO_LICENCE, Refusal.GUEST):
        said = refused(Refused(reason, "R-1"), "<@U0ROBIN>", coordinator=True)
        assert "provider" in said and "U0ROBIN" not in said and "you" not in said.casefold().split(), said
    mine = Asks("R-1", "offer-1", (Question.OUT_OF_NETWORK,))
    behalf = Asks("R-1", "offer-1", (Question.OUT_OF_NETWORK, Question.ON_BEHALF))
    assert "among your networks" in questions(mine)[0]
    assert "among the provider's networks" in questions(behalf)[0]
