"""Pausing by command, by form and by button: read back first, then in force, then what becomes of what waits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blocks.ids import ActionId
from blocks.message import Message
from blocks.pausing import pause_value
from referrals.pausing.pause_ends import end_pauses
from referrals.pausing.subjects import ALL, insurer, state
from store.tables import Provider
from store.vocabulary import ProviderStatus
from tests.handlers.conftest import CANARY, Stage

ZONE = ZoneInfo("America/New_York")


@pytest.fixture
async def maya(stage: Stage) -> Any:
    await stage.change("maya", time_zone=str(ZONE))
    await stage.person("maya").change(tz=str(ZONE))
    return stage.person("maya")


def day(days: int) -> date:
    return datetime.now(ZONE).date() + timedelta(days=days)


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=ZONE).astimezone(UTC)


def untouched(provider: Provider) -> bool:
    all_on = all(panel["accepting"] for panel in provider.insurers)
    return provider.status is ProviderStatus.ACTIVE and all_on and not provider.paused_states


async def test_a_pause_with_a_day_is_read_back_and_then_confirmed(stage: Stage, maya: Any) -> None:
    on = day(40)
    asked = await maya.command(f"/referrals pause until {on:%B} {on.day} {on.year}")
    spoken = f"until {on:%A, %B} {on.day}, {on.year}, 12:00 AM {midnight(on).astimezone(ZONE):%Z}"
    assert spoken in asked.text and "Nothing has changed yet" in asked.text
    assert "not taking new clients" in asked.text and "insurer directories are not changed" in asked.text
    assert untouched(await stage.provider("maya"))
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    paused = await stage.provider("maya")
    assert (paused.status, paused.paused_until, paused.pause_ends) == (ProviderStatus.PAUSED, *[midnight(on)] * 2)
    assert "are paused" in maya.ephemerals[-1].all_text and "Release them now" not in maya.ephemerals[-1].all_text
    assert await stage.history("maya") == [("pause", "done")]


async def test_never_mind_changes_nothing(stage: Stage, maya: Any) -> None:
    asked = await maya.command("/referrals pause Aetna for 2 weeks")
    assert "referrals with Aetna" in asked.text and "does not change your status in any insurer's" in asked.text
    await maya.click(asked.ephemerals[0], "referral.never_mind")
    assert "Nothing has changed" in maya.ephemerals[-1].all_text
    assert untouched(await stage.provider("maya")) and await stage.history("maya") == []


async def test_a_paused_state_asks_only_about_what_waits_from_there(stage: Stage, maya: Any) -> None:
    texas, _ = await stage.refer("maya", state="TX")
    new_york, _ = await stage.refer("maya")
    asked = await maya.command("/referrals pause Texas")
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    answer = maya.ephemerals[-1]
    assert "1 referral is still waiting" in answer.all_text and "Referrals from Texas are paused" in answer.all_text
    assert (await stage.provider("maya")).paused_states == [{"state": "TX"}]
    await maya.click(answer, "referral.release_waiting")
    assert (await stage.referral(texas.referral_id)).offer_id != texas.offer_id
    assert (await stage.referral(new_york.referral_id)).offer_id == new_york.offer_id
    assert (await stage.deliveries()).count("client_declined") == 1


async def test_what_waits_is_kept_until_somebody_says_otherwise(stage: Stage, maya: Any) -> None:
    waiting, _ = await stage.refer("maya")
    asked = await maya.command("/referrals pause aetna")
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    await maya.click(maya.ephemerals[-1], "referral.keep_waiting")
    assert (await stage.referral(waiting.referral_id)).offer_id == waiting.offer_id
    assert "client_declined" not in await stage.deliveries()


async def test_plain_pause_works_at_once_and_is_undone_beside_it(stage: Stage, maya: Any) -> None:
    answer = await maya.command("/referrals pause")
    assert (await stage.provider("maya")).status is ProviderStatus.PAUSED
    await maya.click(answer.ephemerals[0], "referral.resume")
    assert "Welcome back" in maya.ephemerals[-1].all_text
    assert untouched(await stage.provider("maya"))


async def test_resuming_one_and_everything(stage: Stage, maya: Any) -> None:
    for typed in ("Aetna", "TX"):
        asked = await maya.command(f"/referrals pause {typed}")
        await maya.click(asked.ephemerals[0], "referral.pause_now")
    await maya.command("/referrals pause")
    assert (
        "Still paused: referrals with Aetna and referrals from Texas" in (await maya.command("/referrals resume")).text
    )
    assert "Referrals from Texas are on again" in (await maya.command("/referrals resume texas")).text
    assert (await stage.provider("maya")).paused_states == []
    assert not (await stage.provider("maya")).insurers[0]["accepting"]
    assert "Welcome back" in (await maya.command("/referrals resume all")).text
    assert untouched(await stage.provider("maya"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("pause until 13/4", "the month comes first"),
        ("pause until 2020-01-01", "past"),
        ("pause until 2099-01-01", "two years"),
        ("pause until whenever", "March 1, 3/1, next Monday or two weeks"),
        ("pause until Friday at 5pm", "leave out the time"),
        ("pause tomorrow", "/referrals pause until"),
        ("pause atena", "Did you mean Aetna?"),
        ("pause Acme", "Yours are: Aetna, New York and Texas."),
        ("pause Cigna", "not on your record. Yours are: Aetna, New York and Texas."),
        ("pause Aetna and Texas", "one insurer or state at a time"),
        ("resume atena", "Did you mean Aetna?"),
        ("resume on Monday", "/referrals resume Aetna"),
    ],
)
async def test_what_is_not_understood_changes_nothing_and_gets_an_example(
    stage: Stage, maya: Any, typed: str, says: str
) -> None:
    answer = await maya.command(f"/referrals {typed}")
    assert says in answer.text and "For example: `/referrals " in answer.text
    assert "Nothing has changed" in answer.text
    assert untouched(await stage.provider("maya")) and await stage.history("maya") == []


@pytest.mark.parametrize("word", ["pause", "resume"])
async def test_what_was_typed_is_never_repeated(stage: Stage, maya: Any, word: str) -> None:
    answer = await maya.command(f"/referrals {word} {CANARY} until <!channel> & friday")
    assert answer.ok and CANARY not in answer.text and "channel" not in answer.text


async def test_a_confirmation_after_the_day_has_begun_is_too_late(stage: Stage, maya: Any) -> None:
    asked = await maya.command("/referrals pause until tomorrow")
    await stage.later(25)
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    assert "has begun meanwhile" in maya.ephemerals[-1].all_text
    assert untouched(await stage.provider("maya")) and await stage.history("maya") == []


async def post(stage: Stage, action: ActionId, value: str) -> Message:
    """A button with a value of our choosing, as somebody with an old message or a forged one has it."""
    button = {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": "x"}, "value": value}
    blocks = [{"type": "actions", "block_id": "answer.actions", "elements": [button]}]
    return await stage.dm("maya", {"text": "x", "blocks": blocks})


@pytest.mark.parametrize(
    "value",
    [
        "now",
        "insurer=acme",
        "all@",
        "all@soon",
        "all@-5",
        f"all@{'9' * 12}",
        "all@9999999999",
        "state=TX@1@2",
        "all@１",
    ],
)
async def test_a_value_that_is_not_ours_does_nothing(stage: Stage, maya: Any, value: str) -> None:
    message = await post(stage, ActionId.PAUSE_NOW, value)
    assert (await maya.click(message, "referral.pause_now")).ok
    assert untouched(await stage.provider("maya")) and await stage.history("maya") == []


async def test_a_confirmation_for_what_is_no_longer_theirs_is_refused(stage: Stage, maya: Any) -> None:
    message = await post(stage, ActionId.PAUSE_NOW, pause_value(insurer("cigna")))
    await maya.click(message, "referral.pause_now")
    assert "not among your networks" in maya.ephemerals[-1].all_text
    message = await post(stage, ActionId.RESUME_ONE, str(state("CA")))
    await maya.click(message, "referral.resume_one")
    assert "not among your licences" in maya.ephemerals[-1].all_text
    assert await stage.history("maya") == [("pause", "not_in_network"), ("resume", "not_licensed")]


async def test_the_longest_value_fits(stage: Stage) -> None:
    longest = max((pause_value(insurer(slug), datetime.now(UTC)) for slug in ("self_pay", "medicare")), key=len)
    assert len(longest) <= 64 and pause_value(ALL) == "all"


async def test_homes_form_pauses_one_insurer_until_a_day(stage: Stage, maya: Any) -> None:
    waiting, _ = await stage.refer("maya")
    await maya.open_home()
    opened = await maya.click(maya.home, "referral.pause_for")
    on = day(10)
    await maya.submit(opened.view, {"form.pause_what": {"referral.field": "insurer=aetna"},
                                    "form.pause_until": {"referral.field": on.isoformat()}})  # fmt: skip
    assert f"{on:%A, %B} {on.day}, {on.year}, 12:00 AM" in str(maya.view) and "Nothing has changed yet" in str(
        maya.view
    )
    assert untouched(await stage.provider("maya"))
    await maya.click(maya.view, "referral.pause_now")
    assert (await stage.provider("maya")).pause_ends == midnight(on)
    assert "1 referral is still waiting" in str(maya.view), "asked in the same place"
    await maya.click(maya.view, "referral.release_waiting")
    assert "now open to everyone" in str(maya.view)
    assert (await stage.referral(waiting.referral_id)).offer_id != waiting.offer_id
    assert "*paused* until" in str(maya.home), "Home behind it shows it"


@pytest.mark.parametrize("days", [0, -1, -4000, 800, 40_000])
async def test_a_day_that_makes_no_sense_is_said_beside_the_field(stage: Stage, maya: Any, days: int) -> None:
    await maya.open_home()
    opened = await maya.click(maya.home, "referral.pause_for")
    sent = await maya.submit(opened.view, {"form.pause_until": {"referral.field": day(days).isoformat()}})
    assert list(sent.errors) == ["form.pause_until"] and "choose" in sent.errors["form.pause_until"]
    assert not sent.closed and untouched(await stage.provider("maya"))


async def test_the_weekly_limit(stage: Stage, maya: Any) -> None:
    await maya.open_home()
    opened = await maya.click(maya.home, "referral.limit")
    sent = await maya.submit(opened.view, {"referral.field": "1"})
    assert sent.ok and sent.closed
    assert (await stage.provider("maya")).weekly_limit == 1
    _, message = await stage.refer("maya")
    await maya.click(message, "referral.accept")
    assert "1 of 1" in (await maya.command("/referrals status")).text
    _, general = await stage.refer("maya")
    asked = await maya.click(general, "referral.accept")
    assert asked.view is not None and "weekly limit is reached" in str(asked.view["blocks"])
    await maya.open_home()
    opened = await maya.click(maya.home, "referral.limit")
    assert "1" in str(opened.view["blocks"])
    await maya.submit(opened.view, {"referral.field": ""})
    assert (await stage.provider("maya")).weekly_limit is None
    assert await stage.history("maya") == [("limit", "done"), ("limit", "done")]


@pytest.mark.parametrize(
    "action", ["referral.pause_for", "referral.limit", "referral.pause_now", "referral.resume_one"]
)
async def test_the_inactive_are_told_so(stage: Stage, maya: Any, action: str) -> None:
    await stage.change("maya", status=ProviderStatus.INACTIVE)
    message = await post(stage, ActionId(action), "insurer=aetna")
    answer = await maya.click(message, action)
    assert answer.view is None and "inactive" in maya.ephemerals[-1].all_text
    assert "inactive" in (await maya.command("/referrals pause until friday")).text
    assert (await stage.provider("maya")).status is ProviderStatus.INACTIVE


async def test_an_end_that_has_come_shows_on_home(stage: Stage, maya: Any) -> None:
    asked = await maya.command("/referrals pause TX until tomorrow")
    await maya.click(asked.ephemerals[0], "referral.pause_now")
    await maya.open_home()
    assert "*paused* until" in str(maya.home)
    await stage.later(25)
    await maya.open_home()
    assert "*paused* until" not in str(maya.home), "at its moment, whether or not anything has run since"
    await stage.desk.do("p", end_pauses, "maya")
    assert await stage.history("maya") == [("pause", "done"), ("resume", "done")]
