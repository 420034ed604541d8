"""Submit: a request for care becomes a referral with its first round."""

from datetime import timedelta

from sqlmodel import col, select

from store.ids import new_code, new_id
from store.tables import Client, ClientName, Offer, Provider, Referral, Source
from store.vault import name_parts
from store.vocabulary import AttentionKind, Kind, Urgency

from .actor import Actor
from .eligibility import unroutable
from .intake.request import Intake
from .lifecycle import Event
from .notices import Template
from .outbox import need_attention, notify_client, notify_source
from .outcomes import Done
from .pausing.weekly import full_of
from .retention import references
from .rounds import open_round
from .sources.edit import EVENT, named
from .tx import Tx
from .zones import day_of

#: Two requests from one address within this time are likely the same person's; flagged, never merged (DOMAIN.md B1).
_RESEMBLES_WITHIN = timedelta(days=30)


def submit(tx: Tx, actor: Actor, intake: Intake) -> Done:
    """Opens the first round and tells the client. The same nonce or external id again answers with the first referral.

    The preferred provider is offered it alone when that makes sense now (eligibility.unroutable); else everyone is.
    """
    preferred = tx.lock(Provider, intake.preferred_provider_id)  # against a pause in between
    if known := _already_submitted(tx, intake):
        return Done(known.id, known.offer_id, known.code, known.status)
    client = _new_client(tx, intake)
    source = _source(tx, actor, intake)
    why_not = None
    if preferred is not None:
        why_not = unroutable(preferred, intake, tx.now, day_of(tx, preferred), full_of(tx, preferred))
    referral = Referral(
        id=new_id(),
        practice_id=tx.practice_id,
        code=_free_code(tx),
        kind=Kind.PREFERRED if preferred else Kind.GENERAL,
        offer_id=new_id(),
        client_id=client.id,
        preferred_provider_id=preferred.id if preferred else None,
        unroutable=why_not,
        source_id=source.id if source else None,
        channel=intake.channel,
        external_id=intake.external_id,
        nonce=intake.nonce,
        resembles_id=_resembling(tx, client),
        state=intake.state,
        insurer=intake.insurer,
        service=intake.service,
        delivery=intake.delivery,
        age_band=intake.age_band,
        concerns=list(intake.concerns),
        urgency=intake.urgency,
        outcome_consent_at=tx.now if source and intake.outcome_consent else None,
        created_at=tx.now,
    )
    tx.add(referral)
    offer = open_round(tx, referral, preferred if why_not is None else None)
    tx.record(referral, Event.SUBMIT, actor, channel=intake.channel, preferred=referral.preferred_provider_id)
    if referral.outcome_consent_at is not None:
        tx.record(referral, Event.CONSENT, actor, given=True)
    _tell(tx, referral, offer)
    return Done(referral.id, offer.id, referral.code, referral.status)


def _tell(tx: Tx, referral: Referral, offer: Offer) -> None:
    notify_client(tx, referral, offer, Template.CLIENT_CONFIRMATION)
    notify_source(tx, referral, Template.SOURCE_ACKNOWLEDGEMENT)
    if referral.urgency is Urgency.URGENT:
        need_attention(tx, referral, offer, AttentionKind.URGENT)


def _already_submitted(tx: Tx, intake: Intake) -> Referral | None:
    known_as = [(Referral.nonce, intake.nonce), (Referral.external_id, intake.external_id)]
    if intake.external_id is not None:
        known_as.append((Referral.external_id, references.erased(tx.vault, intake.external_id)))
    for column, value in known_as:
        if value is not None:
            same = select(Referral).where(Referral.practice_id == tx.practice_id, column == value)
            if known := tx.session.exec(same).first():
                return known
    return None


def _new_client(tx: Tx, intake: Intake) -> Client:
    seal = tx.vault.seal
    client = Client(
        id=new_id(),
        practice_id=tx.practice_id,
        name=seal(intake.client_name),
        preferred_name=seal(intake.preferred_name),
        email=seal(intake.client_email),
        phone=seal(intake.client_phone),
        guardian=seal(intake.guardian),
        notes=seal(intake.notes),
        email_index=tx.vault.index("email", intake.client_email) if intake.client_email else None,
        email_ok=intake.email_ok,
        voicemail_ok=intake.voicemail_ok,
        created_at=tx.now,
    )
    tx.add(client)
    for part in name_parts(intake.client_name):
        digest = tx.vault.index("name", part)
        tx.session.add(ClientName(client_id=client.id, digest=digest, practice_id=tx.practice_id))
    return client


def _resembling(tx: Tx, client: Client) -> str | None:
    """The latest other referral from the same address. Clients first: no planner then walks all referrals."""
    if client.email_index is None:
        return None
    same = select(Client.id).where(Client.email_index == client.email_index, Client.practice_id == tx.practice_id)
    others = [one for one in tx.session.exec(same) if one != client.id]
    if not others:
        return None
    recent = select(Referral.id).where(
        col(Referral.client_id).in_(others), Referral.created_at > tx.now - _RESEMBLES_WITHIN
    )
    return tx.session.exec(recent.order_by(col(Referral.created_at).desc())).first()


def _source(tx: Tx, actor: Actor, intake: Intake) -> Source | None:
    """By id, or by a name as people would know it; a new name makes a new source."""
    if intake.source_id:
        return tx.get(Source, intake.source_id)
    if not intake.source:
        return None
    known = tx.session.exec(
        select(Source).where(Source.practice_id == tx.practice_id, Source.name == intake.source)
    ).first()
    known = known or named(tx, intake.source)
    if known is None and intake.channel == "staff":
        tx.locked_practice()  # of two who add the same name at once, the second sees the first one's
        known = named(tx, intake.source)
    if known is None:
        known = Source(
            id=new_id(), practice_id=tx.practice_id, name=intake.source, email=intake.source_email, created_at=tx.now
        )
        tx.add(known)
        if intake.channel == "staff":
            tx.record(tx.locked_practice(), EVENT, actor, source=known.id, change="added")
    elif not known.email and intake.source_email and intake.channel == "csv":
        known.email = intake.source_email  # from staff's own file; nobody else may say where the thanks go
    return known


def _free_code(tx: Tx) -> str:
    while True:
        code = new_code()
        taken = select(Referral.id).where(Referral.practice_id == tx.practice_id, Referral.code == code)
        if tx.session.exec(taken).first() is None:
            return code
