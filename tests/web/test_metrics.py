"""What Prometheus reads: its format, who may read it, and figures that agree with what has happened."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, text
from sqlmodel import Session
from starlette.applications import Starlette

from blocks.ids import ActionId, CallbackId
from handlers.app import asked_for
from referrals.accept import accept
from referrals.clock import Clock
from referrals.decline import decline
from store.database import Database
from store.tables import Delivery, Pulse
from store.vocabulary import DeclineReason, DeliveryState
from tests.desk import Office, by, new_office
from web import figures
from web.figures import Look, slugs
from web.limits import Callers
from web.metrics import Metrics, metrics_route
from web.scrape import database_figures, scrape

from .serving import asked

TOKEN = "t0ken-of-sixteen-and-more"
QUERIES = (
    figures.by_state,
    figures.time_to_accept,
    figures.outbox,
    figures.deliveries,
    figures.events,
    figures.pulses,
)


def values(page: str) -> dict[tuple[str, ...], float]:
    """(name, practice, other labels' values by their names…) -> value; fails on what is told twice or is no metric."""
    families = list(text_string_to_metric_families(page))
    assert len({one.name for one in families}) == len(families)
    samples = [one for family in families for one in family.samples]
    found = {(one.name, *_values(one.labels)): one.value for one in samples}
    assert len(found) == len(samples)
    return found


def _values(labels: Mapping[str, str]) -> list[str]:
    return [labels[name] for name in sorted(labels, key=lambda name: (name != "practice", name))]


async def seen(office: Office) -> dict[tuple[str, ...], float]:
    families = await scrape(database_figures(office.desk.database, office.clock))
    return values(Metrics("1").page(families).decode())


async def slug_of(office: Office) -> str:
    return (await office.desk.ask(office.practice_id, lambda tx: tx.practice())).slug


async def test_the_figures_follow_what_happens(database: Database) -> None:
    office = await new_office(database)
    slug, maya = await slug_of(office), await office.provider("Maya Chen")
    before = await seen(office)
    assert before["referrals_by_state", slug, "pending"] == 0
    assert before["referrals_outbox_age_seconds", slug] == 0
    assert ("referrals_time_to_accept_seconds", slug, "0.5") not in before

    first, second, third = await office.submit(), await office.submit(maya), await office.submit()
    await office.do(decline, by(maya), second.offer_id, DeclineReason.SCHEDULE)
    office.clock.turn(hours=2)
    await office.do(accept, by(maya), first.offer_id)
    office.clock.turn(hours=3)
    await office.do(accept, by(maya), third.offer_id)
    now = await seen(office)
    assert now["referrals_by_state", slug, "pending"] == 1 and now["referrals_by_state", slug, "accepted"] == 2
    assert now["referrals_accepted_within", slug, "1"] == 0
    assert now["referrals_accepted_within", slug, "4"] == 1
    assert now["referrals_accepted_within", slug, "any"] == now["referrals_accepted_within", slug, "24"] == 2
    assert now["referrals_time_to_accept_seconds", slug, "0.5"] == 5 * 3600
    assert now["referrals_outbox_age_seconds", slug] == now["referrals_outbox_overdue_seconds", slug] == 5 * 3600
    assert sum(count for (name, *_), count in now.items() if name == "referrals_outbox") == len(
        await office.rows(Delivery, state=DeliveryState.PENDING)
    )
    assert not any(count for (name, *_), count in now.items() if name == "referrals_figure_missing")

    office.clock.turn(days=8)
    assert (await seen(office))["referrals_accepted_within", slug, "any"] == 0, "another week"


async def test_outcomes_and_events_of_the_last_day(database: Database) -> None:
    """Ids are made on the machine's clock, so this desk's stands there, too."""
    office = await new_office(database)
    office.clock.at = Clock.real()
    slug, maya = await slug_of(office), await office.provider("Maya Chen")
    done = await office.submit()
    await office.do(accept, by(maya), done.offer_id)
    await office.do(accept, by(await office.provider("Omar Diaz")), done.offer_id)
    sent = (await office.rows(Delivery))[0]
    await office.change(Delivery, sent.id, state=DeliveryState.FAILED)
    now = await seen(office)
    assert now["referrals_deliveries", slug, sent.channel, "failed"] == 1
    assert now["referrals_events", slug, "accept", "done"] == 1
    office.clock.turn(hours=25)
    later = await seen(office)
    assert not [name for name, *_ in later if name in ("referrals_deliveries", "referrals_events")]


async def test_a_failed_notice_is_not_waiting_and_one_put_off_is_not_overdue(database: Database) -> None:
    office = await new_office(database)
    slug = await slug_of(office)
    await office.submit()
    office.clock.turn(hours=1)
    first, *others = await office.rows(Delivery)
    for one in others:
        await office.change(Delivery, one.id, state=DeliveryState.SENT)
    await office.change(Delivery, first.id, next_at=office.clock.real().replace(year=2099), attempts=3)
    now = await seen(office)
    assert (now["referrals_outbox_overdue_seconds", slug], now["referrals_outbox_age_seconds", slug]) == (0, 3600)
    await office.change(Delivery, first.id, state=DeliveryState.FAILED)
    now = await seen(office)
    assert now["referrals_outbox_age_seconds", slug] == 0
    assert not [name for name, *_ in now if name == "referrals_outbox"]


async def test_how_long_ago_the_sweep_came_round(database: Database) -> None:
    office = await new_office(database)
    assert ("referrals_pulse_age_seconds", "sweep") not in await seen(office)
    await database.write(lambda session: session.add(Pulse(name="sweep", at=office.clock.real())))
    office.clock.turn(minutes=3)
    assert (await seen(office))["referrals_pulse_age_seconds", "sweep"] == 180


async def test_no_identity_and_no_id_is_among_the_figures(database: Database) -> None:
    office = await new_office(database)
    maya = await office.provider("Maya Chen")
    done = await office.submit(maya)
    families = await scrape(database_figures(office.desk.database, office.clock))
    page = Metrics("1").page(families).decode().casefold()
    ids = {done.referral_id, done.offer_id, done.code, maya.id, office.practice_id, *("ada", "quill", "maya", "chen")}
    words = set(re.findall(r"[a-z0-9-]+", re.sub(r'practice="[^"]*"', "", page)))
    assert not {one.casefold() for one in ids} & words
    measured = re.sub(r"(?m)^process_.*$", "", page)  # bytes and seconds have any digits
    assert "@" not in page and "555" not in measured


async def test_a_figure_that_cannot_be_had_takes_no_other_along() -> None:
    async def works() -> Sequence[Metric]:
        return [GaugeMetricFamily("fine", "Fine.", 1)]

    async def breaks() -> Sequence[Metric]:
        raise ConnectionError("postgresql://user:secret@host")

    page = Metrics("1").page(await scrape({"a": breaks, "b": works})).decode()
    found = values(page)
    assert found["referrals_figure_missing", "a"] == 1 and found["referrals_figure_missing", "b"] == 0
    assert found[("fine",)] == 1 and "secret" not in page


async def test_every_query_goes_along_an_index(database: Database, engine: str) -> None:
    """None may walk a table of a million rows; the two small tables have a row a practice and a row a task."""
    office = await new_office(database)
    await office.submit()
    asked: list[tuple[str, Any]] = []

    def run(session: Session) -> list[str]:
        connection = session.connection()
        look = Look(session, office.clock, slugs(session))
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        for query in QUERIES:
            list(query(look))
        statements = list(asked)
        if engine == "postgres":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # tables this small are not worth an index
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        prefix = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        plans = []
        for statement, values in statements:
            rows = connection.exec_driver_sql(prefix + statement, values).all()
            plans.append(" | ".join(str(row[-1]) for row in rows))
        return plans

    plans = await database.read(run)
    assert len(plans) >= len(QUERIES)
    for plan in plans:
        walked = re.findall(r"SCAN (\w+)(?! USING)(?:$| \|)|Seq Scan on (\w+)", plan)
        tables = {name for pair in walked for name in pair if name}
        assert tables <= {"pulse", "practice", "anon_1"}, plan
    whole = "\n".join(plans)
    for index in ("referral_by_status", "delivery_due"):
        assert index in whole, whole


def page_of(token: str | None) -> Starlette:
    async def nothing() -> Sequence[Metric]:
        return []

    return Starlette(routes=[metrics_route(Metrics("1"), nothing, token, Callers(["127.0.0.1"]))])


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        ("Bearer", 401),
        ("Bearer \xe9", 401),
        (None, 401),
    ],
)
async def test_only_who_knows_the_token(authorization: str | None, status: int) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await asked(page_of(TOKEN), "/metrics", headers=headers)
    assert answer.status == status
    assert ("process_cpu" in answer.text) is (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "192.0.2.7"}, 403),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Host": "desk.example.org"}, 403),
        ({"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "192.0.2.7"}, 403),
    ],
)
async def test_without_a_token_only_on_this_machine(headers: dict[str, str], status: int) -> None:
    answer = await asked(page_of(None), "/metrics", headers=headers)
    assert answer.status == status
    assert ("process_cpu" in answer.text) is (status == 200)


