"""Messages as they come into being and change: stored, shown to one person, edited. Checks no permission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.content import FALLBACK, Content
from sandbox.mentions import alerted_by
from sandbox.workspace import Channel, Message

if TYPE_CHECKING:
    from sandbox.server import Sandbox


class Posts:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def add(
        self,
        channel: Channel,
        content: Content,
        user: str = "",
        thread_ts: str | None = None,
        reply_broadcast: bool = False,
        unfurl: dict[str, bool] | None = None,
    ) -> Message:
        """Store a message of this person (or of the app) and note whom it alerts."""
        message = self._build(channel, content, user or self.sandbox.config.bot_user_id)
        message.metadata = content.metadata or None
        message.thread_ts, message.reply_broadcast = thread_ts, reply_broadcast
        message.unfurl = unfurl or {}
        message.alerted = alerted_by(message, channel, self.sandbox.workspace.users)
        return self.sandbox.workspace.store(message)

    def show(self, channel: Channel, user: str, content: Content, thread_ts: str | None = None) -> Message:
        """An ephemeral message: on one screen, in no history."""
        message = self._build(channel, content, self.sandbox.config.bot_user_id)
        message.thread_ts, message.ephemeral_for = thread_ts, user
        return self.sandbox.workspace.store_ephemeral(message)

    def _build(self, channel: Channel, content: Content, author: str) -> Message:
        config = self.sandbox.config
        return Message(
            ts=self.sandbox.workspace.clock.next_ts(),
            channel=channel.id,
            user=author,
            text=content.text or FALLBACK,
            blocks=content.blocks or [],
            bot_id=config.bot_id if author == config.bot_user_id else None,
        )

    def edit(self, message: Message, content: Content) -> None:
        """Text alone takes the blocks away; blocks alone keep no old text. Nobody is alerted."""
        message.edit(content.text or FALLBACK, content.blocks or [])
        if content.metadata is not None:
            message.metadata = content.metadata or None
        if not content.blocks:
            # Slack shows "(edited)" only where text alone was changed.
            message.edited = {"user": message.user, "ts": self.sandbox.workspace.clock.next_ts()}
        self.sandbox.changes.mark()

    def permalink(self, message: Message) -> str:
        """An address on this stand-in (not on slack.com), so that a link in a mail opens the page here."""
        url = f"{self.sandbox.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
        return f"{url}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else url
