"""What coordinators ask the desk for, each as one query of it: for the bench, and for the test of their plans."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from blocks.paging import read_place
from handlers.home import gather
from referrals.actor import Actor, Surface
from referrals.audit import Audit, looking
from referrals.find import find
from referrals.periods import Period, period
from referrals.retention import runs as retention
from referrals.roster import watch as roster_watch
from referrals.roster.coverage import coverage
from referrals.sources.report import source_report
from referrals.tx import Tx
from referrals.views.history import Filters, Group, history
from referrals.views.report import practice_report
from referrals.views.timeline import timeline
from referrals.views.today import today
from store.tables import Provider, Referral

#: Seconds, of the issue.
HOME, REPORT = 0.5, 3.0
ROBIN = Actor("slack:U0ROBIN", Surface.HOME, slack_user="U0ROBIN", coordinator=True)


@dataclass(frozen=True, slots=True)
class Page:
    """``whole``: reads all there is, so that an index would be of no use. ``notes``: writes that somebody looked."""

    name: str
    seconds: float
    ask: Callable[[Tx], Any]
    whole: bool = False
    notes: bool = False


def _home(place: str) -> Callable[[Tx], Any]:
    return lambda tx: gather(tx, ROBIN, read_place(place))


def _report(words: str) -> Callable[[Tx], Any]:
    def ask(tx: Tx) -> Any:
        last = tx.now.date()
        asked = period(words.format(first=last - timedelta(days=730), last=last), tx.now, ZoneInfo("America/New_York"))
        if not isinstance(asked, Period):
            raise TypeError(asked)
        return practice_report(tx, ROBIN, asked)

    return ask


def _audit(days: int, **narrowed: Any) -> Callable[[Tx], Any]:
    return lambda tx: history(tx, Filters(tx.now - timedelta(days=days), tx.now, **narrowed))


def _second_page(tx: Tx) -> Any:
    asked = Filters(tx.now - timedelta(days=730), tx.now)
    return history(tx, asked, history(tx, asked).following)


def _somebody(tx: Tx) -> str:
    return tx.session.exec(select(Provider.id).where(Provider.practice_id == tx.practice_id).limit(1)).one()


def _youngest(tx: Tx) -> str:
    newest = col(Referral.created_at).desc()
    ours = Referral.practice_id == tx.practice_id
    return tx.session.exec(select(Referral.id).where(ours).order_by(newest).limit(1)).one()


def _auditors_page(tx: Tx) -> None:
    """In the middle of a click's time: nobody may wait for it."""
    done = Audit(whole=True, up_to="")
    looking.look_at_referrals(tx, done, looking.referral_ids(tx, ""))
    looking.look_for_orphans(tx, done, "")


PAGES: tuple[Page, ...] = (
    Page("Home: needs a person", HOME, _home("room:needs")),
    Page("Home: queue", HOME, _home("room:queue")),
    Page("Home: queue, page 20", HOME, _home("room:queue,queue:20")),
    Page("Home: queue, one insurer", HOME, _home("room:queue,insurer:aetna")),
    Page("Home: queue, state and service", HOME, _home("room:queue,state:NY,service:individual")),
    Page("Home: queue, older than a day", HOME, _home("room:queue,age:1")),
    Page("Home: roster of 500", HOME, _home("room:roster")),
    Page("Home: sources", HOME, _home("room:sources")),
    Page("Home: settings", HOME, _home("room:settings")),
    Page("report: last 8 weeks", REPORT, _report("last 8 weeks")),
    Page("report: two years, all there is", REPORT, _report("{first} to {last}"), whole=True),
    Page("audit: first page of a month", REPORT, _audit(30)),
    Page("audit: first page of all", REPORT, _audit(730)),
    Page("auditor: one page of referrals", HOME, _auditors_page),
)

#: What is measured nowhere, because it is a single row or a rare night's work; but no plan of it may be worse.
ALSO: tuple[Page, ...] = (
    Page("audit: second page", REPORT, _second_page),
    Page("audit: one kind", REPORT, _audit(30, group=Group.REFUSED)),
    Page("audit: one person", REPORT, lambda tx: _audit(30, person=f"provider:{_somebody(tx)}")(tx)),
    Page("audit: one referral", REPORT, lambda tx: _audit(730, referral_id=_youngest(tx))(tx)),
    Page("timeline", HOME, lambda tx: timeline(tx, ROBIN, _youngest(tx)), notes=True),
    Page("search", HOME, lambda tx: find(tx, ROBIN, "Ada", "Quill"), notes=True),
    Page("coverage", REPORT, lambda tx: coverage(tx, ROBIN), notes=True),
    Page("sources: page", REPORT, lambda tx: source_report(tx, ROBIN, "last 30 days")),
    Page("retention: dry run", REPORT, retention.dry_run),
    Page("digest", REPORT, today),
    Page("roster: whom to look at", REPORT, roster_watch.to_look_at),
)
