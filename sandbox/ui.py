"""The /ui endpoints for the page: JSON in, JSON out, loopback only. All behaviour stands elsewhere."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox import faults
from sandbox.answer import Answer
from sandbox.state_json import state_json
from sandbox.views import View
from sandbox.workspace import Message, User, find_element, interactive

if TYPE_CHECKING:
    from sandbox.server import Sandbox

Body = dict[str, Any]
_CHOICES = ("value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_date",
            "selected_time", "selected_date_time", "selected_channel", "selected_conversation")  # fmt: skip


class Ui:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        posts: dict[str, Callable[[Body], Awaitable[Body]]] = {
            "click": self.click,
            "options": self.options,
            "submit": self.submit,
            "close": self.close,
            "command": self.command,
            "message": self.message,
            "home": self.home,
            "read": self.read,
            "clock": self.clock,
            "faults": self.add_fault,
            "sms": self.sms,
            "people": self.people,
            "install": self.install,
        }
        return [
            web.get("/ui/state", self.state),
            web.get("/ui/live", self.sandbox.live.handle),
            web.delete("/ui/faults", self.clear_faults),
            *(web.post(f"/ui/{name}", _json_handler(run)) for name, run in posts.items()),
        ]

    async def state(self, request: web.Request) -> web.StreamResponse:
        me = request.query.get("as", "")
        if me not in self.sandbox.workspace.users:
            me = next(user.id for user in self.sandbox.workspace.users.values() if not user.is_bot)
        return web.json_response(state_json(self.sandbox, me), headers={"Cache-Control": "no-store"})

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        self.sandbox.faults.clear()
        self.sandbox.changes.mark()
        return web.json_response({"ok": True})

    async def click(self, body: Body) -> Body:
        """On a message by default; `surface` home or modal says otherwise."""
        user, act = self._user(body), self.sandbox.interactions
        where = self._where(body, user)
        given = next((body[name] for name in _CHOICES if body.get(name) is not None), None)
        if not isinstance(where, dict):
            where = _as_seen(where, body["action_id"], body.get("block_id", ""))
        blocks = where["blocks"] if isinstance(where, dict) else where.blocks
        block_id, element = find_element(blocks, body["action_id"], body.get("block_id", ""), given)
        if isinstance(where, dict):
            answer = await act.click_view(user, where, element, block_id, given, body.get("values"))
        else:
            answer = await act.click_message(user, where, element, block_id, given, body.get("values"))
        return _told(answer)

    async def options(self, body: Body) -> Body:
        user = self._user(body)
        where = self._where(body, user)
        view, message = (where, None) if isinstance(where, dict) else (None, where)
        options = await self.sandbox.interactions.suggest(
            user, body["block_id"], body["action_id"], body.get("value", ""), view=view, message=message
        )
        return {"ok": True, "options": options}

    async def submit(self, body: Body) -> Body:
        user = self._user(body)
        answer = await self.sandbox.interactions.submit(user, self._modal(body, user), body.get("values"))
        return _told(answer) | {"errors": answer.errors, "closed": answer.closed}

    async def close(self, body: Body) -> Body:
        user = self._user(body)
        return _told(await self.sandbox.interactions.close(user, self._modal(body, user), bool(body.get("all"))))

    async def command(self, body: Body) -> Body:
        user = self._user(body)
        channel = self.sandbox.channel(body["channel"]) if body.get("channel") else self.sandbox.channel("general")
        return _told(await self.sandbox.interactions.command(user, channel, body["text"]))

    async def message(self, body: Body) -> Body:
        person = self.sandbox.person(body["as"])
        said = await person.say(body["text"], body.get("channel", ""), body.get("thread_ts"))
        return {"ok": True, "ts": said.ts}

    async def home(self, body: Body) -> Body:
        answer = await self.sandbox.interactions.open_home(self._user(body))
        return _told(answer) | {"view": answer.view}

    async def read(self, body: Body) -> Body:
        """The person has seen a conversation: nothing in it is unread."""
        channel = self.sandbox.channel(body["channel"])
        channel.read[self._user(body).id] = channel.messages[-1].ts if channel.messages else ""
        self.sandbox.changes.mark()
        return {"ok": True}

    async def clock(self, body: Body) -> Body:
        told = await self.sandbox.advance(float(body["advance_seconds"]))
        clock = self.sandbox.workspace.clock
        return {"ok": True, "now": clock.now(), "offset_seconds": clock.offset_seconds, "told": told}

    async def add_fault(self, body: Body) -> Body:
        kind = str(body["kind"])
        if kind in faults.SOCKET_KINDS:
            return {"ok": True, "ended": await self.sandbox.sockets.disconnect(kind, body.get("seconds") or 10.0)}
        fault = self.sandbox.fault(kind, body.get("method"), int(body.get("times", 1)), body.get("seconds"))
        self.sandbox.changes.mark()
        return {"ok": True, "fault": fault.as_json()}

    async def sms(self, body: Body) -> Body:
        """`to` is the number that answers: the one an SMS went to."""
        return {"ok": True, "status": await self.sandbox.sms.answer(str(body["to"]), str(body["body"]))}

    async def people(self, body: Body) -> Body:
        values = {key: value for key, value in body.items() if key not in {"user", "as"}}
        await self.sandbox.change_person(body["user"], values)
        return {"ok": True}

    async def install(self, body: Body) -> Body:
        """{do: revoke | uninstall | reinstall | archive | unarchive | remove_bot | add_bot, channel?}"""
        do, channel = str(body["do"]), self.sandbox.channel(body.get("channel", "referrals"))
        if do == "revoke":
            await self.sandbox.revoke_tokens()
        elif do == "uninstall":
            await self.sandbox.uninstall()
        elif do == "reinstall":
            self.sandbox.reinstall(str(body.get("bot_token", "")))
        else:
            self.sandbox.administration.change_channel(channel, do)
        return {"ok": True}

    def _user(self, body: Body) -> User:
        return self.sandbox.person(str(body["as"])).user

    def _modal(self, body: Body, user: User) -> View:
        for view in self.sandbox.views.stack(user.id):
            if view["id"] == body["view_id"]:
                return view
        raise LookupError("that modal is no longer open")

    def _where(self, body: Body, user: User) -> Message | View:
        if body.get("surface") == "home":
            home = self.sandbox.views.homes.get(user.id)
            if home is None:
                raise LookupError("Home was never published for this person")
            return home
        if body.get("view_id"):
            return self._modal(body, user)
        return self.sandbox.message(str(body.get("ephemeral_id") or body["ts"]), user.id)


def _as_seen(message: Message, action_id: str, block_id: str) -> Message:
    """As it looks now, or else as it last did when this could be clicked: a click may cross an edit on its way."""
    for blocks in (message.blocks, *reversed(message.former)):
        if any(element["action_id"] == action_id and block_id in ("", at) for at, element in interactive(blocks)):
            # An answer that replaces the message has to reach the one that is shown, not a copy.
            return message if blocks is message.blocks else replace(message, blocks=blocks)
    return message


def _told(answer: Answer) -> Body:
    told: Body = {"ok": answer.ok, "elapsed_ms": round(answer.elapsed * 1000, 1)}
    return told | ({"error": answer.error} if answer.error else {})


def _json_handler(run: Callable[[Body], Awaitable[Body]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            # A page elsewhere on the web could post anything else here without being asked first.
            return web.json_response({"ok": False, "error": "send application/json"}, status=415)
        try:
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                raise ValueError("expected a JSON object")
            return web.json_response(await run(body))
        except KeyError as missing:
            return web.json_response({"ok": False, "error": f"missing: {missing}"}, status=400)
        except LookupError as gone:
            return web.json_response({"ok": False, "error": str(gone)}, status=404)
        except ValueError as wrong:
            return web.json_response({"ok": False, "error": str(wrong)}, status=400)

    return handler
