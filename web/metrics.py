"""``/metrics`` for Prometheus: what this process counts itself, and the figures that it is given. Codes and slugs only.

Not public: for whoever knows the token, or from this machine where there is none.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, ProcessCollector, generate_latest
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .limits import Callers

Figures = Callable[[], Awaitable[Sequence[Metric]]]

#: Seconds. Slack gives a click three; a click is answered in a few milliseconds when all is well.
_ANSWER_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 3.0, 5.0)


class Metrics:
    """What happens in this process. One for the process; nothing here is kept over a restart."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry()
        self._answers = Histogram(
            "referrals_answer_seconds",
            "From Slack's request to its answer, by the button or the form it came from.",
            ["kind"],
            buckets=_ANSWER_BUCKETS,
            registry=self._registry,
        )
        self._responses = Counter(
            "referrals_responses", "HTTP responses by status.", ["status"], registry=self._registry
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(_Fixed([InfoMetricFamily("referrals_build", "What runs.", value={"version": version})]))

    def answered(self, kind: str, seconds: float) -> None:
        """``kind``: out of a closed list, because each makes a dozen series."""
        self._answers.labels(kind).observe(seconds)

    def responded(self, status: int) -> None:
        self._responses.labels(str(status)).inc()

    def page(self, figures: Iterable[Metric]) -> bytes:
        """The text format, version 1.0.0: https://prometheus.io/docs/instrumenting/exposition_formats/"""
        given = CollectorRegistry()
        given.register(_Fixed(figures))
        return generate_latest(self._registry) + generate_latest(given)


def metrics_route(metrics: Metrics, figures: Figures, token: str | None, callers: Callers) -> Route:
    """``token``: what ``Authorization: Bearer …`` must say; None: answered on this machine only."""

    async def show(request: Request) -> Response:
        if token is None and not callers.local(request):
            return PlainTextResponse("Only on this machine; set METRICS_TOKEN to read from elsewhere.", 403)
        if token is not None and not _knows(request, token):
            return PlainTextResponse("Not for you.", 401, headers={"WWW-Authenticate": "Bearer"})
        return Response(metrics.page(await figures()), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Route("/metrics", show, methods=["GET"])


def _knows(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class _Fixed(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families
