"""/referrals report: the practice's figures for coordinators, one's own for everybody else, and never another's."""

import pytest
from sqlmodel import col, select

from referrals.tx import Tx
from store.tables import History
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
    assert (await maya.command("/referrals report mine")).text == told
    assert "Accepted *1*  ·  declined *0*  ·  passed *0*" in (await tomas.command("/referrals report this week")).text
    assert "No offer answered" in (await maya.command("/referrals report last month")).text
    assert await looks(stage) == []


@pytest.mark.parametrize("name", ["maya", "robin"])
@pytest.mark.parametrize("typed", ["yesteryear", "next week", f"@tomas {CANARY}", "last 30 years"])
async def test_what_is_no_period_gets_examples_and_is_not_repeated(stage: Stage, name: str, typed: str) -> None:
    told = (await stage.person(name).command(f"/referrals report {typed}")).text
    assert "/referrals report last week" in told and typed not in told and CANARY not in told
    assert await looks(stage) == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-03-31 to 2026-01-01", "Put the earlier day first"),
        ("2999", "not begun yet"),
        ("2020-01-01 to 2026-01-01", "longer than 2 years"),
        ("2026-02-30 to 2026-03-01", "no such day"),
    ],
)
async def test_a_period_that_cannot_be_is_explained_with_examples(stage: Stage, typed: str, why: str) -> None:
    told = (await stage.person("robin").command(f"/referrals report {typed}")).text
    assert why in told and "`/referrals report 2026-01-01 to 2026-03-31`" in told and not await looks(stage)


async def test_a_coordinator_sees_the_practices_figures_charts_and_the_ways_on(stage: Stage) -> None:
    _, first = await stage.refer("maya")
    await stage.refer()
    await stage.later(30)
    await stage.person("maya").click(first, "referral.accept")
    answer = await stage.person("robin").command("/referrals report last 30 days")
    (shown,) = answer.ephemerals
    charts = [block for block in shown.blocks if block["type"] == "data_visualization"]
    assert [one["title"] for one in charts] == ["Received and accepted, by week"]
    assert "*2* received (1 for a named provider), *1* accepted (50%)" in answer.text
    assert "within 24 hours *0%*, within 48 hours *n/a*" in answer.text, "nothing is old enough to tell of two days"
    spoken = "Time to accept: median 1 day 6 hours, 9 in 10 within 1 day 6 hours"
    assert spoken in shown.text, "also where charts are not shown"
    assert "Maya" not in shown.all_text and CANARY not in shown.all_text
    pages = [one["value"] for block in shown.blocks if block["type"] == "actions" for one in block["elements"]]
    assert [one.partition("/")[0] for one in pages] == ["report", "report"] and pages[1].startswith("report/csv/")
    assert await looks(stage) == [("done", {"period": pages[0].partition("/")[2]})]
    opened = await stage.person("robin").click(shown, "referral.desk_page")
    assert opened.ok and "/desk/juniper/open/" in str(stage.person("robin").ephemerals[-1].blocks)


async def test_a_practice_without_referrals_says_so(stage: Stage) -> None:
    answer = await stage.person("robin").command("/referrals report")
    assert "No referral arrived in this period" in answer.text and "n/a" not in answer.text


async def test_a_coordinator_who_is_no_provider_has_no_figures_of_their_own(stage: Stage) -> None:
    await stage.refer("maya")
    told = (await stage.person("robin").command("/referrals report mine")).text
    assert "not on the roster" in told and "received" not in told


async def test_a_stranger_gets_no_report(stage: Stage) -> None:
    told = (await stage.person("noor").command("/referrals report")).text
    assert "not on the roster" in told and "Median" not in told and "received" not in told


async def looks(stage: Stage) -> list[tuple[str, dict[str, str]]]:
    def read(tx: Tx) -> list[tuple[str, dict[str, str]]]:
        rows = select(History).where(History.practice_id == "p", History.event == "report").order_by(col(History.seq))
        return [(row.result, row.data) for row in tx.session.exec(rows)]

    return await stage.desk.ask("p", read)
