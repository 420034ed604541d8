"""Sources: created, edited by two at once, retired, linked to; and what a client types never becomes one."""

from typing import Any

import pytest

from referrals.changes import Typed, Wrong
from referrals.intake.form import receive
from referrals.outcomes import Missing, Person, Refusal, Refused
from referrals.profile_fields import digest
from referrals.sources.edit import Overtaken, Saved, SourceForm, add, edit, meant, retire, source_form
from referrals.sources.fields import FROM_THE_FORM, SourceField
from referrals.sources.links import SourceLink, link_of, replace_link, source_of_link
from referrals.tx import Tx
from store.database import Database
from store.history import first_broken
from store.tables import Client, Delivery, History, Referral, Source
from store.vocabulary import SourceKind
from tests.desk import CORA, STRANGER, Office, by, intake, new_office

F = SourceField
CLINIC = {F.NAME: "Cedar Street Family Medicine", F.KIND: "physician", F.EMAIL: "Office@Cedar.example.com"}


async def added(office: Office, **more: str) -> Source:
    saved = await office.do(add, CORA, CLINIC | {F(name): text for name, text in more.items()})
    assert isinstance(saved, Saved), saved
    return (await office.rows(Source, id=saved.source_id))[0]


async def sent(office: Office, source: Source | SourceForm, **changes: str) -> Any:
    """A form that showed the source like this, sent with these changes."""
    stands = source if isinstance(source, SourceForm) else await office.do(source_form, CORA, source.id)
    assert isinstance(stands, SourceForm)
    typed = {one: Typed(changes.get(one, text), digest(one, text)) for one, text in stands.written.items()}
    return await office.do(edit, CORA, stands.source_id, typed)


async def changes_of(office: Office) -> list[dict[str, Any]]:
    """Of sources, as the practice's history keeps them; its chain is checked on the way."""
    rows = await office.rows(History, subject_id=office.practice_id)
    practice = await office.do(Tx.practice)
    assert first_broken(office.desk.vault, rows, practice.history_head, practice.history_count) is None
    return [row.data | {"result": row.result} for row in rows if row.event == "source"]


async def test_a_source_is_added_as_it_was_typed(office: Office) -> None:
    source = await added(office, contact="Dr. Ines Okoye", phone="(512) 555-0142")
    assert (source.name, source.kind) == ("Cedar Street Family Medicine", SourceKind.PHYSICIAN)
    assert (source.email, source.phone, source.contact) == (
        "office@cedar.example.com",
        "+15125550142",
        "Dr. Ines Okoye",
    )
    assert source.mailable and source.link_token is None
    [change] = await changes_of(office)
    assert change == {"source": source.id, "change": "added", "result": "done"}, "history names no value"


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": " "}, "name", "such as"),
        ({"kind": ""}, "kind", "Choose"),
        ({"kind": "friend"}, "kind", "Choose"),
        ({"email": "cedar"}, "email", "name@example.com"),
        ({"phone": "12"}, "phone", "(512) 555-0142"),
        ({"name": "x" * 200}, "name", "At most 120"),
        ({"name": "other (From the FORM)"}, "name", "desk's own"),
    ],
)
async def test_what_will_not_do_is_said_with_what_does(
    office: Office, typed: dict[str, str], field: str, says: str
) -> None:
    outcome = await office.do(add, CORA, CLINIC | {F(name): text for name, text in typed.items()})
    assert isinstance(outcome, Wrong)
    [error] = outcome.errors
    assert error.field == field and says in error.message
    assert await office.rows(Source) == [] and await changes_of(office) == []


@pytest.mark.parametrize(
    "name", ["Cedar Street Family Medicine", "CEDAR STREET  FAMILY-MEDICINE", "Cédar Street Family Medicine"]
)
async def test_a_name_is_taken_however_it_is_written(office: Office, shared_database: Database, name: str) -> None:
    source = await added(office)
    outcome = await office.do(add, CORA, CLINIC | {F.NAME: name})
    assert isinstance(outcome, Wrong) and "already: Cedar Street Family Medicine." in outcome.errors[0].message
    other = await added(office, name="Lantern Group")
    again = await sent(office, other, name=name)
    assert isinstance(again, Wrong) and again.errors[0].field == "name"
    await office.do(retire, CORA, source.id)
    outcome = await office.do(add, CORA, CLINIC)
    assert isinstance(outcome, Wrong) and "bring it back" in outcome.errors[0].message
    neighbour = await new_office(shared_database)
    assert isinstance(await neighbour.do(add, CORA, CLINIC), Saved), "another practice has names of its own"


