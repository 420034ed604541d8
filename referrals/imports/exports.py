"""The roster as a file, in the columns of the import: bringing the file back changes nothing."""

from dataclasses import dataclass

from sqlmodel import select

from store.tables import Provider

from ..actor import OPERATOR, Actor
from ..outcomes import Refusal, Refused
from ..tx import Tx
from .csv_files import write_csv
from .roster_cells import cells_of
from .roster_lines import COLUMNS

EVENT = "export_roster"


@dataclass(frozen=True, slots=True)
class Exported:
    """``text``: CSV with a byte order mark; ``lines``: without the header."""

    text: str
    lines: int


def export_roster(tx: Tx, actor: Actor = OPERATOR) -> Exported | Refused:
    """Everybody, by name, those who are inactive as well. Recorded on the practice."""
    if not actor.coordinator:
        tx.record(tx.locked_practice(), EVENT, actor, result=Refusal.NOT_COORDINATOR)
        return Refused(Refusal.NOT_COORDINATOR)
    everybody = tx.session.exec(select(Provider).where(Provider.practice_id == tx.practice_id)).all()
    rows = [cells_of(one, tx.now) for one in sorted(everybody, key=lambda one: (one.name.casefold(), one.id))]
    tx.record(tx.locked_practice(), EVENT, actor, lines=len(rows))
    return Exported(write_csv(COLUMNS, ([row[column] for column in COLUMNS] for row in rows)), len(rows))
