"""Who may act: fault 14 and 15. Refused with what to do, recorded, and without effect."""

from typing import Any

import pytest

from store.vocabulary import SlackStanding, Status
from tests.handlers.conftest import Stage


async def test_somebody_on_the_roster_is_linked_by_email_at_their_first_click(stage: Stage) -> None:
    await stage.change("maya", slack_user=None, slack_standing=SlackStanding.UNLINKED, time_zone=None)
    done, message = await stage.refer()
    answer = await stage.person("maya").click(message, "referral.accept")
    assert answer.ok and answer.ephemerals == []
    maya = await stage.provider("maya")
    assert (maya.slack_user, maya.slack_standing, maya.time_zone) == (
        "U0MAYA",
        SlackStanding.MEMBER,
        "America/New_York",
    )
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"
    assert ("link", "done") in await stage.history("maya")


async def test_nobody_is_linked_to_a_provider_who_has_an_account_already(stage: Stage) -> None:
    await stage.change("maya", work_email="noor@junipergrove.example.org")
    done, message = await stage.refer()
    answer = await stage.person("noor").click(message, "referral.accept")
    assert "not on the roster" in answer.text
    assert (await stage.provider("maya")).slack_user == "U0MAYA"
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


REFUSED = [
    ("noor", {}, "not on the roster", "unlinked"),
    ("gus", {}, "Guests", "guest"),
    ("maya", {"is_ultra_restricted": True}, "Guests", "guest"),
    ("maya", {"deleted": True}, "deactivated", "deactivated"),
    ("petra", {}, "own workspace", "other_workspace"),
]


@pytest.mark.parametrize(("name", "change", "words", "reason"), REFUSED)
@pytest.mark.parametrize("action", ["referral.accept", "referral.pass"])
async def test_they_are_refused_told_whom_to_ask_and_recorded(
    stage: Stage, name: str, change: dict[str, Any], words: str, reason: str, action: str
) -> None:
    done, message = await stage.refer()
    for field, value in change.items():
        setattr(stage.person(name).user, field, value)
    before = await stage.history(done.referral_id)
    answer = await stage.person(name).click(message, action)
    assert answer.ok and words in answer.text and "<@U0ROBIN>" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert await stage.history(done.referral_id) == before
    assert await stage.history("p") == [("refuse", reason)]


@pytest.mark.parametrize("action", ["accept", "decline", "pass", "contacted", "scheduled", "release"])
async def test_a_guest_can_press_no_button_at_all(stage: Stage, action: str) -> None:
    done, message = await stage.refer("maya")
    await stage.person("maya").click(message, "referral.accept")
    before = await stage.history(done.referral_id)
    answer = await dispatch_click(stage, "U0GUS", f"referral.{action}", done.offer_id)
    assert answer == 200
    assert await stage.history(done.referral_id) == before
    assert stage.person("gus").view is None


async def dispatch_click(stage: Stage, user: str, action: str, value: Any, more: Any = None) -> int:
    """A click on a button that is nowhere to be seen, as a forged or outdated message would send it."""
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX"},
        "trigger_id": "none",
        "response_url": stage.box.response_urls.make("C0REFERRALS", user, None),
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
    } | (more or {})
    return (await stage.box.delivery.interaction(payload)).status


@pytest.mark.parametrize("value", ["", "nonsense", "x" * 2000, "<!channel>", None, 7, "é"])
async def test_a_tampered_value_names_no_referral(stage: Stage, value: Any) -> None:
    done, _ = await stage.refer()
    before = await stage.history(done.referral_id)
    for action in ("accept", "decline", "pass", "contacted", "release", "reopen", "assign", "phoned", "close"):
        assert await dispatch_click(stage, "U0ROBIN", f"referral.{action}", value) == 200
    shown = stage.person("robin").ephemerals
    assert len(shown) == 9 and all("not on this desk" in one.all_text for one in shown)
    assert await stage.history(done.referral_id) == before


async def test_an_unknown_button_and_an_unknown_form_are_answered(stage: Stage) -> None:
    assert await dispatch_click(stage, "U0MAYA", "something.else", "x") == 200
    assert "another version of the desk" in stage.person("maya").ephemerals[-1].all_text
    answer = await stage.box.delivery.interaction(
        {
            "type": "view_submission",
            "user": {"id": "U0MAYA", "team_id": "T0SANDBOX"},
            "team": {"id": "T0SANDBOX"},
            "view": {"id": "V1", "type": "modal", "callback_id": "other", "private_metadata": "", "state": None},
        },
        accepts=True,
    )
    assert answer.ok and "another version" in str(answer.body)


async def test_another_workspaces_request_leaks_nothing(stage: Stage) -> None:
    done, _ = await stage.refer()
    team = {"user": {"id": "U0X", "team_id": "T0OTHER"}, "team": {"id": "T0OTHER"}}
    before = await stage.history(done.referral_id)
    assert await dispatch_click(stage, "U0MAYA", "referral.accept", done.offer_id, team) == 200
    told = stage.person("maya").ephemerals[-1].all_text
    assert "own workspace" in told and done.code not in told
    assert await stage.history(done.referral_id) == before
    assert await stage.history("p") == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions"},
        {"type": "block_actions", "user": None, "team": {"id": "T0SANDBOX"}, "actions": None},
        {"type": "block_actions", "user": {"id": "U0MAYA"}, "team": {"id": "T0SANDBOX"}, "actions": [None]},
        {"type": "view_submission", "user": {"id": "U0MAYA"}, "team": {"id": "T0SANDBOX"}, "view": {}},
        {"type": "view_submission", "user": {"id": "U0MAYA"}, "team": {"id": "T0SANDBOX"}, "view": {"state": []}},
        {"type": "event_callback", "team_id": "T0SANDBOX", "event": None},
        {"type": "something_new", "team": {"id": "T0SANDBOX"}},
    ],
)
async def test_payloads_of_an_unexpected_shape_do_no_harm(
    stage: Stage, payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    await stage.box.delivery.interaction(payload)
    assert "Traceback" not in caplog.text
    done, message = await stage.refer()
    await stage.person("maya").click(message, "referral.accept")
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_when_slack_cannot_say_who_it_is_the_roster_can(stage: Stage) -> None:
    stage.box.fault("http_500", "users.info", times=0)
    done, message = await stage.refer()
    assert "not on the roster" in (await stage.person("noor").click(message, "referral.accept")).text
    await stage.change("tomas", slack_standing=SlackStanding.GUEST)
    assert "Guests" in (await stage.person("tomas").click(message, "referral.accept")).text
    await stage.person("maya").click(message, "referral.accept")
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_slack_is_asked_about_a_person_once(stage: Stage) -> None:
    _, message = await stage.refer()
    for _ in range(3):
        await stage.person("maya").click(message, "referral.pass")
    assert len(stage.box.traffic.calls("users.info")) == 1
