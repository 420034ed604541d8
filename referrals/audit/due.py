"""What is overdue and undone. A look says what is due long enough; whether nobody works it off, only a second look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from store.tables import Attention, Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from ..tx import Tx
from .finding import Finding, Rule

#: Of each kind, the oldest: enough to name, and work that goes on takes the oldest first.
_MOST = 20
#: Slack's codes after which nothing arrives at all; after any other only what goes into the channel waits.
_WHOLE_WORKSPACE = frozenset(
    {"app_uninstalled", "token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"}
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How late is too late. Deadlines run on the desk clock; what is to be sent or drawn, on the real one."""

    deadline: timedelta = timedelta(minutes=5)
    sending: timedelta = timedelta(minutes=5)


def overdue(tx: Tx, bounds: Bounds) -> list[Finding]:
    """By the indexes that the sweep itself uses. What waits for Slack is alarmed while that trouble is on the list."""
    found = [*_deadlines(tx, tx.now - bounds.deadline)]
    closed = _slack_refuses(tx)
    found += _deliveries(tx, tx.real_now - bounds.sending, closed)
    if not closed:
        found += _cards(tx, tx.real_now - bounds.sending)
    return found


def _deadlines(tx: Tx, late: Any) -> Iterator[Finding]:
    open_ = col(Offer.outcome).is_(None)
    in_time = col(Offer.expires_at) > tx.now  # else the expiry says it all
    for due, conditions, words in (
        (col(Offer.expires_at), [open_], "its deadline has passed, and nothing has acted on it"),
        (col(Offer.remind_due), [open_, in_time], "its reminder is due, and nobody was reminded"),
        (
            col(Offer.remind_client_due),
            [or_(~open_, in_time)],
            "the client's reminder is due, and they were not reminded",
        ),
    ):
        yield from _offers(tx, due, [due <= late, *conditions], words)
    for due, words in (
        (col(Referral.nudge_due), "whoever accepted it has not reached the client, and was not nudged"),
        (col(Referral.escalate_due), "the client was not reached, and no coordinator was asked"),
    ):
        yield from _referrals(tx, due, late, words)
    yield from _pauses(tx, late)


def _pauses(tx: Tx, late: Any) -> Iterator[Finding]:
    ends = col(Provider.pause_ends)
    rows = select(Provider.id).where(Provider.practice_id == tx.practice_id, ends <= late)
    for id in tx.session.exec(rows.order_by(ends, col(Provider.id)).limit(_MOST)):
        yield Finding(Rule.OVERDUE, "provider", id, "a pause of theirs has ended, and nothing has lifted it")


def _cards(tx: Tx, late: Any) -> Iterator[Finding]:
    lease = col(Offer.card_lease_until)
    conditions = [
        col(Offer.card_version) > col(Offer.shown_version),
        col(Offer.card_next_at) <= late,
        or_(lease.is_(None), lease <= late),
        col(Offer.card_trouble).is_(None),
    ]
    yield from _offers(tx, col(Offer.card_next_at), conditions, "its card does not show what is")


def _offers(tx: Tx, due: Any, conditions: Sequence[ColumnElement[bool]], words: str) -> Iterator[Finding]:
    rows = (
        select(Offer.id, Referral.code, Offer.round)
        .join(Referral, col(Referral.id) == col(Offer.referral_id))
        .where(Offer.practice_id == tx.practice_id, *conditions)
        .order_by(due, col(Offer.id))
        .limit(_MOST)
    )
    for id, code, number in tx.session.exec(rows):
        yield Finding(Rule.OVERDUE, "offer", id, f"round {number}: {words}", code)


def _referrals(tx: Tx, due: Any, late: Any, words: str) -> Iterator[Finding]:
    """``|| ''`` keeps SQLite from reading all of the practice's referrals instead of the few that wait."""
    ours = col(Referral.practice_id).concat("") == tx.practice_id
    rows = select(Referral.id, Referral.code).where(ours, due <= late)
    for id, code in tx.session.exec(rows.order_by(due, col(Referral.id)).limit(_MOST)):
        yield Finding(Rule.OVERDUE, "referral", id, words, code)


def _deliveries(tx: Tx, late: Any, closed: set[str]) -> Iterator[Finding]:
    conditions = [
        col(Delivery.state).in_((DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
        # An SMS that may have gone out is done: it is never sent twice.
        or_(col(Delivery.state) != DeliveryState.UNKNOWN, col(Delivery.channel) != DeliveryChannel.SMS),
        col(Delivery.next_at) <= late,
    ]
    if closed & _WHOLE_WORKSPACE:  # a mail to a coordinator waits as well: only Slack knows the address
        conditions += [col(Delivery.channel) != DeliveryChannel.SLACK, col(Delivery.recipient).not_like("slack:%")]
    elif closed:
        conditions.append(col(Delivery.recipient) != "channel")
    rows = (
        select(Delivery.id, Delivery.template, Delivery.state, Referral.code)
        .outerjoin(Referral, col(Referral.id) == col(Delivery.referral_id))
        .where(Delivery.practice_id == tx.practice_id, *conditions)
        .order_by(col(Delivery.next_at), col(Delivery.id))
        .limit(_MOST)
    )
    for id, template, state, code in tx.session.exec(rows):
        yield Finding(Rule.OVERDUE, "delivery", id, f"{template} is still {state}, and nobody is at it", code)


def _slack_refuses(tx: Tx) -> set[str]:
    """Slack's codes for what it does not let the desk do now, as the coordinators' list has them."""
    open_ = select(Attention.detail).where(
        Attention.practice_id == tx.practice_id,
        Attention.kind == AttentionKind.SLACK,
        col(Attention.settled_at).is_(None),
    )
    return {code or "" for code in tx.session.exec(open_)}
