"""Home's queue: within Slack's limits whatever the roster and the filters, and every filter can be taken away."""

from datetime import timedelta
from typing import Any

import pytest

from blocks.coordinator_menu import coordinator_menu
from blocks.home import home
from blocks.home_queue import SIZE, QueueHome, place_of, queue_blocks
from blocks.ids import ActionId
from blocks.paging import turned, write_place
from referrals.views.facts import Facts
from referrals.views.queue import OPEN, Filters, QueueLine, QueuePage
from sandbox.block_rules import size_of
from sandbox.views import check_view
from store.vocabulary import Kind, Status
from tests.blocks.examples import HOSTILE, NOW, all_text

FACTS = Facts("New York", "Aetna", "Individual therapy", "Telehealth", "18–64", ())
ALL = Filters("aetna", "NY", "individual", "general", "v7", "7", "pending")


def line(number: int = 0, status: Status = Status.PENDING, **more: Any) -> QueueLine:
    given: dict[str, Any] = {
        "referral_id": f"r{number}",
        "code": f"R-{number:05}",
        "status": status,
        "kind": Kind.GENERAL,
        "urgent": False,
        "facts": FACTS,
        "received_at": NOW - timedelta(days=3),
        "expires_at": NOW + timedelta(hours=30) if status is Status.PENDING else None,
        "accepted_at": NOW - timedelta(hours=20),
        "contacted_at": NOW - timedelta(hours=10),
        "whose": None,
        "card_link": None,
    }
    return QueueLine(**(given | more))


def view_of(
    lines: list[QueueLine], filters: Filters | None = None, number: int = 0, total: int | None = None, people: int = 3
) -> dict[str, Any]:
    page = QueuePage(tuple(lines), number, SIZE, len(lines) if total is None else total, filters or Filters())
    names = [(f"v{n}", f"{HOSTILE[:20]} {n}") for n in range(people)]
    view = home(queue_blocks(QueueHome(NOW, page, names)), write_place(place_of(page.filters, number)))
    assert check_view(view, "home") == []
    return view


def selects(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (row,) = [one["elements"] for one in view["blocks"] if one.get("block_id", "").startswith("queue.filters.")]
    return {one["action_id"]: one for one in row}


@pytest.mark.parametrize("people", [0, 98, 99, 100, 250, 3000])
def test_a_roster_of_any_size_can_be_chosen_from(people: int) -> None:
    lines = [line(n, OPEN[n % 4], urgent=True, whose=HOSTILE) for n in range(SIZE)]
    view = view_of(lines, ALL if people > 7 else None, 7, 5000, people)
    assert len(view["blocks"]) <= 90 and size_of(view) <= 250_000
    assert not any(bad in all_text(view) for bad in ("<!channel", "<@U0BOSS"))
    select = selects(view)["referral.queue.provider"]
    groups = [group["options"] for group in select.get("option_groups", [])] or [select["options"]]
    values = [option["value"] for options in groups for option in options]
    assert values[0] == "provider 0,queue 0" and len(values) == 1 + min(people, 800)
    assert all(len(options) <= 100 for options in groups)


def test_each_filter_begins_with_any_and_changes_only_itself() -> None:
    view = view_of([line()], Filters(insurer="aetna", state="NY"), 0)
    found = selects(view)
    assert set(found) == {str(one) for one in ActionId if one.startswith("referral.queue.")}
    for select in found.values():
        first = select["options"][0]
        assert first["text"]["text"].startswith("Any ") and " 0,queue 0" in first["value"]
    assert found["referral.queue.insurer"]["initial_option"]["text"]["text"] == "Aetna"
    assert found["referral.queue.service"]["initial_option"]["text"]["text"] == "Any service"
    stands = view["private_metadata"]
    assert stands == "insurer:aetna,state:NY"
    assert turned(stands + ",queue:3,room:queue", "state TX,queue 0") == "insurer:aetna,room:queue,state:TX"


def test_what_is_narrowed_is_named_and_one_press_away_from_gone() -> None:
    view = view_of([line()], Filters(insurer="aetna", provider="v1", age="2"))
    (row,) = [one["elements"] for one in view["blocks"] if one.get("block_id") == "queue.active"]
    assert [one["value"] for one in row] == [
        "room queue",
        "insurer 0,queue 0",
        "provider 0,queue 0",
        "age 0,queue 0",
    ]
    assert [one["text"]["text"] for one in row] == [
        "Show everything",
        "Show any insurer",
        "Show any provider",
        "Show any age",
    ], "nothing that reads as if it cleared referrals"
    assert "Shown: *Aetna, " in all_text(view) and "Older than 2 days*" in all_text(view)
    assert "queue.active" not in str(view_of([line()])["blocks"])


def test_an_empty_queue_says_why() -> None:
    assert "Take a filter away above" in all_text(view_of([], Filters(state="TX")))
    assert "The queue is empty" in all_text(view_of([]))


@pytest.mark.parametrize(
    ("status", "more", "words"),
    [
        (Status.PENDING, {}, "due <!date^"),
        (Status.PENDING, {"expires_at": NOW + timedelta(hours=3)}, "*due <!date^"),
        (Status.PENDING, {"expires_at": NOW - timedelta(minutes=1)}, "*overdue*"),
        (Status.ACCEPTED, {"whose": "Maya Reed"}, "accepted 20 hours ago, not yet contacted  ·  Maya Reed"),
        (Status.CONTACTED, {}, "contacted 10 hours ago"),
        (Status.EXPIRED, {}, "*expired*, received 3 days ago"),
    ],
)
def test_a_line_says_what_is_due_and_has_its_menu(status: Status, more: dict[str, Any], words: str) -> None:
    view = view_of([line(status=status, **more)])
    assert words in all_text(view) and "Individual therapy · New York · Aetna" in all_text(view)
    (menu,) = [one["accessory"] for one in view["blocks"] if one.get("accessory", {}).get("type") == "overflow"]
    assert menu["action_id"] == "referral.more" and 2 <= len(menu["options"]) <= 5


@pytest.mark.parametrize("status", Status)
def test_the_menu_always_leads_on_and_repeats_nothing_it_need_not(status: Status) -> None:
    menu = coordinator_menu("r1", status)
    assert menu is not None
    values = [option["value"] for option in menu.to_dict()["options"]]
    assert "referral.timeline:r1" in values and len(values) == len(set(values)) <= 5
    less = coordinator_menu("r1", status, besides={ActionId.CLOSE})
    assert less is not None and "referral.close:r1" not in [one["value"] for one in less.to_dict()["options"]]


def test_pages_are_turned_below_the_list() -> None:
    def turns(number: int) -> tuple[str, str]:
        view = view_of([line()], None, number, 31)
        (row,) = [one["elements"] for one in view["blocks"] if one.get("block_id") == "home.next.queue"]
        return row[0]["text"]["text"], row[0]["value"]

    assert [turns(number) for number in range(3)] == [
        ("Show 16–30", "queue 1"),
        ("Show 31", "queue 2"),
        ("Back to the first", "queue 0"),
    ]
