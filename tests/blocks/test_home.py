"""Home: within Slack's limits whatever there is to show, in people's words, and with a way to every item."""

from datetime import date, timedelta
from typing import Any

import pytest

from blocks.home import home, nobodys_home
from blocks.home_provider import ProviderHome, provider_blocks
from blocks.lengths import exact, length
from blocks.lists import COMMANDS, help_answer
from blocks.paging import page_of, read_place, turned, write_place
from referrals.profile import LicenceLine, Profile
from referrals.profile_fields import ProfileField
from referrals.views.lists import Switch
from referrals.views.mine import Group, Page
from referrals.views.performance import Performance
from sandbox.block_rules import size_of
from sandbox.views import check_view
from store.vocabulary import INSURERS, STATES, CloseReason, ProviderStatus, Status
from tests.blocks.examples import HOSTILE, NOW, all_text, complaints, line, standing

WHOM = "<@U0ROBIN>"
STATUS = {
    Group.WAITING: Status.PENDING,
    Group.CONTACT: Status.ACCEPTED,
    Group.PROGRESS: Status.CONTACTED,
    Group.CLOSED: Status.CLOSED,
}
SWITCHES = (
    *(Switch(f"insurer={slug}", label, slug != "cigna") for slug, (label, _) in INSURERS.items()),
    *(Switch(f"state={code}", name, code != "TX", NOW if code == "TX" else None) for code, name in STATES.items()),
)


def page(group: Group, total: int = 0, number: int = 0, size: int = 5, **more: Any) -> Page:
    first = number * size
    start = list(Group).index(group) * 1000
    shown = [line(start + n, status=STATUS[group], **more) for n in range(first, min(total, first + size))]
    return Page(group, tuple(shown), number, size, total)


def profile(**more: Any) -> Profile:
    written = dict.fromkeys(ProfileField, "") | {
        ProfileField.SERVICES: "individual,couples",
        ProfileField.LANGUAGES: "English, Igbo",
        ProfileField.BOOKING_LINK: "https://book.example.org/maya",
        ProfileField.WORK_PHONE: "(212) 555-0111",
    }
    given: dict[str, Any] = {
        "title": "Maya, LCSW",
        "written": written,
        "licences": (LicenceLine("New York", date(2028, 3, 1), 460), LicenceLine("Texas", None, None)),
        "insurers": ("Aetna", "Cigna"),
        "texts_stopped": None,
        "text_trouble": None,
    }
    return Profile(**(given | more))


def mine(totals: dict[Group, int] | None = None, size: int = 5, number: int = 0, **more: Any) -> ProviderHome:
    given: dict[str, Any] = {
        "now": NOW + timedelta(hours=17),
        "standing": standing(),
        "pages": {group: page(group, (totals or {}).get(group, 0), number, size) for group in Group},
        "states_page": 0,
        "profile": profile(),
        "performance": Performance(12, 3, 4, timedelta(hours=3, minutes=20)),
    }
    return ProviderHome(**(given | more))


def view_of(shown: ProviderHome) -> dict[str, Any]:
    view = home(provider_blocks(shown))
    assert check_view(view, "home") == []
    return view


@pytest.mark.parametrize("number", [0, 7])
def test_home_stays_within_slacks_limits_with_everything_there_can_be(number: int) -> None:
    """Hundreds of referrals, every insurer, and a licence for each state."""
    long = dict.fromkeys(ProfileField, HOSTILE)
    licences = tuple(LicenceLine(name, date(2026, 12, 1), 8) for name in STATES.values())
    shown = mine(
        dict.fromkeys(Group, 300),
        5,
        number,
        standing=standing(switches=SWITCHES, weekly_limit=5, accepted_this_week=3, status=ProviderStatus.PAUSED),
        states_page=number,
        profile=profile(
            written=long,
            licences=licences,
            insurers=tuple(label for label, _ in INSURERS.values()),
            texts_stopped="opted_out",
        ),
    )
    view = home(provider_blocks(shown), "closed:59,contact:59,progress:59,states:9,waiting:59")
    assert check_view(view, "home") == []
    assert len(view["blocks"]) <= 90 and size_of(view) <= 250_000
    text = all_text(view)
    assert not any(bad in text for bad in ("<!channel", "<@U0BOSS", "<https://example.org|x>"))
    assert text.count("300") >= 4  # every group says how many there are


