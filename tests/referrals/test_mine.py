"""A provider's own referrals, page by page: right counts, every one reachable, and no table read whole."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from blocks.home import home
from blocks.paging import ROOM, read_place, turned
from blocks.rooms import Room
from handlers.home import gather
from referrals.actor import Actor
from referrals.tx import Tx
from referrals.views.mine import Group, Page, pages
from referrals.views.performance import LATELY, performance
from sandbox.block_rules import size_of
from sandbox.views import check_view
from store.ids import new_id
from store.tables import Client, Offer, Provider, Referral
from store.vocabulary import CloseReason, Kind, OfferOutcome, Status
from tests.desk import START, Office, by
from tests.engines import ON_SQLITE
from tests.plans import plans

pytestmark = pytest.mark.anyio

WAITING, HELD = Status.PENDING, (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED, Status.CLOSED)


async def fill(office: Office, provider: Provider, counts: Mapping[Status, int], apart: timedelta) -> None:
    """Straight into the tables, the oldest first, each ``apart`` from the next."""

    def work(tx: Tx) -> None:
        client = Client(id=new_id(), practice_id=tx.practice_id, created_at=START)
        tx.add(client)
        made = [
            _rows(tx.practice_id, provider, client.id, status, number, START - apart * (count - number))
            for status, count in counts.items()
            for number in range(count)
        ]
        tx.session.add_all([referral for referral, _ in made])
        tx.session.flush()
        tx.session.add_all([offer for _, offer in made])

    await office.do(work)


def _rows(
    practice_id: str, provider: Provider, client_id: str, status: Status, number: int, at: datetime
) -> tuple[Referral, Offer]:
    held = status is not WAITING
    referral = Referral(
        id=new_id(),
        practice_id=practice_id,
        code=f"R-{status[:4]}{number:04}" + ("" if provider.name.startswith("Maya") else "x"),
        kind=Kind.PREFERRED,
        status=status,
        offer_id=new_id(),
        client_id=client_id,
        channel="form",
        state="NY",
        insurer="aetna",
        service="individual",
        delivery="telehealth",
        age_band="18-64",
        accepted_by=provider.id if held else None,
        accepted_at=at if held else None,
        contacted_at=at if held and status is not Status.ACCEPTED else None,
        closed_at=at if status is Status.CLOSED else None,
        close_reason=CloseReason.WITHDRAWN if status is Status.CLOSED else None,
        created_at=at,
    )
    offer = Offer(
        id=referral.offer_id,
        practice_id=practice_id,
        referral_id=referral.id,
        round=1,
        kind=Kind.PREFERRED,
        provider_id=provider.id,
        opened_at=at,
        expires_at=at + timedelta(days=30),
        outcome=OfferOutcome.ACCEPTED if held else None,
        card_next_at=at,
    )
    return referral, offer


async def look(office: Office, provider: Provider, size: int = 5, **wanted: int) -> dict[Group, Page]:
    return await office.do(pages, provider.id, wanted, size)


def codes(page: Page) -> list[str]:
    return [line.code for line in page.lines]


async def test_every_group_is_in_the_order_of_what_is_due(office: Office) -> None:
    maya, tomas = await office.team("Maya Reed", "Tomás Lind")
    await fill(office, maya, dict.fromkeys((WAITING, *HELD), 3), timedelta(hours=1))
    await fill(office, tomas, {WAITING: 1, Status.ACCEPTED: 1}, timedelta(days=2))
    found = await look(office, maya, size=4)
    assert {group: page.total for group, page in found.items()} == {
        Group.WAITING: 3,
        Group.CONTACT: 3,
        Group.PROGRESS: 6,
        Group.CLOSED: 3,
    }
    assert codes(found[Group.WAITING]) == ["R-pend0000", "R-pend0001", "R-pend0002"]
    assert codes(found[Group.CONTACT]) == ["R-acce0000", "R-acce0001", "R-acce0002"]
    assert codes(found[Group.PROGRESS]) == ["R-cont0000", "R-cont0001", "R-cont0002", "R-sche0002"]
    assert codes(found[Group.CLOSED]) == ["R-clos0002", "R-clos0001", "R-clos0000"]
    second = await look(office, maya, size=4, progress=1)
    assert codes(second[Group.PROGRESS]) == ["R-sche0001", "R-sche0000"]


async def test_what_closed_more_than_two_weeks_ago_is_not_told_of(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    await fill(office, maya, {Status.CLOSED: 20}, timedelta(days=1))
    page = (await look(office, maya))[Group.CLOSED]
    assert (page.total, codes(page)[0]) == (13, "R-clos0019")


async def test_a_page_that_is_gone_shows_the_last_there_is(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    await fill(office, maya, {Status.ACCEPTED: 6}, timedelta(hours=1))
    for wanted in (1, 2, 9999):
        page = (await look(office, maya, contact=wanted))[Group.CONTACT]
        assert (page.number, codes(page)) == (1, ["R-acce0005"])
    assert (await look(office, maya, waiting=7))[Group.WAITING] == Page(Group.WAITING, (), 0, 5, 0)


@pytest.mark.parametrize("coordinates", [False, True])
async def test_with_three_hundred_open_every_one_can_be_reached_on_home(office: Office, coordinates: bool) -> None:
    """By the buttons and menus that the view itself offers, each view within Slack's limits."""
    maya = await office.provider("Maya Reed")
    open_ones = {WAITING: 75, Status.ACCEPTED: 75, Status.CONTACTED: 75, Status.SCHEDULED: 75}
    await fill(office, maya, open_ones | {Status.CLOSED: 20}, timedelta(minutes=5))
    actor = by(maya, coordinator=coordinates)
    totals = {Group.WAITING: 75, Group.CONTACT: 75, Group.PROGRESS: 150, Group.CLOSED: 20}
    for group, total in totals.items():
        seen, stands, number = set(), "", 0
        while True:
            view = await office.do(drawn, actor, stands)
            check(view)
            seen |= {code for code in codes_in(view) if code.startswith(PREFIXES[group])}
            assert f"  {total}" in str(view), "the count is of all, on every page"
            following = next_page(view, group)
            if following == f"{group} 0":
                break
            number += 1
            assert following == f"{group} {number}"
            stands = turned(view.get("private_metadata", ""), following)
        assert len(seen) == total, group