async def test_an_edit_writes_what_was_changed_in_it_only(office: Office) -> None:
    source = await added(office)
    saved = await sent(office, source, contact="Dr. Ines Okoye", mail_ok="")
    assert isinstance(saved, Saved) and set(saved.fields) == {"contact", "mail_ok"}
    now = (await office.rows(Source))[0]
    assert (now.contact, now.mail_ok, now.name, now.email) == ("Dr. Ines Okoye", False, source.name, source.email)
    assert (await changes_of(office))[-1]["fields"] == ["contact", "mail_ok"]
    assert (await sent(office, now)).fields == (), "sent as it was, it changes nothing"
    assert len(await changes_of(office)) == 2


async def test_the_second_of_two_is_shown_what_the_first_changed_and_who_it_was(office: Office) -> None:
    source = await added(office)
    shown = await office.do(source_form, CORA, source.id)
    maya = by((await office.team("Maya"))[0], coordinator=True)
    first = {F.PHONE: Typed("(512) 555-0142", digest(F.PHONE, "")), F.CONTACT: Typed("Ines", digest(F.CONTACT, ""))}
    assert isinstance(await office.do(edit, maya, source.id, first), Saved)
    late = await sent(office, shown, phone="(512) 555-0177", email="new@cedar.example.com")
    assert isinstance(late, Overtaken)
    assert late.fields == (F.PHONE,) and late.by == Person("Maya", "U0MAYA")
    assert late.now.written[F.CONTACT] == "Ines"
    now = (await office.rows(Source))[0]
    assert (now.phone, now.email) == ("+15125550142", "office@cedar.example.com"), "nothing of it is written"
    assert isinstance(await sent(office, late.now, phone="(512) 555-0177"), Saved), "having seen it, they may"


async def test_only_coordinators_may_and_others_are_recorded(office: Office) -> None:
    source = await added(office)
    link = await office.do(link_of, CORA, source.id)
    assert isinstance(link, SourceLink)
    tries: list[tuple[Any, ...]] = [
        (source_form, source.id),
        (add, CLINIC | {F.NAME: "Another"}),
        (edit, source.id, {F.NAME: Typed("Mine", digest(F.NAME, source.name))}),
        (retire, source.id),
        (link_of, source.id),
        (replace_link, source.id),
    ]
    provider = by((await office.team("Noor"))[0])
    for actor in (STRANGER, provider):
        for use_case, *arguments in tries:
            assert await office.do(use_case, actor, *arguments) == Refused(Refusal.NOT_COORDINATOR)
    [now] = await office.rows(Source)
    assert (now.name, now.retired_at, now.link_token) == (source.name, None, link.token)
    refused = [one for one in await changes_of(office) if one["result"] == "not_coordinator"]
    assert len(refused) == 2 * len(tries)


async def test_another_practices_source_is_not_there(office: Office, shared_database: Database) -> None:
    source, neighbour = await added(office), await new_office(shared_database)
    for use_case in (source_form, retire, link_of, replace_link):
        assert await neighbour.do(use_case, CORA, source.id) == Missing()
    assert await neighbour.do(edit, CORA, source.id, {}) == Missing()
    link = await office.do(link_of, CORA, source.id)
    assert isinstance(link, SourceLink)
    assert await neighbour.do(source_of_link, link.token) is None


async def test_a_link_stays_until_it_is_replaced_or_its_source_retired(office: Office) -> None:
    source = await added(office)
    first = await office.do(link_of, CORA, source.id)
    assert isinstance(first, SourceLink) and len(first.token) == 16
    assert await office.do(link_of, CORA, source.id) == first
    second = await office.do(replace_link, CORA, source.id)
    assert isinstance(second, SourceLink) and second.replaced and second.token != first.token
    found = [await office.do(source_of_link, token) for token in (first.token, second.token, "", "nonsense")]
    assert [one.id if one else None for one in found] == [None, source.id, None, None]
    await office.do(retire, CORA, source.id)
    assert await office.do(source_of_link, second.token) is None
    assert (await office.do(link_of, CORA, source.id)).retired
    assert isinstance(await office.do(retire, CORA, source.id, retired=False), Saved)
    back = await office.do(source_of_link, second.token)
    assert back is not None and back.id == source.id
    assert [one["change"] for one in await changes_of(office)] == [
        "added",
        "linked",
        "link_replaced",
        "retired",
        "brought_back",
    ]


async def test_who_comes_by_a_link_was_referred_by_its_source(office: Office) -> None:
    source = await added(office)
    link = await office.do(link_of, CORA, source.id)
    await office.do(receive, intake(source="Somebody else"), link.token)
    await office.do(receive, intake(client_email="b@clients.example.net"), "nonsense")
    first, second = sorted(await office.rows(Referral), key=lambda one: one.channel, reverse=True)
    assert (first.channel, first.source_id) == ("link", source.id)
    assert (second.channel, second.source_id) == ("form", None)
    assert [one.name for one in await office.rows(Source)] == [source.name]


