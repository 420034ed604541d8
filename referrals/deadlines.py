"""What happens on its own: reminders, the auto-decline, nudges. Each looks at the row again and may do nothing."""

from store.tables import Offer, Provider
from store.vocabulary import AttentionKind, Kind, OfferOutcome, SlackStanding, Status

from .actor import SYSTEM
from .deciding import Case, locked_case, locked_referral, overdue
from .lifecycle import Event, after_expiry, allowed
from .notices import Template
from .outbox import need_attention, notify_channel, notify_client, notify_provider, settle
from .rounds import close_round, next_round
from .tx import Tx


def remind(tx: Tx, offer_id: str) -> bool:
    """24 h without a decision: a mail and a mention to the preferred provider, or a reply shown in the channel."""
    case = locked_case(tx, offer_id)
    if case is None or case.offer.outcome is not None or case.offer.remind_due is None:
        return False
    if case.offer.remind_due > tx.now or overdue(case.offer, tx.now):
        return False  # both due: the expiry says it all
    case.offer.remind_due = None
    tx.record(case.referral, Event.REMIND, SYSTEM, offer=offer_id)
    notify_channel(tx, case.referral, case.offer, Template.THREAD_REMINDER)
    provider = tx.get(Provider, case.offer.provider_id)
    if provider is not None and provider.work_email:
        notify_provider(tx, case.referral, case.offer, provider, Template.PROVIDER_REMINDER)
    return True


def remind_client(tx: Tx, offer_id: str) -> bool:
    """24 h into each round: the client is told that they are still pending contact, unless they no longer are."""
    case = locked_case(tx, offer_id)
    if case is None or case.offer.remind_client_due is None or case.offer.remind_client_due > tx.now:
        return False
    if overdue(case.offer, tx.now):
        return False
    case.offer.remind_client_due = None
    current = case.offer.id == case.referral.offer_id
    if not current or case.referral.status not in (Status.PENDING, Status.ACCEPTED):
        return False
    tx.record(case.referral, Event.REMIND_CLIENT, SYSTEM, offer=offer_id)
    notify_client(tx, case.referral, case.offer, Template.CLIENT_REMINDER)
    return True


def expire(tx: Tx, offer_id: str) -> bool:
    """48 h without a decision: the auto-decline (DOMAIN.md P13)."""
    case = locked_case(tx, offer_id)
    if case is None or not overdue(case.offer, tx.now):
        return False
    expire_offer(tx, case)
    return True


def nudge(tx: Tx, referral_id: str) -> bool:
    """12 h after accepting without contact: the acceptor is asked to reach the client (DOMAIN.md P15)."""
    case = locked_referral(tx, referral_id)
    if case is None or case.referral.nudge_due is None or case.referral.nudge_due > tx.now:
        return False
    referral = case.referral
    referral.nudge_due = None
    if not allowed(referral.status, Event.NUDGE):
        return False
    tx.record(referral, Event.NUDGE, SYSTEM, offer=case.offer.id, provider=referral.accepted_by)
    acceptor = tx.get(Provider, referral.accepted_by)
    if acceptor is not None:
        _nudge(tx, case, acceptor)
    return True


def _nudge(tx: Tx, case: Case, acceptor: Provider) -> None:
    """In Slack, or by mail to somebody who is not there."""
    if acceptor.slack_user is not None and acceptor.slack_standing is SlackStanding.MEMBER:
        notify_provider(tx, case.referral, case.offer, acceptor, Template.ACCEPTOR_NUDGE_DM)
    elif acceptor.work_email:
        notify_provider(tx, case.referral, case.offer, acceptor, Template.ACCEPTOR_NUDGE_MAIL)


def escalate(tx: Tx, referral_id: str) -> bool:
    """48 h after accepting without contact: the coordinators are asked to look after it (DOMAIN.md S1)."""
    case = locked_referral(tx, referral_id)
    if case is None or case.referral.escalate_due is None or case.referral.escalate_due > tx.now:
        return False
    case.referral.escalate_due = None
    if not allowed(case.referral.status, Event.ESCALATE):
        return False
    tx.record(case.referral, Event.ESCALATE, SYSTEM, offer=case.offer.id, provider=case.referral.accepted_by)
    need_attention(tx, case.referral, case.offer, AttentionKind.NOT_CONTACTED)
    return True


def expire_offer(tx: Tx, case: Case) -> Offer | None:
    """Writes the expiry. Preferred: a General round, which is returned. General: the end, until a coordinator acts."""
    referral, offer = case.referral, case.offer
    close_round(tx, offer, OfferOutcome.EXPIRED)
    tx.record(referral, Event.EXPIRE, SYSTEM, offer=offer.id)
    if offer.kind is Kind.PREFERRED:
        following = next_round(tx, referral, None, excluded=offer.excluded)
        notify_client(tx, referral, following, Template.CLIENT_DECLINED)
        return following
    referral.status = after_expiry(offer.kind)
    settle(tx, referral, SYSTEM.name)
    notify_client(tx, referral, offer, Template.CLIENT_FINAL)
    # These were about the round which is over.
    settle(tx, referral, SYSTEM.name, AttentionKind.NOBODY_ELIGIBLE, AttentionKind.LICENCE)
    need_attention(tx, referral, offer, AttentionKind.EXPIRED)
    return None
