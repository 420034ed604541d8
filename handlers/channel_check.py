"""Whether a channel will do for the referrals: asked of Slack, and refused with what to do about it."""

import asyncio
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from .click import table
from .deps import SlackDeps
from .people import answered_code

#: A form has 3 s in all.
_PATIENCE_SECONDS = 1.0
INVITE = "/invite @Referral desk"
_NOT_IN = f"The desk is not in that channel. Open it in Slack, type {INVITE} there, then save again."
_UNSEEN = f"The desk cannot see that channel. If it is private, type {INVITE} there, then save again."
_ARCHIVED = "That channel is archived. Unarchive it in Slack first, or choose another."
_SHARED = "That channel is shared with another organisation, who would read every card. Choose one of your own."
_NO_CHANNEL = "That is a direct message. Choose a channel."
_SILENT = "Slack did not say in time whether the desk is in that channel. Nothing was changed: save again in a moment."


async def why_not(deps: SlackDeps, channel: str) -> str | None:
    """None if the desk may post there. Fields: https://docs.slack.dev/reference/objects/conversation-object."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answer: Any = await deps.client.conversations_info(channel=channel)
    except SlackApiError as error:
        return _UNSEEN if answered_code(error) in ("channel_not_found", "missing_scope") else _SILENT
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError):
        return _SILENT
    found = table(answer.get("channel"))
    reasons = {
        _NO_CHANNEL: found.get("is_im") or found.get("is_mpim"),
        _ARCHIVED: found.get("is_archived"),
        _SHARED: found.get("is_ext_shared") or found.get("is_pending_ext_shared"),
        _NOT_IN: not found.get("is_member"),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
