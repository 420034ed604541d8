"""response_url: an address for answers to one interaction, good five times within half an hour.

Source: https://docs.slack.dev/interactivity/handling-user-interaction (message responses).
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.content import read_content
from sandbox.slack_error import SlackError
from sandbox.traffic import Entry
from sandbox.workspace import Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox

MOST_USES = 5
LIFETIME_SECONDS = 1800.0


@dataclass(slots=True)
class ResponseUrl:
    channel: str
    user: str
    source: Message | None
    made: float
    uses: int = 0


class ResponseUrls:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.made: dict[str, ResponseUrl] = {}

    def make(self, channel: str, user: str, source: Message | None) -> str:
        now = time.monotonic()
        # They are made in order, so the oldest stand first and the sweep stops at the first young one.
        for key in list(self.made):
            if now - self.made[key].made <= LIFETIME_SECONDS:
                break
            del self.made[key]
        key = secrets.token_urlsafe(24)
        self.made[key] = ResponseUrl(channel, user, source, now)
        return f"{self.sandbox.base_url}/response/{self.sandbox.config.team_id}/{key}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        box, started = self.sandbox, time.monotonic()
        try:
            given = json.loads(await request.text())
        except ValueError:
            given = None
        url = self.made.get(request.match_info["key"])
        try:
            if url is None or time.monotonic() - url.made > LIFETIME_SECONDS:
                raise SlackError("expired_url", status=404)
            if url.uses >= MOST_USES:
                raise SlackError("used_url", status=404)
            if not isinstance(given, dict):
                raise SlackError("invalid_payload", status=400)
            url.uses += 1
            respond(box, url.channel, url.user, given, url.source)
            status, body = 200, {"ok": True}
        except SlackError as error:
            status, body = error.status if error.status != 200 else 400, error.body()
        ms = (time.monotonic() - started) * 1000
        box.traffic.add(Entry(box.workspace.clock.now(), "slack", "response_url", given, body, status, ms))
        box.changes.mark()
        return web.json_response(body, status=status)


def respond(box: Sandbox, channel_id: str, user: str, given: dict[str, Any], source: Message | None) -> None:
    """Carry out one answer: delete or replace the message it came from, or say something new.

    An answer to a click that says neither `replace_original` nor a response type replaces the message: Slack's
    own words differ here, and the reading that does harm is the one to be tested against.
    """
    channel = box.workspace.channels[channel_id]
    if given.get("delete_original"):
        if source is not None:
            box.workspace.remove(source)
        return
    replace = given.get("replace_original")
    if replace is None:
        replace = source is not None and "response_type" not in given
    content = read_content(given)
    if replace and source is not None:
        if source.deleted:
            raise SlackError("message_not_found", status=404)
        box.posts.edit(source, content)
        return
    thread_ts = given.get("thread_ts")
    if given.get("response_type", "ephemeral") == "in_channel":
        # An answer may go where the app is no member: the person invited it by their command.
        box.posts.add(channel, content, thread_ts=thread_ts)
    else:
        box.posts.show(channel, user, content, thread_ts=thread_ts)
