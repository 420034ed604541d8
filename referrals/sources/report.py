"""Every source's funnel over a period, for the coordinators' page and its file (DOMAIN.md B2)."""

from dataclasses import dataclass

from ..actor import Actor
from ..periods import Period, Wrong, period
from ..tx import Tx
from ..views.sources import Funnel, SourceLine, all_funnels, total_of
from ..zones import zone_of
from .ideal import defined

EXPORT = "export"


@dataclass(frozen=True, slots=True)
class SourceReport:
    period: Period
    lines: tuple[SourceLine, ...]
    total: Funnel
    ideal_defined: bool
    quiet_days: int


def source_report(tx: Tx, _actor: Actor, asked: str) -> SourceReport | Wrong:
    """``asked``: a period in words, as of referrals/periods.py. For coordinators only, which the page has asked."""
    practice = tx.practice()
    found = period(asked, tx.now, zone_of(None, practice))
    if isinstance(found, Wrong):
        return found
    lines = all_funnels(tx, found.since, found.until)
    return SourceReport(found, lines, total_of(lines), defined(practice.ideal), practice.quiet_days)


def take_out(tx: Tx, actor: Actor, found: Period) -> None:
    """History says that somebody has the figures of this period as a file."""
    first, last = found.first.isoformat(), found.last.isoformat()
    tx.record(tx.locked_practice(), EXPORT, actor, what="sources", since=first, until=last)
