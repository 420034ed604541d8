"""Two coordinators at the roster at once: nobody gets another's number, and nobody is linked by an old address."""

from referrals.changes import Typed, Wrong
from referrals.details import ask_for_details
from referrals.profile_fields import digest
from referrals.roster.edit import Saved, save
from referrals.roster.fields import RosterField
from referrals.roster.lookup import Account, Linked, NotLinked, Why, link_account
from store.database import Database
from store.tables import Link, Provider
from store.vocabulary import SlackStanding
from tests.desk import CORA, by, new_office
from tests.referrals.racing import Side

from .test_races import Track
from .test_races import field_ as field_

OLD, NEW = "maya.old@practice.example.org", "maya.new@practice.example.org"
NPI = "1234567893"
THEIRS = Account("U0NEW", SlackStanding.MEMBER, None, ours=True)


async def test_of_two_forms_with_one_npi_the_second_is_told(field_: Track) -> None:
    people = await field_.office.team(*(f"Maya{turn} Chen" for turn in range(2)))
    typed = {RosterField.NPI: Typed(NPI, digest(RosterField.NPI, ""))}
    sides = [Side(save, (CORA, one.id, typed), provider_id=one.id) for one in people]
    ((first, second),) = await field_.run([(sides[0], sides[1])])
    assert {type(first), type(second)} == {Saved, Wrong}
    assert [one.npi for one in await field_.office.rows(Provider)].count(NPI) == 1


async def test_an_address_that_was_changed_meanwhile_links_nobody(database: Database) -> None:
    office = await new_office(database)
    maya = await office.provider("Maya Chen", slack_user="U0OLD", slack_email=NEW)
    await office.do(ask_for_details, by(maya), (await office.submit(maya)).referral_id)
    late = await office.do(link_account, CORA, maya.id, OLD, THEIRS)
    assert late == NotLinked(maya.title, Why.OVERTAKEN, NEW)
    (link,) = await office.rows(Link)
    assert (await office.rows(Provider))[0].slack_user == "U0OLD" and link.expires_at > office.clock.now()
    done = await office.do(link_account, CORA, maya.id, NEW, THEIRS)
    assert isinstance(done, Linked) and (await office.rows(Provider))[0].slack_user == "U0NEW"
    (link,) = await office.rows(Link)
    assert link.expires_at <= office.clock.now(), "whoever had the old account is not her any more"
