"""Alerts that concern no referral: one item and one message a coordinator while the trouble lasts."""

import asyncio

import pytest

from referrals.composing import compose
from referrals.letters import PracticeLetter, Void
from referrals.notices import Template
from referrals.outbox import alert_practice, alert_support, settle_practice
from referrals.slack_trouble import Scope, met
from referrals.views.needs import attention_lines, how_many_need_a_person
from store.tables import Attention, Delivery, Practice
from store.vocabulary import AttentionKind, DeliveryChannel
from tests.desk import Office

pytestmark = pytest.mark.anyio

AUDIT, SLACK, SWEEP = AttentionKind.AUDIT, AttentionKind.SLACK, AttentionKind.SWEEP


async def _open(office: Office) -> list[tuple[str, str | None]]:
    return sorted((one.kind, one.detail) for one in await office.rows(Attention) if one.settled_at is None)


async def _change_practice(office: Office, **values: object) -> None:
    def write(tx):  # type: ignore[no-untyped-def]
        for name, value in values.items():
            setattr(tx.session.get(Practice, office.practice_id), name, value)

    await office.do(write)


async def test_one_item_and_one_message_a_coordinator_while_it_lasts(office: Office) -> None:
    await _change_practice(office, coordinators=["U0CORA", "U0DAN"])
    for _ in range(3):
        await office.do(alert_practice, AUDIT, "two_open_offers")
    await office.do(alert_practice, AUDIT, "no_answer")
    assert await _open(office) == [("audit", "no_answer"), ("audit", "two_open_offers")]
    told = sorted((one.template, one.recipient) for one in await office.rows(Delivery))
    assert told == [("coordinator_trouble", "slack:U0CORA")] * 2 + [("coordinator_trouble", "slack:U0DAN")] * 2


async def test_what_comes_back_after_it_was_settled_alerts_again(office: Office) -> None:
    for _ in range(2):
        await office.do(alert_practice, SWEEP, "stands_still")
        await office.do(settle_practice, SWEEP)
    assert not await _open(office) and len(await office.rows(Attention)) == 2
    assert len(await office.rows(Delivery)) == 2


async def test_settling_one_leaves_the_others(office: Office) -> None:
    for kind, detail in ((AUDIT, "a"), (AUDIT, "b"), (SWEEP, "c")):
        await office.do(alert_practice, kind, detail)
    await office.do(settle_practice, AUDIT, "a")
    assert await _open(office) == [("audit", "b"), ("sweep", "c")]
    await office.do(settle_practice, AUDIT)
    assert await _open(office) == [("sweep", "c")]


async def test_a_message_about_trouble_that_is_over_is_not_sent(office: Office) -> None:
    await office.do(alert_practice, SLACK, "is_archived")
    (row,) = await office.rows(Delivery)
    found = await office.do(compose, row)
    assert isinstance(found, PracticeLetter)
    assert (found.template, found.kind, found.detail) == (Template.COORDINATOR_TROUBLE, SLACK, "is_archived")
    assert (found.address, found.channel) == ("U0CORA", DeliveryChannel.SLACK)
    await office.do(settle_practice, SLACK)
    assert await office.do(compose, row) == Void("no_longer_true")


async def test_the_support_address_is_mailed_once_if_there_is_one(office: Office) -> None:
    await office.do(alert_support, SLACK, "token_revoked")
    assert not await office.rows(Delivery), "this practice has not set one"
    await office.do(settle_practice, SLACK)
    await _change_practice(office, support_email="help@practice.example.org")
    for _ in range(2):
        await office.do(alert_support, SLACK, "token_revoked")
    (row,) = await office.rows(Delivery)
    found = await office.do(compose, row)
    assert isinstance(found, PracticeLetter) and found.channel is DeliveryChannel.EMAIL
    assert found.address == "help@practice.example.org"


async def test_without_a_support_address_the_coordinators_are_mailed_at_work(office: Office) -> None:
    """Else the loss of Slack would be told to nobody: their other addresses are known to Slack alone."""
    dan = await office.provider("Dan Moreau", slack_user="U0DAN", work_email="dan@practice.example.org")
    await office.provider("Maya Chen", slack_user="U0MAYA", work_email="maya@practice.example.org")
    await _change_practice(office, coordinators=["U0CORA", "U0DAN"], support_email="")
    for _ in range(2):
        await office.do(met, "token_revoked", Scope.WORKSPACE)
    (row,) = await office.rows(Delivery)
    assert (row.template, row.recipient) == (Template.SUPPORT_TROUBLE_MAIL, f"provider:{dan.id}")
    found = await office.do(compose, row)
    assert isinstance(found, PracticeLetter) and found.channel is DeliveryChannel.EMAIL
    assert found.address == "dan@practice.example.org" and found.detail == "token_revoked"
    await office.do(settle_practice, SLACK)
    assert await office.do(compose, row) == Void("no_longer_true")


async def test_the_coordinators_list_shows_it_beside_referrals(office: Office) -> None:
    done = await office.submit()
    await office.do(alert_practice, SLACK, "is_archived")
    lines = await office.do(attention_lines)
    assert {(one.kind, one.code) for one in lines} >= {(SLACK, None), (AttentionKind.NOBODY_ELIGIBLE, done.code)}
    (line,) = [one for one in lines if one.kind is SLACK]
    assert (line.referral_id, line.status, line.detail) == (None, None, "is_archived")
    assert await office.do(how_many_need_a_person) == len(lines)


async def test_of_many_who_find_the_same_trouble_at_once_one_tells(office: Office) -> None:
    await asyncio.gather(*(office.do(alert_practice, AUDIT, "two_open_offers") for _ in range(8)))
    await asyncio.gather(*(office.do(met, "is_archived", Scope.CHANNEL) for _ in range(8)))
    assert await _open(office) == [("audit", "two_open_offers"), ("slack", "is_archived")]
    assert len(await office.rows(Delivery)) == 2
