"""Sending twice, likely duplicates, who refers, and what is stored of whoever asks."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from referrals.accept import accept
from referrals.actor import OPERATOR
from referrals.close import close
from referrals.coordinate import assign
from referrals.deadlines import remind_client
from referrals.decline import decline
from referrals.progress import contacted, phoned
from referrals.submit import submit
from referrals.tx import Tx
from store.database import Database
from store.tables import Attention, Client, ClientName, Delivery, Practice, Referral, Source
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind, Status
from tests.desk import CORA, STRANGER, Office, by, intake, new_office


@pytest.mark.parametrize("key", ["nonce", "external_id"])
async def test_the_same_again_is_the_same_referral(office: Office, key: str) -> None:
    first = await office.submit(**{key: "abc"})
    office.woken.clear()
    again = await office.submit(**{key: "abc"}, client_name="Somebody Else")
    assert again == first
    assert len(await office.rows(Referral)) == len(await office.rows(Client)) == 1
    assert await office.history(await office.referral(first.referral_id)) == ["submit"]
    assert office.woken == []
    await office.submit(**{key: "another"})
    assert len(await office.rows(Referral)) == 2


async def test_the_same_again_in_one_transaction(office: Office) -> None:
    """As a file does that has a line twice."""

    def twice(tx: Tx) -> list[str]:
        return [submit(tx, OPERATOR, intake(external_id="42")).referral_id for _ in range(2)]

    first, second = await office.do(twice)
    assert first == second


async def test_sent_again_after_it_has_moved_on(office: Office) -> None:
    first = await office.submit(nonce="abc")
    await office.do(close, CORA, first.referral_id, CloseReason.WITHDRAWN)
    assert (await office.submit(nonce="abc")).status is Status.CLOSED
    assert len(await office.rows(Referral)) == 1


async def test_a_nonce_is_a_practices_own(office: Office, shared_database: Database) -> None:
    other = await new_office(shared_database)
    first, second = await office.submit(nonce="abc"), await other.submit(nonce="abc")
    assert first.referral_id != second.referral_id


async def test_another_practices_provider_cannot_be_asked_for(office: Office, shared_database: Database) -> None:
    other = await new_office(shared_database)
    theirs = await other.provider("Maya Chen")
    done = await office.submit(theirs)
    referral = await office.referral(done.referral_id)
    assert (referral.kind, referral.preferred_provider_id) == (Kind.GENERAL, None)


async def test_likely_duplicates_are_flagged_never_merged(office: Office) -> None:
    first = await office.submit(client_email="ada@clients.example.net")
    sibling = await office.submit(client_email="ADA@clients.example.net", client_name="Bea Canary-Quill")
    other = await office.submit(client_email="bea@clients.example.net")
    nameless = [await office.submit(client_email=None) for _ in range(2)]
    found = {row.id: row.resembles_id for row in await office.rows(Referral)}
    assert found == {first.referral_id: None, sibling.referral_id: first.referral_id, other.referral_id: None} | {
        one.referral_id: None for one in nameless
    }
    office.clock.turn(hours=timedelta(days=31).total_seconds() / 3600)
    later = await office.submit(client_email="ada@clients.example.net")
    assert (await office.referral(later.referral_id)).resembles_id is None


async def test_identity_is_stored_sealed_and_found_by_its_parts(office: Office) -> None:
    await office.submit(
        client_name="Zoë Canary-Quill",
        preferred_name="Zozo Canary",
        guardian="Grace Canary",
        notes="After five, not at work",
    )
    client = (await office.rows(Client))[0]
    raw = await office.desk.database.write(
        lambda session: [
            str(row)
            for table in ("client", "client_name", "referral", "history", "delivery", "attention")
            for row in session.execute(
                text(f"SELECT * FROM {table} WHERE practice_id = :id"),
                {"id": office.practice_id},
            )
        ]
    )
    for trace in ("Zoë", "Zozo", "Canary", "Quill", "canary", "Grace", "ada@clients", "5550142", "After five"):
        assert not [row for row in raw if trace in row], trace
    vault = office.desk.vault
    assert vault.open(client.name) == "Zoë Canary-Quill"
    digests = {row.digest for row in await office.rows(ClientName)}
    assert digests == {vault.index("name", part) for part in ("ZOE", "canary-quill", "Canary", "quill")}
    assert client.email_index == vault.index("email", "ada@clients.example.net")


async def test_a_source_is_one_by_its_name(office: Office) -> None:
    for _ in range(2):
        await office.submit(source="Dr. Reed", source_email="reed@clinic.example.com")
    await office.submit(source="Dr. Lee")
    await office.submit()
    assert sorted(one.name for one in await office.rows(Source)) == ["Dr. Lee", "Dr. Reed"]
    acknowledged = await office.rows(Delivery, template="source_acknowledgement")
    assert len(acknowledged) == 2, "one for each referral of the one who has an address"


async def test_an_address_comes_later_but_only_from_the_staffs_file(office: Office) -> None:
    """Whom the form names first is thanked once a file says where."""
    await office.submit(source="Dr. Reed")
    address = "reed@clinic.example.com"
    await office.submit(source="Dr. Reed", source_email="forged@clinic.example.com", channel="form")
    assert [one.email for one in await office.rows(Source)] == [None]
    done = await office.submit(source="Dr. Reed", source_email=address, channel="csv")
    await office.submit(source="Dr. Reed", source_email="other@clinic.example.com", channel="csv")
    assert [one.email for one in await office.rows(Source)] == [address]
    assert "source_acknowledgement" in [template for template, _ in await office.told(done.referral_id)]


async def open_tasks(office: Office, referral_id: str) -> list[str | None]:
    items = await office.rows(Attention, referral_id=referral_id, kind=AttentionKind.PHONE_TASK)
    return [one.detail for one in items if one.settled_at is None]


async def test_phone_tasks_end_with_what_they_were_to_say(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    await office.provider("Noor Haddad")
    done = await office.submit(maya, email_ok=False)
    assert await open_tasks(office, done.referral_id) == ["client_confirmation"]
    await office.do(decline, by(maya), done.offer_id, DeclineReason.SCHEDULE)
    assert await open_tasks(office, done.referral_id) == ["client_declined"], "a new round says another thing"
    referral = await office.referral(done.referral_id)
    await office.do(accept, by(maya), referral.offer_id)
    assert await open_tasks(office, done.referral_id) == ["client_declined"], "the client has not been reached yet"
    await office.do(contacted, by(maya), done.referral_id)
    assert await open_tasks(office, done.referral_id) == []
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    assert await open_tasks(office, done.referral_id) == ["client_closing"]
    assert len(await office.rows(Attention, kind=AttentionKind.PHONE_TASK)) == 3, "settled, not deleted"


async def test_a_client_who_was_not_phoned_yet_is_not_forgotten(office: Office) -> None:
    """The same person is asked again: nothing new to say, but nothing has been said."""
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya, email_ok=False)
    await office.do(assign, CORA, done.referral_id, maya.id)
    assert await open_tasks(office, done.referral_id) == ["client_confirmation"]


async def task_of(office: Office, referral_id: str, message: str) -> list[tuple[str, str]]:
    """What the one phone task instead of this mail tells whom."""
    items = await office.rows(Attention, referral_id=referral_id, kind=AttentionKind.PHONE_TASK, detail=message)
    assert len(items) == 1
    return sorted((one.template, one.recipient) for one in await office.rows(Delivery, subject_id=items[0].id))


TO_CORA = [("coordinator_phone", "slack:U0CORA"), ("coordinator_phone_mail", "slack:U0CORA")]


@pytest.mark.parametrize("facts", [{"client_email": None}, {"email_ok": False}], ids=["no email", "no consent to it"])
async def test_a_task_for_a_person_instead_of_each_mail(office: Office, facts: dict[str, object]) -> None:
    done = await office.submit(**facts)
    assert await task_of(office, done.referral_id, "client_confirmation") == TO_CORA
    office.clock.turn(hours=24)
    await office.do(remind_client, done.offer_id)
    assert await task_of(office, done.referral_id, "client_reminder") == TO_CORA
    assert not [one for one, _ in await office.told(done.referral_id) if one.startswith("client_")]


@pytest.mark.parametrize("values", [{"email": None}, {"email_ok": False}, {"do_not_contact": True}])
async def test_a_client_who_can_no_longer_be_mailed(office: Office, values: dict[str, object]) -> None:
    done = await office.submit()
    client = (await office.rows(Client))[0]
    await office.change(Client, client.id, **values)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    assert await task_of(office, done.referral_id, "client_closing") == TO_CORA
    mails = [one for one, _ in await office.told(done.referral_id) if one.startswith("client_")]
    assert mails == ["client_confirmation"], "the one from before"


async def test_nothing_at_all_for_a_client_who_was_erased(office: Office) -> None:
    done = await office.submit()
    client = (await office.rows(Client))[0]
    await office.change(Client, client.id, erased_at=office.clock.at, email=None)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    assert [one for one, _ in await office.told(done.referral_id) if "clos" in one or "phone" in one] == []


async def test_phoned(office: Office) -> None:
    done = await office.submit(email_ok=False)
    item = next(one for one in await office.rows(Attention) if one.kind is AttentionKind.PHONE_TASK)
    await office.do(phoned, STRANGER, item.id)
    assert (await office.referral(done.referral_id)).answered_at is None
    for _ in range(2):
        await office.do(phoned, CORA, item.id)
    referral = await office.referral(done.referral_id)
    assert referral.answered_at == office.clock.at
    assert await office.history(referral) == ["submit", "phoned:not_coordinator", "phoned"]
    assert AttentionKind.PHONE_TASK not in await office.attention(done.referral_id)


async def test_only_a_phone_task_is_phoned(office: Office) -> None:
    done = await office.submit()
    item = (await office.rows(Attention))[0]
    assert item.kind is AttentionKind.NOBODY_ELIGIBLE
    answer = await office.do(phoned, CORA, item.id)
    assert type(answer).__name__ == "Missing"
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]


async def test_nobody_is_left_without_coordinators(office: Office) -> None:
    """None set: the workspace's admins stand in; and without these the list still has the item."""
    for admins, told in (["U0ADMIN"], ["slack:U0ADMIN"]), ([], []):
        await office.desk.database.write(
            lambda session, admins=admins: (
                setattr(session.get(Practice, office.practice_id), "coordinators", []),
                setattr(session.get(Practice, office.practice_id), "admins", admins),
            )
        )
        done = await office.submit()
        assert [
            who for template, who in await office.told(done.referral_id) if template == "coordinator_nobody"
        ] == told
        assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]
