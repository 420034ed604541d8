"""What somebody asks the audit page for, out of its address, and what cannot be understood of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from blocks.event_people import ROLES
from referrals import periods
from referrals.tx import Tx
from referrals.views.history import LONGEST, Filters, Group, Place, people, referral_of
from referrals.zones import zone_of
from store.ids import CODE_ALPHABET, CODE_LENGTH

#: What is looked at when nothing else is asked for.
_USUAL = timedelta(days=29)

GROUPS: dict[Group, str] = {
    Group.INTAKE: "Referrals coming in",
    Group.ANSWERS: "Answers to offers",
    Group.CONTACT: "Reaching the client",
    Group.CLOCK: "Reminders, deadlines",
    Group.DESK: "What coordinators did",
    Group.LOOKS: "Looks and exports",
    Group.PEOPLE: "Roster and pauses",
    Group.ERASED: "Erasing",
    Group.REST: "Settings and the rest",
    Group.REFUSED: "Refused attempts",
}

_DAY = "“{name}” has to be a day, such as 2026-03-01."
_WRONG: dict[periods.Wrong, tuple[str, str]] = {
    periods.Wrong.WRONG_ORDER: ("until", "“To” comes before “From”. Swap them."),
    periods.Wrong.FUTURE: ("since", "“From” is a day to come; nothing has happened there yet."),
}
_TOO_LONG = ("since", f"That is more than {LONGEST} days. Choose fewer, and look again for the rest.")
_NO_CODE = "There is no referral with this code here. A code looks like R-7K3QM."
_NOBODY = "Choose somebody from the list."
_NO_KIND = "Choose a kind from the list."


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields as they stand in the form, in the address and so in the address of the file."""

    person: str = ""
    code: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""

    @property
    def fields(self) -> Mapping[str, str]:
        """Those that say something."""
        given = {"person": self.person, "code": self.code, "kind": self.kind, "since": self.since, "until": self.until}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Understood:
    """``wrong``: by field, what is the matter with it; then there is nothing to look for."""

    asked: Asked
    filters: Filters | None
    people: list[tuple[str, str]]
    zone: ZoneInfo
    wrong: Mapping[str, str] = field(default_factory=dict)


def understand(tx: Tx, asked: Asked) -> Understood:
    """Fills in the days where none were given. What was typed as a code and is none is not repeated anywhere."""
    zone = zone_of(None, tx.practice())
    choices = _choices(tx, asked.person)
    wrong: dict[str, str] = {}
    today = tx.now.astimezone(zone).date()
    until = _day(asked.until, today, "until", "To", wrong)
    since = _day(asked.since, until - _USUAL, "since", "From", wrong)
    period = periods.between(since, until, tx.now, zone)
    if isinstance(period, periods.Wrong):
        name, words = _WRONG.get(period, _TOO_LONG)
        wrong.setdefault(name, words)
    elif period.days > LONGEST:
        wrong.setdefault(*_TOO_LONG)
    code = _code(asked.code)
    referral_id = referral_of(tx, code) if code else None
    if asked.code and referral_id is None:
        wrong["code"] = _NO_CODE
    if asked.person and asked.person not in dict(choices):
        wrong["person"] = _NOBODY
    if asked.kind and asked.kind not in set(Group):
        wrong["kind"] = _NO_KIND
    kept = Asked(asked.person, code, asked.kind, since.isoformat(), until.isoformat())
    if wrong or isinstance(period, periods.Wrong):
        return Understood(kept, None, choices, zone, wrong)
    group = Group(asked.kind) if asked.kind else None
    filters = Filters(period.since, period.until, asked.person or None, referral_id, group)
    return Understood(kept, filters, choices, zone)


def place_of(text: str) -> Place | None:
    """Back from ``address_of``; None for the first page, and for what is no such place."""
    at, _, rest = text.partition("_")
    seq, _, id = rest.partition("_")
    if not (at.isdecimal() and seq.isdecimal() and id.isalnum() and len(at) < 18 and len(seq) < 18):
        return None
    return Place(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(at)), int(seq), id)


def address_of(place: Place) -> str:
    since = place.at - datetime(1970, 1, 1, tzinfo=UTC)
    return f"{since // timedelta(microseconds=1)}_{place.seq}_{place.id}"


def _choices(tx: Tx, chosen: str) -> list[tuple[str, str]]:
    """(actor, name). Somebody who has left the roster and the coordinators is there while they are asked for."""
    found = [
        (one.actor, f"{one.name}{' (inactive)' if one.inactive else ''}" if one.name else _coordinator(one.actor))
        for one in people(tx)
    ]
    found += list(ROLES.items())
    kind, _, id = chosen.partition(":")
    if kind == "slack" and id.isascii() and id.isalnum() and len(id) < 20 and chosen not in dict(found):
        found.append((chosen, f"Slack user {id}"))
    return found


def _coordinator(actor: str) -> str:
    return f"A coordinator ({actor.partition(':')[2]})"


def _day(text: str, usual: date, name: str, label: str, wrong: dict[str, str]) -> date:
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[name] = _DAY.format(name=label)
        return usual


def _code(text: str) -> str:
    """However it is typed: ``7k3qm``, ``r-7k3qm``. Empty for what cannot be one."""
    plain = text.strip().upper().removeprefix("R-").removeprefix("R ")
    if len(plain) == CODE_LENGTH and set(plain) <= set(CODE_ALPHABET):
        return f"R-{plain}"
    return ""
