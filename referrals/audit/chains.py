"""Whether histories are whole: each subject's chain from its first row to the head on the subject's own row."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.history import Subject, first_broken
from store.tables import History, Provider, Referral
from store.vault import Vault

from ..tx import Tx
from .finding import Finding, Rule

#: Rows of one read: a practice's chain is as long as the practice is old.
PIECE = 500


def unbroken(vault: Vault, subject: Subject, rows: Sequence[History]) -> Finding | None:
    """``rows``: all of the subject's, in order. The finding names the row at which the chain breaks."""
    at = first_broken(vault, rows, subject.history_head, subject.history_count)
    return None if at is None else _broken(subject, rows, at)


def of_providers(tx: Tx, providers: Sequence[Provider]) -> list[Finding]:
    """Providers' histories, all in one statement."""
    rows: dict[str, list[History]] = {one.id: [] for one in providers}
    found = select(History).where(tx.ours(History), col(History.subject_id).in_(list(rows)))
    for row in tx.session.exec(found.order_by(History.subject_id, col(History.seq))):
        rows[row.subject_id].append(row)
    broken = (unbroken(tx.vault, one, rows[one.id]) for one in providers)
    return [one for one in broken if one is not None]


def of_practice(tx: Tx, after: tuple[str, int]) -> tuple[tuple[str, int] | None, Finding | None]:
    """The next piece of the practice's own history behind ``after`` (hash, seq).

    Answers where the piece after it begins, None at the end, and what was found.
    """
    practice = tx.practice()
    rows = _of_practice(tx).where(col(History.seq) > after[1]).order_by(col(History.seq)).limit(PIECE)
    piece = tx.session.exec(rows).all()
    more = len(piece) == PIECE
    head, count = (piece[-1].hash, piece[-1].seq) if more else (practice.history_head, practice.history_count)
    at = first_broken(tx.vault, piece, head, count, after=after)
    if at is not None:
        return None, _broken(practice, piece, at)
    return ((head, count) if more else None), None


def before(tx: Tx, first: str) -> tuple[str, int]:
    """(hash, seq) of the practice's last history row with a smaller id than ``first``: a look begins behind it."""
    rows = _of_practice(tx).where(col(History.id) < first).order_by(col(History.seq).desc()).limit(1)
    row = tx.session.exec(rows).first()
    return (row.hash, row.seq) if row else ("", 0)


def orphans(tx: Tx, after: str, limit: int) -> tuple[str | None, list[Finding]]:
    """Looks at ``limit`` history rows behind the id ``after`` for a subject that is not there; None at the end."""
    piece = (
        select(History.id, History.subject, History.subject_id)
        .where(tx.ours(History), col(History.id) > after)
        .order_by(col(History.id))
        .limit(limit)
    )
    rows = tx.session.exec(piece).all()
    there = {tx.practice_id} | _there(tx, Referral, rows) | _there(tx, Provider, rows)
    found = [
        Finding(Rule.CHAIN, "history", id, f"the {subject} {subject_id} is gone, its history is not")
        for id, subject, subject_id in rows
        if subject_id not in there
    ]
    return (rows[-1][0] if len(rows) == limit else None), found


def _there(tx: Tx, table: type[Referral] | type[Provider], rows: Sequence[tuple[str, str, str]]) -> set[str]:
    named = {subject_id for _, subject, subject_id in rows if subject == table.__name__.lower()}
    ids = select(table.id).where(tx.ours(table), col(table.id).in_(sorted(named)))
    return set(tx.session.exec(ids)) if named else set()


def _of_practice(tx: Tx) -> SelectOfScalar[History]:
    return select(History).where(tx.ours(History), History.subject_id == tx.practice_id)


def _broken(subject: Subject, rows: Sequence[History], seq: int) -> Finding:
    row = next((one for one in rows if one.seq >= seq), None)
    code = subject.code if isinstance(subject, Referral) else None
    table = type(subject).__name__.lower()
    if row is None:
        return Finding(Rule.CHAIN, table, subject.id, f"its history breaks off before row {seq}", code)
    return Finding(Rule.CHAIN, "history", row.id, f"row {seq} of the {table}'s history was changed or is missing", code)
