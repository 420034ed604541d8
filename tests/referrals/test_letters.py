"""What a letter carries and to which address: client details to two kinds of reader, at work addresses only."""

from typing import Any

import pytest

from referrals.accept import accept
from referrals.close import close
from referrals.composing import at_work, compose
from referrals.letters import Contact, Letter, Void
from referrals.notices import Template as T
from referrals.outcomes import Done
from store.tables import Client, Delivery, Provider
from store.vocabulary import CloseReason, SlackStanding
from tests.desk import COORDINATOR, CORA, Office, by

WORK = "cora@practice.example.org"


async def letter(office: Office, template: T, address: str | None = None) -> Letter | Void:
    """The latest delivery of this template, composed."""
    found = await office.rows(Delivery, template=str(template))
    assert found, f"there is no {template}"
    return await office.do(compose, found[-1], address)


async def composed(office: Office, template: T, address: str | None = None) -> Letter:
    found = await letter(office, template, address)
    assert isinstance(found, Letter), found
    return found


async def accepted(office: Office, provider: dict[str, Any] | None = None, **facts: Any) -> Done:
    maya = await office.provider("Maya Chen", **provider or {})
    done = await office.submit(maya, source="Dr. Reed", source_email="reed@clinic.example.com", **facts)
    assert isinstance(await office.do(accept, by(maya), done.offer_id), Done)
    return done


async def test_the_acceptor_is_told_how_to_reach_the_client(office: Office) -> None:
    await accepted(office, preferred_name="Addie", voicemail_ok=True, notes="After five")
    mail = await composed(office, T.ACCEPTOR_MAIL)
    assert mail.address == "maya@practice.example.org"
    assert mail.contact == Contact(
        name="Ada Canary-Quill",
        preferred_name="Addie",
        guardian=None,
        email="ada@clients.example.net",
        phone="+12025550142",
        email_ok=True,
        voicemail_ok=True,
        do_not_contact=False,
        notes="After five",
    )


@pytest.mark.parametrize(
    "address",
    ["maya@home.example.com", "maya@sub.practice.example.org", "maya@practice.example.org.evil.example.com"],
)
async def test_no_details_to_any_other_domain(office: Office, address: str) -> None:
    await accepted(office, {"work_email": address})
    mail = await composed(office, T.ACCEPTOR_MAIL)
    assert (mail.address, mail.contact, mail.contact_mailed) == (address, None, False)


async def test_nothing_else_carries_the_details(office: Office) -> None:
    """Every delivery of a life, composed as if each were sent now, to work addresses all."""
    done = await accepted(office, email_ok=False)
    await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    for delivery in await office.rows(Delivery):
        found = await office.do(compose, delivery, WORK)
        if isinstance(found, Letter) and found.contact is not None:
            assert found.template is T.COORDINATOR_PHONE_MAIL


async def test_a_letter_shows_no_name_but_in_its_contact_and_greeting(office: Office) -> None:
    await accepted(office)
    for delivery in await office.rows(Delivery):
        found = await office.do(compose, delivery)
        if not isinstance(found, Letter):
            continue
        shown = {name: getattr(found, name) for name in Letter.__slots__ if name not in ("contact", "greeting")}
        if found.template.startswith("client_"):
            assert shown.pop("address") == "ada@clients.example.net"
        else:
            assert found.greeting is None
        for trace in ("Canary", "Quill", "ada@", "555-0142", "5550142"):
            assert trace not in str(shown), (found.template, trace)


async def test_coordinators_phone_mail(office: Office) -> None:
    await office.submit(email_ok=False)
    mail = await composed(office, T.COORDINATOR_PHONE_MAIL, WORK)
    assert (mail.address, mail.slack_user, mail.attention_detail) == (WORK, COORDINATOR, "client_confirmation")
    assert mail.contact is not None and mail.contact.phone == "+12025550142"
    elsewhere = await composed(office, T.COORDINATOR_PHONE_MAIL, "cora@home.example.com")
    assert elsewhere.contact is None
    assert await letter(office, T.COORDINATOR_PHONE_MAIL) == Void("no_address")
    dm = await composed(office, T.COORDINATOR_PHONE)
    assert (dm.address, dm.contact) == (COORDINATOR, None)


