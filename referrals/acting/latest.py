"""Who has just done the same: what a coordinator is told whose form, or button, comes second."""

from sqlmodel import col, select

from store.tables import History, Provider

from ..actor import Actor
from ..deciding import Case, person, since
from ..outcomes import Meanwhile, Person, Since
from ..tx import Tx

#: How a coordinator is named who is not on the roster; Slack knows who they are.
A_COORDINATOR = "a coordinator"


def meanwhile(tx: Tx, case: Case, actor: Actor, event: str, *, now: bool = True) -> Meanwhile | Since:
    """``now``: how it stands. Without such an event in this round, what else has happened to the referral since."""
    row = tx.session.exec(
        select(History)
        .where(History.subject_id == case.referral.id, History.event == event, History.result == "done")
        .order_by(col(History.seq).desc())
        .limit(1)
    ).first()
    offer = case.offer if event == "extend" else None
    if row is None or (offer is not None and row.data.get("offer") != offer.id):
        return since(tx, case, actor)
    return Meanwhile(
        code=case.referral.code,
        event=event,
        by=who(tx, row.actor),
        at=row.at,
        mine=row.actor == actor.name,
        now=now,
        until=offer.expires_at if offer else None,
    )


def who(tx: Tx, name: str) -> Person | None:
    """The person behind an actor's name in history; None for the desk itself, a client or the command line."""
    kind, _, key = name.partition(":")
    if kind == "provider":
        return person(tx.get(Provider, key)) or Person("somebody", None)
    return Person(A_COORDINATOR, key) if kind == "slack" else None