async def test_a_known_source_is_found_by_its_name_as_clients_type_it(office: Office) -> None:
    source = await added(office)
    await office.do(receive, intake(source=" cedar street family  medicine"))
    [referral] = await office.rows(Referral)
    assert referral.source_id == source.id
    [client] = await office.rows(Client)
    assert office.desk.vault.open(client.notes) is None


@pytest.mark.parametrize("typed", ["Ada Canary-Quill", "my sister Zoë", FROM_THE_FORM, "😀"])
async def test_what_nobody_knows_stays_sealed_with_the_client(office: Office, typed: str) -> None:
    """It may be anybody's name, and sources' names stand in Slack."""
    await added(office)
    await office.do(receive, intake(source=typed, notes="After five.", nonce="1"))
    await office.do(receive, intake(source=f"{typed}, too", nonce="2"))
    names = sorted(one.name for one in await office.rows(Source))
    assert names == ["Cedar Street Family Medicine", FROM_THE_FORM]
    other = (await office.rows(Source, name=FROM_THE_FORM))[0]
    assert (other.kind, other.mailable) == (SourceKind.CLIENT, False)
    assert {one.source_id for one in await office.rows(Referral)} == {other.id}
    notes = {office.desk.vault.open(one.notes) for one in await office.rows(Client)}
    assert f"After five.\n\nHow they heard about us: {typed}" in notes
    assert await office.rows(Delivery, template="source_acknowledgement") == []
    assert typed == FROM_THE_FORM or typed not in str([row.data for row in await office.rows(History)])


async def test_staff_and_files_create_sources_as_before(office: Office) -> None:
    for channel in ("staff", "csv"):
        await office.submit(source=f"Clinic of {channel}", channel=channel)
        await office.submit(source=f" clinic OF {channel}", channel=channel)
    sources = sorted(await office.rows(Source), key=lambda one: one.name)
    assert [one.name for one in sources] == ["Clinic of csv", "Clinic of staff"]
    assert await changes_of(office) == [{"source": sources[1].id, "change": "added", "result": "done"}]


async def test_the_desks_own_source_is_left_as_it_is(office: Office) -> None:
    await office.do(receive, intake(source="somebody", nonce="1"))
    [own] = await office.rows(Source, name=FROM_THE_FORM)
    typed = {F.CONTACT: Typed("Ines", digest(F.CONTACT, ""))}
    answered = [
        await office.do(source_form, CORA, own.id),
        await office.do(edit, CORA, own.id, typed),
        await office.do(retire, CORA, own.id),
        await office.do(link_of, CORA, own.id),
        await office.do(replace_link, CORA, own.id),
    ]
    assert answered == [Missing()] * 5
    [still] = await office.rows(Source)
    assert (still.contact, still.retired_at, still.link_token) == ("", None, None)
    assert await changes_of(office) == []


async def test_the_first_unknown_source_holds_the_provider_before_the_practice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As submit does, or two requests at once would wait for each other."""
    maya = await office.provider("Maya Chen")
    held: list[str] = []
    lock, whole = Tx.lock, Tx.locked_practice

    def locked(tx: Tx, table: Any, id: str | None) -> Any:
        held.append(table.__name__)
        return lock(tx, table, id)

    def practice(tx: Tx) -> Any:
        held.append("Practice")
        return whole(tx)

    monkeypatch.setattr(Tx, "lock", locked)
    monkeypatch.setattr(Tx, "locked_practice", practice)
    await office.do(receive, intake(maya, source="somebody"))
    assert held.index("Provider") < held.index("Practice")


@pytest.mark.parametrize("values", [{"mail_ok": False}, {"email": None}])
async def test_who_is_not_to_be_written_to_is_not_thanked(office: Office, values: dict[str, Any]) -> None:
    source = await added(office)
    await office.change(Source, source.id, **values)
    done = await office.submit(source=source.name)
    assert "source_acknowledgement" not in [template for template, _ in await office.told(done.referral_id)]


async def test_a_retired_source_is_counted_and_not_written_to(office: Office) -> None:
    source = await added(office)
    await office.do(retire, CORA, source.id)
    done = await office.submit(source=source.name)
    assert (await office.referral(done.referral_id)).source_id == source.id
    assert "source_acknowledgement" not in [template for template, _ in await office.told(done.referral_id)]


def test_what_was_meant_is_what_differs_from_what_was_shown() -> None:
    typed = {F.NAME: Typed("A  b", digest(F.NAME, "A b")), F.CONTACT: Typed("", digest(F.CONTACT, "Ines"))}
    assert meant(typed) == {F.CONTACT: ""}
