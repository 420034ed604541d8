"""Home's room of what needs a person, and its numbers: within Slack's limits, and each item can be settled."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from blocks.home import home
from blocks.home_needs import SIZE, NeedsHome, needs_blocks
from blocks.home_numbers import numbers_blocks
from blocks.ids import ActionId
from blocks.needs_item import SETTLES, item_blocks
from referrals.views.facts import Facts
from referrals.views.figures import Figures, Now, Week
from referrals.views.needs import AttentionLine, NeedsPage
from sandbox.block_rules import size_of
from sandbox.views import check_view
from store.vocabulary import AttentionKind, Status
from tests.blocks.examples import HOSTILE, NOW, all_text

FACTS = Facts("New York", "Aetna", "Individual therapy", "Telehealth", "18–64", ("Anxiety",))
#: Where an item of a kind stands when it is opened.
WHERE = {
    AttentionKind.EXPIRED: Status.EXPIRED,
    AttentionKind.ACCEPTOR_GONE: Status.ACCEPTED,
    AttentionKind.NOT_CONTACTED: Status.ACCEPTED,
}
OF_THE_PRACTICE = list(AttentionKind)[list(AttentionKind).index(AttentionKind.SMS) :]
#: They are over when the desk finds that all is well again, and their words say so.
BY_THEMSELVES = {AttentionKind.SWEEP}
NONE = Figures(0, 0, None, None, None, None, 0)
SOME = Figures(43, 40, timedelta(hours=3, minutes=20), timedelta(hours=22), Fraction(36, 40), Fraction(38, 40), 39)


def item(kind: AttentionKind, status: Status | None = None, **more: Any) -> AttentionLine:
    of_referral = kind not in OF_THE_PRACTICE
    given: dict[str, Any] = {
        "attention_id": f"i-{kind}",
        "kind": kind,
        "referral_id": "r1" if of_referral else None,
        "offer_id": None,
        "code": "R-7K3QM" if of_referral else None,
        "status": (status or WHERE.get(kind, Status.PENDING)) if of_referral else None,
        "opened_at": NOW,
        "detail": None,
        "facts": FACTS if of_referral else None,
    }
    return AttentionLine(**(given | more))


def view_of(lines: list[AttentionLine], number: int = 0, total: int | None = None, **more: Any) -> dict[str, Any]:
    page = NeedsPage(tuple(lines), number, SIZE, len(lines) if total is None else total)
    given: dict[str, Any] = {"now": Now(7, 2), "figures": SOME, "weeks": WEEKS}
    view = home(needs_blocks(NeedsHome(page=page, **(given | more))))
    assert check_view(view, "home") == []
    return view


WEEKS = [Week(date(2026, 10, 5) + timedelta(weeks=n), n * 3, n * 2, n % 2) for n in range(8)]


def buttons_of(line: AttentionLine) -> list[tuple[str, str]]:
    return [
        (one["text"]["text"], one["action_id"])
        for block in item_blocks(line)
        for one in block.get("elements", [])
        if one.get("type") == "button"
    ]


@pytest.mark.parametrize("kind", AttentionKind)
def test_every_kind_has_one_or_two_buttons_that_settle_it(kind: AttentionKind) -> None:
    line = item(kind, detail="p1" if kind in OF_THE_PRACTICE else None)
    view = home(item_blocks(line))
    assert check_view(view, "home") == []
    shown = buttons_of(line)
    assert len(shown) <= 2 and bool(shown) is (kind not in BY_THEMSELVES)
    assert [action for _, action in shown] == [str(one) for one in SETTLES.get(kind, ())]
    menus = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    values = [option["value"].partition(":")[0] for menu in menus for option in menu["options"]]
    assert bool(menus) is (kind not in OF_THE_PRACTICE), "the rest is in one menu"
    assert not set(values) & {action for _, action in shown}, "and nothing of it twice"
    assert "None" not in all_text(view)


@pytest.mark.parametrize("kind", [one for one in AttentionKind if one not in OF_THE_PRACTICE])
@pytest.mark.parametrize("status", Status)
def test_no_button_offers_what_cannot_be_done_any_more(kind: AttentionKind, status: Status) -> None:
    line = item(kind, status)
    assert check_view(home(item_blocks(line)), "home") == []
    actions = {action for _, action in buttons_of(line)}
    assert ActionId.REOPEN not in actions or status is Status.EXPIRED
    assert ActionId.ASSIGN not in actions or status in (Status.PENDING, Status.EXPIRED)
    assert ActionId.CONTACTED not in actions or status is Status.ACCEPTED
    assert ActionId.RELEASE not in actions or status in (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED)


@pytest.mark.parametrize(
    ("kind", "detail", "words", "button"),
    [
        (AttentionKind.DELIVERY_FAILED, "provider_offer:550", "It was the offer by email.", "Done, told otherwise"),
        (AttentionKind.DELIVERY_FAILED, "card:is_archived", "It was the card in the channel.", "Done, told otherwise"),
        (AttentionKind.DELIVERY_FAILED, HOSTILE, "It was a message of the desk.", "Done, told otherwise"),
        (AttentionKind.PHONE_TASK, "client_final", "Tell them: nobody is available yet", "Phoned"),
        (AttentionKind.RESTORED, "12", "restored from a backup", "Compared, done"),
        (AttentionKind.SLACK, "is_archived", "is archived", "Try again now"),
        (AttentionKind.NOT_IN_SLACK, "p1", "*Maya Reed is not in Slack.*", "Edit on the roster"),
        (AttentionKind.AUDIT, "one_open_offer", "The audit page shows when it was found", "Open the audit"),
        (AttentionKind.OWN_WORDS, "client_final", "Please open Messages", "Open messages"),
    ],
)
def test_an_item_says_what_to_do(kind: AttentionKind, detail: str, words: str, button: str) -> None:
    about = "Maya Reed" if kind is AttentionKind.NOT_IN_SLACK else None
    line = item(kind, detail=detail, about=about)
    assert words in all_text(home(item_blocks(line)))
    assert buttons_of(line)[0][0] == button


def test_an_urgent_one_says_so_and_who_has_it_is_named() -> None:
    text = all_text(view_of([item(AttentionKind.NOT_CONTACTED, urgent=True, holder="Maya Reed")]))
    assert "*Urgent*  ·  *R-7K3QM*" in text and "Maya Reed has it" in text and "Individual therapy" in text
    assert "Urgent" not in all_text(view_of([item(AttentionKind.NOT_CONTACTED)]))


def test_the_room_stays_within_slacks_limits_with_everything_there_can_be() -> None:
    kinds = list(AttentionKind)
    lines = [
        item(kinds[n % len(kinds)], attention_id=f"i{n}", about=HOSTILE, holder=HOSTILE, detail=HOSTILE, urgent=True)
        for n in range(SIZE)
    ]
    view = view_of(lines, 3, 2500, opted_out=[HOSTILE] * 300)
    assert len(view["blocks"]) <= 90 and size_of(view) <= 250_000
    text = all_text(view)
    assert not any(bad in text for bad in ("<!channel", "<@U0BOSS", "<https://example.org|x>"))
    assert "2500 items" in text and "and 290 more" in text


def test_every_page_can_be_reached_and_the_last_leads_back() -> None:
    def turns(number: int) -> tuple[str, str]:
        view = view_of([item(AttentionKind.EXPIRED)], number, 21)
        (row,) = [one["elements"] for one in view["blocks"] if one.get("block_id") == "home.next.needs"]
        return row[0]["text"]["text"], row[0]["value"]

    assert turns(0) == ("Show the next 10", "needs 1")
    assert turns(1) == ("Show the last 1", "needs 2")
    assert turns(2) == ("Back to the first", "needs 0")


def test_with_nothing_to_do_it_says_so_and_shows_no_empty_picture() -> None:
    text = all_text(view_of([], figures=NONE, weeks=[Week(date(2026, 11, 23), 0, 0, 0)], now=Now(0, 0)))
    assert "Nothing needs you at the moment." in text and "0 open" in text
    assert "Week of" not in text and "n/a" not in text and "referral.home_page" not in text


def test_the_numbers_say_what_they_rest_on() -> None:
    text = all_text(home(numbers_blocks(Now(7, 2), SOME, WEEKS)))
    assert "7 open" in text and "2 due within 6 hours" in text and "43 received, 40 accepted" in text
    assert "3 hours 20 minutes" in text and "22 hours" in text and "90%" in text and "95%" in text
    assert "39 of 43" in text
    young = Figures(3, 0, None, None, None, None, 0)
    assert all_text(home(numbers_blocks(Now(3, 0), young, WEEKS))).count("n/a") == 4


def test_the_picture_fits_a_phone_and_reads_line_by_line() -> None:
    (block,) = [one for one in numbers_blocks(Now(7, 2), SOME, WEEKS) if one["type"] == "rich_text"]
    rows = block["elements"][0]["elements"][0]["text"].split("\n")
    assert rows[0].split() == ["Week", "of", "In", "Taken", "Expired"]
    assert rows[1].split() == ["Oct", "5", "0", "0", "0"], "a week without any is there, and has no bar"
    assert rows[-1].split()[:5] == ["Nov", "23", "21", "14", "1"] and rows[-1].endswith("█████░░░")
    assert max(map(len, rows)) <= 40


@pytest.mark.parametrize(
    ("week", "bar"),
    [((1, 1), "█"), ((1, 0), "░"), ((100, 99), "███████░"), ((100, 1), "█░░░░░░░"), ((100, 100), "████████")],
)
def test_a_bar_never_hides_the_few(week: tuple[int, int], bar: str) -> None:
    weeks = [Week(date(2026, 11, 16), 100, 50, 0), Week(date(2026, 11, 23), *week, 0)]
    (block,) = [one for one in numbers_blocks(Now(0, 0), SOME, weeks) if one["type"] == "rich_text"]
    assert block["elements"][0]["elements"][0]["text"].split()[-1] == bar
