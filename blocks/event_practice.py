"""What happened to the practice as a whole, in plain words: looks, exports, settings, the desk's own upkeep. Pure."""

from typing import Any

from referrals.settings.names import Setting

from .event_values import Data, Names, Says, one_of, switched
from .settings_words import LABELS

_SOURCES = {
    "added": "Source added",
    "edited": "Source changed",
    "retired": "Source retired",
    "brought_back": "Source brought back",
    "linked": "Link made for a source",
    "link_replaced": "A source's link replaced",
}


def _search(data: Data, _names: Names) -> str:
    return f"Searched by a client's name, {_count(data.get('found', 0), 'referral')} found"


def _imported(what: str) -> Says:
    def says(data: Data, _names: Names) -> str:
        return f"{what} imported: {_count(data.get('lines', 0), 'line')}, {data.get('created', 0)} new"

    return says


def _restored(data: Data, _names: Names) -> str:
    return f"Restored from a backup; {_count(data.get('notices', 0), 'notice')} not sent again"


def _retention(data: Data, _names: Names) -> str:
    return switched(data, "Automatic erasing turned on", "Automatic erasing turned off", "Erasing changed")


def _history(past: str) -> Says:
    def says(data: Data, _names: Names) -> str:
        return f"{past}, {_count(data['rows'], 'row')}" if "rows" in data else past

    return says


def _source(data: Data, _names: Names) -> str:
    return one_of(_SOURCES, data.get("change"), "Source changed")


def _count(number: Any, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if isinstance(number, int) else f"{noun}s"


def _setting(data: Data, _names: Names) -> str:
    setting = data.get("setting")
    if setting not in set(Setting):
        return "Setting changed"
    before, after = (str(data.get(name, "")) for name in ("before", "after"))
    return f"Setting changed: {LABELS[Setting(setting)]}" + (f", from {before or 'nothing'} to {after or 'nothing'}")


def _coordinators(data: Data, _names: Names) -> str:
    before, after = set(data.get("before", ())), set(data.get("after", ()))
    parts = [f"{len(after - before)} new", f"{len(before - after)} no longer"]
    return "Who coordinates was changed: " + ", ".join(one for one in parts if not one.startswith("0"))


def _message(data: Data, _names: Names) -> str:
    which = str(data.get("template", "")).replace("_", " ")
    return f"Words of a mail changed: {which}" if data.get("own", True) else f"Words of a mail as they were: {which}"


def _export(data: Data, _names: Names) -> str:
    return f"Exported the {'sources' if data.get('what') == 'sources' else 'report'}"


PRACTICE: dict[str, str | Says] = {
    "search": _search,
    "desk_page": "Opened the coordinators' pages",
    "refuse": "Turned away",
    "phi_in_slack": lambda data, _: switched(
        data, "Client details allowed in Slack, agreement attested", "Client details kept out of Slack", "Privacy"
    ),
    "import_roster": _imported("Roster"),
    "import_referrals": _imported("Referrals"),
    "source": _source,
    "ideal": "Ideal clients defined anew",
    "restored": _restored,
    "token_lost": "Slack took the desk's token away",
    "view_history": _history("Looked at the history"),
    "export_history": _history("Exported the history"),
    "check_now": "Started the desk's own check",
    "view_retention": "Looked at what erasing would erase",
    "export_retention": _history("Exported what erasing would erase"),
    "erase_due": lambda data, _: f"Erasing begun: {_count(data.get('total', 0), 'client')} past their time",
    "retention": _retention,
    "setting": _setting,
    "coordinators": _coordinators,
    "message": _message,
    "message_test": "Sent themselves a mail to try its words",
    "report": "Looked at the report",
    "export": _export,
    "export_roster": "Exported the roster",
    "coverage": "Looked at where nobody is free",
    "timeline": "Looked at a timeline",
    "digest": "Daily digest sent to the coordinators",
}
