"""When something unforeseen happens: fault 4 and 5, and what must not be in the log."""

import logging
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from handlers import actions, commands, views
from handlers.app import quiet_loggers
from store.vocabulary import Status
from tests.handlers.conftest import CANARY, Stage

SECRET = f"{CANARY} in an error"


async def _fail(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError(SECRET, {"name": SECRET}, Exception("database is locked"))


async def test_a_click_is_answered_with_a_reference_that_stands_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done, message = await stage.refer()
    monkeypatch.setitem(actions.HANDLERS, actions.ActionId.ACCEPT, _fail)
    answer = await stage.person("maya").click(message, "referral.accept")
    assert answer.ok and answer.elapsed < 3 and "nothing has changed" in answer.text
    reference = answer.text.rpartition("reference: ")[2][:8]
    logged = [record.getMessage() for record in caplog.records if reference in record.getMessage()]
    assert len(logged) == 1 and "OperationalError" in logged[0]
    assert CANARY not in caplog.text and stage.box.config.bot_token not in caplog.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_a_form_and_a_command_are_answered_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done, message = await stage.refer("maya")
    monkeypatch.setitem(views.HANDLERS, views.CallbackId.DECLINE, _fail)
    monkeypatch.setitem(commands.HANDLERS, "open", _fail)
    maya = stage.person("maya")
    await maya.click(message, "referral.decline")
    sent = await maya.submit(values={"referral.reason": "schedule"})
    assert sent.ok and "reference" in str(sent.view)
    assert "reference" in (await maya.command("/referrals open")).text
    assert CANARY not in caplog.text
    assert (await stage.referral(done.referral_id)).offer_id == done.offer_id


async def test_a_decision_stands_when_its_answer_is_lost(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    done, message = await stage.refer()
    await stage.person("maya").click(message, "referral.accept")
    stage.box.fault("internal_error", "views.open", times=0)
    asked = await stage.person("maya").click(await stage.redraw(done.offer_id), "referral.release")
    assert asked.ok and asked.view is None and "Slack" in asked.text
    assert "views.open failed: internal_error" in caplog.text
    assert (await stage.referral(done.referral_id)).status is Status.ACCEPTED


async def test_nothing_is_logged_of_an_ordinary_click(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        _, message = await stage.refer("maya")
        await stage.person("maya").click(message, "referral.accept")
        await stage.person("maya").command(f"/referrals find {CANARY}")
    for secret in (CANARY, stage.box.config.bot_token, "response_url", "trigger"):
        assert secret not in caplog.text


def test_the_libraries_are_silent_below_errors() -> None:
    assert quiet_loggers().getEffectiveLevel() == logging.ERROR
    assert logging.getLogger("slack_sdk.web.async_client").getEffectiveLevel() == logging.ERROR
