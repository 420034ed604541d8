"""The referrals channel is another one now: new cards go there, old ones stay where they are and keep being current."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import cards
from jobs.errors import DeliveryError, FailureKind
from referrals.accept import accept
from referrals.changes import Typed
from referrals.profile_fields import digest
from referrals.settings.change import Saved, change
from referrals.settings.names import Group, Setting
from store.tables import Attention, Offer
from store.vocabulary import AttentionKind
from tests.desk import CORA, Office, by

from .outside import Outside

pytestmark = pytest.mark.anyio

OLD, NEW = "C0REFERRALS", "C0INTAKE"


class Channels(Outside):
    """Notes where cards are changed and looked for. ``stands_in``: where a lost post turns out to be."""

    def __init__(self, stands_in: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.changed: list[str] = []
        self.searched: list[str] = []
        self.stands_in = stands_in

    async def update(self, channel: str, *_: Any) -> None:
        self.changed.append(channel)

    async def find_posted(self, channel: str, *_: Any, oldest: float, **__: Any) -> str | None:
        self.searched.append(channel)
        if channel in self.error_on:
            raise self.error_on[channel]
        return "1763161200.000001" if channel == self.stands_in else None


async def moved(office: Office) -> None:
    typed = {Setting.CHANNEL: Typed(NEW, digest(Setting.CHANNEL, OLD))}
    assert await office.do(change, CORA, Group.CHANNEL, typed) == Saved((Setting.CHANNEL,))


async def offer(office: Office, id: str) -> Offer:
    (row,) = await office.rows(Offer, id=id)
    return row


async def test_old_cards_stay_and_new_ones_go_to_the_new_channel(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    out = Channels()
    before = await office.submit()
    await cards.post(out.deps(office), office.practice_id, before.offer_id)
    await moved(office)
    after = await office.submit(client_name="Ada Canary-Second")
    await cards.post(out.deps(office), office.practice_id, after.offer_id)
    assert out.posts == [OLD, NEW]
    await office.do(accept, by(maya), before.offer_id)
    await cards.redraw(out.deps(office), office.practice_id, before.offer_id)
    assert out.changed == [OLD] and out.posts == [OLD, NEW], "changed where it stands, and not posted anew"
    assert (await offer(office, before.offer_id)).card_channel == OLD
    assert (await offer(office, after.offer_id)).card_channel == NEW


@pytest.mark.parametrize(
    ("stands_in", "shut", "posts", "channel"),
    [(OLD, False, [], OLD), ("", False, [NEW], NEW), ("", True, [NEW], NEW), (NEW, False, [], NEW)],
)
async def test_a_card_lost_before_the_move_is_looked_for_where_it_was_tried(
    office: Office, stands_in: str, shut: bool, posts: list[str], channel: str
) -> None:
    done = await office.submit()
    lost = Outside(error_on={"post": DeliveryError("dropped", FailureKind.UNKNOWN)})
    await cards.post(lost.deps(office), office.practice_id, done.offer_id)
    await moved(office)
    await office.change(Offer, done.offer_id, card_next_at=office.clock.at - timedelta(minutes=1))
    errors = {OLD: DeliveryError("not_in_channel", FailureKind.PERMANENT)} if shut else {}
    out = Channels(stands_in, error_on=errors)
    await cards.post(out.deps(office), office.practice_id, done.offer_id)
    assert out.posts == posts and out.searched[0] == OLD
    assert (await offer(office, done.offer_id)).card_channel == channel
    assert AttentionKind.SLACK not in [one.kind for one in await office.rows(Attention)]
