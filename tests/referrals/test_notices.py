"""Which notice may still be sent in which state: the whole of NOTICES as data, and no template left out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from referrals.notices import ANSWERS, NOTICES, Context
from referrals.notices import Template as T
from store.tables import Offer, Referral
from store.vocabulary import DeliveryChannel, Kind, OfferOutcome, Status, Urgency
from tests.desk import START

HOLDER, OTHER = "provider:maya", "provider:noor"


@dataclass(frozen=True)
class Now:
    """How things stand when it is the notice's turn. ``current``: it speaks of the latest round."""

    status: Status
    current: bool = True
    overdue: bool = False
    recipient: str = HOLDER
    settled: bool = False


P, A, C, S, E, X = (
    Status.PENDING,
    Status.ACCEPTED,
    Status.CONTACTED,
    Status.SCHEDULED,
    Status.EXPIRED,
    Status.CLOSED,
)
ALL = (P, A, C, S, E, X)
WAITING = {Now(P)}
UNDERWAY = {Now(P), Now(P, overdue=True), Now(A)}
HELD = {Now(A), Now(C), Now(S)}

#: Every way things may stand: a round is only overdue while it is open, and only the pending have an open one.
EVERY = {
    Now(status, current, overdue, recipient, settled)
    for status in ALL
    for current in (True, False)
    for overdue in ((False, True) if status is P and current else (False,))
    for recipient in (HOLDER, OTHER)
    for settled in (False, True)
}


def whatever(nows: set[Now], **free: tuple[Any, ...]) -> set[Now]:
    """The same, whoever is written to and whatever is settled."""
    options = {"recipient": (HOLDER, OTHER), "settled": (False, True)} | free
    return {
        now
        for now in EVERY
        if any(
            all(getattr(now, name) == getattr(one, name) for name in ("status", "current", "overdue"))
            and now.recipient in options["recipient"]
            and now.settled in options["settled"]
            for one in nows
        )
    }


def where(**wanted: Any) -> set[Now]:
    return {now for now in EVERY if all(getattr(now, name) == value for name, value in wanted.items())}


stop = EVERY - {now for now in where(recipient=HOLDER) if now.status in (A, C, S)}
mine = {now for now in where(recipient=HOLDER, current=True) if now.status in (A, C, S)}

SENT: dict[T, set[Now]] = {
    T.CLIENT_CONFIRMATION: whatever({Now(P), Now(P, overdue=True)} | HELD),
    T.CLIENT_REMINDER: whatever({Now(P), Now(A)}),
    T.CLIENT_DECLINED: whatever(UNDERWAY),
    T.CLIENT_RELEASED: whatever(UNDERWAY),
    T.CLIENT_FINAL: whatever({Now(E)}),
    T.CLIENT_CLOSING: where(status=X),
    T.PROVIDER_OFFER: whatever(WAITING),
    T.PROVIDER_OFFER_SMS: whatever(WAITING),
    T.PROVIDER_REMINDER: whatever(WAITING),
    T.ACCEPTOR_MAIL: mine,
    T.ACCEPTOR_DM: mine,
    T.ACCEPTOR_NUDGE_DM: {now for now in mine if now.status is A},
    T.ACCEPTOR_NUDGE_MAIL: {now for now in mine if now.status is A},
    T.ACCEPTOR_STOP_MAIL: stop,
    T.ACCEPTOR_STOP_DM: stop,
    T.LICENCE_DENIED: whatever({Now(P), Now(P, overdue=True)}),
    T.THREAD_REMINDER: whatever(WAITING),
    T.THREAD_ACCEPTED: whatever(HELD),
    T.SOURCE_ACKNOWLEDGEMENT: EVERY,
    T.SOURCE_THANKS: EVERY,
    T.SOURCE_OUTCOME: set(),  # without the client's consent: tests/referrals/test_consent.py
    T.COORDINATOR_EXPIRED: whatever({Now(E)}),
    T.COORDINATOR_NOBODY: whatever({Now(P), Now(P, overdue=True)}),
    T.COORDINATOR_PHONE: where(settled=False),
    T.COORDINATOR_PHONE_MAIL: where(settled=False),
    T.COORDINATOR_FAILED: where(settled=False),
    T.COORDINATOR_ACCEPTOR_GONE: where(settled=False),
    T.COORDINATOR_URGENT: where(settled=False) - where(status=X),
    T.COORDINATOR_NOT_CONTACTED: where(settled=False, status=A),
    T.COORDINATOR_LICENCE: whatever({Now(P), Now(P, overdue=True)}, settled=(False,)),
    T.COORDINATOR_TROUBLE: where(settled=False),
    T.SUPPORT_TROUBLE_MAIL: where(settled=False),
    T.COORDINATOR_DIGEST: EVERY,  # what may void it: tests/referrals/test_digest.py
    T.PROVIDER_RESUMED: EVERY,
    T.PROVIDER_LICENCE: EVERY,
}


def context(now: Now) -> Context:
    held = now.status in (A, C, S, X)
    referral = Referral(
        id="referral",
        practice_id="practice",
        code="R-7K3QM",
        kind=Kind.PREFERRED,
        status=now.status,
        offer_id="latest",
        client_id="client",
        channel="form",
        state="NY",
        insurer="aetna",
        service="individual",
        delivery="telehealth",
        age_band="18-64",
        urgency=Urgency.ROUTINE,
        accepted_by="maya" if held else None,
        created_at=START,
    )
    open_ = now.status is P and now.current
    offer = Offer(
        id="latest" if now.current else "earlier",
        practice_id="practice",
        referral_id="referral",
        round=1,
        kind=Kind.PREFERRED,
        opened_at=START,
        expires_at=START + timedelta(hours=48),
        card_next_at=START,
        outcome=None if open_ else OfferOutcome.ACCEPTED,
    )
    return Context(referral, offer, now.recipient, now.settled, now.overdue)


@pytest.mark.parametrize("template", T)
def test_sent_or_suppressed(template: T) -> None:
    sent = {now for now in EVERY if NOTICES[template].still_true(context(now))}
    assert sent == SENT[template]


def test_no_notice_is_left_out() -> None:
    assert set(SENT) == set(NOTICES) == set(T)


def test_nobody_is_told_to_stop_and_to_go_on_at_once() -> None:
    assert not SENT[T.ACCEPTOR_STOP_DM] & SENT[T.ACCEPTOR_DM]
    assert not SENT[T.ACCEPTOR_STOP_MAIL] & SENT[T.ACCEPTOR_MAIL]


def test_channels() -> None:
    channels = {template: notice.channel for template, notice in NOTICES.items()}
    assert [one for one, channel in channels.items() if channel is DeliveryChannel.SMS] == [T.PROVIDER_OFFER_SMS]
    assert all(
        channels[one] is DeliveryChannel.EMAIL for one in T if one.startswith(("client_", "source_")) or "mail" in one
    )
    assert {T.CLIENT_FINAL, T.CLIENT_CLOSING} == ANSWERS
