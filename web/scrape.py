"""One look at all figures for ``/metrics``: each is kept for a while, and one that fails takes no other along."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from referrals.clock import Clock
from store.database import Database

from .cached import Cached
from .figures import Look, Query, by_state, deliveries, events, outbox, pulses, slugs, time_to_accept

log = logging.getLogger(__name__)

Figure = Callable[[], Awaitable[Sequence[Metric]]]

#: Seconds on the real clock: for how long a figure is kept, however often somebody asks.
_KEPT = 10.0
_KEPT_LONG = 30.0
#: More than a database gives one statement; a figure that takes longer is missing from this look.
_PATIENCE = 5.0


def database_figures(database: Database, clock: Clock) -> dict[str, Figure]:
    """What the tables say, by name; how fresh the work is, is asked anew every time."""

    def asked(query: Query) -> Figure:
        async def ask() -> Sequence[Metric]:
            return await database.read(lambda session: list(query(Look(session, clock, slugs(session)))))

        return ask

    return {
        "by_state": Cached(asked(by_state), _KEPT_LONG),
        "time_to_accept": Cached(asked(time_to_accept), _KEPT_LONG),
        "deliveries": Cached(asked(deliveries), _KEPT_LONG),
        "events": Cached(asked(events), _KEPT_LONG),
        "outbox": Cached(asked(outbox), _KEPT),
        "pulses": Cached(asked(pulses), 1.0),
    }


async def scrape(figures: Mapping[str, Figure]) -> Sequence[Metric]:
    """All that could be had, one after another so that clicks get their turn, and which could not."""
    missing = GaugeMetricFamily("referrals_figure_missing", "1: could not be had just now.", labels=["figure"])
    found: list[Metric] = []
    for name, figure in figures.items():
        families = await _had(name, figure)
        missing.add_metric([name], 1 if families is None else 0)
        found += families or ()
    return [missing, *found]


async def _had(name: str, figure: Figure) -> Iterable[Metric] | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await figure()
    except Exception as error:  # noqa: BLE001 - the boundary of one figure
        log.warning("figure_missing", extra={"figure": name, "error": type(error).__name__})
        return None
