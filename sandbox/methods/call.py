"""One call of a Web API method: its arguments and the checks that most methods share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack_error import SlackError, invalid
from sandbox.workspace import Channel, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_FAMILY = {
    "read": ("channels:read", "groups:read", "im:read"),
    "history": ("channels:history", "groups:history", "im:history"),
}


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: any one of them suffices; none means the handler decides. `for_app`: takes the app-level token.
    `json`: takes a JSON body."""

    name: str
    run: Callable[[Call], Awaitable[dict[str, Any]]]
    scopes: tuple[str, ...] = ()
    tier: str = "tier3"
    for_app: bool = False
    json: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    sandbox: Sandbox
    args: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """The argument, or invalid_arguments as Slack words it."""
        value = self.text(name)
        if not value:
            raise invalid("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        """A positive whole number; more than Slack's maximum is invalid_limit."""
        try:
            value = int(self.text(name, str(default)))
        except ValueError:
            raise invalid("invalid_arguments", [f"must be an integer: {name}"]) from None
        if not 0 < value <= most:
            raise SlackError("invalid_limit")
        return value

    def need_scope(self, *any_of: str) -> None:
        provided = self.sandbox.scopes
        if not any(scope in provided for scope in any_of):
            raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(provided))

    def need_family(self, family: str, channel: Channel) -> None:
        """The scope that reading this kind of conversation takes; family is read or history."""
        public, private, direct = _FAMILY[family]
        self.need_scope(direct if channel.is_im else private if channel.is_private else public)

    def channel(self, name: str = "channel", error: str = "channel_not_found") -> Channel:
        """A conversation by id; private ones that the bot is not in are as good as missing."""
        channel = self.sandbox.workspace.channels.get(self.required(name))
        if channel is None or (channel.is_private and self.bot not in channel.members):
            raise SlackError(error)
        return channel

    def member_channel(self) -> Channel:
        channel = self.channel()
        if self.bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def user(self, name: str = "user", error: str = "user_not_found") -> User:
        user = self.sandbox.workspace.users.get(self.required(name))
        if user is None:
            raise SlackError(error)
        return user

    def post_key(self) -> str:
        """What a post is counted against: the conversation, also when it is named by user or by name."""
        given, workspace = self.text("channel"), self.sandbox.workspace
        if given in workspace.dm_of:
            return workspace.dm_of[given]
        named = None if given in workspace.channels else workspace.channel_named(given)
        return named.id if named else given

    @property
    def bot(self) -> str:
        return self.sandbox.config.bot_user_id