@pytest.mark.parametrize(
    ("facts", "greeting"),
    [
        ({}, "Ada"),
        ({"preferred_name": "Addie"}, "Addie"),
        ({"guardian": "Grace Quill", "age_band": "13-17"}, "Grace Quill"),
        ({"guardian": "Grace Quill", "age_band": "0-12", "preferred_name": "Addie"}, "Grace Quill"),
        ({"client_name": "山田 太郎"}, "山田"),
    ],
)
async def test_how_a_client_is_greeted(office: Office, facts: dict[str, Any], greeting: str) -> None:
    await office.submit(**facts)
    mail = await composed(office, T.CLIENT_CONFIRMATION)
    assert (mail.greeting, mail.contact, mail.address) == (greeting, None, "ada@clients.example.net")
    assert mail.time_zone == "America/New_York", "the practice's"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "+12025550101"),
        ({"sms_opted_out": True}, Void("opted_out")),
        ({"mobile": None}, Void("no_address")),
    ],
)
async def test_an_sms_goes_to_the_mobile_or_nowhere(office: Office, values: dict[str, Any], expected: object) -> None:
    """What has changed since the offer is looked at again when it is sent."""
    maya = await office.provider("Maya Chen")
    await office.submit(maya)
    await office.change(Provider, maya.id, **values)
    sms = await letter(office, T.PROVIDER_OFFER_SMS)
    assert (sms.address if isinstance(sms, Letter) else sms) == expected


async def test_an_sms_is_not_even_put_down_for_whoever_has_opted_out(office: Office) -> None:
    await office.submit(await office.provider("Maya Chen", sms_opted_out=True))
    await office.submit(await office.provider("Noor Haddad", mobile=None))
    assert await office.rows(Delivery, template=str(T.PROVIDER_OFFER_SMS)) == []


async def test_a_client_who_has_opted_out_since(office: Office) -> None:
    await office.submit()
    client = (await office.rows(Client))[0]
    for values in ({"email_ok": False}, {"email_ok": True, "do_not_contact": True}):
        await office.change(Client, client.id, **values)
        assert await letter(office, T.CLIENT_CONFIRMATION) == Void("not_mailable")


async def test_an_erased_client_is_in_no_letter(office: Office) -> None:
    await accepted(office)
    client = (await office.rows(Client))[0]
    await office.change(Client, client.id, erased_at=office.clock.at, email=None, name=None, phone=None)
    assert (await composed(office, T.ACCEPTOR_MAIL)).contact is None
    assert await letter(office, T.CLIENT_CONFIRMATION) == Void("not_mailable")


async def test_times_are_in_the_readers_zone(office: Office) -> None:
    maya = await office.provider("Maya Chen", time_zone="America/Denver")
    await office.submit(maya)
    offer = await composed(office, T.PROVIDER_OFFER)
    assert offer.time_zone == "America/Denver"
    assert offer.expires_at is not None and offer.expires_at.utcoffset() is not None
    assert (await composed(office, T.CLIENT_CONFIRMATION)).time_zone == "America/New_York"


async def test_who_is_not_in_slack_gets_no_dm(office: Office) -> None:
    await accepted(office, {"slack_user": None, "slack_standing": SlackStanding.MISSING})
    assert await letter(office, T.ACCEPTOR_DM) == Void("no_address")
    assert (await composed(office, T.ACCEPTOR_MAIL)).contact is not None


async def test_part_2_concerns_are_in_no_letter(office: Office) -> None:
    await accepted(office, concerns=("substance_use", "sleep"))
    for delivery in await office.rows(Delivery):
        found = await office.do(compose, delivery)
        if isinstance(found, Letter):
            assert found.facts.concerns == ("Sleep",)


async def test_clients_may_be_given_the_work_phone_never_the_mobile(office: Office) -> None:
    await office.submit(await office.provider("Maya Chen"))
    mail = await composed(office, T.CLIENT_CONFIRMATION)
    assert mail.preferred is not None and mail.preferred.phone == "+12025550102"
    assert "+12025550101" not in str(mail)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("maya@practice.example.org", True),
        ("Maya@PRACTICE.example.org", True),
        ("maya@practice.example.com", False),
        ("maya@notpractice.example.org", False),
        ("maya", False),
        ("", False),
        (None, False),
    ],
)
async def test_at_work(office: Office, address: str | None, expected: bool) -> None:
    assert await office.do(lambda tx: at_work(tx.practice(), address)) is expected
