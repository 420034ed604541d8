"""The Web API says no where Slack does, by Slack's own words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Manifest, RateLimits, Sandbox, SandboxConfig
from tests.sandbox.conftest import actions, button, section

pytestmark = pytest.mark.anyio

ROOM = "C0REFERRALS"
EVENT = {"event_type": "card", "event_payload": {"code": "R-1"}}


async def refused(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    data: dict[str, Any] = caught.value.response.data
    return data


async def error_of(call: Any) -> str:
    return str((await refused(call))["error"])


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), ("xapp-sandbox-app", "not_allowed_token_type")],
)
async def test_token_is_checked(box: Sandbox, token: str, error: str) -> None:
    client = AsyncWebClient(token=token, base_url=box.api_url)
    assert await error_of(client.chat_postMessage(channel=ROOM, text="x")) == error
    assert not box.channel("referrals").messages


async def test_socket_mode_needs_the_app_token(client: AsyncWebClient) -> None:
    assert await error_of(client.apps_connections_open(app_token="xoxb-sandbox-bot")) == "not_allowed_token_type"


async def test_revoked_uninstalled_and_reinstalled(box: Sandbox, client: AsyncWebClient) -> None:
    await box.revoke_tokens()
    assert await error_of(client.auth_test()) == "token_revoked"
    await box.uninstall()
    assert await error_of(client.auth_test()) == "account_inactive"
    box.reinstall("xoxb-second")
    assert await error_of(client.auth_test()) == "token_revoked"
    assert (await client.auth_test(token="xoxb-second"))["team_id"] == "T0SANDBOX"


async def test_auth_test_tells_who_and_with_which_scopes(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team"]) == ("U0DESK", "B0DESK", "Juniper Grove Therapy")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_unknown_method(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.sing")) == "unknown_method"


@pytest.mark.parametrize(
    ("scope", "method", "params", "needed"),
    [
        ("chat:write", "chat.postMessage", {"channel": ROOM, "text": "x"}, "chat:write"),
        ("channels:history", "conversations.history", {"channel": ROOM}, "channels:history"),
        ("channels:read", "conversations.info", {"channel": ROOM}, "channels:read"),
        ("im:write", "conversations.open", {"users": "U0MAYA"}, "im:write"),
        ("users:read", "users.info", {"user": "U0MAYA"}, "users:read"),
        ("users:read.email", "users.lookupByEmail", {"email": "x@example.org"}, "users:read.email"),
    ],
)
async def test_scopes_come_from_the_manifest(
    box: Sandbox, client: AsyncWebClient, scope: str, method: str, params: dict[str, Any], needed: str
) -> None:
    box.scopes.remove(scope)
    answer = await refused(client.api_call(method, params=params))
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    assert scope not in answer["provided"].split(",")


async def test_email_needs_its_own_scope(box: Sandbox, client: AsyncWebClient) -> None:
    shown = await client.users_info(user="U0MAYA")
    assert shown["user"]["profile"]["email"] == "maya@junipergrove.example.org"
    assert shown["user"]["tz"] == "America/New_York"
    box.scopes.remove("users:read.email")
    hidden = await client.users_info(user="U0MAYA")
    assert "email" not in hidden["user"]["profile"]


async def test_users(box: Sandbox, client: AsyncWebClient) -> None:
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert (await client.users_lookupByEmail(email="MAYA@junipergrove.example.org"))["user"]["id"] == "U0MAYA"
    for gone in ("nobody@example.org", "petra@junipergrove.example.org"):
        assert await error_of(client.users_lookupByEmail(email=gone)) == "users_not_found"
    await box.person("maya").change(deleted=True)
    assert await error_of(client.users_lookupByEmail(email="maya@junipergrove.example.org")) == "users_not_found"
    assert (await client.users_info(user="U0MAYA"))["user"]["deleted"] is True
    assert (await client.users_info(user="U0PETRA"))["user"]["team_id"] == "T0PARTNER"
    assert (await client.users_info(user="U0GUS"))["user"]["is_restricted"] is True


async def test_lists_come_in_pages(box: Sandbox, client: AsyncWebClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = await client.users_list(limit=5, cursor=cursor)
        assert len(page["members"]) <= 5
        seen += [user["id"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert sorted(seen) == sorted(box.workspace.users)
    assert await error_of(client.users_list(cursor="nonsense!")) == "invalid_cursor"


async def test_posting_needs_membership(box: Sandbox, client: AsyncWebClient) -> None:
    assert await error_of(client.chat_postMessage(channel="C0GENERAL", text="x")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    posted = await client.chat_postMessage(channel="#referrals", text="by name")
    assert posted["channel"] == ROOM
    box.remove_bot("referrals")
    assert await error_of(client.chat_update(channel=ROOM, ts=posted["ts"], text="x")) == "not_in_channel"
    assert await error_of(client.conversations_history(channel=ROOM)) == "not_in_channel"
    assert (await client.conversations_info(channel=ROOM))["channel"]["is_member"] is False
    box.archive("referrals")
    assert await error_of(client.chat_postMessage(channel=ROOM, text="x")) == "is_archived"


async def test_a_private_channel_without_the_bot_does_not_exist(box: Sandbox, client: AsyncWebClient) -> None:
    room = box.channel("referrals")
    room.is_private = True
    posted = await client.chat_postMessage(channel=ROOM, text="still a member")
    box.scopes.remove("groups:history")
    assert (await refused(client.conversations_history(channel=ROOM)))["needed"] == "groups:history"
    box.remove_bot("referrals")
    assert await error_of(client.chat_postMessage(channel=ROOM, text="x")) == "channel_not_found"
    assert await error_of(client.chat_update(channel=ROOM, ts=posted["ts"], text="x")) == "channel_not_found"
    assert await error_of(client.conversations_info(channel=ROOM)) == "channel_not_found"


async def test_direct_messages(box: Sandbox, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users="U0MAYA")
    again = await client.conversations_open(users="U0MAYA")
    assert again["channel"]["id"] == opened["channel"]["id"]
    assert again["already_open"] is True
    await client.chat_postMessage(channel=opened["channel"]["id"], text="hello")
    await client.chat_postMessage(channel="U0MAYA", text="by user id")
    assert [m.text for m in box.dm("maya").messages] == ["hello", "by user id"]
    assert all(m.alerted == ["U0MAYA"] for m in box.dm("maya").messages)
    assert await error_of(client.conversations_open(users="U0DESK")) == "cannot_dm_bot"
    assert await error_of(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert (await refused(client.conversations_open(users="U0MAYA,U0NOOR")))["needed"] == "mpim:write"
    await box.person("noor").change(deleted=True)
    assert await error_of(client.conversations_open(users="U0NOOR")) == "user_disabled"
    assert (await refused(client.conversations_history(channel=opened["channel"]["id"])))["needed"] == "im:history"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "{not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": '{"type": "section"}'}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("y" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("y" * 2700) for _ in range(5)]}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "v" * 16_000}}}, "metadata_too_large"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_what_a_message_may_not_be(
    box: Sandbox, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    assert await error_of(client.api_call("chat.postMessage", json={"channel": ROOM, **arguments})) == error
    assert not box.channel("referrals").messages


async def test_a_long_text_may_be_posted_but_not_updated(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ROOM, text="x" * 5000)
    assert await error_of(client.chat_update(channel=ROOM, ts=posted["ts"], text="x" * 4001)) == "msg_too_long"


async def test_text_alone_takes_the_blocks_away(box: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(
        channel=ROOM, text="a", blocks=[section("<@U0MAYA>"), actions(button("accept"))], metadata=EVENT
    )
    message = box.message(posted["ts"])
    await client.chat_update(channel=ROOM, ts=posted["ts"], text="b <@U0TOMAS>")
    assert (message.text, message.blocks, message.edits) == ("b <@U0TOMAS>", [], 1)
    assert message.metadata == EVENT
    assert message.alerted == ["U0MAYA"]
    await client.chat_update(channel=ROOM, ts=posted["ts"], text="c", blocks=[section("c")], metadata={})
    assert message.metadata is None


async def test_only_own_and_existing_messages_are_updated(box: Sandbox, client: AsyncWebClient) -> None:
    said = await box.person("maya").say("hello", "referrals")
    assert await error_of(client.chat_update(channel=ROOM, ts=said.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=ROOM, ts=said.ts)) == "cant_delete_message"
    assert await error_of(client.chat_update(channel=ROOM, ts="1.000001", text="x")) == "message_not_found"
    posted = await client.chat_postMessage(channel=ROOM, text="x")
    await client.chat_delete(channel=ROOM, ts=posted["ts"])
    assert await error_of(client.chat_update(channel=ROOM, ts=posted["ts"], text="x")) == "message_not_found"
    assert [m.text for m in box.channel("referrals").messages] == ["hello"]


async def test_threads(box: Sandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel=ROOM, text="card")
    quiet = await client.chat_postMessage(channel=ROOM, thread_ts=parent["ts"], text="quiet <@U0MAYA> <!channel>")
    loud = await client.chat_postMessage(channel=ROOM, thread_ts=parent["ts"], text="loud", reply_broadcast=True)
    room = box.channel("referrals")
    assert [m.text for m in room.messages] == ["card", "loud"]
    assert [m.text for m in box.message(parent["ts"]).replies] == ["quiet <@U0MAYA> <!channel>", "loud"]
    # A channel mention in a thread alerts nobody; a person's does.
    assert box.message(quiet["ts"]).alerted == ["U0MAYA"]
    assert loud["message"]["subtype"] == "thread_broadcast"
    nested = client.chat_postMessage(channel=ROOM, thread_ts=quiet["ts"], text="x")
    assert await error_of(nested) == "cannot_reply_to_message"
    replies = await client.conversations_replies(channel=ROOM, ts=parent["ts"])
    assert [m["text"] for m in replies["messages"]] == ["card", "quiet <@U0MAYA> <!channel>", "loud"]
    await client.chat_delete(channel=ROOM, ts=parent["ts"])
    left = await client.conversations_replies(channel=ROOM, ts=parent["ts"])
    assert left["messages"][0]["subtype"] == "tombstone"
    assert await error_of(client.chat_update(channel=ROOM, ts=parent["ts"], text="x")) == "message_not_found"


async def test_history_windows_and_metadata(box: Sandbox, client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel=ROOM, text=str(n), metadata=EVENT))["ts"] for n in range(5)]

    async def texts(**arguments: Any) -> list[str]:
        page = await client.conversations_history(channel=ROOM, **arguments)
        return [m["text"] for m in page["messages"]]

    assert await texts() == ["4", "3", "2", "1", "0"]
    assert await texts(oldest=stamps[1]) == ["4", "3", "2"]
    assert await texts(oldest=stamps[1], inclusive=True) == ["4", "3", "2", "1"]
    assert await texts(latest=stamps[1]) == ["0"]
    assert await texts(limit=2) == ["4", "3"]
    first = await client.conversations_history(channel=ROOM, limit=2)
    assert first["has_more"] is True
    assert await texts(limit=2, cursor=first["response_metadata"]["next_cursor"]) == ["2", "1"]
    assert first["messages"][0]["metadata"] == {"event_type": "card"}
    full = await client.conversations_history(channel=ROOM, include_all_metadata=True, limit=1)
    assert full["messages"][0]["metadata"] == EVENT
    assert await error_of(client.conversations_history(channel="C0GENERAL")) == "not_in_channel"


async def test_ephemerals_are_shown_and_never_stored(box: Sandbox, client: AsyncWebClient) -> None:
    shown = await client.chat_postEphemeral(channel=ROOM, user="U0MAYA", text="only you")
    assert [m.text for m in box.person("maya").ephemerals] == ["only you"]
    assert not box.person("tomas").ephemerals
    assert not (await client.conversations_history(channel=ROOM))["messages"]
    update = client.chat_update(channel=ROOM, ts=shown["message_ts"], text="x")
    assert await error_of(update) == "message_not_found"
    box.channel("referrals").members.discard("U0NOOR")
    ephemeral = client.chat_postEphemeral(channel=ROOM, user="U0NOOR", text="x")
    assert await error_of(ephemeral) == "user_not_in_channel"


async def test_channels_and_members(box: Sandbox, client: AsyncWebClient) -> None:
    info = (await client.conversations_info(channel=ROOM, include_num_members=True))["channel"]
    assert (info["name"], info["is_member"], info["is_private"]) == ("referrals", True, False)
    assert info["num_members"] == len(box.channel("referrals").members)
    names = [c["name"] for c in (await client.conversations_list(types="public_channel,private_channel"))["channels"]]
    assert names == ["general", "referrals"]
    assert "U0MAYA" in (await client.conversations_members(channel=ROOM))["members"]
    assert (await refused(client.conversations_list(types="im")))["needed"] == "im:read"


async def test_permalink_opens_the_page(box: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ROOM, text="x")
    link = (await client.chat_getPermalink(channel=ROOM, message_ts=posted["ts"]))["permalink"]
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"/#at={ROOM}&msg={posted['ts']}"
    assert await error_of(client.chat_getPermalink(channel=ROOM, message_ts="1.000001")) == "message_not_found"


async def test_content_types(box: Sandbox) -> None:
    token = {"Authorization": f"Bearer {box.config.bot_token}"}
    post, info = box.api_url + "chat.postMessage", box.api_url + "conversations.info"
    async with aiohttp.ClientSession(headers=token) as session:

        async def call(url: str, **more: Any) -> dict[str, Any]:
            async with session.post(url, **more) as answer:
                body: dict[str, Any] = await answer.json()
                return body

        # Unknown arguments are ignored.
        assert (await call(post, data={"channel": ROOM, "text": "form", "colour": "red"}))["ok"] is True
        assert (await call(post, json={"channel": ROOM, "text": "json"}))["ok"] is True
        assert (await call(post, data="{", headers={"Content-Type": "application/json"}))["error"] == "invalid_json"
        assert (await call(post, json=[]))["error"] == "json_not_object"
        assert (await call(post, data=b"x", headers={"Content-Type": "text/csv"}))["error"] == "invalid_post_type"
        # A method that reads takes a form only: Slack overlooks its JSON body.
        overlooked = await call(info, json={"channel": ROOM})
        assert overlooked["error"] == "invalid_arguments"
        assert overlooked["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
        async with session.get(info, params={"channel": ROOM}) as answer:
            assert (await answer.json())["ok"] is True
    async with aiohttp.ClientSession() as session:
        form = {"channel": ROOM, "text": "token in the form", "token": box.config.bot_token}
        async with session.post(post, data=form) as answer:
            assert (await answer.json())["ok"] is True
    assert not box.traffic.search("xoxb-")


class TestRateLimits:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(limits=RateLimits(post_burst=2, tier3=3))

    async def test_posting_is_paced_per_channel(self, box: Sandbox, client: AsyncWebClient) -> None:
        for n in range(2):
            await client.chat_postMessage(channel=ROOM, text=str(n))
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=ROOM, text="too soon")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert int(caught.value.response.headers["Retry-After"]) == 1
        await client.chat_postMessage(channel="U0MAYA", text="another conversation")
        assert [m.text for m in box.channel("referrals").messages] == ["0", "1"]
        assert box.rate_limited == 1
        assert box.limiter.refused == {"chat.postMessage": 1}

    async def test_tiers_are_per_method(self, box: Sandbox, client: AsyncWebClient) -> None:
        for _ in range(3):
            await client.conversations_info(channel=ROOM)
        with pytest.raises(SlackApiError) as caught:
            await client.conversations_info(channel=ROOM)
        assert int(caught.value.response.headers["Retry-After"]) == 20
        await client.conversations_history(channel=ROOM)


def test_the_manifest_decides() -> None:
    manifest = Manifest.read(Path(__file__).parents[2] / "manifest.yml")
    assert manifest == replace(Manifest(), scopes=manifest.scopes)
    assert "chat:write" in manifest.scopes
