"""Who may see a client's details, as one table; the search; and the setting that lets them into Slack."""

import asyncio
from typing import Any

import pytest

from referrals import client_page, details
from referrals.accept import accept
from referrals.actor import Actor, Surface
from referrals.close import close
from referrals.decline import release
from referrals.details import Details, Ticket, ask_for_details, for_slack, view
from referrals.find import SEARCH, Hit, Unnamed, ask_to_find, find
from referrals.links import Opened
from referrals.outcomes import Done, Missing, Refusal, Refused
from referrals.privacy import Attestation, attest, attestation
from store.database import Database
from store.tables import Client, History, Link, PageSession, Provider
from store.vocabulary import CloseReason, DeclineReason, PlanItem, ProviderStatus, SlackStanding, Status
from tests.canary import somebody
from tests.desk import COORDINATOR, CORA, STRANGER, Office, by, new_office

pytestmark = pytest.mark.anyio

#: Who looks -> why not, or None. The referral is held by Maya, who got it after Noor had given it back.
TABLE: dict[str, Refusal | None] = {
    "acceptor": None,
    "other provider": Refusal.NOT_THEIRS,
    "former acceptor": Refusal.NOT_THEIRS,
    "coordinator": None,
    "coordinator who is a provider": None,
    "coordinator who is an inactive provider": None,
    "former coordinator": Refusal.UNLINKED,
    "inactive acceptor": None,
    "paused acceptor": None,
    "deactivated acceptor": Refusal.DEACTIVATED,
    "acceptor who became a guest": Refusal.GUEST,
    "acceptor with another account": Refusal.UNLINKED,
    "stranger": Refusal.UNLINKED,
}


async def held(office: Office, **facts: Any) -> tuple[Provider, Provider, str]:
    """Maya, who holds it; Noor, who did before her; and the referral's id."""
    maya, noor = await office.team("Maya Lin", "Noor Haddad")
    done = await office.submit(**facts)
    assert isinstance(await office.do(accept, by(noor), done.offer_id), Done)
    assert isinstance(await office.do(release, by(noor), done.referral_id, DeclineReason.SCHEDULE), Done)
    offer = (await office.offers(done.referral_id))[-1]
    assert isinstance(await office.do(accept, by(maya), offer.id), Done)
    return maya, noor, done.referral_id


async def who(office: Office, role: str, maya: Provider, noor: Provider) -> Actor:
    if role == "other provider":
        return by(await office.provider("Tomas Berg"))
    if role == "former acceptor":
        return by(noor)
    if role == "stranger":
        return STRANGER
    if role == "former coordinator":
        return Actor("slack:U0GONE", Surface.BUTTON, slack_user="U0GONE", coordinator=True)
    if role.startswith("coordinator who"):
        status = ProviderStatus.INACTIVE if "inactive" in role else ProviderStatus.ACTIVE
        return by(await office.provider("Cora Both", slack_user=COORDINATOR, status=status), coordinator=True)
    if role == "coordinator":
        return CORA
    changes: dict[str, dict[str, Any]] = {
        "inactive acceptor": {"status": ProviderStatus.INACTIVE},
        "paused acceptor": {"status": ProviderStatus.PAUSED},
        "deactivated acceptor": {"slack_standing": SlackStanding.DEACTIVATED},
        "acceptor who became a guest": {"slack_standing": SlackStanding.GUEST},
        "acceptor with another account": {"slack_user": "U0OTHER"},
    }
    if role in changes:
        await office.change(Provider, maya.id, **changes[role])
    return by(maya)


@pytest.mark.parametrize("role", TABLE)
async def test_who_may_see(office: Office, role: str) -> None:
    maya, noor, id = await held(office)
    actor = await who(office, role, maya, noor)
    reason = TABLE[role]
    asked = await office.do(ask_for_details, actor, id)
    seen = await office.do(view, actor, id)
    looks = [(row.result, row.data) for row in await office.rows(History, subject_id=id, event="view")]
    if reason is None:
        assert isinstance(asked, Ticket) and isinstance(seen, Details) and seen.contact is not None
        assert seen.contact.name == "Ada Canary-Quill"
        assert looks == [("done", {"what": "details"})], "a link alone is no look"
    else:
        assert isinstance(asked, Refused) and isinstance(seen, Refused)
        assert {asked.reason, seen.reason} == {reason} and asked.code is not None
        assert looks == [(reason, {"what": "details"})] * 2
        assert await office.rows(Link) == []
    await office.history(await office.referral(id))  # the chain holds


