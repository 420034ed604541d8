"""How a person is answered: privately, wherever they clicked. A lost answer never undoes what was decided.

On a message the answer is ephemeral, over the click's response_url; on Home it is a modal; in a modal it takes the
modal's place. All of it happens before the acknowledgement, so every call here has little time.
"""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.availability import answer
from blocks.message import Message
from blocks.modals import Modal, above_timeline, subject, tell_view, with_pages
from blocks.replies import FORM_LOST

from .click import Click
from .deps import SlackDeps
from .people import answered_code

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.5


async def tell(deps: SlackDeps, click: Click, message: Message) -> None:
    if click.response_url:
        await _in_time("response_url", _respond(deps, click, message))
    elif click.view_id and click.in_modal:
        await _in_time("views.update", deps.client.views_update(view_id=click.view_id, view=tell_view(message)))
    else:
        # Its buttons may change what Home shows, which is then drawn anew on the same pages.
        view = tell_view(message) | {"private_metadata": subject("", home=click.on_home)}
        await open_modal(deps, click, with_pages(view, click.home_pages))


async def open_modal(deps: SlackDeps, click: Click, view: Modal) -> bool:
    """Whether it opened, above the one whose button it was; a trigger lives 3 s and works once."""
    if click.in_modal:
        return await _in_time("views.push", deps.client.views_push(trigger_id=click.trigger_id, view=view))
    return await _in_time("views.open", deps.client.views_open(trigger_id=click.trigger_id, view=view))


async def open_form(deps: SlackDeps, click: Click, form: Modal) -> None:
    """A form that Slack did not open is worth a word: nothing has been decided, and a second click may do."""
    if click.on_timeline and click.in_modal:
        form = above_timeline(form, home=click.from_home)
    if not await open_modal(deps, click, with_pages(form, click.home_pages)) and click.response_url:
        await tell(deps, click, answer(FORM_LOST))


async def update_message(deps: SlackDeps, channel: str, ts: str, message: Message) -> bool:
    """Whether a message of ours shows this now. A lost update costs nothing: the next click draws it anew."""
    arguments = {"channel": channel, "ts": ts, **message.arguments()}
    return await _in_time("chat.update", deps.client.chat_update(**arguments))


async def update_modal(deps: SlackDeps, view_id: str, view: Modal) -> bool:
    """Whether an open modal shows this now."""
    return await _in_time("views.update", deps.client.views_update(view_id=view_id, view=view))


async def publish(deps: SlackDeps, user: str, view: Modal) -> bool:
    return await _in_time("views.publish", deps.client.views_publish(user_id=user, view=view))


async def _respond(deps: SlackDeps, click: Click, message: Message) -> None:
    client = deps.client
    hook = AsyncWebhookClient(
        click.response_url, session=client.session, proxy=client.proxy, ssl=client.ssl, retry_handlers=[], timeout=2
    )
    # The question that an ephemeral message asked makes way for the answer; a card never does.
    response = await hook.send_dict(
        {
            "response_type": "ephemeral",
            "replace_original": click.ephemeral,
            "text": message.text,
            "blocks": message.blocks,
        }
    )
    if response.status_code != 200:
        log.warning("response_url answered %s", response.status_code)


async def _in_time(what: str, call: Awaitable[Any]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await call
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        log.warning("%s failed: %s", what, _code(error))
        return False
    return True


def _code(error: Exception) -> str:
    """Slack's word for it, never the request or the response."""
    return answered_code(error) if isinstance(error, SlackApiError) else type(error).__name__
