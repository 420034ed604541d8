"""Accept: a provider agrees to contact the client, which is not agreeing to work with them (DOMAIN.md P9)."""

from collections.abc import Mapping
from dataclasses import dataclass

from store.tables import Offer, Provider, Referral
from store.vocabulary import AttentionKind, Kind, OfferOutcome, Status

from . import eligibility
from .actor import Actor
from .deadlines import expire_offer
from .deciding import Case, for_whom, locked_case, overdue, person, refuse, reserved, since
from .lifecycle import Event, allowed
from .notices import Template
from .outbox import notify_channel, notify_provider, settle
from .outcomes import Asks, Decision, Missing, Question, Refusal
from .pausing.weekly import full_of
from .progress import reach
from .rounds import close_round
from .tx import Tx, WakeKind
from .zones import day_of


@dataclass(frozen=True, slots=True)
class Override:
    """A coordinator accepts for this provider. Codes of the grounds on which they pass over what stands in the way.

    ``reason``: for a licence that the roster does not show; ``network``: for an insurer that is not among theirs.
    """

    provider_id: str
    reason: str | None = None
    network: str | None = None


def accept(
    tx: Tx,
    actor: Actor,
    offer_id: str,
    *,
    confirmed: frozenset[Question] = frozenset(),
    already_contacted: bool = False,
    override: Override | None = None,
) -> Decision:
    """The first click wins, whichever surface it came from.

    ``confirmed``: the questions of DESIGN.md's table (paused, out of network, on someone's behalf) that have been shown
    and answered with yes; one that has arisen since is asked first. What was answered is kept in history. A coordinator
    who is not the preferred provider accepts for them.
    ``already_contacted``: the client has been reached, and accepting was forgotten (DOMAIN.md P19): both in one step.
    ``override``: a coordinator accepts for that provider, also in a General round; its grounds are kept in history.
    """
    acceptor_id = override.provider_id if override else acceptor_of(tx, actor, offer_id)
    provider = tx.lock(Provider, acceptor_id)
    case = locked_case(tx, offer_id)
    if case is None:
        return Missing()
    if override and not actor.coordinator:
        return refuse(tx, case, actor, Event.ACCEPT, Refusal.NOT_COORDINATOR)
    case = _past_an_overdue_reservation(tx, case, acceptor_id)
    if case.offer.outcome is not None or not allowed(case.referral.status, Event.ACCEPT):
        return since(tx, case, actor)
    if provider is None:
        return refuse(tx, case, actor, Event.ACCEPT, Refusal.UNLINKED)
    if case.offer.kind is Kind.PREFERRED and case.offer.provider_id != provider.id:
        return reserved(tx, case, actor, Event.ACCEPT)
    refusal = refusal_of(provider, case, tx)
    overridden = override.reason if override and refusal is Refusal.NO_LICENCE else None
    if refusal and not overridden:
        return refuse(tx, case, actor, Event.ACCEPT, refusal)
    asked = _questions(provider, case, actor, tx)
    if not confirmed.issuperset(asked):
        return Asks(case.referral.code, case.offer.id, asked, person(provider), already_contacted)
    in_network = override.network if override and Question.OUT_OF_NETWORK in asked else None
    _take(tx, case, actor, provider, asked, {"override": overridden, "network": in_network})
    if already_contacted:
        reach(tx, actor, case, Event.CONTACTED)
    else:
        _start_the_clocks(tx, case.referral)
    return case.done()


def acceptor_of(tx: Tx, actor: Actor, offer_id: str) -> str | None:
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


def refusal_of(provider: Provider, case: Case, tx: Tx) -> Refusal | None:
    if provider.id in case.offer.excluded:
        return Refusal.GAVE_IT_BACK
    return eligibility.refusal(provider, case.referral, day_of(tx, provider))


def _questions(provider: Provider, case: Case, actor: Actor, tx: Tx) -> tuple[Question, ...]:
    on_behalf = (Question.ON_BEHALF,) if provider.id != actor.provider_id else ()
    return on_behalf + eligibility.questions(provider, case.referral, tx.now, full_of(tx, provider))


def _take(
    tx: Tx,
    case: Case,
    actor: Actor,
    provider: Provider,
    confirmed: tuple[Question, ...],
    grounds: Mapping[str, str | None],
) -> None:
    referral, offer = case.referral, case.offer
    referral.status = Status.ACCEPTED
    referral.accepted_by, referral.accepted_at = provider.id, tx.now
    referral.first_accepted_at = referral.first_accepted_at or tx.now
    referral.plan, referral.tries, referral.next_try = [], 0, None
    close_round(tx, offer, OfferOutcome.ACCEPTED)
    tx.record(
        referral,
        Event.ACCEPT,
        actor,
        on_behalf_of=for_whom(actor, provider.id),
        offer=offer.id,
        provider=provider.id,
        confirmed=list(confirmed),
        **{name: code for name, code in grounds.items() if code},
    )
    settle(tx, referral, actor.name, AttentionKind.NOBODY_ELIGIBLE, AttentionKind.URGENT, AttentionKind.LICENCE)
    notify_channel(tx, referral, offer, Template.THREAD_ACCEPTED)
    notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_DM)
    if provider.work_email:
        notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_MAIL)


def _start_the_clocks(tx: Tx, referral: Referral) -> None:
    """Contact is awaited within these windows (DOMAIN.md P15, S1). Like a round's, they are written once."""
    practice = tx.practice()
    referral.nudge_due = tx.now + practice.nudge_window
    referral.escalate_due = tx.now + practice.escalate_window
    tx.wake(WakeKind.NUDGE, referral.id, referral.nudge_due)
    tx.wake(WakeKind.ESCALATE, referral.id, referral.escalate_due)
