"""The app and a person meet: clicks, forms, commands and Home over both transports, with real Bolt."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import RunApp, actions, button, modal, section, text_input

pytestmark = pytest.mark.anyio


async def test_click_updates_the_card_and_answers_privately(
    box: Sandbox, client: AsyncWebClient, run_app: RunApp
) -> None:
    seen: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        @app.action("accept")
        async def accept(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            seen.append(body)
            channel, ts = body["channel"]["id"], body["container"]["message_ts"]
            await client.chat_update(channel=channel, ts=ts, text="taken", blocks=[section("taken")])
            await client.chat_postEphemeral(channel=channel, user=body["user"]["id"], text="It is yours.")

    await run_app(register)
    posted = await client.chat_postMessage(
        channel="C0REFERRALS", text="new", blocks=[section("new <@U0MAYA>"), actions(button("accept", value="R-1"))]
    )
    answer = await box.person("maya").click(posted["ts"], "accept")

    assert answer.ok
    assert answer.text == "It is yours."
    assert answer.elapsed < 3
    message = box.message(posted["ts"])
    assert message.action_ids == []
    assert message.alerted == ["U0MAYA"]
    assert message.edits == 1
    [body] = seen
    assert body["user"] == {"id": "U0MAYA", "username": "maya", "name": "maya", "team_id": "T0SANDBOX"}
    assert body["actions"][0]["value"] == "R-1"
    assert body["message"]["ts"] == posted["ts"]
    assert body["team"] == {"id": "T0SANDBOX", "domain": "juniper-grove"}


async def test_a_form_is_opened_refused_corrected_and_accepted(
    box: Sandbox, client: AsyncWebClient, run_app: RunApp
) -> None:
    sent: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        @app.action("decline")
        async def decline(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            reason = {
                "type": "input",
                "block_id": "reason",
                "label": {"type": "plain_text", "text": "Reason"},
                "element": {
                    "type": "static_select",
                    "action_id": "choice",
                    "options": [
                        {"text": {"type": "plain_text", "text": name}, "value": name} for name in ("schedule", "other")
                    ],
                },
            }
            await client.views_open(trigger_id=body["trigger_id"], view=modal(reason, text_input("note")))

        @app.view("form")
        async def form(ack: Any, view: dict[str, Any]) -> None:
            values = view["state"]["values"]
            if len(values["note"]["text"]["value"]) < 5:
                await ack(response_action="errors", errors={"note": "A little more, please."})
                return
            await ack()
            sent.append(values)

    await run_app(register)
    posted = await client.chat_postMessage(channel="C0REFERRALS", text="x", blocks=[actions(button("decline"))])
    maya = box.person("maya")
    answer = await maya.click(posted["ts"], "decline")
    assert answer.view is not None

    incomplete = await maya.submit(answer.view, {"reason": {"choice": "schedule"}})
    assert incomplete.errors == {"note": "Please complete this required field."}
    refused = await maya.submit(answer.view, {"note": {"text": "no"}})
    assert (refused.ok, refused.errors, refused.closed) == (False, {"note": "A little more, please."}, False)
    accepted = await maya.submit(answer.view, {"note": {"text": "On leave until June"}})
    assert (accepted.ok, accepted.closed, maya.view) == (True, True, None)
    # What was chosen at first is remembered, as a form does.
    assert sent[0]["reason"]["choice"]["selected_option"]["value"] == "schedule"


async def test_a_command_answers_in_the_body_and_later(box: Sandbox, run_app: RunApp) -> None:
    said: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.command("/referrals")
        async def command(ack: Any, respond: Any, command: dict[str, Any]) -> None:
            said.append(command["text"])
            await ack("Paused.")
            await respond("And by the way.")

    await run_app(register)
    answer = await box.person("maya").command("/referrals pause @tomas & <co>", channel="referrals")
    assert answer.ok
    assert sorted(m.text for m in answer.ephemerals) == ["And by the way.", "Paused."]
    assert said == ["pause <@U0TOMAS|tomas> &amp; &lt;co&gt;"]
    assert not box.channel("referrals").messages


async def test_home_is_published_when_opened(box: Sandbox, run_app: RunApp) -> None:
    def register(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
            await client.views_publish(
                user_id=event["user"], view={"type": "home", "blocks": [section("Hello"), actions(button("pause"))]}
            )

        @app.action("pause")
        async def pause(ack: Any, body: dict[str, Any]) -> None:
            assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
            assert "response_url" not in body
            await ack()

    await run_app(register)
    maya = box.person("maya")
    opened = await maya.open_home()
    assert opened.ok
    assert opened.view is not None
    assert (await maya.click(opened.view, "pause")).ok


async def test_silence_for_three_seconds_is_shown_to_the_person(box: Sandbox, run_app: RunApp) -> None:
    box.config.answer_seconds = 0.2
    done = asyncio.Event()

    def register(app: AsyncApp) -> None:
        @app.command("/referrals")
        async def command(ack: Any) -> None:
            await asyncio.wait_for(done.wait(), 5)
            await ack()

    await run_app(register)
    answer = await box.person("maya").command("/referrals open")
    done.set()
    assert not answer.ok
    assert answer.error == "operation_timeout"
    assert "operation_timeout" in box.person("maya").notices[-1]
