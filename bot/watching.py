"""What the watch over a process asks: is the house in order, and what are its figures. Wires ``web`` to the house."""

import importlib.metadata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from sqlmodel import col, select

from jobs.pulse import SENDING, SWEEP
from jobs.queue import QUEUE
from referrals.audit import state as audit_state
from store.tables import AuditRun, Pulse
from web.figures import slugs
from web.health import OK, Check, Readiness, readiness, stands_still
from web.metrics import Metrics
from web.scrape import Figure, database_figures, scrape

from .house import House

#: Real clock. A job is cut off after ten minutes, so sending that has not come round by then hangs again and again.
SENDING_STANDS_STILL = timedelta(minutes=13)
#: The same of the auditor, who comes every five minutes; a look at everything may take an hour.
AUDITOR_STANDS_STILL = timedelta(minutes=75)


def metrics_of_this_process() -> Metrics:
    try:
        version = importlib.metadata.version("referral-desk")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout without being installed
        version = "unknown"
    return Metrics(version)


def heartbeat(house: House) -> Readiness:
    """What has to be well for the desk to keep its promises. The words are for whoever watches; they name no row."""
    started = house.clock.real()
    checks: Mapping[str, Check] = {
        "database": lambda: _database_answers(house),
        "queue": lambda: _queue_answers(house),
        "sweep": lambda: _comes_round(house, SWEEP, started, audit_state.SWEEP_STANDS_STILL),
        "sending": lambda: _comes_round(house, SENDING, started, SENDING_STANDS_STILL),
        "auditor": lambda: _nothing_found(house, started),
    }
    return readiness(checks)


def figures(house: House, ready: Readiness) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Everything ``/metrics`` shows beside what this process counts itself."""
    named: dict[str, Figure] = {
        **database_figures(house.database, house.clock),
        "audit": lambda: _audit(house),
        "queue": lambda: _queue(house),
        "checks": lambda: _checks(ready),
    }
    return lambda: scrape(named)


async def _database_answers(house: House) -> None:
    await house.desk.ask(house.practice.id, lambda tx: tx.practice().id)


async def _queue_answers(house: House) -> None:
    await house.redis.ping()


async def _comes_round(house: House, pulse: str, started: datetime, patience: timedelta) -> str | None:
    last = await house.database.read(
        lambda session: session.exec(select(Pulse.at).where(col(Pulse.name) == pulse)).first()
    )
    return "stands still" if stands_still(last, started, house.clock.real(), patience) else None


async def _nothing_found(house: House, started: datetime) -> str | None:
    """An auditor that fails leaves no run behind."""
    now = house.clock.real()
    for practice in await house.database.read(slugs):
        last = await house.desk.ask(practice, audit_state.last_audit)
        if last is not None and last.findings:
            return "found something"
        latest = await house.desk.ask(practice, audit_state.latest_audit)
        if stands_still(latest.finished_at if latest else None, started, now, AUDITOR_STANDS_STILL):
            return "stands still"
    return None


async def _last_audits(house: House) -> list[tuple[str, AuditRun]]:
    """(slug, run) of every practice that the auditor has looked at."""
    found = []
    for practice, slug in (await house.database.read(slugs)).items():
        if run := await house.desk.ask(practice, audit_state.last_audit):
            found.append((slug, run))
    return found


async def _audit(house: House) -> Sequence[Metric]:
    findings = GaugeMetricFamily("referrals_audit_findings", "What the last audit found.", labels=["practice"])
    age = GaugeMetricFamily("referrals_audit_age_seconds", "Since the last audit ended.", labels=["practice"])
    for slug, run in await _last_audits(house):
        findings.add_metric([slug], run.findings)
        age.add_metric([slug], (house.clock.real() - run.finished_at).total_seconds())
    return [findings, age]


async def _queue(house: House) -> Sequence[Metric]:
    depth = await house.redis.zcard(QUEUE)
    return [GaugeMetricFamily("referrals_queue_jobs", "Jobs in the queue, also those put off to a moment.", depth)]


async def _checks(ready: Readiness) -> Sequence[Metric]:
    family = GaugeMetricFamily(
        "referrals_check_ok", "1: as /readyz has it; any 0 stops the heartbeat.", labels=["check"]
    )
    for name, state in (await ready()).items():
        family.add_metric([name], 1 if state == OK else 0)
    return [family]