def test_each_group_says_what_is_due_and_what_was_done() -> None:
    ago, soon = NOW - timedelta(hours=5), date(2026, 11, 25)
    lines = {
        Group.WAITING: page(Group.WAITING, 1),
        Group.CONTACT: page(Group.CONTACT, 1, accepted_at=ago, tries=2, next_try=soon),
        Group.PROGRESS: page(Group.PROGRESS, 1, contacted_at=NOW),
        Group.CLOSED: page(Group.CLOSED, 1, closed_at=NOW, close_reason=CloseReason.WITHDRAWN),
    }
    view = view_of(mine(pages=lines))
    text = all_text(view)
    assert "*31 hours left*, until <!date^" in text
    assert "accepted 22 hours ago" in text and "2 tries without an answer, next on Wednesday, November 25" in text
    assert "contacted 17 hours ago" in text and "closed 17 hours ago: the client withdrew" in text
    titles = ["Waiting for me", "Accepted, not yet contacted", "In progress", "Recently closed", "What comes to me"]
    places = [text.index(title) for title in [*titles, "My profile", "How I am doing"]]
    assert places == sorted(places)
    closed = [str(block) for block in view["blocks"] if "R-03000" in str(block)]
    assert len(closed) == 1 and "referral." not in closed[0], "what is closed has no buttons"


def test_nothing_of_an_empty_group_is_shown() -> None:
    text = all_text(view_of(mine()))
    assert "Nothing waits for you" in text and "Waiting for me" not in text and "referral.home_page" not in text
    assert "Nothing waits for you" in all_text(view_of(mine({Group.CLOSED: 3})))
    assert "Nothing waits for you" not in all_text(view_of(mine({Group.PROGRESS: 1})))


def test_the_last_page_leads_back_and_the_menu_leads_anywhere() -> None:
    def turns(number: int) -> tuple[list[str], list[tuple[str, str]]]:
        view = view_of(mine({Group.WAITING: 11}, number=number))
        (menu,) = [block["accessory"] for block in view["blocks"] if "static_select" in str(block.get("accessory"))]
        (button,) = [one for one in view["blocks"] if one.get("block_id") == "home.next.waiting"]
        options = [option["text"]["text"] for option in menu["options"]]
        assert menu["initial_option"]["value"] == f"waiting {number}"
        return options, [(one["text"]["text"], one["value"]) for one in button["elements"]]

    assert turns(0) == (["1–5 of 11", "6–10 of 11", "11 of 11"], [("Show 6–10", "waiting 1")])
    assert turns(1)[1] == [("Show 11", "waiting 2")]
    assert turns(2)[1] == [("Back to the first", "waiting 0")]


def test_a_very_long_list_offers_the_pages_around_this_one() -> None:
    view = view_of(mine({Group.PROGRESS: 1000}, number=150))
    (menu,) = [block["accessory"] for block in view["blocks"] if "static_select" in str(block.get("accessory"))]
    values = [option["value"] for option in menu["options"]]
    assert len(values) == 100 and values[0] == "progress 100" and values[-1] == "progress 199"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        ("contact:2,states:1", {"contact": "2", "states": "1"}),
        ("room:queue,insurer:self_pay,age:7", {"room": "queue", "insurer": "self_pay", "age": "7"}),
        ("contact 2,Waiting:1,waiting:" + "1" * 33, {}),
        ("::::,,,", {}),
    ],
)
def test_where_home_stands_is_read_whatever_somebody_has_forged(text: str, read: dict[str, str]) -> None:
    assert read_place(text) == read
    assert read_place(write_place(read)) == read


@pytest.mark.parametrize("forged", ["x", "-1", "12345", "\u0663", "1e3"])
def test_a_page_that_is_no_number_is_the_first(forged: str) -> None:
    assert page_of({"contact": forged}, "contact") == 0
    assert page_of({"contact": "12"}, "contact") == 12 and page_of({}, "contact") == 0


def test_turning_a_page_leaves_the_others() -> None:
    assert turned("contact:2,waiting:1", "waiting 4") == "contact:2,waiting:4"
    assert turned("contact:2", "contact 0") == ""
    assert turned("contact:2", "nonsense") == "contact:2"
    assert turned("insurer:aetna,queue:3", "insurer cigna,queue 0") == "insurer:cigna"
    assert turned("contact:2,insurer:aetna", "room queue") == "room:queue", "another room begins anew"


@pytest.mark.parametrize(
    ("status", "button"),
    [
        (ProviderStatus.ACTIVE, "referral.pause"),
        (ProviderStatus.PAUSED, "referral.resume"),
        (ProviderStatus.INACTIVE, ""),
    ],
)
def test_homes_switch_follows_the_status(status: ProviderStatus, button: str) -> None:
    view = view_of(mine(standing=standing(status=status, switches=SWITCHES)))
    (row,) = [one["elements"] for one in view["blocks"] if one.get("block_id") == "home.availability"] or [[]]
    names = [one["action_id"] for one in row]
    assert names == ([button, "referral.pause_for", "referral.limit"] if button else [])
    assert ("Pause Aetna" in all_text(view)) == (status is not ProviderStatus.INACTIVE)


