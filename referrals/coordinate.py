"""What coordinators do when nobody took a referral: offer it to someone by name, or to everyone again."""

from dataclasses import dataclass

from store.tables import Provider
from store.vocabulary import AttentionKind, OfferOutcome, Status

from .actor import Actor
from .deciding import Case, locked_referral, person, refuse, since
from .eligibility import in_network, reachable, refusal
from .licences import NetworkGrounds
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_client, owes_a_call, settle
from .outcomes import Decision, Missing, Person, Refusal
from .rounds import close_round, next_round
from .tx import Tx
from .zones import day_of

_SETTLED_BY_A_ROUND = (AttentionKind.EXPIRED, AttentionKind.NOBODY_ELIGIBLE)


@dataclass(frozen=True, slots=True)
class OutOfNetwork:
    """Nothing has happened: the client's insurer is not among their networks, and no grounds were given."""

    code: str
    whose: Person | None


def reopen(tx: Tx, actor: Actor, referral_id: str) -> Decision:
    """An expired referral is offered to everyone again, with a new clock."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    return hindered(tx, actor, case, Event.REOPEN) or _new_round(tx, actor, case, Event.REOPEN, None)


def assign(
    tx: Tx, actor: Actor, referral_id: str, provider_id: str, network: NetworkGrounds | None = None
) -> OutOfNetwork | Decision:
    """Offers a pending or expired referral to one provider, as if the client had asked for them.

    ``network``: why somebody out of network all the same; kept in history, and only where it is needed.
    """
    provider = tx.lock(Provider, provider_id)
    case = locked_referral(tx, referral_id)
    if case is None or provider is None:
        return Missing()
    if answer := hindered(tx, actor, case, Event.ASSIGN):
        return answer
    if refused := _cannot_be_given(tx, case, provider):
        return refuse(tx, case, actor, Event.ASSIGN, refused)
    if in_network(provider, case.referral.insurer):
        return _new_round(tx, actor, case, Event.ASSIGN, provider)
    if network is None:
        return OutOfNetwork(case.referral.code, person(provider))
    return _new_round(tx, actor, case, Event.ASSIGN, provider, network)


def may_coordinate(tx: Tx, actor: Actor, referral_id: str, event: Event) -> Decision:
    """Whether to open a coordinator's form (assign, close): Done is yes, anything else is the answer instead of it."""
    case = locked_referral(tx, referral_id)
    return Missing() if case is None else hindered(tx, actor, case, event) or case.done()


def hindered(tx: Tx, actor: Actor, case: Case, event: Event) -> Decision | None:
    """Why a coordinator's action may not be done: by whom, or no longer; None where it may."""
    if not actor.coordinator:
        return refuse(tx, case, actor, event, Refusal.NOT_COORDINATOR)
    return None if allowed(case.referral.status, event) else since(tx, case, actor)


def _new_round(
    tx: Tx, actor: Actor, case: Case, event: Event, provider: Provider | None, network: NetworkGrounds | None = None
) -> Decision:
    referral, offer = case.referral, case.offer
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
    grounds = {"network": network} if network else {}
    tx.record(referral, event, actor, offer=following.id, provider=provider.id if provider else None, **grounds)
    if owed or told != (following.kind, following.provider_id, referral.status):
        notify_client(tx, referral, following, Template.CLIENT_CONFIRMATION)
    return case.done()


def _cannot_be_given(tx: Tx, case: Case, provider: Provider) -> Refusal | None:
    """A coordinator may offer it to somebody paused or, with grounds, out of network.

    Not to somebody gone; nor to somebody without a licence, who could not accept it: see ``on_behalf.accept_for``.
    """
    if reason := refusal(provider, case.referral, day_of(tx, provider)):
        return reason
    return None if reachable(provider) else Refusal.UNREACHABLE