async def test_while_it_is_offered_to_one_provider_they_and_nobody_else(office: Office) -> None:
    maya, tomas = await office.team("Maya Lin", "Tomas Berg")
    done = await office.submit(maya)
    assert isinstance(await office.do(view, by(maya), done.referral_id), Details)
    assert await office.do(view, by(tomas), done.referral_id) == Refused(Refusal.NOT_THEIRS, done.code)
    office.clock.turn(hours=49)  # written off only once it is expired
    assert isinstance(await office.do(view, by(maya), done.referral_id), Details)


async def test_a_general_round_shows_nobody_but_coordinators(office: Office) -> None:
    maya = await office.provider("Maya Lin")
    done = await office.submit()
    assert isinstance(await office.do(ask_for_details, by(maya), done.referral_id), Refused)
    assert isinstance(await office.do(ask_for_details, CORA, done.referral_id), Ticket)


async def test_another_practices_referral_does_not_exist(office: Office, shared_database: Database) -> None:
    other = await new_office(shared_database)
    done = await other.submit()
    for use_case in (ask_for_details, view, for_slack):
        assert isinstance(await office.do(use_case, CORA, done.referral_id), Missing)
        assert isinstance(await office.do(use_case, CORA, "nonsense"), Missing)
    assert await other.rows(History, event="view") == []


async def test_what_the_details_say(office: Office) -> None:
    maya, _, id = await held(office, age_band="13-17", guardian="Bo Canary", concerns=("grief", "substance_use"))
    await office.change(Provider, maya.id, time_zone="America/Los_Angeles")
    seen = await office.do(view, by(maya), id)
    assert isinstance(seen, Details) and seen.contact is not None
    assert (seen.minor, seen.contact.guardian, seen.mine, seen.may_act) == (True, "Bo Canary", True, True)
    assert seen.facts.concerns == ("Grief",) and seen.protected == ("Substance use",)
    assert seen.time_zone == "America/Los_Angeles" and str(seen.tomorrow) == "2025-11-15"
    assert seen.plan == frozenset[PlanItem]() and seen.expires_at is None
    theirs = await office.do(view, CORA, id)
    assert isinstance(theirs, Details) and (theirs.mine, theirs.may_act) == (False, True)
    assert isinstance(await office.do(close, CORA, id, CloseReason.WITHDRAWN), Done)
    after = await office.do(view, by(maya), id)
    assert isinstance(after, Details) and not after.may_act and after.status is Status.CLOSED
    await office.change(Client, (await office.referral(id)).client_id, erased_at=office.clock.now())
    gone = await office.do(view, by(maya), id)
    assert isinstance(gone, Details) and gone.contact is None


@pytest.mark.parametrize("role", TABLE)
async def test_who_may_search_and_what_they_find(office: Office, role: str) -> None:
    maya, noor, id = await held(office)
    actor = await who(office, role, maya, noor)
    reason = TABLE[role]
    ticket, hits = await office.do(ask_to_find, actor), await office.do(find, actor, "ada", "QUILL")
    rows = await office.rows(History, event="search")
    if reason in (None, Refusal.NOT_THEIRS):
        assert isinstance(ticket, Ticket) and ticket.code is None
        assert [hit.referral_id for hit in hits] == ([] if reason else [id])
        vault = office.desk.vault
        digests = [vault.index("name", "ada"), vault.index("name", "quill")]
        assert [(row.result, row.data) for row in rows] == [("done", {"digests": digests, "found": len(hits)})]
    else:
        assert ticket == hits == Refused(reason)
        assert [(row.result, row.data) for row in rows] == [(reason, {"digests": [], "found": 0})] * 2
    assert await office.rows(History, event="view") == []


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("Zoë", "Quill-Bergström", True),
        ("ZOE", "quill bergstrom", True),
        (" zoe ", "Bergström", True),
        ("Bergström", "Zoë", True),
        ("Zoë Ann", "Quill", False),
        ("Zo", "Quill", False),
        ("Zoë", "Bergström-Quill", False),
        ("Zoë%", "Quill", False),
        ("Zoë", "Zoë", True),
    ],
)
async def test_the_search_is_exact_on_parts_of_the_name(office: Office, first: str, last: str, found: bool) -> None:
    done = await office.submit(client_name="Zoë Quill-Bergström")
    await office.submit(client_name="Zoë Other", client_email="other@clients.example.net")
    hits = await office.do(find, CORA, first, last)
    wanted = [done.referral_id] if (first, last) != ("Zoë", "Zoë") else None
    ids = [hit.referral_id for hit in hits]
    assert ids == wanted if wanted and found else len(ids) == (2 if found else 0), ids


