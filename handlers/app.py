"""The Bolt app: few listeners, because Bolt tries them one after another, and an authorisation of its own.

process_before_response: the work is done before Slack is answered, so that nothing is lost when the process stops and
an error can still be told (PLATFORM.md). Signatures are checked in front of this app, before anything is parsed.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from blocks.ids import PREFIX, ActionId, CallbackId
from blocks.labels import REFUSALS
from blocks.modals import PAGES
from referrals.actor import Surface
from referrals.outcomes import Refusal

from . import actions, commands, errors, events, views
from .click import first, own_place, read_click, table, text
from .deps import SlackDeps
from .form import read_form
from .who import Caller

COMMAND = "/referrals"
_PRACTICE = "practice_id"
_BUTTONS = frozenset(str(one) for one in ActionId)
_FORMS = frozenset(str(one) for one in CallbackId)


#: What Bolt raises when a value is not of the type that it takes for granted, e.g. a user who is no object.
UNEXPECTED_SHAPE = (TypeError, AttributeError, KeyError, IndexError, ValueError)


class DeskApp(AsyncApp):
    """Bolt reads a click's action before any handler of ours could look, and fails without an answer on a bad shape.

    ``timed`` hears of each answer: what was asked for (``asked_for``), and how many seconds it took.
    """

    timed: Callable[[str, float], None] | None = None

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        if not _well_formed(req.body):
            return BoltResponse(status=400, body="")
        began = time.perf_counter()
        try:
            return await super().async_dispatch(req)
        except UNEXPECTED_SHAPE:  # of Bolt's own reading: what a listener raises has been answered by ``on_error``
            return BoltResponse(status=400, body="")
        finally:
            if self.timed is not None:
                self.timed(asked_for(req.body), time.perf_counter() - began)


def build_app(deps: SlackDeps) -> DeskApp:
    app = DeskApp(
        name="referrals",
        logger=quiet_loggers(),
        client=deps.client,
        authorize=_authorize(deps),
        before_authorize=_own_team,
        user_facing_authorize_error_message=REFUSALS[Refusal.OTHER_WORKSPACE].format(whom="the practice"),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    register(app, deps)
    return app


def quiet_loggers() -> logging.Logger:
    """Keeps request bodies out of the logs: Bolt and the SDK write them at INFO and DEBUG, and some at WARNING."""
    logging.getLogger("slack_sdk").setLevel(logging.ERROR)
    bolt = logging.getLogger("slack_bolt")
    bolt.setLevel(logging.ERROR)
    return bolt


def register(app: AsyncApp, deps: SlackDeps) -> None:
    async def on_action(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        click = read_click(body)
        async with asyncio.timeout(errors.IN_TIME) as limit:
            caller = await _caller(deps, context, click.user, click.team_id, click.surface)
            await actions.handle(deps, replace(caller, home_pages=click.home_pages, until=limit.when()), click)
        await ack()

    async def on_command(ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext) -> None:
        user, team = text(command.get("user_id")), text(command.get("team_id"))
        async with asyncio.timeout(errors.IN_TIME):
            caller = await _caller(deps, context, user, team, Surface.COMMAND)
            message = await commands.handle(deps, caller, text(command.get("text")))
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")

    async def on_view(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        user = table(body.get("user"))
        team = text(user.get("team_id")) or text(table(body.get("team")).get("id"))
        async with asyncio.timeout(errors.IN_TIME) as limit:
            caller = await _caller(deps, context, text(user.get("id")), team, Surface.BUTTON)
            form = read_form(body)
            caller = replace(caller, home_pages=own_place(form.notes.get(PAGES)), until=limit.when())
            answer = await views.handle(deps, caller, form)
        await (ack(answer) if answer else ack())

    async def on_home(event: dict[str, Any], context: AsyncBoltContext) -> None:
        caller = await _caller(deps, context, text(event.get("user")), context.team_id, Surface.HOME)
        await events.home_opened(deps, caller, event)

    async def on_user_change(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await events.user_changed(deps, str(context[_PRACTICE]), event)

    async def on_token_lost(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await events.token_lost(deps, context.team_id, event)

    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        return await errors.on_error(deps, error, body)

    # The commonest first. Every button and form of this app is answered, also one that no version knows.
    app.action(re.compile(""))(on_action)
    app.command(COMMAND)(on_command)
    app.view(re.compile(""))(on_view)
    app.event("app_home_opened")(on_home)
    app.event("user_change")(on_user_change)
    app.event("tokens_revoked")(on_token_lost)
    app.event("app_uninstalled")(on_token_lost)
    app.error(on_error)


def _authorize(deps: SlackDeps) -> Callable[..., Awaitable[Any]]:
    async def authorize(
        context: AsyncBoltContext, team_id: str | None, enterprise_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        """None, which Bolt answers as not installed, for every workspace that is no practice of this desk."""
        seat = await deps.practices.of(text(team_id))
        if seat is None:
            return None
        context[_PRACTICE] = seat.practice_id
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_user_id=seat.bot_user_id or None,
            bot_token=deps.bot_token,
        )

    return authorize


async def _own_team(body: Mapping[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]) -> None:
    """In a channel shared with another workspace a click names the clicker's team, and its message names ours."""
    if team := text(table(body.get("message")).get("team")):
        context["team_id"] = team
    if not text(body.get("response_url")).startswith(("https://", "http://")):
        context["response_url"] = None  # Bolt tells another workspace's people over it, whatever it is
    # Left to itself it would put its answer in the place of what was clicked: the card.
    if context.respond is not None:
        context["respond"] = partial(context.respond, response_type="ephemeral", replace_original=False)
    await next()


def asked_for(body: Mapping[str, Any]) -> str:
    """A button or a form by our own name for it, else only the kind of request: never what somebody has sent."""
    kind = body.get("type")
    if kind == "block_actions":
        action = read_click(body).action_id
        return action.removeprefix(PREFIX) if action in _BUTTONS else "click"
    if kind == "view_submission":
        form = text(table(body.get("view")).get("callback_id"))
        return f"{form.removeprefix(PREFIX)}_form" if form in _FORMS else "form"
    if kind == "event_callback":
        return "event"
    return "command" if "command" in body else "other"


def _well_formed(body: object) -> bool:
    """Has what Bolt takes for granted in a body of this type; of a type that this app asks Slack for."""
    given = table(body)
    kind = given.get("type")
    if kind == "block_actions":
        return _named(first(given.get("actions")), "action_id") and bool(table(given.get("user")))
    if kind in ("view_submission", "view_closed"):
        return _named(table(given.get("view")), "callback_id") and bool(table(given.get("user")))
    if kind == "event_callback":
        return _named(table(given.get("event")), "type")
    return kind == "url_verification" or (kind is None and _named(given, "command"))


def _named(thing: Mapping[str, Any], name: str) -> bool:
    """By what Bolt chooses a listener."""
    return isinstance(thing.get(name), str)


async def _caller(
    deps: SlackDeps, context: AsyncBoltContext, user: str, team_id: str | None, surface: Surface
) -> Caller:
    return Caller(str(context[_PRACTICE]), user, team_id, await deps.people.get(user), surface)
