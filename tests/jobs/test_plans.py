"""What the sweep asks every few seconds must not read a whole table: each statement finds its rows by an index."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col

from jobs import outbox, posts, sweep
from referrals import digest, slack_trouble, texts
from referrals.slack_trouble import Scope
from referrals.tx import Tx
from referrals.views.today import today
from store.tables import Delivery
from tests.desk import Office
from tests.engines import ON_SQLITE
from tests.plans import plans

pytestmark = pytest.mark.anyio

ASKED: dict[str, Callable[[Tx], Any]] = {
    "notices": lambda tx: outbox.claim(tx, col(Delivery.recipient) != "channel", 20),
    "replies": lambda tx: outbox.claim(tx, col(Delivery.recipient) == "channel", 1),
    "cards to post": posts.next_card,
    "cards to redraw": sweep.stale_cards,
    "expiring": sweep.expiring,
    "to remind": sweep.to_remind,
    "clients to remind": sweep.clients_to_remind,
    "to nudge": sweep.to_nudge,
    "to escalate": sweep.to_escalate,
    "a digest's hour": digest.is_due,
    "a digest": today,
    "trouble with Slack": slack_trouble.current,
    "a text's fate": lambda tx: texts.reported(tx, texts.Report("SM0", "sent")),
}


@ON_SQLITE
@pytest.mark.parametrize("what", ASKED)
async def test_no_table_is_read_whole(office: Office, what: str) -> None:
    steps = await office.do(plans, ASKED[what])
    assert steps and all(step.startswith(("SEARCH", "USE TEMP B-TREE")) for step in steps), steps


@ON_SQLITE
@pytest.mark.parametrize(("ask", "index"), [(sweep.to_nudge, "to_nudge"), (sweep.to_escalate, "to_escalate")])
async def test_only_what_waits_for_contact_is_read(office: Office, ask: Callable[[Tx], Any], index: str) -> None:
    """Not every referral of the practice."""
    steps = await office.do(plans, ask)
    assert [step for step in steps if f"INDEX referral_{index} " in step] == steps, steps


@ON_SQLITE
async def test_opening_slacks_door_again_reads_what_waits_only(office: Office) -> None:
    await office.do(slack_trouble.met, "is_archived", Scope.CHANNEL)
    steps = await office.do(plans, lambda tx: slack_trouble.over(tx, Scope.CHANNEL))
    assert steps and all(step.startswith("SEARCH") for step in steps), steps
