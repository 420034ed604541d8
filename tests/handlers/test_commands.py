"""/referrals: help, open, mine, status, pause, resume, and whatever else is typed."""

import pytest

from store.vocabulary import ProviderStatus, Status
from tests.handlers.conftest import CANARY, Stage


async def test_help_open_mine_and_status_answer_privately(stage: Stage) -> None:
    mine, message = await stage.refer("maya")
    general, _ = await stage.refer()
    await stage.refer("tomas")
    maya = stage.person("maya")
    assert "/referrals pause" in (await maya.command("/referrals")).text
    assert "<@U0ROBIN>" in (await maya.command("/referrals help")).text
    shown = (await maya.command("/referrals open")).text
    assert mine.code in shown and general.code in shown and shown.count("open until") == 1
    await maya.click(message, "referral.accept")
    assert "to be contacted" in (await maya.command("/referrals mine")).text
    status = (await maya.command("/referrals STATUS ")).text
    assert "Receiving referrals" in status and "Aetna" in status
    assert len(stage.box.channel("referrals").messages) == 3  # nothing of it was posted


async def test_what_is_reserved_for_another_is_not_listed_as_open(stage: Stage) -> None:
    other, _ = await stage.refer("tomas")
    assert other.code not in (await stage.person("maya").command("/referrals open")).text


async def test_an_unknown_command_names_the_nearest_and_repeats_nothing(stage: Stage) -> None:
    answer = await stage.person("maya").command("/referrals opne")
    assert "Did you mean `/referrals open`" in answer.text
    answer = await stage.person("maya").command(f"/referrals {CANARY} please")
    assert answer.ok and "no such command" in answer.text and CANARY not in answer.text


async def test_new_leads_a_coordinator_to_its_page_and_repeats_no_name(stage: Stage) -> None:
    answer = await stage.person("robin").command(f"/referrals new {CANARY}")
    assert "?to=new" in str(answer.ephemerals[0].blocks) and CANARY not in str(answer.ephemerals[0].blocks)
    assert "was not used" in answer.text
    refused = await stage.person("maya").command("/referrals new")
    assert "Only a coordinator" in refused.text and "?to=new" not in str(refused.ephemerals[0].blocks)


async def test_pausing_applies_at_once_and_asks_about_what_waits(stage: Stage) -> None:
    waiting, _ = await stage.refer("maya")
    maya = stage.person("maya")
    answer = await maya.command("/referrals pause")
    assert (await stage.provider("maya")).status is ProviderStatus.PAUSED
    assert "insurer directories are not changed" in answer.text and "Release them now" in answer.text
    assert (await stage.referral(waiting.referral_id)).offer_id == waiting.offer_id  # only asked
    await maya.click(answer.ephemerals[0], "referral.release_waiting")
    assert (await stage.referral(waiting.referral_id)).offer_id != waiting.offer_id
    assert "1 referral is now open" in maya.ephemerals[-1].all_text
    assert "client_declined" in await stage.deliveries()
    again = await maya.command("/referrals resume")
    assert "Welcome back" in again.text
    assert (await stage.provider("maya")).status is ProviderStatus.ACTIVE


async def test_what_waits_may_be_kept(stage: Stage) -> None:
    waiting, message = await stage.refer("maya")
    maya = stage.person("maya")
    answer = await maya.command("/referrals pause")
    await maya.click(answer.ephemerals[0], "referral.keep_waiting")
    assert "they stay yours" in maya.ephemerals[-1].all_text
    assert "Your referrals stay paused" in maya.ephemerals[-1].all_text
    assert (await stage.referral(waiting.referral_id)).offer_id == waiting.offer_id
    asked = await maya.click(message, "referral.accept")
    assert asked.view is not None and "paused" in str(asked.view["blocks"])


async def test_nothing_is_called_paused_that_was_resumed_before_the_answer(stage: Stage) -> None:
    await stage.refer("maya")
    maya = stage.person("maya")
    for button, words in (("keep_waiting", "they stay yours"), ("release_waiting", "1 referral is now open")):
        asked = (await maya.command("/referrals pause")).ephemerals[0]
        await maya.command("/referrals resume")
        await maya.click(asked, f"referral.{button}")
        (told,) = [one for one in maya.ephemerals if words in one.all_text]
        assert "paused" not in told.all_text


async def test_pausing_with_nothing_waiting_asks_nothing(stage: Stage) -> None:
    answer = await stage.person("maya").command("/referrals pause")
    assert "paused" in answer.text and "Release them now" not in answer.text


async def test_a_pause_for_one_insurer_is_read_back_and_not_taken_for_a_pause_of_all(stage: Stage) -> None:
    answer = await stage.person("maya").command("/referrals pause aetna until friday")
    assert "referrals with Aetna" in answer.text and "Nothing has changed yet" in answer.text
    assert (await stage.provider("maya")).status is ProviderStatus.ACTIVE


@pytest.mark.parametrize("typed", ["open", "mine", "status", "pause", "resume"])
async def test_strangers_to_the_roster_are_told_whom_to_ask(stage: Stage, typed: str) -> None:
    open_one, _ = await stage.refer()
    answer = await stage.person("noor").command(f"/referrals {typed}")
    assert "<@U0ROBIN>" in answer.text and open_one.code not in answer.text
    assert await stage.history("p") == [("refuse", "unlinked")]


async def test_a_coordinator_who_is_no_provider_sees_all_that_is_open(stage: Stage) -> None:
    one, _ = await stage.refer("maya")
    assert one.code in (await stage.person("robin").command("/referrals open")).text
    assert "not on the roster" in (await stage.person("robin").command("/referrals pause")).text
    assert (await stage.referral(one.referral_id)).status is Status.PENDING
