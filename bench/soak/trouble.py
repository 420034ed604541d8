"""The storm: processes killed, the queue emptied and restarted, Slack and the mail server failing, all by one seed.

Everything it does is counted; ``calm`` ends it, and what it has broken is whole again.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox.faults import Fault
from sandbox.server import Sandbox

from .chance import Chance, Storm
from .fleet import Fleet
from .queue import Queue

#: Slack's, with their weights. What ends in ``_after`` has had its effect.
_SLACK = {
    "rate_limited": 4,
    "http_500": 3,
    "http_502": 2,
    "internal_error": 2,
    "drop": 3,
    "drop_after": 4,
    "http_500_after": 2,
    "internal_error_after": 2,
    "slow": 1,
    "slow_after": 1,
}
_METHODS = (None, None, "chat.postMessage", "chat.postMessage", "chat.update", "conversations.open", "users.info")
_OUTAGES = ("http_500", "http_502", "drop", "rate_limited", "internal_error")
_MAIL = ("smtp_4xx", "smtp_4xx", "smtp_4xx_rcpt", "smtp_drop")
_TEXTS = ("twilio_500", "twilio_500_after", "twilio_drop", "twilio_20429")
_TWICE = ("interaction_twice", "interaction_twice", "event_twice", "event_lost")
#: Of six processes.
_FEW = 3
_SOCKETS = ("socket_drop", "socket_refresh", "socket_warning")


@dataclass
class Trouble:
    box: Sandbox
    fleet: Fleet
    queue: Queue
    chance: Chance
    storm: Storm
    flushed: int = 0
    keys_lost: int = 0
    queue_restarts: int = 0
    outages: int = 0
    sockets_ended: int = 0
    _armed: list[Fault] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        storm = self.storm
        for every, what in (
            (storm.kill, self._kill),
            (storm.queue, self._queue),
            (storm.slack, self._slack),
            (storm.outage, self._outage),
            (storm.mail, self._mail),
            (storm.texts, self._texts),
            (storm.twice, self._twice),
            (storm.sockets, self._sockets),
        ):
            self._tasks.append(asyncio.create_task(self._again_and_again(every, what)))

    async def calm(self) -> None:
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        self.box.faults.clear()
        await self.queue.start()
        for result in results:
            if isinstance(result, Exception):
                raise result

    def struck(self) -> Counter[str]:
        """By kind."""
        found: Counter[str] = Counter()
        for fault in self._armed:
            if fault.struck:
                found[fault.kind] += fault.struck
        return found

    async def _again_and_again(self, every: float, what: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / every))
            await what()

    async def _kill(self) -> None:
        running = [part for part in self.fleet.parts if part.child is not None and not part.meant]
        if sum(part.up for part in running) <= _FEW and not self.chance.holds(0.2):
            return  # where starting takes long, nobody would be left to kill anything under
        number = self.chance.choices((1, 2, 4), (85, 12, 3))[0]
        for part in self.chance.sample(running, min(number, len(running))):
            self.fleet.kill(part)

    async def _queue(self) -> None:
        if self.chance.holds(0.7):
            self.keys_lost += await self.queue.flush()
            self.flushed += 1
            return
        await self.queue.stop()
        await asyncio.sleep(self.chance.uniform(0.2, 4))
        await self.queue.start()
        self.queue_restarts += 1

    async def _slack(self) -> None:
        kind = self.chance.choices(list(_SLACK), list(_SLACK.values()))[0]
        seconds = {"rate_limited": 1.0, "slow": 2.5, "slow_after": 2.5}.get(kind)
        times = 1 if kind.startswith("slow") else self.chance.choice((1, 1, 2, 4))
        self._arm(kind, self.chance.choice(_METHODS), times, seconds, skip=self.chance.randrange(4))

    async def _outage(self) -> None:
        """Slack as a whole, for some seconds."""
        fault = self._arm(self.chance.choice(_OUTAGES), times=0, seconds=1.0)
        self.outages += 1
        await asyncio.sleep(self.chance.uniform(1, 6))
        if fault in self.box.faults.active:
            self.box.faults.active.remove(fault)

    async def _mail(self) -> None:
        self._arm(self.chance.choice(_MAIL), times=self.chance.choice((1, 1, 2, 4)))

    async def _texts(self) -> None:
        self._arm(self.chance.choice(_TEXTS))

    async def _twice(self) -> None:
        self._arm(self.chance.choice(_TWICE))

    async def _sockets(self) -> None:
        self.sockets_ended += await self.box.sockets.disconnect(self.chance.choice(_SOCKETS), grace_seconds=2)

    def _arm(
        self, kind: str, method: str | None = None, times: int = 1, seconds: float | None = None, skip: int = 0
    ) -> Fault:
        fault = self.box.fault(kind, method, times, seconds, skip)
        self._armed.append(fault)
        return fault
