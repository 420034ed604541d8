"""An office to which everything has happened once, with all notices sent and all cards drawn."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from referrals.accept import accept
from referrals.acting.extend import extend
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.acting.on_behalf import Given, accept_for, pass_for
from referrals.acting.urgency import mark_urgent, not_urgent
from referrals.actor import Actor, Surface
from referrals.audit import Audit, audit
from referrals.close import close
from referrals.coordinate import assign, reopen
from referrals.deadlines import escalate, expire, nudge, remind, remind_client
from referrals.decline import decline, pass_, release
from referrals.licences import Grounds, NetworkGrounds, ask, deny
from referrals.notices import ANSWERS
from referrals.outbox import alert_practice, need_attention
from referrals.outcomes import Question
from referrals.pausing.availability import make_inactive, pause, release_waiting
from referrals.progress import contacted, no_answer, phoned, plan, scheduled
from referrals.retention.erasing import erase
from referrals.sources.consent import record_consent
from referrals.tx import Tx
from store.tables import Attention, Delivery, Offer, Provider, Referral
from store.vocabulary import (
    AttentionKind,
    CloseReason,
    DeclineReason,
    DeliveryState,
    OfferOutcome,
    PlanItem,
    SlackStanding,
    Urgency,
)
from tests.desk import CORA, Office, by

SOURCE: dict[str, Any] = {"source": "Dr. Reed", "source_email": "reed@clinic.example.com"}


def _not_allowed(tx: Tx, provider_id: str) -> None:
    asked = select(Attention).where(Attention.kind == AttentionKind.LICENCE, col(Attention.detail) == provider_id)
    deny(tx, CORA, tx.session.exec(asked).one().id)


async def lived(office: Office) -> dict[str, str]:
    """Referral ids by what became of them. Whatever ends at a deadline comes first; what is still open, last."""
    maya, noor, omar = await office.team("Maya", "Noor", "Omar")
    pia = await office.provider("Pia", licences=[{"state": "CA"}])
    life = {
        "scheduled": (await office.submit(maya, **SOURCE)).referral_id,
        "declined": (await office.submit(noor)).referral_id,
        "expired": (await office.submit(omar)).referral_id,
        "reopened": (await office.submit(None)).referral_id,
        "closed": (await office.submit(None, email_ok=False)).referral_id,
        "withdrawn": (await office.submit(None, **SOURCE)).referral_id,
        "uncontacted": (await office.submit(None)).referral_id,
        "by mail": (await office.submit(None)).referral_id,
        "already": (await office.submit(None)).referral_id,
    }
    await _take_and_schedule(office, life["scheduled"], maya)
    await office.do(decline, by(noor), await _offer(office, life["declined"]), DeclineReason.SCHEDULE)
    await office.do(pass_, by(maya), await _offer(office, life["declined"]))
    await office.do(accept, by(omar), await _offer(office, life["declined"]))
    await office.do(release, CORA, life["declined"], DeclineReason.COULD_NOT_REACH)
    await office.do(close, CORA, life["withdrawn"], CloseReason.WITHDRAWN)
    await _take_and_try(office, life)
    for _ in range(4):
        office.clock.turn(hours=24)
        await _deadlines(office)
    await office.do(reopen, CORA, life["reopened"])
    await office.do(assign, CORA, life["reopened"], noor.id)
    await office.do(pause, by(noor), noor.id)
    await office.do(release_waiting, by(noor), noor.id)
    await office.do(assign, CORA, life["closed"], maya.id)
    await office.do(accept, by(maya), await _offer(office, life["closed"]))
    await office.do(close, CORA, life["closed"], CloseReason.UNREACHABLE)
    await _phone(office, life["closed"])
    life["gone"] = (await office.submit(None, state="CA")).referral_id
    await office.do(accept, by(pia), await _offer(office, life["gone"]))
    await office.do(make_inactive, CORA, pia.id)
    life["nobody"] = (await office.submit(None, state="FL", urgency=Urgency.URGENT, email_ok=False)).referral_id
    await office.do(ask, by(maya), await _offer(office, life["nobody"]))  # who has no licence there
    await office.do(ask, by(noor), await _offer(office, life["nobody"]))
    await office.do(_not_allowed, noor.id)
    life["failed"] = (await office.submit(maya)).referral_id
    life["fresh"] = (await office.submit(None)).referral_id
    await office.do(accept, by(noor), await _offer(office, life["fresh"]), confirmed=frozenset(Question))
    life["open"] = (await office.submit(omar, **SOURCE)).referral_id
    await office.do(accept, by(noor), await _offer(office, life["open"]))  # refused: it is reserved
    await _acted_on(office, life, maya, noor)
    life["erased"] = (await office.submit(None)).referral_id
    await office.do(close, CORA, life["erased"], CloseReason.WITHDRAWN)
    await office.do(everything_sent)
    office.clock.turn(minutes=1)
    await office.do(erase, CORA, life["erased"])
    await office.do(_one_failed, life["failed"])
    await office.do(alert_practice, AttentionKind.SLACK, "is_archived")
    await office.do(lambda tx: tx.record(tx.locked_practice(), "refuse", STRANGER, result="unlinked", what="accept"))
    await office.do(lambda tx: tx.record(tx.locked_practice(), "refuse", STRANGER, result="unlinked", what="open"))
    await office.do(everything_sent)
    office.clock.turn(hours=3)
    return life


async def _acted_on(office: Office, life: dict[str, str], maya: Provider, noor: Provider) -> None:
    """What only coordinators do: a deadline moved twice, urgent and not, for somebody else, on hold, and withdrawn."""
    cora = await office.provider("Cora Two", licences=[], insurers=[])
    life["acted"] = (await office.submit(maya, **SOURCE)).referral_id
    life["passed for"] = (await office.submit(None, urgency=Urgency.URGENT)).referral_id
    id = life["acted"]
    for hours in (12, 24):
        await office.do(extend, CORA, id, timedelta(hours=hours))
    for mark in (mark_urgent, not_urgent, mark_urgent, mark_urgent):
        await office.do(mark, CORA, id)
        await office.do(mark, CORA, life["passed for"])
    await office.do(accept_for, CORA, await _offer(office, id), "", Given(frozenset(Question)))
    await office.do(put_on_hold, CORA, id, HoldReason.COMPLAINT)
    await office.do(record_consent, CORA, id, True)
    await office.do(close, CORA, id, CloseReason.WITHDRAWN)
    await office.do(lift_hold, CORA, id)
    await office.do(put_on_hold, CORA, id, HoldReason.OTHER)
    offer = await _offer(office, life["passed for"])
    await office.do(extend, CORA, life["passed for"], timedelta(hours=48))
    await office.do(pass_for, CORA, offer, noor.id)
    grounds = Given(frozenset(Question), Grounds.COMPACT, NetworkGrounds.SELF_PAY)
    await office.do(accept_for, CORA, offer, cora.id, grounds)
    await office.do(release, CORA, life["passed for"], DeclineReason.SCHEDULE)


async def _take_and_try(office: Office, life: dict[str, str]) -> None:
    """Maya gets no answer for days; Quinn, who is not in Slack, does not even try; Omar had forgotten to accept."""
    maya, omar = [(await office.rows(Provider, name=name))[0] for name in ("Maya", "Omar")]
    quinn = await office.provider("Quinn Roe", slack_user=None, slack_standing=SlackStanding.UNLINKED)
    id = life["uncontacted"]
    await office.do(accept, by(maya), await _offer(office, id))
    await office.do(no_answer, by(maya), id, None, 0)
    await office.do(no_answer, by(maya), id, office.clock.at.date(), 1)
    await office.do(plan, by(maya), id, frozenset({PlanItem.COST, PlanItem.CONSULTATION}))
    await office.do(plan, by(maya), id, frozenset({PlanItem.COST}))
    await office.do(accept, by(quinn), await _offer(office, life["by mail"]))
    await office.do(accept, by(omar), await _offer(office, life["already"]), already_contacted=True)
    await office.do(plan, by(omar), life["already"], frozenset(PlanItem))


STRANGER = Actor("slack:U0STRANGER", Surface.BUTTON)


async def look(office: Office, since: str | None = None) -> Audit:
    return await office.do(audit, since)


def everything_sent(tx: Tx) -> None:
    """As the worker would have, and every card drawn."""
    waiting = select(Delivery).where(
        Delivery.practice_id == tx.practice_id, col(Delivery.state) == DeliveryState.PENDING
    )
    for delivery in tx.session.exec(waiting):
        delivery.state, delivery.sent_at = DeliveryState.SENT, tx.now
        referral = tx.get(Referral, delivery.referral_id)
        offer = tx.get(Offer, delivery.offer_id)
        last_word = delivery.template in ANSWERS and offer is not None and offer.outcome is not OfferOutcome.REPLACED
        if referral is not None and last_word and referral.offer_id == delivery.offer_id:
            referral.answered_at = referral.answered_at or tx.now
    tx.session.flush()
    tx.session.connection().execute(
        update(Offer).where(col(Offer.practice_id) == tx.practice_id).values(shown_version=col(Offer.card_version))
    )


def _one_failed(tx: Tx, referral_id: str) -> None:
    referral = tx.get(Referral, referral_id)
    assert referral is not None
    offer = tx.get(Offer, referral.offer_id)
    rows = tx.session.exec(select(Delivery).where(Delivery.referral_id == referral_id)).all()
    for row in rows:
        if row.template in ("provider_offer", "client_confirmation"):
            row.state, row.trouble, row.sent_at = DeliveryState.FAILED, "smtp_550", None
    need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, detail="provider_offer:smtp_550")
    need_attention(tx, referral, offer, AttentionKind.PHONE_TASK, detail="client_confirmation")


async def _take_and_schedule(office: Office, referral_id: str, provider: Provider) -> None:
    await office.do(accept, by(provider), await _offer(office, referral_id))
    await office.do(contacted, by(provider), referral_id)
    await office.do(scheduled, by(provider), referral_id)


async def _offer(office: Office, referral_id: str) -> str:
    return (await office.referral(referral_id)).offer_id


async def _deadlines(office: Office) -> None:
    for offer in await office.rows(Offer):
        for act in (expire, remind, remind_client):
            await office.do(act, offer.id)
    for referral in await office.rows(Referral):
        await office.do(nudge, referral.id)
        await office.do(escalate, referral.id)


async def _phone(office: Office, referral_id: str) -> None:
    office.clock.turn(minutes=5)
    for item in await office.rows(Attention, referral_id=referral_id, kind=AttentionKind.PHONE_TASK):
        if item.settled_at is None:
            await office.do(phoned, CORA, item.id)
