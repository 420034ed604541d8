"""A card whose posting ended in the dark, on a referral that is over by the time anybody looks."""

from datetime import timedelta

import pytest

from jobs import cards
from jobs.errors import DeliveryError, FailureKind
from referrals.close import close
from store.tables import Offer
from store.vocabulary import CloseReason
from tests.desk import CORA, Office

from .outside import Outside

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("there", [True, False])
async def test_a_card_posted_in_the_dark_is_found_and_redrawn_though_all_is_over(office: Office, there: bool) -> None:
    done = await office.submit()
    lost = Outside(error_on={"post": DeliveryError("dropped", FailureKind.UNKNOWN)})
    await cards.post(lost.deps(office), office.practice_id, done.offer_id)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)

    def soon(tx: object) -> None:
        offer = tx.session.get(Offer, done.offer_id)  # type: ignore[attr-defined]
        offer.card_next_at -= timedelta(minutes=1)

    await office.do(soon)
    outside = Outside(found="1763161200.000001" if there else None)
    await cards.post(outside.deps(office), office.practice_id, done.offer_id)
    offer = (await office.rows(Offer, id=done.offer_id))[0]
    assert not outside.posts and len(outside.looks) == 1
    if there:
        assert offer.card_ts == "1763161200.000001"
        await cards.redraw(outside.deps(office), office.practice_id, done.offer_id)
        offer = (await office.rows(Offer, id=done.offer_id))[0]
        assert outside.updates == 1
    assert offer.shown_version == offer.card_version
