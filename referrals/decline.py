"""Saying no: a preferred provider declines, anyone passes, and whoever accepted gives it back."""

from store.tables import Offer, Pass, Provider, Referral
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind, OfferOutcome, Status

from .actor import Actor
from .close import close_case
from .deadlines import expire_offer
from .deciding import Case, for_whom, locked_case, locked_referral, overdue, person, refuse, reserved, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_client, settle, tell_to_stop
from .outcomes import Decision, Missing, Person, Refusal
from .rounds import alert_if_nobody_left, close_round, next_round, redraw
from .tx import Tx


def decline(tx: Tx, actor: Actor, offer_id: str, reason: DeclineReason) -> Decision:
    """The preferred provider (or a coordinator for them) gives it to everyone: a General round with a new clock.

    The client hears that the provider is unavailable, never why (DOMAIN.md P10, section 2).
    """
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    if hindered := _hindered_decline(tx, actor, case):
        return hindered
    if case.offer.kind is Kind.GENERAL:
        return pass_(tx, actor, offer_id)
    close_round(tx, case.offer, OfferOutcome.DECLINED)
    tx.record(
        case.referral,
        Event.DECLINE,
        actor,
        on_behalf_of=for_whom(actor, case.offer.provider_id),
        offer=case.offer.id,
        reason=reason,
    )
    following = next_round(tx, case.referral, None, excluded=case.offer.excluded)
    _passed_already(tx, case.referral, following, case.offer.provider_id)
    notify_client(tx, case.referral, following, Template.CLIENT_DECLINED)
    return case.done()


def _passed_already(tx: Tx, referral: Referral, offer: Offer, provider_id: str | None) -> None:
    """Whoever has just declined is not waited for in the round that follows, though they may still accept."""
    if provider_id is not None:
        tx.add(Pass(offer_id=offer.id, provider_id=provider_id, practice_id=tx.practice_id, passed_at=tx.now))
        alert_if_nobody_left(tx, referral, offer)


def may_decline(tx: Tx, actor: Actor, offer_id: str) -> Decision:
    """Whether to open the form that asks for the reason: Done is yes, anything else is the answer instead of it."""
    case = locked_case(tx, offer_id)
    return Missing() if case is None else _hindered_decline(tx, actor, case) or case.done()


def declines_for(tx: Tx, actor: Actor, offer_id: str) -> Person | None:
    """For whom a coordinator would decline; None for those to whom it is offered themselves."""
    offer = tx.get(Offer, offer_id)
    if offer is None or not actor.coordinator or offer.provider_id == actor.provider_id:
        return None
    return person(tx.get(Provider, offer.provider_id))


def _hindered_decline(tx: Tx, actor: Actor, case: Case) -> Decision | None:
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.DECLINE):
        return since(tx, case, actor)
    if case.offer.kind is Kind.GENERAL or actor.coordinator or actor.provider_id == case.offer.provider_id:
        return None
    if not overdue(case.offer, tx.now):
        return reserved(tx, case, actor, Event.DECLINE)
    expire_offer(tx, case)
    return since(tx, case, actor)


def pass_(tx: Tx, actor: Actor, offer_id: str, provider_id: str | None = None) -> Decision:
    """A personal "not for me" in a General round: the card stays open, and a passer may still accept (P12).

    ``provider_id``: for whom a coordinator passes; None where people do so for themselves.
    """
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.PASS):
        return since(tx, case, actor)
    if case.offer.kind is Kind.PREFERRED:
        return reserved(tx, case, actor, Event.PASS)
    if provider_id not in (None, actor.provider_id) and not actor.coordinator:
        return refuse(tx, case, actor, Event.PASS, Refusal.NOT_COORDINATOR)
    provider = tx.get(Provider, provider_id or actor.provider_id)
    if provider is None:
        return refuse(tx, case, actor, Event.PASS, Refusal.UNLINKED)
    if tx.session.get(Pass, (offer_id, provider.id)) is None:
        tx.add(Pass(offer_id=offer_id, provider_id=provider.id, practice_id=tx.practice_id, passed_at=tx.now))
        whose = for_whom(actor, provider.id)
        tx.record(case.referral, Event.PASS, actor, on_behalf_of=whose, offer=offer_id, provider=provider.id)
        alert_if_nobody_left(tx, case.referral, case.offer)
    return case.done()


def release(tx: Tx, actor: Actor, referral_id: str, reason: DeclineReason, *, wants_care: bool = True) -> Decision:
    """The acceptor gives it back, also after a first session: a General round without them (DOMAIN.md P11).

    Where the client no longer wants care it closes the referral instead.
    """
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered_release(tx, actor, case):
        return hindered
    if not wants_care or reason is DeclineReason.NO_LONGER_WANTS:
        return close_case(tx, actor, case, CloseReason.NO_LONGER_NEEDED, released_for=reason)
    give_back(tx, actor, case, reason)
    return case.done()


def may_release(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """Whether to open the form that asks for the reason; see ``may_decline``."""
    case = locked_referral(tx, referral_id)
    return Missing() if case is None else _hindered_release(tx, actor, case) or case.done()


def _hindered_release(tx: Tx, actor: Actor, case: Case) -> Decision | None:
    holder = case.referral.accepted_by
    if not allowed(case.referral.status, Event.RELEASE) or holder is None:
        return since(tx, case, actor)
    if actor.provider_id != holder and not actor.coordinator:
        return refuse(tx, case, actor, Event.RELEASE, Refusal.NOT_THEIRS)
    return None


def give_back(tx: Tx, actor: Actor, case: Case, reason: DeclineReason) -> Offer:
    """Takes an accepted referral out of its holder's hands and opens a General round that leaves them out."""
    referral, holder = case.referral, case.referral.accepted_by
    tx.record(referral, Event.RELEASE, actor, on_behalf_of=for_whom(actor, holder), offer=case.offer.id, reason=reason)
    referral.status = Status.PENDING
    referral.accepted_by = referral.accepted_at = referral.contacted_at = referral.scheduled_at = None
    referral.answered_at = referral.nudge_due = referral.escalate_due = referral.next_try = None
    referral.plan, referral.tries = [], 0
    case.offer.remind_client_due = None
    redraw(tx, case.offer)
    settle(tx, referral, actor.name, AttentionKind.ACCEPTOR_GONE, AttentionKind.NOT_CONTACTED)
    following = next_round(tx, referral, None, excluded=[*case.offer.excluded, *([holder] if holder else [])])
    notify_client(tx, referral, following, Template.CLIENT_RELEASED)
    provider = tx.get(Provider, holder)
    if provider is not None and actor.provider_id != provider.id:
        tell_to_stop(tx, referral, case.offer, provider)
    return following
