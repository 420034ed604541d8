"""Gathers a letter from current state at the moment of sending, or says why it is not to be sent any more.

With ``referrals/details.py`` the one place where a client's details are opened.
"""

from store.tables import Attention, Client, Delivery, Offer, Practice, Provider, Referral, Source
from store.vocabulary import AttentionKind, DeliveryChannel, PlanItem

from .deciding import overdue
from .digest import digest_letter
from .letters import AnyLetter, Colleague, Contact, Letter, PracticeLetter, Preferences, Void
from .messages.templates import own_words
from .notices import NOTICES, OF_DAY, OF_PRACTICE, OF_PROVIDER, TO_ACCEPTORS, Context, Template
from .provider_letters import provider_letter
from .roster.licence_ends import ends_of
from .sources.consent import part_2
from .texts import why_not
from .tx import Tx
from .views.facts import facts_of


def compose(tx: Tx, delivery: Delivery, coordinator_email: str | None = None) -> AnyLetter | Void:
    """Checks the state again and gathers what the text needs.

    ``coordinator_email``: for mails to a coordinator, whose address only Slack knows.
    """
    template = Template(delivery.template)
    if template in OF_PRACTICE:
        return _about_practice(tx, delivery, template)
    if template in OF_DAY:
        day = digest_letter(tx, delivery)
        return Void(day) if isinstance(day, str) else day
    if template in OF_PROVIDER:
        found = provider_letter(tx, delivery, template)
        return Void(found) if isinstance(found, str) else found
    referral = tx.get(Referral, delivery.referral_id)
    if referral is None:
        return Void("no_referral")
    offer = tx.get(Offer, delivery.offer_id)
    item = tx.get(Attention, delivery.subject_id)
    context = Context(
        referral,
        offer,
        delivery.recipient,
        settled=item is not None and item.settled_at is not None,
        overdue=offer is not None and overdue(offer, tx.now),
    )
    if not NOTICES[template].still_true(context):
        return Void("no_longer_true")
    client = tx.get(Client, referral.client_id)
    kind, _, key = delivery.recipient.partition(":")
    reader = tx.get(Provider, key) if kind == "provider" else None
    practice = tx.practice()
    address = coordinator_email or _address(tx, delivery, kind, key, reader, client, practice)
    if isinstance(address, Void):
        return address
    preferred = tx.get(Provider, referral.preferred_provider_id)
    whose = tx.get(Provider, offer.provider_id if offer else None)
    holder = tx.get(Provider, referral.accepted_by)
    return Letter(
        template=template,
        channel=delivery.channel,
        practice=practice,
        time_zone=(reader.time_zone if reader else None) or practice.time_zone,
        now=tx.now,
        code=referral.code,
        status=referral.status,
        facts=facts_of(referral),
        kind=offer.kind if offer else None,
        opened_at=offer.opened_at if offer else None,
        expires_at=offer.expires_at if offer else None,
        card_link=offer.card_link if offer else None,
        card_channel=offer.card_channel if offer else None,
        card_ts=offer.card_ts if offer else None,
        preferred=_colleague(preferred, practice),
        unroutable=referral.unroutable,
        whose=_colleague(whose, practice),
        holder=_colleague(holder, practice),
        accepted_at=referral.accepted_at,
        close_reason=referral.close_reason,
        reader=_colleague(reader, practice),
        greeting=_greeting(tx, client) if kind == "client" else None,
        contact=_contact(tx, template, client, address, practice),
        attention_kind=item.kind if item else None,
        attention_id=item.id if item else None,
        attention_detail=item.detail if item else None,
        asker=_colleague(tx.get(Provider, item.detail), practice)
        if item and item.kind is AttentionKind.LICENCE
        else None,
        referral_id=referral.id,
        offer_id=delivery.offer_id,
        address=address,
        slack_user=(reader.slack_user if reader else None) or (key if kind == "slack" else None),
        contact_mailed=at_work(practice, reader.work_email if reader else None),
        version=referral.version,
        contacted_at=referral.contacted_at,
        plan=frozenset(map(PlanItem, referral.plan)),
        tries=referral.tries,
        next_try=referral.next_try,
        preferences=_preferences(client) if template in TO_ACCEPTORS else None,
        consented=referral.outcome_consent_at is not None,
        part_2=part_2(referral),
        own_words=own_words(tx, template),
    )


