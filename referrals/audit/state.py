"""How the desk's own watch stands: what the auditor found last, and when the sweep last came through. For health."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from store.tables import AuditRun, Pulse

from ..tx import Tx

#: Under this name the sweep leaves its pulse.
SWEEP = "sweep"
#: Real clock. The sweep comes every 5 seconds; one that has not for this long stands still.
SWEEP_STANDS_STILL = timedelta(minutes=2)


def last_audit(tx: Tx) -> AuditRun | None:
    """The run that says how the practice stands: the latest, or the latest whole one while that found something.

    An incremental run does not look at everything, so a clean one takes nothing back. None: none has run yet.
    """
    latest = _latest(tx)
    whole = last_whole(tx)
    if latest is not None and latest.findings == 0 and whole is not None and whole.findings:
        return whole
    return latest


def latest_audit(tx: Tx) -> AuditRun | None:
    return _latest(tx)


def last_whole(tx: Tx) -> AuditRun | None:
    return _latest(tx, whole=True)


def last_clean(tx: Tx) -> AuditRun | None:
    """Behind this one nothing has been found in order yet: the next incremental run begins there."""
    return _latest(tx, findings=0)


def sweep_age(session: Session, real_now: datetime) -> timedelta | None:
    """How long ago the sweep last came to its end, in whichever process; None: it never has. ``real_now``: UTC."""
    at = session.exec(select(Pulse.at).where(Pulse.name == SWEEP)).first()
    return None if at is None else real_now - at


def _latest(tx: Tx, **where: object) -> AuditRun | None:
    statement = select(AuditRun).where(AuditRun.practice_id == tx.practice_id)
    for name, value in where.items():
        statement = statement.where(col(getattr(AuditRun, name)) == value)
    return tx.session.exec(statement.order_by(col(AuditRun.id).desc()).limit(1)).first()
