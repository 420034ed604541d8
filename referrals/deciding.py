"""What the deciding use cases share: finding and locking, and telling a latecomer what has happened since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select

from store.tables import Offer, Provider, Referral
from store.vocabulary import Status

from .actor import Actor
from .outcomes import Done, Person, Refusal, Refused, Reserved, Since
from .tx import Tx


@dataclass(frozen=True, slots=True)
class Case:
    """A referral and one of its rounds, the referral locked."""

    referral: Referral
    offer: Offer

    def done(self) -> Done:
        return Done(self.referral.id, self.offer.id, self.referral.code, self.referral.status)


def locked_case(tx: Tx, offer_id: str) -> Case | None:
    """The offer and its referral, as they are now and held; None when this practice has no such offer."""
    tx.session.flush()  # reading the rows again would undo what this transaction has not written yet
    found = tx.session.execute(_BY_OFFER, {"id": offer_id, "practice_id": tx.practice_id}).first()
    return Case(found[0], found[1]) if found else None


def locked_referral(tx: Tx, referral_id: str) -> Case | None:
    """The referral with its latest round.

    In two steps: which round is the latest may change while the lock is waited for, and PostgreSQL would then look for
    the referral joined to the old one and find nothing.
    """
    referral = tx.lock(Referral, referral_id)
    offer = tx.lock(Offer, referral.offer_id) if referral else None
    return Case(referral, offer) if referral and offer else None


#: Joined on what never changes. FOR NO KEY UPDATE, as in Tx.lock.
_BY_OFFER = (
    select(Referral, Offer)
    .join(Offer, col(Offer.referral_id) == Referral.id)
    .where(col(Referral.practice_id) == bindparam("practice_id"), col(Offer.id) == bindparam("id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def person(provider: Provider | None) -> Person | None:
    return Person(provider.name, provider.slack_user) if provider else None


def since(tx: Tx, case: Case, actor: Actor) -> Since:
    """What has happened to the referral since the button was drawn."""
    referral = case.referral
    latest = tx.get(Offer, referral.offer_id) or case.offer
    return Since(
        referral_id=referral.id,
        code=referral.code,
        status=referral.status,
        by=person(tx.get(Provider, referral.accepted_by)),
        at=_since_when(referral, latest),
        mine=actor.provider_id is not None and actor.provider_id == referral.accepted_by,
        round_kind=latest.kind,
    )


def reserved(tx: Tx, case: Case, actor: Actor, event: str) -> Reserved:
    tx.record(case.referral, event, actor, result="reserved", offer=case.offer.id)
    whose = person(tx.get(Provider, case.offer.provider_id)) or Person("another provider", None)
    return Reserved(case.referral.code, whose, case.offer.expires_at)


def refuse(tx: Tx, case: Case, actor: Actor, event: str, reason: Refusal) -> Refused:
    """Refusals are part of the history (DOMAIN.md section 3, rule 5)."""
    tx.record(case.referral, event, actor, result=reason, offer=case.offer.id)
    return Refused(reason, case.referral.code)


def for_whom(actor: Actor, provider_id: str | None) -> str | None:
    """The provider on whose behalf a coordinator acts; None when people act for themselves."""
    return provider_id if provider_id != actor.provider_id else None


def _since_when(referral: Referral, latest: Offer) -> datetime:
    moments = {
        Status.PENDING: latest.opened_at,
        Status.ACCEPTED: referral.accepted_at,
        Status.CONTACTED: referral.contacted_at,
        Status.SCHEDULED: referral.scheduled_at,
        Status.CLOSED: referral.closed_at,
        Status.EXPIRED: latest.closed_at,
    }
    return moments[referral.status] or latest.opened_at


def overdue(offer: Offer, now: datetime) -> bool:
    return offer.outcome is None and offer.expires_at <= now
