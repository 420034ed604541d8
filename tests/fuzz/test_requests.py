"""Generated requests to every endpoint: none answers 5xx, logs an error, tells who a client is, or changes in secret.

hypothesis writes the requests. schemathesis is not used, because nothing here has an OpenAPI schema to read.
"""

import time
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.audits import assert_sound

from . import from_anywhere, from_slack
from .conftest import Plan
from .target import Ask, Target
from .values import weighted

#: Requests that are under way together, and examples after which what was learnt is used.
TOGETHER, ROUND = 10, 50

#: What is refused, whoever asks: before anything is known of them,
UNKNOWN = weighted(
    (5, from_slack.unsigned),
    (2, from_slack.stale),
    (5, from_slack.malformed),
    (1, from_slack.clock),
    (6, from_anywhere.looked_at()),
    (1, from_anywhere.not_a_form),
    (2, from_anywhere.forged_form),
    (2, from_anywhere.forged_answer),
    (2, from_anywhere.forged_text),
)
#: and because of who they are.
STRANGERS = from_slack.from_strangers
#: What may well be done, however odd it is.
ACCEPTABLE = weighted((7, from_slack.signed), (1, from_anywhere.filled_in()))

pytestmark = pytest.mark.timeout(3600)


def fire(target: Target, plan: Plan, asks: st.SearchStrategy[Ask], requests: int) -> int:
    """So many requests, ``TOGETHER`` at a time. In rounds: hypothesis keeps what it has generated in one."""
    sent = 0
    while sent < requests:
        batches = min(ROUND, max(1, (requests - sent) // TOGETHER))
        size = min(TOGETHER, requests - sent)

        @seed(plan.seed + sent)
        @settings(
            max_examples=batches,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # a failure shows its request; to shrink it would begin from another state
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(asks, min_size=size, max_size=size))
        def send(batch: list[Ask]) -> None:
            nonlocal sent
            target.send(batch)
            sent += len(batch)

        send()
        target.learn()
    return sent


def test_what_is_refused_changes_nothing(target: Target, plan: Plan, report: Callable[..., None]) -> None:
    before = target.dump()
    started = time.monotonic()
    sent = fire(target, plan, UNKNOWN, plan.requests * 4 // 10)
    sent += fire(target, plan, from_anywhere.too_long, max(4, plan.requests // 2000))
    assert changed(before, target.dump()) == {}
    sent += fire(target, plan, STRANGERS, plan.requests // 10)
    found = changed(before, target.dump())
    recorded = found.pop("History")
    assert all("event='refuse'" in row for row in recorded), "a refusal is recorded, and nothing else"
    assert set(found) == {"Practice"}, "whose history it is"
    report("refused", sent, started)
    assert len(recorded) > plan.requests // 1000, "strangers got as far as being refused by name"


def test_what_may_be_accepted_leaves_the_desk_sound(target: Target, plan: Plan, report: Callable[..., None]) -> None:
    started, before = time.monotonic(), target.dump()
    sent = fire(target, plan, ACCEPTABLE, plan.requests * 46 // 100)
    report("acceptable", sent, started)
    assert target.dump()["Referral"] != before["Referral"], "forms were taken on"
    assert len(target.dump()["History"]) > len(before["History"]) + sent // 100, "and clicks decided"
    assert target.alarm.late <= max(5, sent // 50)
    target.runner.run(target.desk.quiet())
    target.runner.run(assert_sound(target.desk))


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    """Of each table, the rows that are not as they were."""
    fresh = {name: list((Counter(after[name]) - Counter(rows)).elements()) for name, rows in before.items()}
    gone = {name: list((Counter(rows) - Counter(after[name])).elements()) for name, rows in before.items()}
    assert all(len(rows) <= len(fresh[name]) for name, rows in gone.items()), "nothing is deleted"
    return {name: rows for name, rows in fresh.items() if rows}