_DIRECTORY, _NOT_TAKING = "any insurer's directory", "You stay listed as not taking new clients"


@pytest.mark.parametrize(
    ("status", "switches", "said"),
    [
        (ProviderStatus.ACTIVE, (SWITCHES[0],), None),
        (ProviderStatus.ACTIVE, (SWITCHES[0], Switch("state=TX", "Texas", on=False)), _DIRECTORY),
        (ProviderStatus.PAUSED, (SWITCHES[0],), _NOT_TAKING),
        (ProviderStatus.INACTIVE, SWITCHES, None),
    ],
)
def test_while_anything_is_paused_it_says_what_a_pause_does_not_do(
    status: ProviderStatus, switches: tuple[Switch, ...], said: str | None
) -> None:
    text = all_text(view_of(mine(standing=standing(status=status, switches=switches))))
    assert [words for words in (_DIRECTORY, _NOT_TAKING) if words in text] == ([said] if said else [])


def test_every_insurer_and_state_has_its_switch() -> None:
    values = {}
    for number in range(6):
        for block in view_of(mine(standing=standing(switches=SWITCHES), states_page=number))["blocks"]:
            accessory = block.get("accessory", {})
            if accessory.get("action_id") in ("referral.pause_now", "referral.resume_one"):
                values[accessory["value"]] = accessory["action_id"]
    assert set(values) == {one.subject for one in SWITCHES}
    assert [name for name, action in values.items() if action == "referral.resume_one"] == ["insurer=cigna", "state=TX"]


def test_a_weekly_limit_says_how_much_of_it_is_used() -> None:
    assert "*3 of 5* accepted this week" in all_text(
        view_of(mine(standing=standing(weekly_limit=5, accepted_this_week=3)))
    )
    assert "No weekly limit" in all_text(view_of(mine()))


def test_the_profile_says_what_matching_uses_and_the_booking_link_is_to_be_copied() -> None:
    view = view_of(mine(profile=profile(licences=(LicenceLine("Utah", date(2026, 11, 1), -22),))))
    text = all_text(view)
    assert "Individual therapy, Couples therapy" in text and "English, Igbo" in text and "Aetna, Cigna" in text
    assert "Utah (*ended Nov 1, 2026*)" in text
    assert "`https://book.example.org/maya`" in text and "<https://book" not in text
    assert "coordinators" in text and "referral.profile" in text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"texts_stopped": "opted_out"}, "Answer START"),
        ({"texts_stopped": "number_fails", "text_trouble": "21211"}, "takes no text messages"),
        ({"text_trouble": "30003"}, "did not reach you"),
    ],
)
def test_a_number_in_trouble_says_what_to_do(values: dict[str, Any], words: str) -> None:
    text = all_text(view_of(mine(profile=profile(**values))))
    assert words in text and "Slack and email" in text
    assert words not in all_text(view_of(mine(profile=profile(texts_stopped="no_address"))))


def test_how_somebody_is_doing_is_for_their_eyes_only() -> None:
    text = all_text(view_of(mine()))
    assert "*3 hours 20 minutes*" in text and "Accepted *12*" in text and "Only you see this" in text
    assert "No offer answered" in all_text(view_of(mine(performance=Performance())))


def test_home_for_somebody_who_is_neither_says_whom_to_ask() -> None:
    view = home(nobodys_home(f"Ask {WHOM}."))
    assert check_view(view, "home") == []
    assert WHOM in all_text(view)
    assert "actions" not in [block["type"] for block in view["blocks"]]


@pytest.mark.parametrize(
    ("of", "short", "full"),
    [
        (timedelta(seconds=-5), "less than a minute", "less than a minute"),
        (timedelta(seconds=59), "less than a minute", "1 minute"),
        (timedelta(minutes=1), "1 minute", "1 minute"),
        (timedelta(minutes=119), "119 minutes", "1 hour 59 minutes"),
        (timedelta(hours=31, minutes=50), "31 hours", "1 day 7 hours"),
        (timedelta(hours=72), "3 days", "3 days"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(of: timedelta, short: str, full: str) -> None:
    assert (length(of), exact(of)) == (short, full)


def test_help_lists_every_command_and_says_whom_to_ask_for_what() -> None:
    for message in (help_answer(WHOM, "help@example.org"), help_answer(WHOM, WHOM, unknown=True, nearest="open")):
        assert complaints(message.blocks) == [] and message.text
    text = all_text(help_answer(WHOM, "help@example.org").blocks)
    assert all(f"/referrals {name}" in text for name in COMMANDS)
    assert "new`  for coordinators" in text and "pause for 2 weeks" in text and "resume Aetna" in text
    assert f"licences, networks, or a referral that is stuck: {WHOM}" in text
    assert "Something technical: help@example.org" in text and "clinical lead" in text
