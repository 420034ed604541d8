"""Whether a client's source may hear how it went: nothing without the client's consent (DOMAIN.md B3 and R2).

Not even then a name. What becomes of substance-use treatment is told with the notice of 42 CFR Part 2 (section 3, rule
11), and without consent not even hinted at by a note of thanks that comes just after an appointment.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from store.tables import Delivery, History, Referral, Source
from store.vocabulary import HIDDEN_CONCERNS, CloseReason, DeliveryState, Status

from ..actor import Actor
from ..deciding import Case, locked_referral, refuse
from ..lifecycle import Event
from ..notices import Template
from ..outbox import notify_source
from ..outcomes import Decision, Missing, Refusal
from ..tx import Tx


@dataclass(frozen=True, slots=True)
class Consent:
    """How it stands. ``source``: its name; None where nobody is known to have referred the client."""

    referral_id: str
    code: str
    source: str | None
    mailable: bool  # the source has an address, and may be written to
    since: datetime | None
    part_2: bool


def consent_of(tx: Tx, actor: Actor, referral_id: str) -> Consent | Decision:
    """For a coordinator's form; else the answer instead of it."""
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    return _hindered(tx, actor, case) or _consent(tx, case.referral)


def record_consent(tx: Tx, actor: Actor, referral_id: str, given: bool) -> Decision:
    """The client agrees that the source hears an outcome, or takes that back.

    Given only after the referral was closed, it is told at once. What has been sent is not called back, and not told
    again; what still waits is not sent, so that consent given again has it told anew.
    """
    case = locked_referral(tx, referral_id)
    if case is None:
        return Missing()
    if hindered := _hindered(tx, actor, case):
        return hindered
    referral = case.referral
    if (referral.outcome_consent_at is not None) is given:
        return case.done()
    referral.outcome_consent_at = tx.now if given else None
    event = tx.record(referral, Event.CONSENT, actor, given=given)
    if not given:
        _hold_back(tx, referral)
    elif referral.status is Status.CLOSED:
        tell_outcome(tx, referral, event)
    return case.done()


def tell_outcome(tx: Tx, referral: Referral, consent: str | None = None) -> None:
    """Once the referral is closed: by mail, where the client agrees and there is an outcome to tell.

    ``consent``: the id of the event by which they agreed just now; without it, that of the latest before.
    """
    if referral.outcome_consent_at is None or referral.close_reason is CloseReason.DUPLICATE:
        return
    mails = select(Delivery.id).where(Delivery.referral_id == referral.id, Delivery.template == Template.SOURCE_OUTCOME)
    if tx.session.exec(mails.where(Delivery.state != DeliveryState.SUPPRESSED)).first() is None:
        notify_source(tx, referral, Template.SOURCE_OUTCOME, about=consent or _latest_consent(tx, referral))


def _hold_back(tx: Tx, referral: Referral) -> None:
    waiting = update(Delivery).where(
        col(Delivery.referral_id) == referral.id,
        col(Delivery.template) == Template.SOURCE_OUTCOME,
        col(Delivery.state) == DeliveryState.PENDING,
    )
    tx.session.connection().execute(waiting.values(state=DeliveryState.SUPPRESSED, trouble="no_longer_true"))


def _latest_consent(tx: Tx, referral: Referral) -> str | None:
    given = select(History.id).where(
        History.subject_id == referral.id, History.event == Event.CONSENT, History.result == "done"
    )
    return tx.session.exec(given.order_by(col(History.seq).desc()).limit(1)).first()


def part_2(referral: Referral) -> bool:
    """Whether 42 CFR Part 2 restricts what may be told of it."""
    return not HIDDEN_CONCERNS.isdisjoint(referral.concerns)


def _consent(tx: Tx, referral: Referral) -> Consent:
    source = tx.get(Source, referral.source_id)
    return Consent(
        referral_id=referral.id,
        code=referral.code,
        source=source.name if source else None,
        mailable=source is not None and source.mailable,
        since=referral.outcome_consent_at,
        part_2=part_2(referral),
    )


def _hindered(tx: Tx, actor: Actor, case: Case) -> Decision | None:
    return None if actor.coordinator else refuse(tx, case, actor, Event.CONSENT, Refusal.NOT_COORDINATOR)
