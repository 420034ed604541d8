"""What coordinators do when nobody took a referral: offer it to someone by name, or to everyone again."""

from store.tables import Provider
from store.vocabulary import AttentionKind, OfferOutcome, Status

from .actor import Actor
from .deciding import Case, locked_referral, refuse, since
from .eligibility import reachable, refusal
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_client, owes_a_call, settle
from .outcomes import Decision, Missing, Refusal
from .rounds import close_round, next_round
from .tx import Tx
from .zones import day_of

_SETTLED_BY_A_ROUND = (AttentionKind.EXPIRED, AttentionKind.NOBODY_ELIGIBLE)


def reopen(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """An expired referral is offered to everyone again, with a new clock."""
    case = locked_referral(tx, referral_id)
    return _new_round(tx, actor, case, Event.REOPEN, None) if case else Missing()


def assign(tx: Tx, actor: Actor, referral_id: str, provider_id: str) -> Decision:
    """Offers a pending or expired referral to one provider, as if the client had asked for them."""
    provider = tx.lock(Provider, provider_id)
    case = locked_referral(tx, referral_id)
    if case is None or provider is None:
        return Missing()
    return _new_round(tx, actor, case, Event.ASSIGN, provider)


def may_coordinate(tx: Tx, actor: Actor, referral_id: str, event: Event) -> Decision:
    """Whether to open a coordinator's form (assign, close): Done is yes, anything else is the answer instead of it."""
    case = locked_referral(tx, referral_id)
    return Missing() if case is None else _hindered(tx, actor, case, event) or case.done()


def _hindered(tx: Tx, actor: Actor, case: Case, event: Event) -> Decision | None:
    if not actor.coordinator:
        return refuse(tx, case, actor, event, Refusal.NOT_COORDINATOR)
    return None if allowed(case.referral.status, event) else since(tx, case, actor)


def _new_round(tx: Tx, actor: Actor, case: Case, event: Event, provider: Provider | None) -> Decision:
    referral, offer = case.referral, case.offer
    if hindered := _hindered(tx, actor, case, event):
        return hindered
    if provider is not None and (refused := _cannot_be_given(tx, case, provider)):
        return refuse(tx, case, actor, event, refused)
    owed = owes_a_call(tx, referral)
    told = (offer.kind, offer.provider_id, referral.status)
    if offer.outcome is None:
        close_round(tx, offer, OfferOutcome.REPLACED)
    if referral.status is Status.EXPIRED:
        referral.answered_at = None  # the final notice was not the last word
    referral.status = Status.PENDING
    settle(tx, referral, actor.name, *_SETTLED_BY_A_ROUND)
    excluded = [one for one in offer.excluded if provider is None or one != provider.id]
    following = next_round(tx, referral, provider, excluded)
    tx.record(referral, event, actor, offer=following.id, provider=provider.id if provider else None)
    if owed or told != (following.kind, following.provider_id, referral.status):
        notify_client(tx, referral, following, Template.CLIENT_CONFIRMATION)
    return case.done()


def _cannot_be_given(tx: Tx, case: Case, provider: Provider) -> Refusal | None:
    """A coordinator may offer it to somebody paused or out of network; not to somebody gone or without a licence."""
    if reason := refusal(provider, case.referral, day_of(tx, provider)):
        return reason
    return None if reachable(provider) else Refusal.UNREACHABLE
