"""Licences that end: told once, thirty days before and when past, by the provider's own day, until they are renewed."""

from datetime import UTC, datetime

import pytest

from referrals.changes import Typed
from referrals.composing import compose
from referrals.letters import PracticeLetter, Void
from referrals.outbox import open_of_practice
from referrals.profile_fields import digest
from referrals.provider_letters import ProviderLetter
from referrals.roster.edit import Saved, save
from referrals.roster.fields import RosterField
from referrals.roster.licence_ends import ends
from referrals.roster.standing import deactivate, reactivate
from referrals.roster.watch import look_again, to_look_at
from referrals.seen import seen
from store.tables import Attention, Delivery, Provider
from store.vocabulary import AttentionKind
from tests.desk import CORA, Office

LAST = "2025-12-14"  # thirty days after the clock's first day in New York


async def look(office: Office) -> int:
    ids, quiet = await office.do(to_look_at)
    for id in ids:
        await office.do(look_again, id, quiet=quiet)
    return len(ids)


async def items(office: Office) -> list[Attention]:
    return list(await office.rows(Attention, kind=AttentionKind.LICENCE_ENDING))


async def told(office: Office) -> list[str]:
    """To whom, of what concerns no referral, in the order in which it was written."""
    return sorted(one.recipient.partition(":")[0] for one in await office.rows(Delivery, referral_id=None))


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2025, 11, 14, 4, 59, tzinfo=UTC), None),  # still the 13th where they are: 31 days
        (datetime(2025, 11, 14, 5, 0, tzinfo=UTC), 30),
        (datetime(2025, 12, 15, 4, 59, tzinfo=UTC), 0),
        (datetime(2025, 12, 15, 5, 0, tzinfo=UTC), -1),
    ],
)
async def test_by_their_own_day(office: Office, now: datetime, days: int | None) -> None:
    maya = await office.provider("Maya Chen", time_zone="America/New_York", licences=[{"state": "NY", "expires": LAST}])
    office.clock.at = now
    assert await look(office) == (0 if days is None else 1)
    found = await office.do(lambda tx: ends(maya, datetime(2025, 12, 14, tzinfo=UTC).date()))
    assert [(one.state, one.days_left) for one in found] == [("New York", 0)]
    assert [item.detail for item in await items(office)] == ([] if days is None else [maya.id])


async def test_once_before_and_once_when_past_until_it_is_renewed(office: Office) -> None:
    licences = [{"state": "NY", "expires": LAST}, {"state": "TX"}]
    maya = await office.provider("Maya Chen", time_zone="America/New_York", licences=licences)
    assert await look(office) == 1 and await look(office) == 0
    assert await told(office) == ["provider", "slack"]
    office.clock.turn(days=10)
    assert await look(office) == 0, "nothing new"
    office.clock.turn(days=21)
    assert await look(office) == 1 and await look(office) == 0
    assert await told(office) == ["provider", "provider", "slack"], "the coordinators have it on their list"
    assert len(await items(office)) == 1 and (await items(office))[0].settled_at is None
    shown = digest(RosterField.LICENCES, f"NY {LAST}\nTX")
    renewed = {RosterField.LICENCES: Typed("NY 2027-12-14\nTX", shown)}
    assert isinstance(await office.do(save, CORA, maya.id, renewed), Saved)
    assert (await items(office))[0].settled_at is not None and await look(office) == 0
    assert await office.history(maya) == ["licence_ending", "licence_ending", "roster_update", "licence_ending_over"]
    office.clock.turn(days=700)
    assert await look(office) == 1 and len(await items(office)) == 2, "the next time it is news again"


async def test_what_a_coordinator_took_off_the_list_comes_back_only_with_something_new(office: Office) -> None:
    await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2025-12-01"}])
    await look(office)
    await office.do(seen, CORA, (await items(office))[0].id)
    office.clock.turn(days=5)
    assert await look(office) == 0 and len(await items(office)) == 1
    office.clock.turn(days=20)
    assert await look(office) == 1
    assert [item.settled_at is None for item in await items(office)] == [False, True], "it has ended"


async def test_nobody_inactive_is_watched(office: Office) -> None:
    maya = await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2020-01-01"}])
    await look(office)
    await office.do(deactivate, CORA, maya.id)
    assert await office.do(open_of_practice, AttentionKind.LICENCE_ENDING) == [] and await look(office) == 0
    await office.do(reactivate, CORA, maya.id)
    assert len(await office.do(open_of_practice, AttentionKind.LICENCE_ENDING)) == 1


async def test_many_at_once_are_listed_without_a_message_each(office: Office) -> None:
    for number in range(8):
        name = f"P{number} Chen"
        await office.provider(name, licences=[{"state": "NY", "expires": "2025-12-01"}])
    assert await look(office) == 8 and len(await items(office)) == 8
    assert set(await told(office)) == {"provider"}, "each of their own, and no coordinator of eight"


async def letter(office: Office, template: str) -> object:
    row = (await office.rows(Delivery, template=template))[-1]
    return await office.do(compose, row)


async def test_the_letters_say_which_and_when_and_not_what_is_over(office: Office) -> None:
    maya = await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2025-12-01"}])
    await look(office)
    own, theirs = await letter(office, "provider_licence"), await letter(office, "coordinator_trouble")
    assert isinstance(own, ProviderLetter) and own.licence is not None and own.licence.days_left == 17
    assert isinstance(theirs, PracticeLetter) and theirs.about == "Maya Chen"
    assert [one.state for one in theirs.ends] == ["New York"]
    await office.change(Provider, maya.id, licences=[{"state": "NY"}])
    assert await letter(office, "provider_licence") == Void("no_longer_true")
