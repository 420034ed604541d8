"""The clients a practice is best for, as its coordinators define them (DOMAIN.md B2).

``Practice.ideal`` holds slugs of the vocabularies by fact; a fact that names none takes any. The rule stands here
twice, side by side: for a referral at hand and for a query. Who may change it: referrals/sources/ideal_form.py.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, cast, or_, true
from sqlmodel import col

from store.tables import Referral
from store.vocabulary import AGE_BANDS, CONCERNS, INSURERS, SERVICES, STATES


class Fact(StrEnum):
    """The keys of ``Practice.ideal``, in the order of the form."""

    STATE = "state"
    INSURER = "insurer"
    SERVICE = "service"
    AGE_BAND = "age_band"
    CONCERN = "concern"


#: slug -> label
CHOICES: dict[Fact, Mapping[str, str]] = {
    Fact.STATE: STATES,
    Fact.INSURER: {slug: label for slug, (label, _) in INSURERS.items()},
    Fact.SERVICE: SERVICES,
    Fact.AGE_BAND: AGE_BANDS,
    Fact.CONCERN: CONCERNS,
}

#: As the column holds it: slugs by fact.
Ideal = Mapping[str, Sequence[str]]


def defined(ideal: Ideal) -> bool:
    """Whether anything is asked for at all; without, a share that fits would say nothing."""
    return any(ideal.get(fact) for fact in Fact)


def fits(ideal: Ideal, referral: Referral) -> bool:
    """Each fact that names something must hold; of concerns one of the client's is enough."""
    has: dict[Fact, Sequence[str]] = {
        Fact.STATE: [referral.state],
        Fact.INSURER: [referral.insurer],
        Fact.SERVICE: [referral.service],
        Fact.AGE_BAND: [referral.age_band],
        Fact.CONCERN: referral.concerns,
    }
    return all(not ideal.get(fact) or not set(ideal[fact]).isdisjoint(has[fact]) for fact in Fact)


def fitting(ideal: Ideal) -> ColumnElement[bool]:
    """The same as a condition of a query over referrals."""
    columns = {
        Fact.STATE: col(Referral.state),
        Fact.INSURER: col(Referral.insurer),
        Fact.SERVICE: col(Referral.service),
        Fact.AGE_BAND: col(Referral.age_band),
    }
    conditions: list[ColumnElement[bool]] = [
        column.in_(list(ideal[fact])) for fact, column in columns.items() if ideal.get(fact)
    ]
    if concerns := ideal.get(Fact.CONCERN):
        written = cast(col(Referral.concerns), String)  # JSON text on both engines; a slug stands there in quotes
        conditions.append(or_(*(written.contains(f'"{slug}"', autoescape=True) for slug in concerns)))
    return and_(true(), *conditions)
