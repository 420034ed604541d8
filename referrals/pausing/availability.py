"""Pause, resume, and leaving: whether referrals come to a provider, and what becomes of those that already have."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from store.tables import Offer, Pass, Provider, Referral
from store.vocabulary import AttentionKind, DeclineReason, Kind, OfferOutcome, ProviderStatus, Status

from ..actor import Actor
from ..deciding import Case, locked_case
from ..lifecycle import Event
from ..notices import Template
from ..outbox import need_attention, notify_client, settle_practice
from ..outcomes import Missing, Refusal, Refused
from ..rounds import alert_if_nobody_left, close_round, next_round, nobody_left
from ..tx import Tx, WakeKind
from .pauses import all_pauses, end_of, lift_pause, set_pause, soonest_end
from .subjects import ALL, Subject, own_subjects
from .weekly import MOST_PER_WEEK


@dataclass(frozen=True, slots=True)
class Availability:
    """How it stands now. ``waiting``: ids of the open offers reserved for this provider that ``subject`` is about."""

    status: ProviderStatus
    subject: Subject
    until: datetime | None
    waiting: tuple[str, ...]
    still_paused: tuple[Subject, ...] = ()  # beside ``subject``


def pause(
    tx: Tx, actor: Actor, provider_id: str, *, subject: Subject = ALL, until: datetime | None = None
) -> Availability | Refused | Missing:
    """No new preferred offers of this kind until ``resume`` or ``until`` (desk clock, UTC).

    In force at once. Offers already waiting stay until the answer to "release them now?" (``release_waiting``).
    """
    provider = _changeable(tx, actor, provider_id, "pause", subject)
    if not isinstance(provider, Provider):
        return provider
    set_pause(provider, subject, until)
    if until is not None:
        tx.wake(WakeKind.RESUME, provider.id, until)
    tx.record(provider, "pause", actor, what=str(subject), until=until.isoformat() if until else None)
    tx.session.flush()
    alert_where_nobody_is_left(tx)
    return _availability(tx, provider, subject)


def resume(tx: Tx, actor: Actor, provider_id: str, *, subject: Subject = ALL) -> Availability | Refused | Missing:
    """Referrals come again. An inactive provider stays inactive: that is a coordinator's to change."""
    provider = _changeable(tx, actor, provider_id, "resume", subject)
    if not isinstance(provider, Provider):
        return provider
    lift_pause(provider, subject)
    tx.record(provider, "resume", actor, what=str(subject))
    return _availability(tx, provider, subject)


def resume_everything(tx: Tx, actor: Actor, provider_id: str) -> Availability | Refused | Missing:
    """The switch itself, and every insurer and state."""
    provider = _changeable(tx, actor, provider_id, "resume", ALL)
    if not isinstance(provider, Provider):
        return provider
    for subject in {ALL: None, **dict.fromkeys(all_pauses(provider, tx.now))}:
        lift_pause(provider, subject)
        tx.record(provider, "resume", actor, what=str(subject))
    return _availability(tx, provider, ALL)


def set_weekly_limit(tx: Tx, actor: Actor, provider_id: str, limit: int | None) -> Availability | Refused | Missing:
    """At most so many accepted a week, from 1 to ``MOST_PER_WEEK``; None: no limit (DOMAIN.md P22).

    ValueError beyond that. It stops nobody: whoever is asked for once it is reached is not offered it alone.
    """
    if limit is not None and not 1 <= limit <= MOST_PER_WEEK:
        raise ValueError(limit)
    provider = _changeable(tx, actor, provider_id, "limit", ALL)
    if not isinstance(provider, Provider):
        return provider
    provider.weekly_limit = limit
    tx.record(provider, "limit", actor, limit=limit)
    tx.session.flush()
    tx.full_this_week = None
    alert_where_nobody_is_left(tx)
    return _availability(tx, provider, ALL)


def release_waiting(tx: Tx, actor: Actor, provider_id: str, *, subject: Subject = ALL) -> int:
    """Gives this provider's open preferred offers that ``subject`` is about to everyone; answers how many."""
    provider = tx.lock(Provider, provider_id)
    if provider is None or _may_not_change(tx, provider, actor, "release_waiting"):
        return 0
    released = 0
    for offer in _waiting_offers(tx, provider_id, subject):
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
    provider.pause_ends = soonest_end(provider)
    tx.record(provider, "make_inactive", actor)
    hand_over(tx, actor, provider)
    return True


def hand_over(tx: Tx, actor: Actor, provider: Provider) -> None:
    """For somebody who can no longer act: see ``make_inactive``."""
    tx.session.flush()
    settle_practice(tx, AttentionKind.SMS, provider.id)  # no text goes to them any more
    settle_practice(tx, AttentionKind.NOT_IN_SLACK, provider.id)  # who has left the workspace is listed anew
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


def _changeable(tx: Tx, actor: Actor, provider_id: str, event: str, subject: Subject) -> Provider | Refused | Missing:
    """The provider, locked; or the recorded reason why this person cannot do this with them."""
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if refused := _may_not_change(tx, provider, actor, event, subject):
        return refused
    if provider.status is ProviderStatus.INACTIVE:
        tx.record(provider, event, actor, result=Refusal.INACTIVE)
        return Refused(Refusal.INACTIVE)
    return provider


def _may_not_change(tx: Tx, provider: Provider, actor: Actor, event: str, subject: Subject = ALL) -> Refused | None:
    reason = None
    if not actor.coordinator and actor.provider_id != provider.id:
        reason = Refusal.NOT_THEIRS
    elif subject != ALL and subject not in (*own_subjects(provider), *all_pauses(provider, tx.now)):
        reason = Refusal.NOT_IN_NETWORK if subject.insurer else Refusal.NOT_LICENSED
    if reason is None:
        return None
    tx.record(provider, event, actor, result=reason, what=str(subject))
    return Refused(reason)


def _waiting_offers(tx: Tx, provider_id: str, subject: Subject = ALL) -> Sequence[Offer]:
    statement = (
        select(Offer)
        .join(Referral, col(Offer.referral_id) == Referral.id)
        .where(Offer.practice_id == tx.practice_id, Offer.provider_id == provider_id, col(Offer.outcome).is_(None))
        .order_by(Referral.id)  # the order in which they are locked
    )
    if subject.insurer is not None:
        statement = statement.where(Referral.insurer == subject.insurer)
    if subject.state is not None:
        statement = statement.where(Referral.state == subject.state)
    return tx.session.exec(statement).all()


def _availability(tx: Tx, provider: Provider, subject: Subject) -> Availability:
    waiting = tuple(offer.id for offer in _waiting_offers(tx, provider.id, subject))
    others = tuple(one for one in all_pauses(provider, tx.now) if one != subject)
    return Availability(provider.status, subject, end_of(provider, subject), waiting, others)
