"""Where the use cases alone have written, the auditor finds nothing; and it says how much it has looked at."""

from datetime import UTC, datetime, timedelta

from referrals.audit.looking import beginning_of_next
from referrals.notices import Template
from store.ids import first_id
from store.tables import Attention, Delivery, History, Offer, Provider, Referral
from tests.desk import Office
from tests.referrals.audit.office_life import lived, look

#: Not sent in that life: what concerns the practice by mail only, or a provider and no referral.
_UNUSED = {
    Template.COORDINATOR_DIGEST,
    Template.SUPPORT_TROUBLE_MAIL,
    Template.PROVIDER_RESUMED,
    Template.PROVIDER_LICENCE,
}


async def test_everything_that_can_happen_is_in_order(office: Office) -> None:
    await lived(office)
    found = await look(office)
    assert [str(one) for one in found.findings] == []
    sent = await office.rows(Delivery)
    assert {one.template for one in sent} == {str(one) for one in Template} - _UNUSED
    events = [one for one in await office.rows(History) if one.subject == "referral"]
    looked = found.looked_at
    assert (looked.referrals, looked.offers) == (len(await office.rows(Referral)), len(await office.rows(Offer)))
    assert (looked.events, looked.providers) == (len(events), len(await office.rows(Provider)))
    assert looked.deliveries == len([one for one in sent if one.referral_id])
    assert looked.items == len([one for one in await office.rows(Attention) if one.referral_id])


async def test_an_empty_practice_is_in_order(office: Office) -> None:
    found = await look(office)
    assert (found.wrong, found.first, found.looked_at.referrals, found.whole) == (0, None, 0, True)


async def test_an_incremental_look_takes_what_has_happened_since(office: Office) -> None:
    life = await lived(office)
    lately = await look(office, beginning_of_next())
    assert (lately.wrong, lately.whole, lately.looked_at.referrals) == (0, False, len(life))
    later = await look(office, first_id(datetime.now(UTC) + timedelta(hours=1)))
    assert (later.wrong, later.looked_at.referrals, later.looked_at.providers) == (0, 0, 0)


async def test_the_next_look_begins_before_this_one(office: Office) -> None:
    """Ids of several processes are only roughly in order, and a commit may come late."""
    before = datetime.now(UTC)
    found = await look(office)
    assert first_id(before - timedelta(minutes=5, seconds=1)) < found.up_to < first_id(before)
