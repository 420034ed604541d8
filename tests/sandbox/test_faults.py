"""Faults on demand: what is stored, and what the caller is left to think."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import NotReached, Sandbox
from tests.sandbox.conftest import section

pytestmark = pytest.mark.anyio
ROOM = "C0REFERRALS"


@pytest.fixture
async def session(box: Sandbox) -> Any:
    headers = {"Authorization": f"Bearer {box.config.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield session


async def post(box: Sandbox, session: aiohttp.ClientSession, **more: Any) -> aiohttp.ClientResponse:
    response = await session.post(box.api_url + "chat.postMessage", json={"channel": ROOM, "text": "x"}, **more)
    await response.read()
    return response


@pytest.mark.parametrize(("kind", "stored"), [("drop", 0), ("drop_after", 1)])
async def test_dropped_connection(box: Sandbox, session: aiohttp.ClientSession, kind: str, stored: int) -> None:
    box.fault(kind, "chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await post(box, session)
    assert len(box.channel("referrals").messages) == stored
    assert (await post(box, session)).status == 200


@pytest.mark.parametrize(
    ("kind", "status", "stored"),
    [("http_500", 500, 0), ("http_502", 502, 0), ("http_500_after", 500, 1), ("http_502_after", 502, 1)],
)
async def test_server_errors(box: Sandbox, session: aiohttp.ClientSession, kind: str, status: int, stored: int) -> None:
    box.fault(kind)
    response = await post(box, session)
    assert response.status == status
    assert len(box.channel("referrals").messages) == stored
    if status == 502:
        assert (await response.text()).startswith("<html>")


@pytest.mark.parametrize(
    ("kind", "error", "stored"),
    [
        ("internal_error", "internal_error", 0),
        ("internal_error_after", "internal_error", 1),
        ("fatal_error", "fatal_error", 0),
        ("channel_archived", "is_archived", 0),
        ("bot_removed", "not_in_channel", 0),
        ("token_revoked", "token_revoked", 0),
    ],
)
async def test_slack_errors(box: Sandbox, client: AsyncWebClient, kind: str, error: str, stored: int) -> None:
    box.fault(kind, "chat.postMessage")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ROOM, text="x")
    assert caught.value.response["error"] == error
    assert len(box.channel("referrals").messages) == stored


async def test_slow_leaves_the_caller_in_doubt(box: Sandbox, session: aiohttp.ClientSession) -> None:
    box.fault("slow", "chat.postMessage", seconds=0.3)
    with pytest.raises(TimeoutError):
        await post(box, session, timeout=aiohttp.ClientTimeout(total=0.05))
    # Slack goes on working for a caller who has hung up.
    await box.until(lambda: len(box.channel("referrals").messages) == 1)


async def test_limited_to_a_method_a_number_and_later_calls(box: Sandbox, client: AsyncWebClient) -> None:
    box.fault("internal_error", "chat.postMessage", times=2, skip=1)
    await client.auth_test()
    outcomes = []
    for _ in range(4):
        try:
            await client.chat_postMessage(channel=ROOM, text="x")
            outcomes.append("ok")
        except SlackApiError as error:
            outcomes.append(error.response["error"])
    assert outcomes == ["ok", "internal_error", "internal_error", "ok"]
    assert box.faults.active == []


async def test_rate_limited_on_demand(box: Sandbox, client: AsyncWebClient) -> None:
    box.fault("rate_limited", "chat.update", seconds=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=ROOM, ts="1.0", text="x")
    assert caught.value.response.headers["Retry-After"] == "7"
    assert box.rate_limited == 1


async def test_until_cleared(box: Sandbox, client: AsyncWebClient) -> None:
    box.fault("internal_error", times=0)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await client.auth_test()
    box.faults.clear()
    await client.auth_test()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault 'sunshine'"):
        Sandbox().fault("sunshine")


async def test_everything_sent_can_be_searched(box: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "e", "event_payload": {"k": "Zebra-77"}}
    blocks = [section("Zebra-77 "), section("é")]
    await client.chat_postMessage(channel=ROOM, text="quiet", blocks=blocks, metadata=metadata)
    places = box.traffic.search("zebra-77")
    assert len(places) == 2
    assert all(place.startswith("#0 chat.postMessage .") for place in places)
    assert box.traffic.search("zebra-77", medium="email") == []
    assert box.traffic.search("é")
    assert box.traffic.search("unsent") == []


async def test_until_says_what_it_saw(box: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=ROOM, text="only this")
    with pytest.raises(NotReached, match="only this"):
        await box.until(lambda: box.mailbox.messages, timeout=0.05, what="a mail")
