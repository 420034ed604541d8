"""The digest's way through the jobs: a look that writes only when it is due, and a message that goes to each once."""

from datetime import date, timedelta
from typing import Any

import pytest

from jobs import digest, outbox
from referrals.tx import Tx, WakeKind
from store.tables import Delivery
from tests.desk import Office
from tests.jobs.outside import Outside

pytestmark = pytest.mark.anyio

#: Of the office's clock, in New York: its Friday evening is the digest's hour.
FRIDAY = date(2025, 11, 14)


@pytest.fixture
def outside() -> Outside:
    return Outside()


async def settle(office: Office, **values: Any) -> None:
    def write(tx: Tx) -> None:
        for name, value in values.items():
            setattr(tx.locked_practice(), name, value)

    await office.do(write)


async def test_a_look_deals_with_the_day_once_and_the_message_goes_out(office: Office, outside: Outside) -> None:
    deps = outside.deps(office)
    await settle(office, digest_hour=18, coordinators=["U0CORA", "U0DANA"])
    await office.submit()
    assert [await digest.look(deps, office.practice_id) for _ in range(2)] == [True, False]
    await outbox.drain(deps, office.practice_id)
    sent = [one for one in await office.rows(Delivery) if one.template == "coordinator_digest"]
    assert [(one.state, one.trouble) for one in sent] == [("sent", None)] * 2
    assert {one.recipient for one in sent} == {"slack:U0CORA", "slack:U0DANA"}


async def test_what_has_become_untrue_before_it_went_out_is_kept_back(office: Office, outside: Outside) -> None:
    deps = outside.deps(office)
    await settle(office, digest_hour=18)
    await office.submit()
    await digest.look(deps, office.practice_id)
    office.clock.turn(days=1)
    await outbox.drain(deps, office.practice_id)
    (one,) = [one for one in await office.rows(Delivery) if one.template == "coordinator_digest"]
    assert (one.state, one.trouble) == ("suppressed", "no_longer_true")


async def test_a_process_that_starts_asks_to_be_woken_and_does_nothing_else(office: Office, outside: Outside) -> None:
    deps = outside.deps(office)
    await digest.plan(deps, office.practice_id)
    assert not office.woken, "there is no hour"
    await settle(office, digest_hour=17, digest_done=FRIDAY)
    await digest.plan(deps, office.practice_id)
    (wake,) = office.woken
    assert wake.kind is WakeKind.DIGEST and wake.at == office.clock.at + timedelta(hours=23)
    assert not await office.rows(Delivery)
