"""The desk's database, looked at from beside its processes; written only to let time pass for the dead."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic_settings import SettingsConfigDict
from sqlmodel import Session, col, func, or_, select, update

from bot.house import vault_of
from bot.settings import StoreSettings
from jobs.outbox import undone
from referrals.actor import OPERATOR
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.files import FileKind, import_file
from referrals.tx import Tx, Wake
from store.database import open_database
from store.tables import Delivery, DeskClock, Offer, Practice, Provider
from store.vocabulary import DeliveryState

from .practice import SIZE, roster


class _Given(StoreSettings):
    """From the variables alone: neither this process's environment nor a file gets in."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    def __init__(self, variables: Mapping[str, str]) -> None:
        known: dict[str, Any] = {name.lower(): value for name, value in variables.items()}
        super().__init__(**{name: known[name] for name in StoreSettings.model_fields if name in known})


class Beside:
    """``desk`` runs queries and the import, with the clock as the processes have it; it wakes nobody."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        settings = _Given(variables)
        self.url = settings.database_url
        self.desk = Desk(open_database(self.url, patient=True), vault_of(settings), Clock(), _nobody)
        self.practice = ""

    async def find_practice(self) -> None:
        self.practice = await self.desk.database.read(lambda session: session.exec(select(Practice.id)).one())

    async def import_roster(self) -> list[str]:
        """The providers' ids."""
        report = await import_file(self.desk, self.practice, FileKind.ROSTER, roster(), actor=OPERATOR)
        if report.problems or report.lines != SIZE:
            raise RuntimeError(f"the roster was not imported: {report.problems[:3]}")
        return list(await self.desk.ask(self.practice, lambda tx: tx.session.exec(select(Provider.id)).all()))

    async def look_at_clock(self) -> None:
        row = await self.desk.database.read(lambda session: session.get(DeskClock, 1))
        self.desk.clock.offset = timedelta(seconds=row.offset_seconds if row else 0)

    async def left(self) -> dict[str, int]:
        """How many rows of each kind are due or under way; nothing for kinds of which there are none."""
        await self.look_at_clock()
        return await self.desk.ask(self.practice, _left)

    async def due(self) -> int:
        """Notices and cards whose turn has come and that nobody has begun."""
        return await self.desk.ask(self.practice, _due)

    async def leases_over(self) -> None:
        """What waiting for three minutes would do. Only while no process lives: a row has one holder."""
        now = Clock.real()

        def write(session: Session) -> None:
            held = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.PENDING)
            run = session.connection().execute
            run(update(Delivery).where(col(Delivery.state).in_(held), col(Delivery.next_at) > now).values(next_at=now))
            run(update(Offer).where(col(Offer.card_lease_until).is_not(None)).values(card_lease_until=now))
            run(update(Offer).where(col(Offer.card_next_at) > now).values(card_next_at=now))

        await self.desk.database.write(write)

    async def all(self, statement: Any) -> Sequence[Any]:
        return await self.desk.database.read(lambda session: session.exec(statement).all())

    async def close(self) -> None:
        await self.desk.database.close()


def _left(tx: Tx) -> dict[str, int]:
    open_ = col(Offer.outcome).is_(None)
    kinds = {
        "notices": select(func.count()).select_from(Delivery).where(undone()),
        "cards": select(func.count())
        .select_from(Offer)
        .where(or_(col(Offer.card_version) > col(Offer.shown_version), col(Offer.card_lease_until).is_not(None))),
        "deadlines": select(func.count()).select_from(Offer).where(open_, col(Offer.expires_at) <= tx.now),
        "reminders": select(func.count()).select_from(Offer).where(open_, col(Offer.remind_due) <= tx.now),
        "clients' reminders": select(func.count()).select_from(Offer).where(col(Offer.remind_client_due) <= tx.now),
    }
    counts = {name: tx.session.exec(kind).one() for name, kind in kinds.items()}
    return {name: count for name, count in counts.items() if count}


def _due(tx: Tx) -> int:
    pending = col(Delivery.state) == DeliveryState.PENDING
    notices = select(func.count()).select_from(Delivery).where(pending, col(Delivery.next_at) <= tx.real_now)
    stale = (col(Offer.card_version) > col(Offer.shown_version), col(Offer.card_lease_until).is_(None))
    cards = select(func.count()).select_from(Offer).where(*stale, col(Offer.card_next_at) <= tx.real_now)
    return tx.session.exec(notices).one() + tx.session.exec(cards).one()


async def _nobody(_wakes: Sequence[Wake]) -> None: ...
