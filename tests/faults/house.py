"""A whole desk as it stands in a practice: its real processes, their servers, and the world outside, each of which can
be made to fail.

``one``: ``referrals run`` on a SQLite file. ``many``: two bots and two workers on PostgreSQL.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import col, select

from bot.settings import StoreSettings
from sandbox.limits import RateLimits
from sandbox.server import Sandbox
from store.tables import Delivery, Referral
from store.vault import Vault
from store.vocabulary import DeliveryState
from tests.bot.command import Ended, referrals
from tests.canary import somebody
from tests.engines import Postgres
from tests.loop.at_work import Running, _undone
from tests.loop.running import ROSTER, environment, free_port, sandbox_config

from .beside import Beside
from .processes import Process, launch
from .servers import QueueServer
from .wires import Wire

ROLES = {"one": ("run",), "many": ("bot", "bot", "worker", "worker")}
SLUG = "juniper-grove-therapy"
#: Seconds. Nobody waits for longer, on a machine with much else to do; nor does a test take longer, its house included.
PATIENCE = 90.0
LIMIT = 400
_CODE = re.compile(r"code=(R-[0-9A-Z]{5})")
_NONCE = re.compile(r'name="nonce" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sent:
    """A request for care that the desk has taken on. ``offer_id`` is that of the round open at that moment."""

    code: str
    referral_id: str
    offer_id: str | None


@dataclass
class House(Running):
    """``house`` (of Running) is what is beside it; ``slack`` is the workspace, the mailbox and the SMS desk."""

    kind: str = "one"
    folder: Path = Path()
    env: dict[str, str] = field(default_factory=dict)
    queue: QueueServer = None  # type: ignore[assignment]
    wires: dict[str, Wire] = field(default_factory=dict)
    postgres: Postgres | None = None
    processes: list[Process] = field(default_factory=list)
    web: aiohttp.ClientSession = None  # type: ignore[assignment]
    #: Ids of mails that may have come twice, by what the tests did to them.
    resent: set[str] = field(default_factory=set)

    # Its processes

    @property
    def bots(self) -> list[Process]:
        return [one for one in self.processes if one.alive and one.role != "worker"]

    @property
    def workers(self) -> list[Process]:
        return [one for one in self.processes if one.alive and one.role != "bot"]

    async def launch(self, *roles: str, **more: str) -> list[Process]:
        """New processes, side by side, once they are ready and bots have their socket. ``more``: variables."""
        bases = {one.base for one in self.bots}
        free = iter([base for base in self._bases() if base not in bases])
        started = []
        for role in roles:
            port = str(free_port()) if role == "worker" else next(free).rpartition(":")[2]
            started.append(await launch(role, self.folder, self.env | {"PORT": port} | more))
        self.processes += started
        await asyncio.gather(*(one.ready() for one in started))
        await self.slack.until(lambda: len(self.slack.sockets.connections) >= len(self.bots), PATIENCE, "sockets")
        return started

    async def kill(self, processes: Iterable[Process]) -> None:
        """SIGKILL for all of them at once."""
        await asyncio.gather(*(one.kill() for one in list(processes)))
        self.forget()

    async def kill_workers(self) -> None:
        """SIGKILL for whoever posts and sends; by and by their leases end, and others take their place."""
        await self.kill(self.workers)
        await self.leases_over()
        await self.complete()

    async def leases_over(self) -> None:
        """After a kill. A mail that was under way then may come once more, under the same Message-ID."""
        under_way = [DeliveryState.SENDING, DeliveryState.UNKNOWN]
        mails = select(Delivery.id).where(Delivery.channel == "email", col(Delivery.state).in_(under_way))
        self.resent.update(await self.all(mails))
        await self.house.leases_over()

    def forget(self) -> None:
        """Those that a test has ended are no longer counted among the processes."""
        self.processes = [one for one in self.processes if one.alive or one.ended_by is None]

    async def complete(self) -> None:
        """Starts what is missing of its processes."""
        self.forget()
        missing = list(ROLES[self.kind])
        for one in self.processes:
            missing.remove(one.role)
        if missing:
            await self.launch(*missing)

    def _bases(self) -> list[str]:
        port = int(self.env["PORT"])
        return [f"http://127.0.0.1:{port + at}" for at in range(2)]

    async def command(self, *arguments: str, **more: str) -> Ended:
        return await referrals(self.folder, self.env | more, *arguments)

    # What people do

    async def submit(self, preferred: str | None = None, *, minor: bool = False, **more: Any) -> Sent:
        """A client sends the public form to one of the bots."""
        who = somebody()
        fields = {
            "client_name": who.name,
            "client_email": who.email,
            "email_ok": "yes",
            "client_phone": who.phone,
            "notes": who.notes,
            "state": "NY",
            "insurer": "aetna",
            "service": "individual",
            "delivery": "telehealth",
            "age_band": "13-17" if minor else "18-64",
            "concerns": "anxiety",
            "preferred_provider": (await self.provider(preferred)).id if preferred else "",
        }
        address = f"{self.bots[0].base}/refer/{SLUG}"
        async with self.web.get(address) as page:
            nonce = _NONCE.search(await page.text())
        assert nonce is not None, page.status
        async with self.web.post(address, data=fields | more | {"nonce": nonce[1]}, allow_redirects=False) as answer:
            code = _CODE.search(answer.headers.get("location", ""))
            assert code is not None, (answer.status, await answer.text())
        self.clients[code[1]] = who
        referral: Referral = await self.read(select(Referral).where(Referral.code == code[1]))
        return Sent(code[1], referral.id, referral.offer_id)

    async def posted(self, preferred: str | None = None, **more: Any) -> tuple[Sent, Any]:
        """A referral whose card stands in the channel, with all its first notices out."""
        done = await self.submit(preferred, **more)
        await self.quiet()
        return done, await self.card(done.code)

    async def card(self, code: str, saying: str = "") -> Any:
        def there() -> bool:
            return bool(self.cards(code)) and saying in self.cards(code)[-1].all_text

        await self.slack.until(there, PATIENCE, f"a card of {code} saying {saying!r}")
        return self.cards(code)[-1]

    # Waiting

    async def quiet(self) -> None:
        """Until nothing is due and nothing waits. What would be tried again some seconds later is tried now."""
        async with asyncio.timeout(PATIENCE):
            looked = 0
            while await self._undone():
                if looked % 10 == 0 and self.queue.up:
                    await self.house.waits_over()
                    await self.queue.forget_turns()
                    await self.queue.ask_for_sweep()
                looked += 1
                await asyncio.sleep(0.05)

    async def _undone(self) -> bool:
        return bool(await self.house.desk.ask(self.practice, _undone))

    async def turn(self, hours: float) -> None:
        await self.turn_only(hours)
        await self.quiet()

    async def turn_only(self, hours: float) -> None:
        """Turns the clock as a person does on the sandbox's page, and waits for nothing."""
        assert await self.slack.advance(round(hours * 3600)), "a bot has turned its clock"
        await self.house.look()

    async def until(self, condition: Any, timeout: float = PATIENCE) -> None:
        await super().until(condition, timeout)

    # Its surroundings

    async def mend(self) -> None:
        """Everything that a test may have broken is whole again."""
        self.slack.faults.clear()
        for wire in self.wires.values():
            await wire.mend()
        await self.queue.start()
        await self.complete()

    async def close(self) -> None:
        for one in self.processes:
            if one.alive:
                await one.kill()
        await self.house.database.close()
        await self.web.close()
        for wire in self.wires.values():
            await wire.close()
        await self.queue.stop()
        await self.slack.stop()


