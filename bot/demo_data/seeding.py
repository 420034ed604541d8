"""Fills an empty practice with the demo's month, once."""

import random
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session, select

from referrals.actor import OPERATOR
from referrals.clock import Clock
from referrals.desk import Desk
from referrals.imports.files import import_roster
from referrals.imports.roster_lines import RosterLine, check_roster_line
from referrals.intake.choices import Choices, load_choices
from referrals.pausing.availability import pause
from referrals.pausing.subjects import ALL, Subject, insurer
from referrals.tx import Tx
from store.ids import new_id
from store.tables import Provider, Referral, Source

from . import earlier_general, earlier_preferred, lately
from .intake import intake_of
from .living import Past, actor_of, arrive, phone_those_without_email
from .practice import IDEAL, REFERRERS, TIME_ZONE
from .quiet import quieten
from .roster import ROSTER, roster_rows

CASES = earlier_preferred.PREFERRED + earlier_general.GENERAL + lately.PREFERRED + lately.GENERAL

_SEED = 20
_BEGINNING = timedelta(days=40)
#: The coordinator phones twice a day; those who have asked since the last time still wait for their call.
_PHONING, _LAST_PHONING = timedelta(hours=12), timedelta(hours=20)


async def seed(desk: Desk, practice_id: str, clock: Clock, progress: Callable[[int, int], None]) -> None:
    """Creates the providers and lives the month that ends now; does nothing where there are referrals already.

    One transaction: a worker that already runs sees all of it or none. ``progress`` is called with (referrals done,
    total) from the database's thread.
    """
    now, offset = clock.now(), clock.offset

    def live(session: Session) -> None:
        if session.exec(select(Referral.id).where(Referral.practice_id == practice_id)).first() is None:
            _live(Past(session, practice_id, desk.vault, now, offset), progress)

    await desk.database.write(live)


def _live(past: Past, progress: Callable[[int, int], None]) -> None:
    now, chance = past.now, random.Random(_SEED)
    choices = past.do(now - _BEGINNING, partial(_open_the_practice, today=now.astimezone(TIME_ZONE).date()))
    done = 0

    def arrived() -> None:
        nonlocal done
        done += 1
        progress(done, len(CASES))

    for number, case in enumerate(CASES, 1):
        arrive(past, case, intake_of(case, number, choices), chance, arrived)
    past.at(now - timedelta(days=9), partial(_pause, key="walt", until=now + timedelta(days=12)))
    past.at(now - timedelta(days=6), partial(_pause, key="dara", subject=insurer("united")))
    moment = now - _BEGINNING
    while (moment := moment + _PHONING) < now - _LAST_PHONING:
        past.at(moment, phone_those_without_email)
    past.live()
    past.do(now, partial(quieten, offset=past.offset))


def _open_the_practice(tx: Tx, today: date) -> Choices:
    import_roster(tx, OPERATOR, _roster_lines(today))
    tx.session.flush()
    zones = {member.slack_user: member.time_zone for member in ROSTER}
    for provider in tx.session.exec(select(Provider).where(Provider.practice_id == tx.practice_id)):
        provider.time_zone = zones.get(provider.slack_user or "")
    tx.practice().ideal = IDEAL
    for one in REFERRERS.values():
        tx.session.add(
            Source(
                id=new_id(),
                practice_id=tx.practice_id,
                name=one.name,
                kind=one.kind,
                email=one.email,
                contact=one.contact,
                phone=one.phone,
                link_token=secrets.token_urlsafe(12) if one.linked else None,
                created_at=tx.now - timedelta(days=one.known_for),
            )
        )
    return load_choices(tx)


def _roster_lines(today: date) -> list[RosterLine]:
    lines = []
    for number, row in enumerate(roster_rows(today), 2):
        line = check_roster_line(row, number)
        if not isinstance(line, RosterLine):
            raise ValueError(f"{row['name']}: {', '.join(error.message for error in line)}")
        lines.append(line)
    return lines


def _pause(tx: Tx, *, key: str, subject: Subject = ALL, until: datetime | None = None) -> None:
    actor = actor_of(tx, key)
    pause(tx, actor, actor.provider_id or "", subject=subject, until=until)
