"""Opening and ending a round. Every use case that changes whose turn it is comes through here."""

from collections.abc import Iterable

from sqlmodel import select

from store.ids import new_id
from store.tables import Offer, Pass, Provider, Referral
from store.vocabulary import AttentionKind, Kind, OfferOutcome

from . import texts
from .actor import SYSTEM
from .eligibility import eligible
from .notices import Template
from .outbox import need_attention, notify_provider, settle
from .pausing.weekly import full
from .tx import Tx, WakeKind
from .zones import day_of


def open_round(tx: Tx, referral: Referral, provider: Provider | None, excluded: Iterable[str] = ()) -> Offer:
    """A new offer with its deadlines and a new card: to one provider, or (None) to everyone.

    The round before it must be closed. Windows are written here, so a changed setting moves no running deadline.
    """
    practice = tx.practice()
    offer = Offer(
        id=referral.offer_id,
        practice_id=tx.practice_id,
        referral_id=referral.id,
        round=referral.round,
        kind=Kind.PREFERRED if provider else Kind.GENERAL,
        provider_id=provider.id if provider else None,
        excluded=sorted(set(excluded)),
        opened_at=tx.now,
        expires_at=tx.now + practice.expire_window,
        remind_due=tx.now + practice.remind_window,
        remind_client_due=tx.now + practice.remind_window,
        card_next_at=tx.real_now,
    )
    tx.add(offer)
    tx.wake(WakeKind.CARD, offer.id)
    for kind, at in (
        (WakeKind.REMIND, offer.remind_due),
        (WakeKind.REMIND_CLIENT, offer.remind_client_due),
        (WakeKind.EXPIRE, offer.expires_at),
    ):
        tx.wake(kind, offer.id, at)
    if provider:
        notify_provider(tx, referral, offer, provider, Template.PROVIDER_OFFER)
        if texts.why_not(provider) is None:
            notify_provider(tx, referral, offer, provider, Template.PROVIDER_OFFER_SMS)
    else:
        alert_if_nobody_left(tx, referral, offer)
    return offer


def next_round(tx: Tx, referral: Referral, provider: Provider | None, excluded: Iterable[str] = ()) -> Offer:
    """The round after the one just closed."""
    referral.round += 1
    referral.offer_id = new_id()
    tx.session.flush()  # the old round must be closed in the database before another may be open
    settle(tx, referral, SYSTEM.name, AttentionKind.LICENCE)  # that was about the round which is over
    return open_round(tx, referral, provider, excluded)


def close_round(tx: Tx, offer: Offer, outcome: OfferOutcome) -> None:
    """Ends a round, and with it its reminders. After an accept the client's reminder stays due (a variant of it)."""
    offer.outcome, offer.closed_at, offer.remind_due = outcome, tx.now, None
    if outcome is not OfferOutcome.ACCEPTED:
        offer.remind_client_due = None
    redraw(tx, offer)


def redraw(tx: Tx, offer: Offer) -> None:
    """The card no longer shows what is."""
    offer.card_version += 1
    offer.card_next_at = tx.real_now
    tx.wake(WakeKind.CARD, offer.id)


def alert_if_nobody_left(tx: Tx, referral: Referral, offer: Offer) -> None:
    """Tells coordinators, once a round, that nobody eligible exists or all of them have passed (DOMAIN.md P12)."""
    if offer.kind is not Kind.GENERAL or offer.outcome is not None or offer.nobody_alerted:
        return
    if nobody_left(tx, referral, offer):
        offer.nobody_alerted = True
        need_attention(tx, referral, offer, AttentionKind.NOBODY_ELIGIBLE)


def nobody_left(tx: Tx, referral: Referral, offer: Offer, passed: Iterable[str] | None = None) -> bool:
    """Whether everyone who could be expected to take this General round has passed, or there is no such provider.

    ``passed``: who has, where that is known already for many rounds at once.
    """
    if passed is None:
        passed = tx.session.exec(select(Pass.provider_id).where(Pass.offer_id == offer.id))
    gone = {*passed, *offer.excluded}
    return not any(eligible(one, referral, gone, tx.now, day_of(tx, one), full(tx)) for one in tx.roster())
