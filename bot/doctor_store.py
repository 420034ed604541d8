"""The doctor's look at the database, its keys and what the desk noted there of its own work. Reads only."""

import asyncio
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from referrals.audit.state import SWEEP_STANDS_STILL
from store.schema import head, versions

from .control import answers
from .doctor_facts import Facts, Finding, compared, ok, problem, warning
from .doctor_look import NoDatabase, stored
from .house import vault_of
from .key_check import check_sealed
from .settings import SettingsError

_AUDIT_IS_OLD = timedelta(hours=26)
_LITTLE, _TOO_LITTLE = 1024**3, 100 * 1024**2


async def database(facts: Facts) -> Finding:
    try:
        found = await stored(facts)
    except NoDatabase:
        return warning("there is none yet: `referrals run` makes it, or `referrals restore` from a backup")
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        shown = make_url(facts.settings.database_url).render_as_string(hide_password=True)
        return problem(f"DATABASE_URL {shown} cannot be opened ({type(cause).__name__}): {_cure(facts)}")
    if found.version is not None and found.version not in versions():
        return problem(f"{found.engine}; its tables are of a newer version ({found.version}): install that one")
    if found.doubts:
        return warning(f"{found.engine}; {'; '.join(found.doubts)}")
    if found.version != head():
        return warning(f"{found.engine}; its tables are of an older version: the next start brings them up to date")
    return ok(f"{found.engine}; its tables are of this version")


async def disk(facts: Facts) -> Finding:
    folder = facts.settings.data_folder
    free = (await asyncio.to_thread(shutil.disk_usage, _existing(folder))).free
    told = f"{free / 1024**3:.1f} GB free for {folder}"
    if free < _TOO_LITTLE:
        return problem(f"{told}: make room, or clicks will be refused soon")
    return warning(f"{told}: make room") if free < _LITTLE else ok(told)


async def keys(facts: Facts) -> Finding:
    try:
        found = await stored(facts)
    except NoDatabase:
        return ok("nothing is sealed with them yet: keep a copy somewhere safe")
    try:
        check_sealed(found.key_check, vault_of(facts.settings))
    except SettingsError as error:
        return problem("; ".join(error.lines))
    return ok("those of this database") if found.key_check else ok("nothing is sealed with them yet: keep a copy")


async def clock(facts: Facts) -> Finding:
    if facts.settings.on_sqlite:
        return ok("this machine's")
    return compared("the database's", (await stored(facts)).now, datetime.now(UTC))


async def sweep(facts: Facts) -> Finding:
    try:
        found = await stored(facts)
    except NoDatabase:
        return ok("has not begun: the desk has never run")
    if found.swept is None:
        return ok("has not begun: the desk has not run yet")
    age = datetime.now(UTC) - found.swept
    if age <= SWEEP_STANDS_STILL:
        return ok(f"came through {max(0, round(age.total_seconds()))} s ago")
    if facts.settings.on_sqlite and not await asyncio.to_thread(answers, facts.settings.data_folder):
        return warning(f"last came through {_ago(age)} ago: the desk is not running, `referrals run` starts it")
    what = "restart the desk" if facts.settings.on_sqlite else "see that a `referrals worker` runs, and restart it"
    return problem(f"stands still for {_ago(age)}: nothing that is due is done; {what}")


async def audit(facts: Facts) -> Finding:
    try:
        found = await stored(facts)
    except NoDatabase:
        return ok("none yet")
    if found.audited is None:
        return ok("none yet: `referrals audit` makes one")
    age = datetime.now(UTC) - found.audited
    if found.findings:
        return problem(
            f"{found.findings} findings {_ago(age)} ago, the first: {found.first_finding}; see `referrals audit`"
        )
    told = f"nothing found {_ago(age)} ago"
    return warning(f"{told}: is the desk running?") if age > _AUDIT_IS_OLD else ok(told)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _cure(facts: Facts) -> str:
    if facts.settings.on_sqlite:
        return "check that the file is one of this desk's and may be read; `referrals restore` loads a backup"
    return "check the address, the user and the password, and that the server runs"


def _ago(age: timedelta) -> str:
    seconds = age.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
