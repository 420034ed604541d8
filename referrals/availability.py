"""Pause, resume, and leaving: whether referrals come to a provider, and what becomes of those that already have."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from store.tables import Offer, Pass, Provider, Referral
from store.tables.provider import Insurance
from store.vocabulary import AttentionKind, DeclineReason, Kind, OfferOutcome, ProviderStatus, Status

from .actor import Actor
from .deciding import Case, locked_case
from .lifecycle import Event
from .notices import Template
from .outbox import need_attention, notify_client
from .outcomes import Missing, Refusal, Refused
from .rounds import alert_if_nobody_left, close_round, next_round, nobody_left
from .tx import Tx


@dataclass(frozen=True, slots=True)
class Availability:
    """How it stands now. ``waiting``: ids of the open offers reserved for this provider (of ``insurer``, if one)."""

    status: ProviderStatus
    paused_until: datetime | None
    insurer: str | None
    waiting: tuple[str, ...]


def pause(
    tx: Tx, actor: Actor, provider_id: str, *, insurer: str | None = None, until: datetime | None = None
) -> Availability | Refused | Missing:
    """No new preferred offers, of one insurer or at all, until ``resume`` or ``until`` (desk clock, UTC).

    In force at once. Offers already waiting stay until the answer to "release them now?" (``release_waiting``).
    """
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if refused := _may_not_change(tx, provider, actor, "pause", insurer):
        return refused
    if provider.status is ProviderStatus.INACTIVE:
        tx.record(provider, "pause", actor, result=Refusal.INACTIVE)
        return Refused(Refusal.INACTIVE)
    if insurer is not None:
        _set_insurer(provider, insurer, accepting=False, until=until)
    else:
        provider.status, provider.paused_until = ProviderStatus.PAUSED, until
    tx.record(provider, "pause", actor, insurer=insurer, until=until.isoformat() if until else None)
    tx.session.flush()
    alert_where_nobody_is_left(tx)
    return _availability(tx, provider, insurer)


def resume(tx: Tx, actor: Actor, provider_id: str, *, insurer: str | None = None) -> Availability | Refused | Missing:
    """Referrals come again. An inactive provider stays inactive: that is a coordinator's to change."""
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if refused := _may_not_change(tx, provider, actor, "resume", insurer):
        return refused
    if provider.status is ProviderStatus.INACTIVE:
        tx.record(provider, "resume", actor, result=Refusal.INACTIVE)
        return Refused(Refusal.INACTIVE)
    if insurer is not None:
        _set_insurer(provider, insurer, accepting=True, until=None)
    else:
        provider.status, provider.paused_until = ProviderStatus.ACTIVE, None
    tx.record(provider, "resume", actor, insurer=insurer)
    return _availability(tx, provider, insurer)


def release_waiting(tx: Tx, actor: Actor, provider_id: str, *, insurer: str | None = None) -> int:
    """Gives this provider's open preferred offers (with ``insurer``, those) to everyone; answers how many."""
    provider = tx.lock(Provider, provider_id)
    if provider is None or _may_not_change(tx, provider, actor, "release_waiting"):
        return 0
    released = 0
    for offer in _waiting_offers(tx, provider_id, insurer):
        case = locked_case(tx, offer.id)
        if case is not None and case.offer.outcome is None:
            _release_offer(tx, actor, case)
            released += 1
    return released


def make_inactive(tx: Tx, actor: Actor, provider_id: str) -> bool:
    """Off the list and not routable (a coordinator's decision, or Slack says the account is gone).

    Waiting offers go to everyone; what was accepted but has no contact yet needs a coordinator at once.
    """
    provider = tx.lock(Provider, provider_id)
    if provider is None or provider.status is ProviderStatus.INACTIVE:
        return False
    if not actor.coordinator:
        tx.record(provider, "make_inactive", actor, result=Refusal.NOT_COORDINATOR)
        return False
    provider.status, provider.paused_until = ProviderStatus.INACTIVE, None
    tx.record(provider, "make_inactive", actor)
    hand_over(tx, actor, provider)
    return True


