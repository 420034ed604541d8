"""Calls to Slack's Web API with their failures sorted: retry, permanent, or unknown."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.message import Message
from referrals.slack_trouble import WORKSPACE_CODES

from .errors import DeliveryError, FailureKind
from .pacing import Pace

#: Slack may have done it all the same (PLATFORM.md): never repeated without looking.
_UNKNOWN = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
#: Nobody has to do anything for these to go away.
_RETRY = frozenset({"ratelimited", "rate_limited", "accesslimited"})

#: Seconds. Longer than Slack has ever asked for; a wait of years would be a fault.
_LONGEST_WAIT = 3600
_A_SECOND = timedelta(seconds=1)

_TAKE_JSON = frozenset({"chat.postMessage", "chat.update", "conversations.open"})


class SlackSender:
    """Posts at Slack's pace, updates and reads back.

    ``client`` must have no retry handlers: the SDK's re-send a POST blindly.
    """

    def __init__(self, client: AsyncWebClient, pace: Pace) -> None:
        self._client = client
        self._pace = pace
        self._dms: dict[str, str] = {}  # a user's direct message channel never changes

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> tuple[str, str]:
        """Waits for its turn in the channel; answers the channel and ts of the new message. Raises DeliveryError."""
        await self._pace.slot(channel)
        try:
            answer = await self._call(
                "chat.postMessage",
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                metadata=message.metadata,
                unfurl_links=False,
                unfurl_media=False,
                **({"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}),
            )
        except DeliveryError as error:
            if error.retry_after is not None:
                await self._pace.hold(channel, error.retry_after)
            raise
        return str(answer["channel"]), str(answer["ts"])

    async def update(self, channel: str, ts: str, message: Message) -> None:
        await self._call(
            "chat.update", channel=channel, ts=ts, text=message.text, blocks=message.blocks, metadata=message.metadata
        )

    async def permalink(self, channel: str, ts: str) -> str:
        return str((await self._call("chat.getPermalink", channel=channel, message_ts=ts))["permalink"])

    async def open_dm(self, user: str) -> str:
        if user not in self._dms:
            answer = await self._call("conversations.open", users=user)
            self._dms[user] = str(answer["channel"]["id"])
        return self._dms[user]

    async def find_posted(
        self, channel: str, event_type: str, key: str, value: str, *, oldest: float, thread_ts: str | None = None
    ) -> str | None:
        """The ts of the message whose metadata carries this id, if Slack has it: settles an unknown post.

        ``oldest``: epoch seconds. Messages are read newest first, a page of 200 at a time.
        """
        method = "conversations.replies" if thread_ts else "conversations.history"
        scope = {"ts": thread_ts} if thread_ts else {}
        cursor: str | None = None
        while True:
            page = await self._call(
                method,
                channel=channel,
                oldest=f"{oldest:.6f}",
                limit=200,
                include_all_metadata=True,
                **scope,
                **({"cursor": cursor} if cursor else {}),
            )
            for found in page["messages"]:
                metadata = found.get("metadata") or {}
                if metadata.get("event_type") == event_type and metadata.get("event_payload", {}).get(key) == value:
                    return str(found["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None

    async def may_probe(self, practice_id: str, every: timedelta) -> bool:
        """Whether it is this worker's turn to see if Slack lets the desk in again."""
        return await self._pace.once(f"probe:{practice_id}", every)

    async def check_token(self) -> None:
        """Raises DeliveryError while Slack does not know the token."""
        await self._call("auth.test")

    async def is_open(self, channel: str) -> bool:
        """Whether the channel is there, in use, and the bot is in it. Raises DeliveryError."""
        found = (await self._call("conversations.info", channel=channel))["channel"]
        return bool(found.get("is_member")) and not found.get("is_archived")

    async def _call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        return await slack_call(self._client, method, **arguments)


async def slack_call(client: AsyncWebClient, method: str, **arguments: Any) -> Mapping[str, Any]:
    """One call, once. Arguments that are None are left out. Raises DeliveryError, which quotes nothing of them."""
    given = {name: value for name, value in arguments.items() if value is not None}
    failure: DeliveryError
    try:
        if method in _TAKE_JSON:
            response = await client.api_call(method, json=given)
        else:
            response = await client.api_call(method, params=given)
        if isinstance(response.data, dict):
            return response.data
        failure = DeliveryError("not_json", FailureKind.UNKNOWN)
    except SlackApiError as error:
        failure = _sorted(error)
    except aiohttp.ClientConnectorError:
        failure = DeliveryError("unreachable", FailureKind.RETRY)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        failure = DeliveryError(type(error).__name__, FailureKind.UNKNOWN)
    raise failure  # out here: the SDK's error carries what was sent


def _sorted(error: SlackApiError) -> DeliveryError:
    status = error.response.status_code
    data = error.response.data if isinstance(error.response.data, dict) else {}
    code = str(data.get("error") or f"http_{status}")
    if status == 429 or code in _RETRY:
        after = _seconds(error.response.headers.get("Retry-After"))
        return DeliveryError("ratelimited", FailureKind.RETRY, retry_after=after)
    if code in WORKSPACE_CODES:
        return DeliveryError(code, FailureKind.RETRY)  # nothing about the message: it goes out once the app is back
    if status >= 500 or code in _UNKNOWN or not data:
        return DeliveryError(code, FailureKind.UNKNOWN)
    return DeliveryError(code, FailureKind.PERMANENT)


def _seconds(retry_after: object) -> timedelta:
    """A second when it is no whole number of them, as when something between Slack and us has answered."""
    text = str(retry_after).strip()
    return timedelta(seconds=min(int(text), _LONGEST_WAIT)) if text.isascii() and text.isdigit() else _A_SECOND
