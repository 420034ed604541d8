"""One person's hands on the workspace: clicks, forms and commands, tried again when nobody answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox.answer import Answer
from sandbox.form_values import options_of
from sandbox.people import Person
from sandbox.server import Sandbox
from sandbox.views import View
from sandbox.workspace import Message, interactive, texts_in

from .chance import Chance
from .fleet import Fleet
from .ledger import Ledger

_TRIES = 4
_AGAIN = 0.8  # seconds of the real clock


@dataclass
class Hands:
    """Half of what people do reaches the desk over Socket Mode, half as signed HTTP to one bot after another."""

    box: Sandbox
    fleet: Fleet
    chance: Chance
    ledger: Ledger
    _busy: dict[str, asyncio.Lock] = field(default_factory=dict)

    def at_work(self, user: str) -> asyncio.Lock:
        """Nobody presses two buttons at once."""
        return self._busy.setdefault(user, asyncio.Lock())

    async def click(self, user: str, where: Message, action: str, value: str | None = None) -> Answer | None:
        """None when the button is no longer there, or nobody ever answered."""
        person = self.box.person(user)
        return await self._until_answered(lambda: person.click(where, action, value))

    async def submit(self, user: str, view: View, values: dict[str, str]) -> Answer | None:
        person = self.box.person(user)
        return await self._until_answered(lambda: person.submit(view, values))

    async def command(self, user: str, line: str) -> Answer | None:
        person = self.box.person(user)
        return await self._until_answered(lambda: person.command(line))

    async def put_away(self, user: str) -> None:
        """Closes whatever window is left open."""
        person: Person = self.box.person(user)
        if person.view is not None:
            await person.close(whole_stack=True)

    async def _until_answered(self, act: Callable[[], Awaitable[Answer]]) -> Answer | None:
        for _ in range(_TRIES):
            self._choose_way()
            try:
                answer = await act()
            except LookupError:
                return None
            self.ledger.slowest = max(self.ledger.slowest, answer.elapsed)
            if answer.ok or answer.error == "incomplete":
                return answer
            self.ledger.unanswered += 1
            await asyncio.sleep(_AGAIN)
        return None

    def _choose_way(self) -> None:
        """What is done next goes this way: nothing is awaited in between."""
        bot = self.fleet.next_bot() if self.chance.holds(0.5) else None
        self.box.config.mode = "http" if bot else "socket"
        if bot:
            self.box.config.request_url = f"{bot.base}/slack/events"


def choices(where: Message | View, action: str) -> list[str]:
    """The values that a menu or a list of options offers; none when it is not there."""
    blocks = where["blocks"] if isinstance(where, dict) else where.blocks
    for _, element in interactive(blocks):
        if element["action_id"] == action:
            return [str(option["value"]) for option in options_of(element)]
    return []


def words_of(view: View | None) -> str:
    return "\n".join(texts_in(view["blocks"])) if view else ""
