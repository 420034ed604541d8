"""Modals, triggers and forms as a person meets them; the page's endpoints say the same."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.conftest import RunApp, actions, button, modal, section, socket_app, text_input

pytestmark = pytest.mark.anyio
ROOM = "C0REFERRALS"


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_trigger_opens_once_and_soon(box: Sandbox, client: AsyncWebClient) -> None:
    trigger = box.views.trigger("U0MAYA")
    await client.views_open(trigger_id=trigger, view=modal())
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    box.config.trigger_seconds = 0
    late = box.views.trigger("U0MAYA")
    assert await error_of(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await error_of(client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"
    assert len(box.views.stack("U0MAYA")) == 1


async def test_views_say_where_they_are_wrong(box: Sandbox, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=box.views.trigger("U0MAYA"), view=modal(section("")))
    assert caught.value.response["error"] == "invalid_arguments"
    messages = caught.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"]
    huge = {"type": "home", "blocks": [section("x" * 2600) for _ in range(100)]}
    assert await error_of(client.views_publish(user_id="U0MAYA", view=huge)) == "view_too_large"


async def test_three_views_and_no_more(box: Sandbox, client: AsyncWebClient) -> None:
    first = (await client.views_open(trigger_id=box.views.trigger("U0MAYA"), view=modal()))["view"]
    outside = box.views.trigger("U0MAYA")
    assert await error_of(client.views_push(trigger_id=outside, view=modal())) == "invalid_trigger_id"
    for _ in range(2):
        pushed = await client.views_push(trigger_id=box.views.trigger("U0MAYA", first["id"]), view=modal())
    assert pushed["view"]["root_view_id"] == first["id"]
    inside = box.views.trigger("U0MAYA", first["id"])
    assert await error_of(client.views_push(trigger_id=inside, view=modal())) == "push_limit_reached"


async def test_hashes_guard_updates(box: Sandbox, client: AsyncWebClient) -> None:
    view = (await client.views_open(trigger_id=box.views.trigger("U0MAYA"), view=modal(external_id="mine")))["view"]
    again = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(callback_id="b"))
    assert again["view"]["hash"] != view["hash"]
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"
    assert await error_of(client.views_update(view_id="V404", view=modal())) == "not_found"
    home = {"type": "home", "blocks": []}
    published = (await client.views_publish(user_id="U0MAYA", view=home))["view"]
    await client.views_publish(user_id="U0MAYA", view=home, hash=published["hash"])
    late = client.views_publish(user_id="U0MAYA", view=home, hash=published["hash"])
    assert await error_of(late) == "hash_conflict"
    assert await error_of(client.views_publish(user_id="U0NOBODY", view=home)) == "invalid_arguments"


async def test_a_person_clicks_only_what_is_shown(box: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("accept"))])
    maya = box.person("maya")
    with pytest.raises(LookupError, match="no element 'decline'"):
        await maya.click(posted["ts"], "decline")
    box.channel("referrals").members.discard("U0MAYA")
    with pytest.raises(LookupError, match="cannot see"):
        await maya.click(posted["ts"], "accept")
    with pytest.raises(LookupError):
        box.person("nobody")


async def test_an_old_screen_clicks_an_old_button(box: Sandbox, client: AsyncWebClient) -> None:
    clicked: list[str] = []

    def register(app: AsyncApp) -> None:
        @app.action("accept")
        async def accept(ack: Any, body: dict[str, Any]) -> None:
            clicked.append(body["actions"][0]["value"])
            await ack()

    async with socket_app(box, register):
        posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("accept", value="1"))])
        screen = box.message(posted["ts"]).snapshot()
        await client.chat_update(channel=ROOM, ts=posted["ts"], text="taken")
        assert (await box.person("maya").click(screen, "accept")).ok
    assert clicked == ["1"]


async def test_which_of_several_buttons(box: Sandbox, client: AsyncWebClient, run_app: RunApp) -> None:
    seen: list[Any] = []

    def register(app: AsyncApp) -> None:
        @app.action("pick")
        async def pick(ack: Any, action: dict[str, Any], body: dict[str, Any]) -> None:
            seen.append((action.get("value") or action["selected_option"]["value"], body["state"]["values"]))
            await ack()

    await run_app(register)
    options = [{"text": {"type": "plain_text", "text": v}, "value": v} for v in ("red", "blue")]
    blocks = [
        actions(button("pick", value="a"), block_id="one"),
        actions(button("pick", value="b"), block_id="two"),
        actions({"type": "static_select", "action_id": "pick", "options": options}, block_id="three"),
    ]
    posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=blocks)
    maya = box.person("maya")
    await maya.click(posted["ts"], "pick", "b")
    await maya.click(posted["ts"], "pick", "blue", block_id="three")
    assert [value for value, _ in seen] == ["b", "blue"]
    assert seen[0][1] == {"three": {"pick": {"type": "static_select", "selected_option": None}}}
    assert seen[1][1]["three"]["pick"]["selected_option"] == options[1]
    with pytest.raises(LookupError, match="no option 'green'"):
        await maya.click(posted["ts"], "pick", "green", block_id="three")


async def test_every_kind_of_field(box: Sandbox, run_app: RunApp) -> None:
    sent: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        @app.view("form")
        async def form(ack: Any, view: dict[str, Any]) -> None:
            sent.append(view["state"]["values"])
            await ack()

        @app.options("provider")
        async def options(ack: Any, body: dict[str, Any]) -> None:
            text = f"Found {body['value']}"
            await ack(options=[{"text": {"type": "plain_text", "text": text}, "value": "U0MAYA"}])

    await run_app(register)

    def field(name: str, element: dict[str, Any], optional: bool = False) -> dict[str, Any]:
        label = {"type": "plain_text", "text": name}
        element = {"action_id": name, **element}
        return {"type": "input", "block_id": f"b_{name}", "label": label, "element": element, "optional": optional}

    options = [{"text": {"type": "plain_text", "text": v}, "value": v} for v in ("tx", "ny", "ca")]
    box.modals.open(
        "U0ROBIN",
        modal(
            field("states", {"type": "multi_static_select", "options": options}),
            field("insurers", {"type": "checkboxes", "options": options}, optional=True),
            field("mode", {"type": "radio_buttons", "options": options, "initial_option": options[0]}),
            field("until", {"type": "datepicker"}),
            field("at", {"type": "timepicker"}, optional=True),
            field("who", {"type": "users_select"}),
            field("mail", {"type": "email_text_input"}),
            field("count", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
            field("provider", {"type": "external_select", "min_query_length": 1}),
        ),
    )
    robin = box.person("robin")
    view = robin.view
    assert view is not None
    assert [o["value"] for o in await robin.suggest(view, "provider", "may")] == ["U0MAYA"]
    values = {"states": ["tx", "ca"], "until": "2026-06-01", "who": "U0NOOR", "mail": "not a mail", "count": "0.5"}
    wrong = await robin.submit(view, values)
    assert wrong.errors == {
        "b_mail": "Please enter a valid email address.",
        "b_count": "Please enter a whole number.",
        "b_provider": "Please complete this required field.",
    }
    assert not sent
    right = await robin.submit(view, {"mail": "a@example.org", "count": "3", "provider": "U0MAYA"})
    assert right.closed
    [got] = sent
    assert [o["value"] for o in got["b_states"]["states"]["selected_options"]] == ["tx", "ca"]
    assert got["b_insurers"]["insurers"] == {"type": "checkboxes", "selected_options": []}
    assert got["b_mode"]["mode"]["selected_option"]["value"] == "tx"
    assert got["b_until"]["until"] == {"type": "datepicker", "selected_date": "2026-06-01"}
    assert got["b_at"]["at"] == {"type": "timepicker", "selected_time": None}
    assert got["b_who"]["who"]["selected_user"] == "U0NOOR"
    assert got["b_provider"]["provider"]["selected_option"]["text"]["text"] == "Found may"


async def test_a_stranger_and_an_unknown_command(box: Sandbox) -> None:
    for person, line in (("petra", "/referrals open"), ("maya", "/nonsense")):
        result = await box.person(person).command(line)
        assert result.error == "unknown_command"
    with pytest.raises(ValueError, match="turned off"):
        await box.person("maya").say("hello, app")


async def test_a_stranger_may_click_and_is_told_apart(box: Sandbox, client: AsyncWebClient, run_app: RunApp) -> None:
    seen: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        @app.action("accept")
        async def accept(ack: Any, body: dict[str, Any]) -> None:
            seen.append(body)
            await ack()

    await run_app(register)
    posted = await client.chat_postMessage(channel=ROOM, text="x", blocks=[actions(button("accept"))])
    assert (await box.person("petra").click(posted["ts"], "accept")).ok
    assert (seen[0]["user"]["team_id"], seen[0]["team"]["id"]) == ("T0PARTNER", "T0SANDBOX")


async def test_an_ephemeral_is_clicked_without_its_message(
    box: Sandbox, client: AsyncWebClient, run_app: RunApp
) -> None:
    seen: list[dict[str, Any]] = []

    def register(app: AsyncApp) -> None:
        @app.action("sure")
        async def sure(ack: Any, body: dict[str, Any], respond: Any) -> None:
            seen.append(body)
            await ack()
            await respond(delete_original=True)

    await run_app(register)
    await client.chat_postEphemeral(channel=ROOM, user="U0MAYA", text="x", blocks=[actions(button("sure"))])
    maya = box.person("maya")
    [private] = maya.ephemerals
    with pytest.raises(LookupError, match="cannot see"):
        await box.person("noor").click(private, "sure")
    assert (await maya.click(private, "sure")).ok
    assert "message" not in seen[0]
    assert seen[0]["container"]["is_ephemeral"] is True
    assert maya.ephemerals == []


async def test_what_a_form_cannot_do(box: Sandbox) -> None:
    maya = box.person("maya")
    box.modals.open("U0MAYA", modal(text_input("note")))
    assert maya.view is not None
    with pytest.raises(LookupError, match="without dispatch_action"):
        await maya.click(maya.view, "text", "hello")
    with pytest.raises(LookupError, match="no field 'other'"):
        await maya.submit(maya.view, {"other": "x"})
    box.modals.open("U0MAYA", modal(section("read only"), submit=None))
    with pytest.raises(LookupError, match="no button"):
        await maya.submit()


class TestPage:
    """What the page does, over HTTP."""

    @pytest.fixture
    async def page(self, box: Sandbox) -> Any:
        async with aiohttp.ClientSession(box.base_url) as session:
            yield session

    async def test_state_click_submit_and_close(
        self, box: Sandbox, client: AsyncWebClient, page: aiohttp.ClientSession
    ) -> None:
        async def post(name: str, **body: Any) -> dict[str, Any]:
            async with page.post(f"/ui/{name}", json={"as": "U0MAYA", **body}) as answer:
                told: dict[str, Any] = await answer.json()
                return told

        def register(app: AsyncApp) -> None:
            @app.action("decline")
            async def decline(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
                await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input("note")))
                await ack()

            @app.view("form")
            async def form(ack: Any) -> None:
                await ack()

            @app.command("/referrals")
            async def command(ack: Any) -> None:
                await ack("Noted")

        async with socket_app(box, register), page.ws_connect("/ui/live?as=U0MAYA") as live:
            posted = await client.chat_postMessage(
                channel=ROOM, text="x", blocks=[section("<@U0MAYA>"), actions(button("decline"))]
            )
            click = {"channel": ROOM, "ts": posted["ts"], "block_id": "actions", "action_id": "decline"}
            assert (await post("click", **click))["ok"] is True
            async with page.get("/ui/state?as=U0MAYA") as answer:
                state = await answer.json()
            [message] = next(c for c in state["channels"] if c["id"] == ROOM)["messages"]
            assert (message["mentions_me"], message["is_bot"], message["ephemeral"]) == (True, True, False)
            assert state["deliveries"] == {"mode": "socket", "connected": 1}
            [view] = state["modals"]
            empty = await post("submit", view_id=view["id"], values={})
            assert empty["errors"] == {"note": "Please complete this required field."}
            values = {"note": {"text": {"type": "plain_text_input", "value": "away"}}}
            sent = await post("submit", view_id=view["id"], values=values)
            assert (sent["ok"], sent["closed"]) == (True, True)
            assert (await post("close", view_id=view["id"]))["ok"] is False
            assert (await post("command", channel=ROOM, text="/referrals open"))["ok"] is True
            kinds = [(await live.receive_json(timeout=5)) for _ in range(4)]
            assert {"changed", "view"} <= {message["kind"] for message in kinds}

    async def test_the_rest(self, box: Sandbox, page: aiohttp.ClientSession) -> None:
        async def post(name: str, **body: Any) -> tuple[int, dict[str, Any]]:
            async with page.post(f"/ui/{name}", json=body) as answer:
                return answer.status, await answer.json()

        assert (await post("clock", advance_seconds=3600))[1]["offset_seconds"] == 3600
        assert (await post("clock", advance_seconds=-1))[0] == 400
        assert (await post("faults", kind="drop_after", method="chat.postMessage", times=2))[0] == 200
        assert (await post("faults", kind="sunshine"))[0] == 400
        assert [fault.kind for fault in box.faults.active] == ["drop_after"]
        async with page.delete("/ui/faults") as answer:
            assert (await answer.json())["ok"] is True
        assert box.faults.active == []
        assert (await post("message", **{"as": "U0MAYA", "channel": ROOM, "text": "<hi> & bye"}))[0] == 200
        assert box.channel("referrals").messages[-1].text == "&lt;hi&gt; &amp; bye"
        assert (await post("message", **{"as": "U0NOBODY", "channel": ROOM, "text": "x"}))[0] == 404
        assert (await post("people", user="U0MAYA", is_restricted=True))[0] == 200
        assert box.person("maya").user.is_restricted
        assert (await post("people", user="U0MAYA", wings=2))[0] == 400
        assert (await post("sms", to="+15555550142", body="STOP"))[0] == 200
        assert "+15555550142" in box.sms.opted_out
        assert (await post("install", do="archive", channel="referrals"))[0] == 200
        assert box.channel("referrals").is_archived
        assert (await post("click", **{"as": "U0MAYA"}))[0] == 400