def hand_over(tx: Tx, actor: Actor, provider: Provider) -> None:
    """For somebody who can no longer act: see ``make_inactive``."""
    tx.session.flush()
    for offer in _waiting_offers(tx, provider.id):
        case = locked_case(tx, offer.id)
        if case is not None and case.offer.outcome is None:
            _release_offer(tx, actor, case)
    uncontacted = select(Referral).where(
        Referral.practice_id == tx.practice_id,
        Referral.accepted_by == provider.id,
        Referral.status == Status.ACCEPTED,
    )
    for referral in tx.session.exec(uncontacted):
        need_attention(tx, referral, tx.get(Offer, referral.offer_id), AttentionKind.ACCEPTOR_GONE)
    alert_where_nobody_is_left(tx)


def alert_where_nobody_is_left(tx: Tx) -> None:
    """Looks at every open General round that coordinators have not been alerted about (DOMAIN.md P12).

    For use cases that have made somebody unavailable: all in their transaction. The sweep takes a round at a time.
    """
    for offer_id in rounds_without_anybody(tx):
        alert_round(tx, offer_id)


def alert_round(tx: Tx, offer_id: str) -> None:
    """Looks again, now with the referral held: ``rounds_without_anybody`` reads without locks."""
    case = locked_case(tx, offer_id)
    if case is not None:
        alert_if_nobody_left(tx, case.referral, case.offer)


def rounds_without_anybody(tx: Tx) -> list[str]:
    """Ids of offers to alert about, in the order of their referrals: whoever locks several does it in one order."""
    looked_at = (
        Offer.practice_id == tx.practice_id,
        col(Offer.outcome).is_(None),
        Offer.kind == Kind.GENERAL,
        col(Offer.nobody_alerted).is_(False),
    )
    passed = defaultdict[str, set[str]](set)
    passes = select(Pass.offer_id, Pass.provider_id).join(Offer, col(Pass.offer_id) == Offer.id).where(*looked_at)
    for offer_id, provider_id in tx.session.exec(passes):
        passed[offer_id].add(provider_id)
    rounds = (
        select(Offer, Referral)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(*looked_at)
        .order_by(Referral.id)
    )
    return [
        offer.id
        for offer, referral in tx.session.exec(rounds).all()
        if not offer.nobody_alerted and nobody_left(tx, referral, offer, passed.get(offer.id, ()))
    ]


def _release_offer(tx: Tx, actor: Actor, case: Case) -> None:
    close_round(tx, case.offer, OfferOutcome.RELEASED)
    tx.record(case.referral, Event.RELEASE, actor, offer=case.offer.id, reason=DeclineReason.NO_AVAILABILITY)
    following = next_round(tx, case.referral, None, excluded=case.offer.excluded)
    notify_client(tx, case.referral, following, Template.CLIENT_DECLINED)


def _may_not_change(tx: Tx, provider: Provider, actor: Actor, event: str, insurer: str | None = None) -> Refused | None:
    reason = None
    if not actor.coordinator and actor.provider_id != provider.id:
        reason = Refusal.NOT_THEIRS
    elif insurer is not None and all(panel["insurer"] != insurer for panel in provider.insurers):
        reason = Refusal.NOT_IN_NETWORK
    if reason is None:
        return None
    tx.record(provider, event, actor, result=reason, insurer=insurer)
    return Refused(reason)


def _waiting_offers(tx: Tx, provider_id: str, insurer: str | None = None) -> Sequence[Offer]:
    statement = (
        select(Offer)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
        .order_by(Referral.id)  # the order in which they are locked
    )
    if insurer is not None:
        statement = statement.where(Referral.insurer == insurer)
    return tx.session.exec(statement).all()


def _availability(tx: Tx, provider: Provider, insurer: str | None) -> Availability:
    waiting = tuple(offer.id for offer in _waiting_offers(tx, provider.id, insurer))
    return Availability(provider.status, provider.paused_until, insurer, waiting)


def _set_insurer(provider: Provider, insurer: str, *, accepting: bool, until: datetime | None) -> None:
    panel: Insurance = {"insurer": insurer, "accepting": accepting}
    if until is not None:
        panel["paused_until"] = until.isoformat()
    others = [one for one in provider.insurers if one["insurer"] != insurer]
    provider.insurers = sorted([*others, panel], key=lambda one: one["insurer"])  # a new list: the column is JSON
