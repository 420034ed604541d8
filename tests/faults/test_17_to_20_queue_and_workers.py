"""Rows 17 to 20 of the fault table: the queue fails, workers die or are many, and clocks disagree."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from .house import LIMIT, PATIENCE, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

#: Slack gives a click that long.
CLICK_SECONDS = 3.0
#: A module of that folder, found by Python at its start, turns the clock of one process alone.
SKEWED = Path(__file__).with_name("skewed")


# 17


async def test_17_redis_down_at_enqueue(house: House) -> None:
    """Clicks and forms are answered in time without a queue; once it is back all goes out, and nobody has to help."""
    before, card = await house.posted()
    await house.wires["redis"].refuse()
    answer = await house.person("maya").click(card, "referral.accept")
    assert answer.ok and answer.elapsed < CLICK_SECONDS
    done = await house.submit(preferred="noor")
    assert (await house.referral(before.code)).status == "accepted"
    assert not house.cards(done.code) and not house.thread(before.code)

    await house.wires["redis"].mend()
    await house.card(done.code)
    await house.card(before.code, "*Accepted*")
    await house.slack.until(lambda: house.told("maya", before.code) and house.client_mail(done.code), PATIENCE)


async def test_17_flushall_with_pending_work(house: House) -> None:
    """Every job is gone, those for deadlines included; what is due is found all the same."""
    done = await house.submit(preferred="maya")
    assert await house.queue.flush()
    await house.card(done.code)
    await house.quiet()
    await house.queue.flush()
    await house.turn_only(24.1)
    await house.slack.until(lambda: house.mail("maya", "left to answer"), PATIENCE)
    await house.slack.until(lambda: house.client_mail(done.code, "not forgotten"), PATIENCE)
    assert (await house.person("maya").click(house.cards(done.code)[0], "referral.accept")).ok


async def test_17_redis_restart_under_the_worker(house: House) -> None:
    """The server ends with all it holds and comes back empty; the same processes go on."""
    done, card = await house.posted()
    pids = [one.child.pid for one in house.processes]
    await house.queue.stop()
    answer = await house.person("samir").click(card, "referral.accept")
    assert answer.ok and answer.elapsed < CLICK_SECONDS
    await house.queue.start()
    await house.card(done.code, "*Accepted*")
    await house.slack.until(lambda: house.told("samir", done.code) and house.thread(done.code), PATIENCE)
    assert [one.child.pid for one in house.processes if one.alive] == pids


async def test_17_a_slow_redis_makes_no_click_wait(house: House) -> None:
    done, card = await house.posted()
    house.wires["redis"].delay = 0.5
    answer = await house.person("yuki").click(card, "referral.accept")
    assert answer.ok and answer.elapsed < CLICK_SECONDS
    await house.card(done.code, "*Accepted*")


# 18


async def test_18_worker_sigterm_in_a_job(house: House) -> None:
    """Told to stop in the middle of a post, it waits for the answer, notes it down, and ends well."""
    house.slack.fault("slow_after", "chat.postMessage", seconds=2)
    done = await house.submit()
    card = await house.card(done.code)
    codes = await asyncio.gather(*(one.stop() for one in house.workers))
    assert set(codes) == {0}
    assert (await house.offers(done.referral_id))[0].card_ts == card.ts
    await house.complete()
    await house.quiet()
    assert (await house.person("maya").click(card, "referral.accept")).ok


async def test_18_worker_sigkill_in_a_job(house: House) -> None:
    """Killed while mails are being handed over and before the other side has them: they come, once each."""
    house.wires["smtp"].stall()
    done = await house.submit()

    async def sending() -> bool:
        return bool(await house.notices(done.referral_id, "sending"))

    await house.until(sending)
    await house.kill(house.workers)
    house.wires["smtp"].cut()
    await house.leases_over()
    await house.mend()
    await house.quiet()
    assert len(house.client_mail(done.code)) == 1
    assert (await house.person("maya").click(await house.card(done.code), "referral.accept")).ok


async def test_18_all_workers_down_for_three_days(house: House) -> None:
    """What came due meanwhile is handled once, and nobody is reminded of what has expired."""
    theirs, _ = await house.posted(preferred="maya")
    general, _ = await house.posted()
    await house.kill(house.processes)
    house.slack.workspace.clock.advance(72 * 3600)
    await house.house.turn_clock(int(house.slack.workspace.clock.offset_seconds))
    await house.complete()
    await house.house.look()
    await house.quiet()

    assert [one.outcome for one in await house.offers(theirs.referral_id)] == ["expired", None]
    assert [one.outcome for one in await house.offers(general.referral_id)] == ["expired"]
    for done, final in ((theirs, "client_declined"), (general, "client_final")):
        sent = await house.notices(done.referral_id)
        assert sent[final] == 1
        assert not {"provider_reminder", "thread_reminder", "client_reminder"} & set(sent)
    assert len(house.told("robin", general.code)) == 1
    assert (await house.person("noor").click(await house.card(theirs.code, "Open to"), "referral.accept")).ok


# 19


async def test_19_n_workers_sweep_together(house: House) -> None:
    """Deadlines, mails, messages and cards due all at once; as many workers as there may be claim each of them once."""
    if house.kind == "many":
        await house.launch("worker", "worker")
    done = await asyncio.gather(*(house.submit(preferred="maya" if one % 2 else None) for one in range(6)))
    await house.turn_only(48.1)
    for _ in range(12):
        await house.queue.ask_for_sweep()
    await house.quiet()
    for number, one in enumerate(done):
        sent = await house.notices(one.referral_id)
        assert sent["client_declined" if number % 2 else "client_final"] == 1
        assert sent["client_confirmation"] <= 1, "one that the deadline has overtaken says nothing any more"
        events = [event for event, result in await house.history(one.referral_id) if result == "done"]
        assert events.count("expire") == 1
    for extra in house.workers[2:]:
        assert await extra.stop() == 0
    house.forget()
    pending = [one for number, one in enumerate(done) if number % 2]
    # Of two workers, one may post the first round's card a moment after the other has posted the second's.
    current = [card for one in pending for card in house.cards(one.code) if "referral.accept" in card.action_ids]
    assert len(current) == len(pending)
    await asyncio.gather(*(house.person("noor").click(card, "referral.accept") for card in current))


# 20


async def test_20_one_second_before_and_after_a_deadline(house: House) -> None:
    done, card = await house.posted(preferred="maya")
    (offer,) = await house.offers(done.referral_id)
    assert offer.expires_at - offer.opened_at == timedelta(hours=48)
    left = (offer.expires_at - house.house.desk.clock.now()).total_seconds()
    await house.turn_only((left - 30) / 3600)
    await house.quiet()
    assert [one.outcome for one in await house.offers(done.referral_id)] == [None], "not before its time"
    await house.turn_only(31 / 3600)
    answer = await house.person("samir").click(card, "referral.accept")  # the sweep may come before it or after
    assert answer.ok
    await house.quiet()
    offers = await house.offers(done.referral_id)
    assert [one.outcome for one in offers][:1] == ["expired"]
    assert offers[0].closed_at is not None and offers[0].closed_at >= offers[0].expires_at
    if offers[1].outcome is None:
        assert (await house.person("noor").click(await house.card(done.code, "Open to"), "referral.accept")).ok


async def test_20_a_change_to_daylight_saving_time(house: House) -> None:
    """Forty-eight hours are forty-eight hours, also over the night in which New York's clocks go on by one."""
    zone = ZoneInfo(house.house.practice.time_zone)
    eve = _eve_of_change(zone, house.house.desk.clock.now())
    await house.turn((eve - house.house.desk.clock.now()) / timedelta(hours=1))
    done, _ = await house.posted(preferred="maya")
    (offer,) = await house.offers(done.referral_id)
    local = offer.opened_at.astimezone(zone), offer.expires_at.astimezone(zone)
    assert local[0].utcoffset() != local[1].utcoffset() and offer.expires_at - offer.opened_at == timedelta(hours=48)
    assert local[0].strftime("%H:%M") != local[1].strftime("%H:%M")
    await house.turn(47.9)
    assert [one.outcome for one in await house.offers(done.referral_id)] == [None]
    await house.turn(0.2)
    assert [one.outcome for one in await house.offers(done.referral_id)] == ["expired", None]
    assert (await house.person("noor").click(await house.card(done.code, "Open to"), "referral.accept")).ok


