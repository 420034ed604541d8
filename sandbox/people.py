"""The workspace driven as a person would: the Python API for tests. Adds no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox import form_values
from sandbox.answer import Answer
from sandbox.command_text import escape
from sandbox.content import Content
from sandbox.views import View
from sandbox.workspace import Channel, Message, User, find_element, interactive

if TYPE_CHECKING:
    from sandbox.server import Sandbox

__all__ = ["Answer", "Person"]


class Person:
    """One member at their screen."""

    def __init__(self, sandbox: Sandbox, user: User) -> None:
        self.sandbox, self.user = sandbox, user
        self.id = user.id

    @property
    def view(self) -> View | None:
        """The modal on top of this person's screen."""
        stack = self.sandbox.views.stack(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        return self.sandbox.views.homes.get(self.id)

    @property
    def ephemerals(self) -> list[Message]:
        """Every ephemeral message this person was shown, oldest first."""
        return self.sandbox.ephemerals_since(self.id, "")

    @property
    def notices(self) -> list[str]:
        """What Slack itself told this person."""
        return [text for user, text in self.sandbox.live.notices if user == self.id]

    async def click(
        self, where: Message | str | View, action_id: str, value: Any = None, *, block_id: str = "", values: Any = None
    ) -> Answer:
        """Use an element of a message (the object or its ts), a modal or Home (the view).

        `value` is the option chosen, the text entered, or which of several like-named buttons is meant. Given a
        `message.snapshot()`, the person clicks what stood there then. LookupError when it is not shown to them.
        """
        act = self.sandbox.interactions
        if isinstance(where, dict):
            found_block, element = find_element(where["blocks"], action_id, block_id, value)
            self._must_dispatch(where["blocks"], found_block)
            return await act.click_view(self.user, where, element, found_block, value, self._values(where, values))
        message = self.sandbox.message(where, self.id) if isinstance(where, str) else where
        self._must_see(message)
        found_block, element = find_element(message.blocks, action_id, block_id, value)
        self._must_dispatch(message.blocks, found_block)
        return await act.click_message(self.user, message, element, found_block, value, values)

    def _must_dispatch(self, blocks: list[dict[str, Any]], block_id: str) -> None:
        block = next(b for b in blocks if b.get("block_id", "") == block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise LookupError(f"{block_id} is an input without dispatch_action: it is sent with its form only")

    def _must_see(self, message: Message) -> None:
        channel = self.sandbox.workspace.channels[message.channel]
        if self.id not in channel.members or (message.ephemeral_for or self.id) != self.id:
            raise LookupError(f"{self.id} cannot see message {message.ts} in {channel.name or channel.id}")

    async def submit(self, view: View | None = None, values: dict[str, Any] | None = None) -> Answer:
        """Fill in a modal and send it: {block: {action: value}}, or {action: value} when that is unambiguous."""
        chosen = self._open(view)
        if not chosen["submit"]:
            raise LookupError("this modal has no button to send it")
        return await self.sandbox.interactions.submit(self.user, chosen, self._values(chosen, values))

    async def close(self, view: View | None = None, whole_stack: bool = False) -> Answer:
        return await self.sandbox.interactions.close(self.user, self._open(view), whole_stack)

    async def suggest(self, where: View | Message, action_id: str, typed: str) -> list[dict[str, Any]]:
        """Type into an external select; the options offered can then be chosen by their value."""
        view, message = (where, None) if isinstance(where, dict) else (None, where)
        blocks = where["blocks"] if isinstance(where, dict) else where.blocks
        block_id, _ = find_element(blocks, action_id)
        return await self.sandbox.interactions.suggest(
            self.user, block_id, action_id, typed, view=view, message=message
        )

    async def command(self, line: str, channel: str = "") -> Answer:
        """A slash command as typed; by default in #general."""
        return await self.sandbox.interactions.command(self.user, self._channel(channel or "general"), line)

    async def open_home(self) -> Answer:
        return await self.sandbox.interactions.open_home(self.user)

    async def say(self, text: str, channel: str = "", thread_ts: str | None = None) -> Message:
        """Write in a channel, or in the direct message with the app."""
        place = self._channel(channel)
        if place.is_im and self.sandbox.config.manifest.messages_tab_read_only:
            raise ValueError("Sending messages to this app has been turned off.")
        content = Content(escape(text), None, None)
        return self.sandbox.posts.add(place, content, user=self.id, thread_ts=thread_ts)

    async def change(self, **values: Any) -> None:
        """Change the person (deleted, tz, is_restricted, …) and send user_change."""
        await self.sandbox.change_person(self.id, values)

    def _channel(self, channel: str) -> Channel:
        if channel:
            return self.sandbox.channel(channel)
        return self.sandbox.workspace.open_dm(self.id, self.sandbox.config.bot_user_id)[0]

    def _open(self, view: View | None) -> View:
        stack = self.sandbox.views.stack(self.id)
        for shown in stack:
            if view is not None and shown["id"] == view["id"]:
                return shown
        if view is None and stack:
            return stack[-1]
        raise LookupError(f"{self.id} has no such modal open; open: {[v['callback_id'] for v in stack]}")

    def _values(self, view: View, given: dict[str, Any] | None) -> dict[str, Any]:
        """Friendly values in Slack's shape; LookupError for a field or an option that is not there."""
        blocks = {(b, e["action_id"]): e for b, e in interactive(view["blocks"])}
        entered: dict[str, Any] = {}
        for key, value in (given or {}).items():
            of_action = [(b, a) for b, a in blocks if a == key]
            if isinstance(value, dict) and any(b == key for b, _ in blocks):
                pairs = {(key, action): inner for action, inner in value.items()}
            elif len(of_action) == 1:
                pairs = {of_action[0]: value}
            else:
                raise LookupError(f"no field {key!r}; there are {sorted(blocks)}")
            for (block_id, action_id), inner in pairs.items():
                if (block_id, action_id) not in blocks:
                    raise LookupError(f"no field {action_id!r} in {block_id!r}; there are {sorted(blocks)}")
                offered = self.sandbox.interactions.offered(self.id, action_id)
                value_now = form_values.enter(blocks[block_id, action_id], inner, offered)
                entered.setdefault(block_id, {})[action_id] = value_now
        return entered