def at_work(practice: Practice, address: str | None) -> bool:
    """Whether client information may go to this address."""
    domain = (address or "").rpartition("@")[2].casefold()
    return bool(domain) and domain in {one.casefold() for one in practice.work_domains}


def contact_of(tx: Tx, client: Client) -> Contact:
    """The client's details, opened. Only for those whom DOMAIN.md section 3, rule 4 names."""
    open_ = tx.vault.open
    return Contact(
        name=open_(client.name) or "",
        preferred_name=open_(client.preferred_name),
        guardian=open_(client.guardian),
        email=open_(client.email),
        phone=open_(client.phone),
        email_ok=client.email_ok,
        voicemail_ok=client.voicemail_ok,
        do_not_contact=client.do_not_contact,
        notes=open_(client.notes),
    )


def _about_practice(tx: Tx, delivery: Delivery, template: Template) -> PracticeLetter | Void:
    """Still true while its item is open."""
    item, practice = tx.get(Attention, delivery.subject_id), tx.practice()
    if item is None or item.settled_at is not None:
        return Void("no_longer_true")
    mailed = delivery.channel is DeliveryChannel.EMAIL
    kind, _, key = delivery.recipient.partition(":")
    reader = tx.get(Provider, key) if kind == "provider" else None
    address = (reader.work_email if reader else practice.support_email) if mailed else key
    if not address:
        return Void("no_address")
    about = tx.get(Provider, item.detail)
    name, detail = about.name if about else None, item.detail or ""
    ends = tuple(ends_of(tx, about)) if about and item.kind is AttentionKind.LICENCE_ENDING else ()
    return PracticeLetter(template, delivery.channel, practice, item.kind, detail, item.opened_at, address, name, ends)


def _address(
    tx: Tx, delivery: Delivery, kind: str, key: str, reader: Provider | None, client: Client | None, practice: Practice
) -> str | Void:
    if kind == "channel":
        return practice.channel_id
    if kind == "slack":
        return key if delivery.channel is DeliveryChannel.SLACK else Void("no_address")
    if kind == "client":
        if client is None or not client.mailable:
            return Void("not_mailable")
        return tx.vault.open(client.email) or Void("no_address")
    if kind == "source":
        source = tx.get(Source, key)
        return source.email if source and source.email and source.mailable else Void("no_address")
    if reader is None:
        return Void("no_provider")
    if delivery.channel is DeliveryChannel.SMS:
        return Void(reason) if (reason := why_not(reader)) else reader.mobile or Void("no_address")
    found = reader.slack_user if delivery.channel is DeliveryChannel.SLACK else reader.work_email
    return found or Void("no_address")


def _contact(tx: Tx, template: Template, client: Client | None, address: str, practice: Practice) -> Contact | None:
    if client is None or client.erased_at is not None:
        return None
    tells = template in (Template.ACCEPTOR_MAIL, Template.COORDINATOR_PHONE_MAIL)
    return contact_of(tx, client) if tells and at_work(practice, address) else None


def _preferences(client: Client | None) -> Preferences | None:
    if client is None or client.erased_at is not None:
        return None
    return Preferences(client.email_ok, client.voicemail_ok, client.do_not_contact)


def _greeting(tx: Tx, client: Client | None) -> str | None:
    """Minors: the letter addresses the guardian (DOMAIN.md section 3, rule 13). Else the preferred name only."""
    if client is None:
        return None
    if guardian := tx.vault.open(client.guardian):
        return guardian
    if preferred := tx.vault.open(client.preferred_name):
        return preferred
    words = (tx.vault.open(client.name) or "").split()
    return words[0] if words else None


def _colleague(provider: Provider | None, practice: Practice) -> Colleague | None:
    if provider is None:
        return None
    zone = provider.time_zone or practice.time_zone
    return Colleague(provider.name, provider.title, provider.slack_user, zone, provider.work_phone)
