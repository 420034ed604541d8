"""Whether rounds and standing of a referral are what its history tells, and whether somebody can still act on it."""

from collections.abc import Iterator

from store.tables import History, Offer
from store.vocabulary import AttentionKind, Kind, Status, Urgency

from .dossier import Dossier
from .doubts import Doubts
from .finding import Finding, Rule
from .tale import Tale, Told


def rounds(dossier: Dossier, tale: Tale, doubts: Doubts) -> Iterator[Finding]:
    """At most one open offer, the latest; each with the beginning, the end and the reminders that are told."""
    referral, offers = dossier.referral, dossier.offers
    if open_ := [one for one in offers if one.outcome is None][1:]:
        yield _of_offer(dossier, open_[0], "is open beside another round")
    if [one.round for one in offers] != list(range(1, len(tale.rounds) + 1)):
        yield _of_referral(
            dossier, Rule.ROUNDS, f"has {len(offers)} rounds, but its history tells of {len(tale.rounds)}"
        )
        return
    if (referral.round, referral.offer_id) != (len(offers), offers[-1].id):
        yield _of_referral(dossier, Rule.ROUNDS, "does not point to its latest round")
    for offer, told in zip(offers, tale.rounds, strict=True):
        for words in _unlike(offer, told):
            yield _of_offer(dossier, offer, words)
        for words in _reminders(offer, told, tale, doubts):
            yield _of_offer(dossier, offer, words)
    yield from _named_rounds(dossier, tale)


def _unlike(offer: Offer, told: Told) -> Iterator[str]:
    if (offer.kind, offer.provider_id) != (told.kind, told.provider_id):
        yield f"is offered to somebody else than its history tells ({told.kind})"
    if offer.outcome != told.outcome:
        yield f"ended {offer.outcome or 'not yet'}, but its history tells {told.outcome or 'not yet'}"
    if offer.opened_at != told.opened_at:
        yield "was opened at another moment than its history tells"
    if offer.closed_at != told.closed_at:
        yield "was closed at another moment than its history tells"
    if told.expires_at not in (None, offer.expires_at):
        yield "has another deadline than its history tells"
    if offer.expires_at <= offer.opened_at:
        yield "has its deadline before its beginning"


def _reminders(offer: Offer, told: Told, tale: Tale, doubts: Doubts) -> Iterator[str]:
    """A reminder is due until it was made, or has become void."""
    latest = told is tale.rounds[-1]
    waits = told.outcome is None and not told.reminded
    client_waits = latest and tale.status in (Status.PENDING, Status.ACCEPTED) and not told.client_reminded
    for due, awaited, whose in (
        (offer.remind_due, waits, "reminder"),
        (offer.remind_client_due, client_waits, "client's reminder"),
    ):
        if due is not None and not awaited:
            yield f"still has its {whose} due, which was made or is void"
        if due is None and awaited and not doubts.restored_since(offer.opened_at):
            yield f"has lost its {whose}, which was never made"


def _named_rounds(dossier: Dossier, tale: Tale) -> Iterator[Finding]:
    for moment in tale.moments:
        told = moment.following if moment.row.event in ("assign", "reopen") else moment.current
        named = moment.row.data.get("offer")
        if told and named and moment.row.event != "phoned" and dossier.offers[told.number - 1].id != named:
            yield _of_history(dossier, moment.row, f"{moment.row.event} names another round than its own")


def standing(dossier: Dossier, tale: Tale) -> Iterator[Finding]:
    """Status, holder and moments. The holder of a closed referral stays on its row."""
    referral = dossier.referral
    for column, told in (
        ("status", tale.status),
        ("accepted_by", tale.holder),
        ("accepted_at", tale.accepted_at),
        ("contacted_at", tale.contacted_at),
        ("scheduled_at", tale.scheduled_at),
        ("closed_at", tale.closed_at),
        ("close_reason", tale.close_reason),
        ("plan", tale.plan),
        ("tries", tale.tries),
        ("next_try", tale.next_try),
        ("first_accepted_at", tale.first_accepted_at),
        ("legal_hold", tale.hold),
        ("erased_at", tale.erased_at),
    ):
        if getattr(referral, column) != told:
            rule = Rule.END if column in ("closed_at", "close_reason") else Rule.STANDING
            yield _of_referral(dossier, rule, f"has another {column} than its history tells")
    if (referral.outcome_consent_at is not None) is not tale.consent:
        yield _of_referral(dossier, Rule.STANDING, "differs from its history in whether the source hears an outcome")
    if tale.urgent is not None and (referral.urgency is Urgency.URGENT) is not tale.urgent:
        yield _of_referral(dossier, Rule.STANDING, "has another urgency than its history tells")
    if referral.erased_at is None and dossier.client is not None and dossier.client.erased_at is not None:
        yield _of_referral(dossier, Rule.STANDING, "has lost its client's identity, and nothing says when")
    if dossier.still_known:
        yield _of_referral(dossier, Rule.STANDING, "was erased, but who its client is can still be found")
    if (referral.kind is Kind.PREFERRED) is not (referral.preferred_provider_id is not None):
        yield _of_referral(dossier, Rule.STANDING, f"is {referral.kind}, which does not fit whom it was asked for")


def clocks(dossier: Dossier, tale: Tale, doubts: Doubts) -> Iterator[Finding]:
    """A nudge and an escalation are due from accepting until each was made, or the client was reached."""
    referral, accepted = dossier.referral, tale.status is Status.ACCEPTED
    for due, made, what in (
        (referral.nudge_due, tale.nudged, "nudge"),
        (referral.escalate_due, tale.escalated, "escalation"),
    ):
        awaited = accepted and not made
        if due is not None and not awaited:
            yield _of_referral(dossier, Rule.STANDING, f"still has its {what} due, which was made or is void")
        if due is None and awaited and not (tale.accepted_at and doubts.restored_since(tale.accepted_at)):
            yield _of_referral(dossier, Rule.STANDING, f"has lost its {what}, which was never made")


def lost(dossier: Dossier) -> Iterator[Finding]:
    """Pending: an open round with a deadline. Expired: on the coordinators' list. Nobody left to act: the same."""
    referral, offers = dossier.referral, dossier.offers
    if referral.status is Status.PENDING and offers[-1].outcome is not None:
        yield _of_referral(dossier, Rule.LOST, "is pending without an open round")
    waiting = {item.kind for item in dossier.items if item.settled_at is None}
    if referral.status is Status.EXPIRED and AttentionKind.EXPIRED not in waiting:
        yield _of_referral(dossier, Rule.LOST, "has expired and is on nobody's list")


def _of_referral(dossier: Dossier, rule: Rule, words: str) -> Finding:
    return Finding(rule, "referral", dossier.referral.id, words, dossier.referral.code)


def _of_offer(dossier: Dossier, offer: Offer, words: str) -> Finding:
    return Finding(Rule.ROUNDS, "offer", offer.id, f"round {offer.round} {words}", dossier.referral.code)


def _of_history(dossier: Dossier, row: History, words: str) -> Finding:
    return Finding(Rule.ROUNDS, "history", row.id, words, dossier.referral.code)
