"""Which pages the coordinators have, in the order of their menu."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from jobs.audit_now import AuditNow
from jobs.errors import DeliveryError
from jobs.members import refresh_members
from web.desk_audit import AuditRoom, Names
from web.desk_intake import IntakeRoom
from web.desk_messages import Address, MessagesRoom
from web.desk_report import ReportRoom
from web.desk_retention import RetentionRoom
from web.desk_roster import AfterImport, DeskRoster
from web.desk_sources import SourcesRoom
from web.desk_visit import DeskRoom

from .house import House
from .message_trials import Trials

log = logging.getLogger(__name__)


def desk_rooms(house: House) -> Sequence[DeskRoom]:
    return [
        ReportRoom(),
        DeskRoster(_reading_members(house)),
        SourcesRoom(),
        MessagesRoom(Trials(house.post), _address_in(house)),
        IntakeRoom(house.settings.signing_key),
        AuditRoom(AuditNow(house.redis), names=_names_in(house)),
        RetentionRoom(),
    ]


def _names_in(house: House) -> Names:
    """From what is remembered of people, else asked of Slack, which is not waited for long."""

    async def names(users: Sequence[str]) -> Mapping[str, str]:
        found = await asyncio.gather(*(house.people.get(user) for user in users))
        return {user: one.name for user, one in zip(users, found, strict=True) if one is not None and one.name}

    return names


def _address_in(house: House) -> Address:
    async def address(user: str) -> str:
        person = await house.people.get(user)
        return (person.email if person else None) or ""

    return address


def _reading_members(house: House) -> AfterImport:
    """Whoever is new on the roster is found in Slack at once; where Slack is silent, within the hour.

    Behind the page's back: a large workspace has many pages of members, and Slack may ask to wait for each.
    """

    async def read(practice_id: str) -> None:
        try:
            await refresh_members(house.desk, house.slack, practice_id)
        except DeliveryError as error:
            log.warning("members_not_read", extra={"trouble": error.code})
        except (SQLAlchemyError, OSError) as error:
            log.warning("members_not_read", extra={"error": type(error).__name__})

    async def begin(practice_id: str) -> None:
        house.waker.behind(read(practice_id))

    return begin
