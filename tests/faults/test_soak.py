"""A short storm over a whole practice: three bots, three workers, PostgreSQL, a queue. `make soak` has the long one."""

from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from bench.soak.chance import HERE, Chance, Storm, arrivals, next_monday
from bench.soak.report import report
from bench.soak.soak import Given, soak
from tests.engines import Postgres

#: Everything has its turn within twenty seconds.
_STORM = Storm(kill=5, queue=5, slack=1, outage=10, mail=2, texts=4, sockets=9, twice=2)


@pytest.mark.timeout(900)
async def test_nothing_is_lost_or_doubled_in_a_storm(tmp_path: Path, postgres: Postgres) -> None:
    given = Given(20, 7, tmp_path, postgres.new_database(), storm=_STORM, hurry=True)
    result = await soak(given, say=print)
    around, account = result.surroundings, report(given, result)
    assert result.wrong == [], account
    assert around.ledger.sent, account
    assert around.fleet.kills.total() > len(around.fleet.parts), account  # one at least beside the last, of all at once
    assert around.trouble.struck(), account
    assert around.outside.calls["chat.postMessage"] > len(around.ledger.sent), account


def test_a_seed_draws_the_load_case_and_always_the_same() -> None:
    """DOMAIN.md section 4: 1,800 a month, with Monday peaks."""
    start = next_monday(datetime(2026, 3, 4, tzinfo=UTC))
    end = start + timedelta(days=28)
    month, again, another = (
        list(takewhile(lambda moment: moment < end, arrivals(Chance(seed, "arrivals"), start))) for seed in (7, 7, 8)
    )
    assert month == again != another
    assert month == sorted(month) and month[0] >= start
    assert 1450 <= len(month) <= 1900
    by_day = [sum(moment.astimezone(HERE).weekday() == day for moment in month) for day in range(7)]
    assert by_day[0] > 1.6 * max(by_day[1:])