async def open_house(
    kind: str, folder: Path, postgres: Postgres, *, limits: RateLimits | None = None, **more: str
) -> House:
    """All processes at work, with a roster. ``more``: settings."""
    port = free_port()
    while free_port() != port + 1:  # a bot's and its neighbour's
        port = free_port()
    box = await Sandbox(sandbox_config(port, "socket", limits)).start()
    outside = {"slack": int(box.base_url.rpartition(":")[2]), "smtp": box.mailbox.port}
    outside["twilio"] = outside["slack"]
    queue = QueueServer(free_port(), folder)
    outside["redis"] = queue.port
    wires = {name: Wire(free_port(), there) for name, there in outside.items()}
    await queue.start()
    for wire in wires.values():
        await wire.mend()
    env = environment(box, folder, port) | {
        "SLACK_API_URL": f"http://127.0.0.1:{wires['slack'].port}/api/",
        "SMTP_URL": f"smtp://127.0.0.1:{wires['smtp'].port}",
        "TWILIO_API_URL": f"http://127.0.0.1:{wires['twilio'].port}",
        "REDIS_URL": f"redis://127.0.0.1:{wires['redis'].port}/0",
        "PAGES_PER_MINUTE": "0",
        "FORMS_PER_MINUTE": "0",
    }
    if kind == "many":
        env["DATABASE_URL"] = postgres.new_database()
    env |= more
    beside = Beside(env["DATABASE_URL"], _vault(env))
    house = House(beside, box, kind=kind, folder=folder, env=env, queue=queue, wires=wires, postgres=postgres)  # type: ignore[arg-type]
    house.web = aiohttp.ClientSession()
    try:
        await _settle_in(house)
    except BaseException:
        await house.close()
        raise
    return house


async def _settle_in(house: House) -> None:
    """The first process sets up the practice; the roster is there before workers read who is a member."""
    await house.launch("run" if house.kind == "one" else "bot")
    (house.folder / "roster.csv").write_bytes(ROSTER)
    imported = await house.command("import", "roster", "roster.csv")
    assert imported.code == 0, imported.err
    await house.complete()
    await house.house.look()

    async def linked() -> bool:
        return (await house.provider("tomas")).slack_user is not None

    await house.until(linked)


def _vault(env: dict[str, str]) -> Vault:
    settings = StoreSettings(_env_file=None, **{name.lower(): value for name, value in env.items()})  # type: ignore[call-arg]
    return Vault(settings.encryption_keys, settings.index_key, settings.history_key)
