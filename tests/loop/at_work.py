"""A desk at work and its workspace: acts through Slack, reads the database through the desk."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from bot.house import House
from jobs.members import refresh_members
from jobs.outbox import undone
from referrals import digest
from referrals.actor import CLIENT, OPERATOR
from referrals.imports.files import FileKind, import_file
from referrals.intake.request import Intake
from referrals.outcomes import Done
from referrals.submit import submit
from referrals.tx import Tx
from sandbox.people import Person
from sandbox.server import Sandbox
from store.tables import Delivery, History, Offer, Practice, Provider, Referral
from store.vocabulary import DeclineReason
from tests.canary import Identity, somebody
from tests.neighbour import ours

WORK = "@junipergrove.example.org"
COORDINATOR = "robin"


@dataclass
class Running:
    house: House
    slack: Sandbox
    clients: dict[str, Identity] = field(default_factory=dict)  # by the referral's code

    # What people do

    async def submit(self, preferred: str | None = None, *, minor: bool = False, **more: Any) -> Done:
        """A client asks for care; ``preferred`` is a provider's first name. Each client is somebody else."""
        provider = (await self.provider(preferred)).id if preferred else None
        who = somebody()
        facts: dict[str, Any] = {
            "client_name": who.name,
            "client_email": who.email,
            "client_phone": who.phone,
            "notes": who.notes,
            "state": "NY",
            "insurer": "aetna",
            "service": "individual",
            "delivery": "telehealth",
            "age_band": "13-17" if minor else "18-64",
            "guardian": who.guardian if minor else None,
            "concerns": ("anxiety",),
            "channel": "form",
            "preferred_provider_id": provider,
        }
        done = await self.house.desk.do(self.practice, submit, CLIENT, Intake(**(facts | more)))
        self.clients[done.code] = who
        return done

    async def hire(self, *lines: str) -> None:
        """Imports lines of a roster, and reads Slack's members as the command line's import does."""
        data = "\n".join(lines).encode()
        report = await import_file(self.house.desk, self.practice, FileKind.ROSTER, data, actor=OPERATOR)
        assert not report.problems, [str(problem) for problem in report.problems]
        await refresh_members(self.house.desk, self.house.slack, self.practice)

    def person(self, name: str) -> Person:
        return self.slack.person(name)

    async def accepted(self, by: str, preferred: str | None = None, **more: Any) -> Done:
        """A referral that this provider has accepted on its card, with all notices out."""
        done = await self.submit(preferred, **more)
        answer = await self.person(by).click(await self.card(done.code), "referral.accept")
        assert answer.ok, answer
        await self.card(done.code, "Accepted")
        await self.quiet()
        return done

    async def choose(self, name: str, where: Any, button: str, field_id: str, value: str) -> Any:
        """Opens a form with a button, chooses one value, and sends it."""
        person = self.person(name)
        opened = await person.click(where, button)
        assert opened.view is not None, opened
        return await person.submit(opened.view, {field_id: value})

    async def decline(self, name: str, card: Any, reason: str) -> Any:
        return await self.choose(name, card, "referral.decline", "referral.reason", reason)

    async def release(self, name: str, card: Any, reason: str) -> Any:
        """``reason``: also that the client no longer wants care, which the form asks by itself."""
        person = self.person(name)
        opened = await person.click(card, "referral.release")
        assert opened.view is not None, opened
        wants_care = reason != DeclineReason.NO_LONGER_WANTS
        values = {
            "referral.reason": reason if wants_care else "other",
            "referral.wants_care": "yes" if wants_care else "no",
        }
        return await person.submit(opened.view, values)

    # What the database says

    @property
    def practice(self) -> str:
        return self.house.practice.id

    async def provider(self, name: str) -> Provider:
        """By first name, or by address."""
        address = name if "@" in name else name + WORK
        return await self.read(select(Provider).where(Provider.work_email == address))

    async def referral(self, code: str) -> Referral:
        return await self.read(select(Referral).where(Referral.code == code))

    async def offers(self, referral_id: str) -> list[Offer]:
        return await self.all(select(Offer).where(Offer.referral_id == referral_id).order_by(col(Offer.round)))

    async def history(self, subject_id: str) -> list[tuple[str, str]]:
        """(event, result), in order."""
        rows = await self.all(select(History).where(History.subject_id == subject_id).order_by(col(History.seq)))
        return [(row.event, row.result) for row in rows]

    async def deliveries(self, referral_id: str) -> list[Delivery]:
        return await self.all(select(Delivery).where(Delivery.referral_id == referral_id))

    async def notices(self, referral_id: str, state: str = "sent") -> Counter[str]:
        """How many of each template have got so far."""
        return Counter(row.template for row in await self.deliveries(referral_id) if row.state == state)

    async def read(self, statement: Any) -> Any:
        """Of this practice, as ``all``."""
        return await self.house.database.read(lambda session: session.exec(ours(statement)).one())

    async def all(self, statement: Any) -> list[Any]:
        return list(await self.house.database.read(lambda session: session.exec(ours(statement)).all()))

    async def change_practice(self, **values: Any) -> None:
        def change(session: Any) -> None:
            practice = session.get(Practice, self.practice)
            for name, value in values.items():
                setattr(practice, name, value)

        await self.house.database.write(change)

    # What stands in Slack and in the mailbox

    def cards(self, code: str) -> list[Any]:
        """Every card of this referral, oldest first."""
        return [
            message
            for message in self.slack.channel("referrals").messages
            if code in message.all_text and (message.metadata or {}).get("event_type") == "referral_card"
        ]

    async def card(self, code: str, saying: str = "") -> Any:
        """The newest card of this referral, once it says so."""
        await self.slack.until(
            lambda: self.cards(code) and saying in self.cards(code)[-1].all_text, timeout=20, what=saying
        )
        return self.cards(code)[-1]

    def thread(self, code: str) -> list[Any]:
        """All replies to all its cards."""
        return [reply for card in self.cards(code) for reply in card.replies]

    def told(self, name: str, code: str) -> list[Any]:
        """The direct messages about this referral."""
        return [message for message in self.slack.dm(name).messages if code in message.all_text]

    def mail(self, address: str, saying: str = "") -> list[Any]:
        """``address`` may be a provider's first name."""
        full = address if "@" in address else address + WORK
        return [one for one in self.slack.mailbox.to(full) if saying in f"{one.subject}\n{one.text}"]

    def client_mail(self, code: str, saying: str = "") -> list[Any]:
        return self.mail(self.clients[code].email, saying)

    # Waiting

    async def quiet(self) -> None:
        """Until nothing is due, every notice is settled and every card shows what is."""
        looked = 0
        async with asyncio.timeout(30):
            while await self.house.desk.ask(self.practice, _undone):
                if looked % 8 == 0:  # what failed is due again by now, and only a sweep looks for it
                    await self.house.waker.sweep()
                looked += 1
                await asyncio.sleep(0.03)

    async def turn(self, hours: float) -> None:
        """Turns the desk's clock as a person does on the sandbox's page, and waits until all is done."""
        assert await self.slack.advance(int(hours * 3600))
        await self.quiet()

    async def swept(self, condition: Callable[[], Any]) -> None:
        """Until it holds, with one sweep after another."""
        async with asyncio.timeout(30):
            while not condition():
                await self.house.waker.sweep()
                await asyncio.sleep(0.06)

    async def until(self, condition: Any, timeout: float = 30) -> None:
        """Looks at the database again and again; a change there is no change in the workspace."""
        async with asyncio.timeout(timeout):
            while not await condition():  # noqa: ASYNC110 - a row sets no event
                await asyncio.sleep(0.03)


def _undone(tx: Tx) -> bool:
    still_open = col(Offer.outcome).is_(None)
    kinds = (
        select(Delivery.id).where(undone()),
        select(Offer.id).where(col(Offer.card_version) > col(Offer.shown_version)),
        select(Offer.id).where(still_open, col(Offer.expires_at) <= tx.now),
        select(Offer.id).where(still_open, col(Offer.remind_due) <= tx.now),
        select(Offer.id).where(col(Offer.remind_client_due) <= tx.now),
        select(Referral.id).where(col(Referral.nudge_due) <= tx.now),
        select(Referral.id).where(col(Referral.escalate_due) <= tx.now),
        select(Provider.id).where(col(Provider.pause_ends) <= tx.now),
    )
    return digest.is_due(tx) or any(tx.session.execute(select(*(kind.exists() for kind in kinds))).one())