PREFIXES = {
    Group.WAITING: ("R-pend",),
    Group.CONTACT: ("R-acce",),
    Group.PROGRESS: ("R-cont", "R-sche"),
    Group.CLOSED: ("R-clos",),
}


def drawn(tx: Tx, actor: Actor, stands: str) -> dict[str, Any]:
    """In the provider's own room."""
    shown = gather(tx, actor, read_place(stands) | {ROOM: str(Room.MINE)})
    return home(shown.blocks, shown.place)


def check(view: dict[str, Any]) -> None:
    assert check_view(view, "home") == []
    assert len(view["blocks"]) <= 100 and size_of(view) <= 250_000


def codes_in(view: dict[str, Any]) -> list[str]:
    texts = [str(block.get("text") or block.get("elements")) for block in view["blocks"]]
    return [text[text.index("*R-") + 1 :].split("*")[0] for text in texts if "*R-" in text]


def next_page(view: dict[str, Any], group: Group) -> str:
    (button,) = [one for one in view["blocks"] if one.get("block_id") == f"home.next.{group}"]
    return str(button["elements"][0]["value"])


ASKED: dict[str, Callable[[Tx, str], Any]] = {
    "the first pages": lambda tx, id: pages(tx, id, {}, 5),
    "further pages": lambda tx, id: pages(tx, id, dict.fromkeys(map(str, Group), 3), 5),
    "how they are doing": lambda tx, id: performance(tx, id, tx.now - LATELY, tx.now),
}


@ON_SQLITE
@pytest.mark.parametrize("what", ASKED)
async def test_no_table_is_read_whole(office: Office, what: str) -> None:
    maya = await office.provider("Maya Reed")
    await fill(office, maya, dict.fromkeys((WAITING, *HELD), 20), timedelta(hours=1))
    steps = await office.do(plans, ASKED[what], maya.id)
    assert steps and all(step.startswith(("SEARCH", "USE TEMP B-TREE")) for step in steps), steps
    assert not [step for step in steps if step.endswith("(practice_id=?)")], "a whole practice's is too many"
