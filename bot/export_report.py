"""An export as lines of JSON carry it, for the command and for the process that holds the database."""

from dataclasses import asdict
from typing import Any

from referrals.desk import Desk
from referrals.imports.exports import Exported, export_roster


async def export_report(desk: Desk, practice_id: str) -> dict[str, Any]:
    """``Exported`` as a table, made as the operator."""
    found = await desk.do(practice_id, export_roster)
    if not isinstance(found, Exported):
        raise LookupError("the roster could not be exported")
    return asdict(found)
