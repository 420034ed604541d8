"""Accept: a provider agrees to contact the client, which is not agreeing to work with them (DOMAIN.md P9)."""

from store.tables import Offer, Provider
from store.vocabulary import AttentionKind, Kind, OfferOutcome, Status

from . import eligibility
from .actor import Actor
from .deadlines import expire_offer
from .deciding import Case, for_whom, locked_case, overdue, person, refuse, reserved, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_channel, notify_provider, settle
from .outcomes import Asks, Decision, Missing, Question, Refusal
from .rounds import close_round
from .tx import Tx


def accept(tx: Tx, actor: Actor, offer_id: str, *, confirmed: bool = False) -> Decision:
    """The first click wins, whichever surface it came from.

    ``confirmed``: the questions of DESIGN.md's table (paused, out of network, on someone's behalf) have been shown and
    answered with yes; the answer is kept in history. A coordinator who is not the preferred provider accepts for them.
    """
    acceptor_id = _acceptor(tx, actor, offer_id)
    provider = tx.lock(Provider, acceptor_id)
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    case = _past_an_overdue_reservation(tx, case, acceptor_id)
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.ACCEPT):
        return since(tx, case, actor)
    if provider is None:
        return refuse(tx, case, actor, Event.ACCEPT, Refusal.UNLINKED)
    if case.offer.kind is Kind.PREFERRED and case.offer.provider_id != provider.id:
        return reserved(tx, case, actor, Event.ACCEPT)
    if refusal := _refusal(provider, case, tx):
        return refuse(tx, case, actor, Event.ACCEPT, refusal)
    asked = _questions(provider, case, actor, tx)
    if asked and not confirmed:
        return Asks(case.referral.code, case.offer.id, asked, person(provider))
    _take(tx, case, actor, provider, asked)
    return case.done()


def _acceptor(tx: Tx, actor: Actor, offer_id: str) -> str | None:
    """A coordinator who accepts a reserved offer does it for the provider whose it is."""
    offer = tx.get(Offer, offer_id) if actor.coordinator else None
    reserved_for = offer.provider_id if offer is not None and offer.outcome is None else None
    return reserved_for or actor.provider_id


def _past_an_overdue_reservation(tx: Tx, case: Case, acceptor_id: str | None) -> Case:
    """Another person's click on an overdue reserved offer expires it first; they then try for the General round."""
    if case.offer.kind is Kind.PREFERRED and case.offer.provider_id != acceptor_id and overdue(case.offer, tx.now):
        following = expire_offer(tx, case)
        if following is not None:
            return Case(case.referral, following)
    return case


def _refusal(provider: Provider, case: Case, tx: Tx) -> Refusal | None:
    if provider.id in case.offer.excluded:
        return Refusal.GAVE_IT_BACK
    return eligibility.refusal(provider, case.referral, tx.now)


def _questions(provider: Provider, case: Case, actor: Actor, tx: Tx) -> tuple[Question, ...]:
    on_behalf = (Question.ON_BEHALF,) if provider.id != actor.provider_id else ()
    return on_behalf + eligibility.questions(provider, case.referral, tx.now)


def _take(tx: Tx, case: Case, actor: Actor, provider: Provider, confirmed: tuple[Question, ...]) -> None:
    referral, offer = case.referral, case.offer
    referral.status = Status.ACCEPTED
    referral.accepted_by, referral.accepted_at = provider.id, tx.now
    close_round(tx, offer, OfferOutcome.ACCEPTED)
    tx.record(
        referral,
        Event.ACCEPT,
        actor,
        on_behalf_of=for_whom(actor, provider.id),
        offer=offer.id,
        provider=provider.id,
        confirmed=list(confirmed),
    )
    settle(tx, referral, actor.name, AttentionKind.NOBODY_ELIGIBLE, AttentionKind.URGENT)
    notify_channel(tx, referral, offer, Template.THREAD_ACCEPTED)
    notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_DM)
    if provider.work_email:
        notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_MAIL)