async def test_the_text_is_what_prometheus_reads() -> None:
    metrics = Metrics("1.2.3")
    metrics.answered("accept", 0.004)
    metrics.answered("accept", 2.7)
    metrics.responded(404)
    found = values(metrics.page([]).decode())
    assert found["referrals_answer_seconds_count", "accept"] == 2
    assert found["referrals_answer_seconds_bucket", "accept", "0.005"] == 1
    assert found["referrals_answer_seconds_bucket", "accept", "3.0"] == 2
    assert found["referrals_responses_total", "404"] == 1
    assert found["referrals_build_info", "1.2.3"] == 1
    assert ("process_open_fds",) in found
    answer = await asked(page_of(None), "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=1.0.0") and values(answer.text)
    assert (await asked(page_of(None), "/metrics", "POST")).status == 405


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "block_actions", "actions": [{"action_id": ActionId.ACCEPT}]}, "accept"),
        (
            {
                "type": "block_actions",
                "actions": [{"action_id": ActionId.MORE, "selected_option": {"value": "referral.close:x"}}],
            },
            "close",
        ),
        ({"type": "block_actions", "actions": [{"action_id": "Zoe Canary"}]}, "click"),
        ({"type": "block_actions", "actions": [{"action_id": ["x"]}]}, "click"),
        ({"type": "view_submission", "view": {"callback_id": CallbackId.CLOSE}}, "close_form"),
        ({"type": "view_submission", "view": {"callback_id": "Zoe Canary"}}, "form"),
        ({"type": "view_submission", "view": {"callback_id": ["x"]}}, "form"),
        ({"type": "view_submission", "view": None}, "form"),
        ({"type": "event_callback", "event": {"type": "Zoe"}}, "event"),
        ({"command": "/referrals", "text": "find Zoe"}, "command"),
        ({"type": "Zoe"}, "other"),
        ({}, "other"),
    ],
)
def test_a_request_is_counted_under_a_name_of_ours(body: dict[str, Any], kind: str) -> None:
    assert asked_for(body) == kind