@pytest.mark.parametrize(("first", "last", "missing"), [("", "Quill", ("first",)), ("-", " ", ("first", "last"))])
async def test_a_search_without_a_name_is_none(office: Office, first: str, last: str, missing: tuple[str]) -> None:
    await office.submit()
    assert await office.do(find, CORA, first, last) == Unnamed(missing)
    assert await office.rows(History, event="search") == []


async def test_the_erased_are_never_found_and_a_long_paste_is_cut(office: Office) -> None:
    done = await office.submit()
    assert len(await office.do(find, CORA, "Ada", "Quill")) == 1
    await office.do(find, CORA, "Ada", " ".join(f"part{number}" for number in range(5000)))
    assert len((await office.rows(History, event="search"))[-1].data["digests"]) == 12
    await office.change(Client, (await office.referral(done.referral_id)).client_id, erased_at=office.clock.now())
    assert await office.do(find, CORA, "Ada", "Quill") == []


async def test_the_newest_come_first(office: Office) -> None:
    first = await office.submit()
    office.clock.turn(hours=1)
    second = await office.submit(client_email="again@clients.example.net")
    hits = await office.do(find, CORA, "Ada", "Quill")
    assert hits == [
        Hit(second.referral_id, second.code, Status.PENDING, office.clock.now()),
        Hit(first.referral_id, first.code, Status.PENDING, hits[1].created_at),
    ]


async def test_of_many_presses_of_one_link_at_once_one_opens_a_session(office: Office) -> None:
    maya, _, id = await held(office)
    ticket = await office.do(ask_for_details, by(maya), id)
    pressed = (office.do(client_page.open_by_link, ticket.token) for _ in range(20))
    answers = await asyncio.gather(*pressed)
    assert len([one for one in answers if isinstance(one, Opened)]) == 1
    assert answers.count(client_page.Shut.USED) == 19 and len(await office.rows(PageSession)) == 1


async def test_the_setting_is_a_coordinators_and_is_recorded(office: Office) -> None:
    maya, _, id = await held(office)
    assert await office.do(attestation, by(maya)) == Refused(Refusal.NOT_COORDINATOR)
    assert await office.do(attest, by(maya), True) == Refused(Refusal.NOT_COORDINATOR)
    assert isinstance(await office.do(for_slack, by(maya), id), Ticket)
    on = Attestation(True, COORDINATOR, office.clock.now())
    assert await office.do(attest, CORA, True) == on
    office.clock.turn(hours=1)
    assert await office.do(attest, CORA, True) == on, "attested once"
    assert isinstance(await office.do(for_slack, by(maya), id), Details)
    assert await office.do(attest, CORA, False) == Attestation(False, None, None)
    assert isinstance(await office.do(for_slack, by(maya), id), Ticket)
    rows = await office.rows(History, event="phi_in_slack")
    refused, off, on_ = Refusal.NOT_COORDINATOR, {"before": True, "after": False}, {"before": False, "after": True}
    assert [(row.result, row.data) for row in rows] == [(refused, {}), (refused, {}), ("done", on_), ("done", off)]
    assert [row.result for row in await office.rows(History, event="view")] == ["done"]


async def test_nothing_of_it_names_anybody_in_history(office: Office) -> None:
    client = somebody()
    maya, _, id = await held(office, client_name=client.name, client_email=client.email, notes=client.notes)
    first, _, last = client.name.partition(" ")
    await office.do(find, by(maya), first, last)
    await office.do(view, by(maya), id)
    written = str([(row.event, row.data, row.actor) for row in await office.rows(History)]).casefold()
    for secret in (*client.name.casefold().split(), client.email, client.notes.casefold()):
        assert secret not in written
    assert details.VIEW in written and SEARCH in written
