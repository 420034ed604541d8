"""/referrals report: one's own figures for a period, and never another's."""

import pytest

from tests.handlers.conftest import CANARY, Stage


async def test_a_report_is_about_ones_own_answers(stage: Stage) -> None:
    _, first = await stage.refer("maya")
    _, second = await stage.refer()
    _, others = await stage.refer("tomas")
    maya, tomas = stage.person("maya"), stage.person("tomas")
    await stage.later(3)
    await maya.click(first, "referral.accept")
    await maya.click(second, "referral.pass")
    await tomas.click(others, "referral.accept")
    told = (await maya.command("/referrals report")).text
    assert "last 30 days" in told and "*3 hours*" in told and "Only you see this" in told
    assert "Accepted *1*  ·  declined *0*  ·  passed *1*" in told
    assert "Accepted *1*  ·  declined *0*  ·  passed *0*" in (await tomas.command("/referrals report this week")).text
    assert "No offer answered" in (await maya.command("/referrals report last month")).text


@pytest.mark.parametrize("typed", ["yesteryear", "next week", f"@tomas {CANARY}", "last 30 years"])
async def test_what_is_no_period_gets_examples_and_is_not_repeated(stage: Stage, typed: str) -> None:
    told = (await stage.person("maya").command(f"/referrals report {typed}")).text
    assert "/referrals report last week" in told and typed not in told and CANARY not in told


async def test_a_coordinator_without_a_record_of_their_own_is_told_where_the_numbers_are(stage: Stage) -> None:
    _, first = await stage.refer("maya")
    await stage.person("maya").click(first, "referral.accept")
    told = (await stage.person("robin").command("/referrals report")).text
    assert "Home tab" in told and "Median" not in told and "Accepted" not in told


async def test_a_stranger_gets_no_report(stage: Stage) -> None:
    told = (await stage.person("noor").command("/referrals report")).text
    assert "not on the roster" in told and "Median" not in told