def _eve_of_change(zone: ZoneInfo, now: datetime) -> datetime:
    """Half a day before the zone's next change, in UTC."""
    day = datetime(now.year, now.month, now.day, 12, tzinfo=UTC)
    while (day + timedelta(days=1)).astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset():
        day += timedelta(days=1)
    return day


async def test_20_clocks_that_disagree(house: House) -> None:
    """Workers on a machine that is half a minute ahead, and others that are behind: nothing is done twice or not at
    all. (More than that is what ``referrals doctor`` warns of.)
    """
    await house.kill(house.workers)
    ahead = {"PYTHONPATH": str(SKEWED), "SKEW_SECONDS": "30"}
    behind = ahead | {"SKEW_SECONDS": "-30"}
    if house.kind == "one":
        await house.leases_over()
        await house.launch("run", **ahead)
    else:
        await house.launch("worker", **ahead)
        await house.launch("worker", **behind)
    done, card = await house.posted(preferred="maya")
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.quiet()
    assert await house.notices(done.referral_id) == {
        "client_confirmation": 1,
        "provider_offer": 1,
        "provider_offer_sms": 1,
        "thread_accepted": 1,
        "acceptor_dm": 1,
        "acceptor_mail": 1,
    }
    await house.kill(house.workers)
    await house.complete()
