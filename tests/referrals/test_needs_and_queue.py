"""The coordinators' lists: in the order that is stated, every one reachable, filtered, and no table read whole."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers.home import gather
from referrals.accept import accept
from referrals.deadlines import expire
from referrals.outbox import alert_practice, need_attention
from referrals.progress import contacted
from referrals.tx import Tx
from referrals.views.figures import received, right_now
from referrals.views.needs import attention_lines, how_many_need_a_person, needs_page
from referrals.views.queue import OPEN, Filters, QueuePage, providers_to_choose, queue_page, read_filters
from store.tables import Offer, Referral
from store.vocabulary import AttentionKind, Status, Urgency
from tests.desk import CORA, Office, by, new_office
from tests.engines import ON_SQLITE
from tests.plans import plans

pytestmark = pytest.mark.anyio

EVERYONE = {"state": "NY", "insurer": "aetna"}


async def item(office: Office, referral_id: str, kind: AttentionKind, detail: str | None = None) -> None:
    def work(tx: Tx) -> None:
        referral = tx.get(Referral, referral_id)
        assert referral is not None
        need_attention(tx, referral, tx.get(Offer, referral.offer_id), kind, detail)

    await office.do(work)


async def test_what_concerns_an_urgent_referral_comes_first_then_the_oldest(office: Office) -> None:
    await office.provider("Maya Reed")
    calm, late, urgent = [await office.submit() for _ in range(3)]
    await item(office, calm.referral_id, AttentionKind.DELIVERY_FAILED, "provider_offer:550")
    office.clock.turn(hours=1)
    await office.do(alert_practice, AttentionKind.RESTORED, "3")
    await item(office, late.referral_id, AttentionKind.DELIVERY_FAILED, "provider_offer:550")
    office.clock.turn(hours=1)
    await item(office, urgent.referral_id, AttentionKind.DELIVERY_FAILED, "provider_offer:550")
    await office.change(Referral, urgent.referral_id, urgency=Urgency.URGENT)
    lines = await office.do(attention_lines)
    assert lines[0].code == urgent.code and lines[0].urgent
    assert lines[1].code == calm.code
    assert {one.code for one in lines[2:]} == {None, late.code} and not any(one.urgent for one in lines[1:])
    await office.change(Referral, urgent.referral_id, status=Status.CLOSED, closed_at=office.clock.at)
    assert [one.code for one in await office.do(attention_lines)][-1] == urgent.code, "what is over hurts no more"


async def test_every_item_is_on_exactly_one_page(office: Office) -> None:
    asked = [await office.submit() for _ in range(7)]  # nobody on the roster: each is an item
    for one in asked[5:]:
        await office.change(Referral, one.referral_id, urgency=Urgency.URGENT)
    pages = [await office.do(needs_page, number, 3) for number in range(3)]
    codes = [line.code for page in pages for line in page.lines]
    assert sorted(codes) == sorted(one.code for one in asked), "the same item is never on two pages"
    assert set(codes[:2]) == {one.code for one in asked[5:]}
    assert [page.total for page in pages] == [7] * 3 and [len(page.lines) for page in pages] == [3, 3, 1]
    assert (await office.do(needs_page, 99, 3)).number == 2
    assert await office.do(how_many_need_a_person) == 7


async def test_another_practice_sees_nothing_of_it(office: Office) -> None:
    done = await office.submit()
    other = await new_office(office.desk.database)
    assert (await other.do(needs_page, 0, 10)).total == 0
    assert (await other.do(queue_page, Filters(), 0, 10)).total == 0
    assert await other.do(read_filters, {"provider": (await office.provider("Maya Reed")).id}) == Filters()
    assert (await other.do(right_now)).open == 0
    assert [line.code for line in (await office.do(needs_page, 0, 10)).lines] == [done.code]


async def queue(office: Office, number: int = 0, size: int = 50, **filters: str) -> QueuePage:
    return await office.do(queue_page, Filters(**filters), number, size)


def codes(page: QueuePage) -> list[str]:
    return [line.code for line in page.lines]


async def test_the_queue_is_in_the_order_of_what_is_to_be_done(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    expired = await office.submit()
    office.clock.turn(hours=49)
    await office.do(expire, expired.offer_id)
    reached, taken, later = [await office.submit() for _ in range(3)]
    for one in (reached, taken):
        await office.do(accept, by(maya), one.offer_id)
    await office.do(contacted, by(maya), reached.referral_id)
    office.clock.turn(hours=1)
    await office.submit()
    soonest = await office.submit()
    await office.change(Offer, soonest.offer_id, expires_at=office.clock.at + timedelta(hours=1))
    page = await queue(office)
    assert codes(page)[:3] == [expired.code, soonest.code, later.code] and page.total == 6
    assert codes(page)[-2:] == [taken.code, reached.code]
    assert page.lines[-1].whose == "Maya Reed" and page.lines[0].whose is None
    assert page.lines[1].expires_at == office.clock.at + timedelta(hours=1) and page.lines[-1].expires_at is None
    turned = [codes(await queue(office, number, 4)) for number in range(2)]
    assert turned[0] + turned[1] == codes(page) and codes(await queue(office, 9, 4)) == turned[1]


async def test_every_filter_narrows_and_they_work_together(office: Office) -> None:
    maya, tomas = await office.team("Maya Reed", "Tomás Lind")
    old = await office.submit(state="NY", insurer="cigna")
    office.clock.turn(hours=30)
    mine = await office.submit(maya, insurer="aetna", service="couples")
    texan = await office.submit(state="TX", insurer="aetna")
    held = await office.submit(insurer="aetna")
    await office.do(accept, by(tomas), held.offer_id)
    found = {
        "insurer": await queue(office, insurer="cigna"),
        "state": await queue(office, state="TX"),
        "service": await queue(office, service="couples"),
        "kind": await queue(office, kind="preferred"),
        "offered": await queue(office, provider=maya.id),
        "accepted": await queue(office, provider=tomas.id),
        "age": await queue(office, age="1"),
        "status": await queue(office, status="accepted"),
        "both": await queue(office, insurer="aetna", status="pending", state="NY"),
        "nothing": await queue(office, insurer="medicaid"),
    }
    assert {name: codes(page) for name, page in found.items()} == {
        "insurer": [old.code],
        "state": [texan.code],
        "service": [mine.code],
        "kind": [mine.code],
        "offered": [mine.code],
        "accepted": [held.code],
        "age": [old.code],
        "status": [held.code],
        "both": [mine.code],
        "nothing": [],
    }
    assert [page.total for page in found.values()] == [1] * 9 + [0]


async def test_a_filter_that_means_nothing_narrows_nothing(office: Office) -> None:
    maya = await office.provider("Maya Reed")
    forged = {"insurer": "nobody", "state": "ZZ", "age": "3", "status": "closed", "kind": "odd", "provider": "x"}
    assert await office.do(read_filters, forged) == Filters()
    real = {"insurer": "eap", "state": "TX", "age": "7", "status": "expired", "kind": "general", "provider": maya.id}
    assert (await office.do(read_filters, real)).on() == real
    assert await office.do(providers_to_choose) == [(maya.id, "Maya Reed")]


async def test_home_is_drawn_for_a_coordinator_from_these(office: Office) -> None:
    done = await office.submit()
    shown = await office.do(gather, CORA, {})
    assert done.code in str(shown.blocks) and shown.place == ""
    narrowed = await office.do(gather, CORA, {"room": "queue", "insurer": "medicaid"})
    assert "Nothing in the queue fits" in str(narrowed.blocks) and narrowed.place == "insurer:medicaid,room:queue"


ASKED: dict[str, Callable[[Tx], Any]] = {
    "what needs a person": lambda tx: needs_page(tx, 1, 2),
    "the queue": lambda tx: queue_page(tx, Filters(), 0, 15),
    "the queue, filtered": lambda tx: queue_page(tx, Filters("aetna", "NY", "individual", "general", age="1"), 0, 15),
    "a provider's": lambda tx: queue_page(tx, Filters(provider=tx.roster()[0].id), 0, 15),
    "each status": lambda tx: [queue_page(tx, Filters(status=one), 0, 15) for one in OPEN],
    "eight weeks": lambda tx: received(tx, tx.now - timedelta(weeks=8), tx.now),
    "now": right_now,
}


@ON_SQLITE
@pytest.mark.parametrize("what", ASKED)
async def test_no_table_is_read_whole(office: Office, what: str) -> None:
    await office.provider("Maya Reed")
    for _ in range(5):
        await office.submit(state="TX")
    steps = await office.do(plans, ASKED[what])
    allowed = ("SEARCH", "USE TEMP B-TREE", "LIST SUBQUERY")
    odd = [step for step in steps if not step.startswith(allowed)]
    assert steps and not odd, odd
    whole = [one for one in steps if one.endswith("(practice_id=?)") and "attention_open" not in one]
    assert not [one for one in whole if "provider" not in one and "referral_urgent" not in one], whole


@ON_SQLITE
async def test_urgent_ones_are_found_by_their_own_index(office: Office) -> None:
    await office.submit()
    steps = await office.do(plans, lambda tx: needs_page(tx, 0, 2))
    assert [step for step in steps if "INDEX referral_urgent" in step], steps
