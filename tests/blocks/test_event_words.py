"""Every event that anything writes into history has words, and so has its refusal; none shows a code or an id."""

import re
from pathlib import Path
from typing import Any

import pytest

from blocks.event_people import actor
from blocks.event_words import known, words
from referrals.lifecycle import Event
from referrals.outcomes import Refusal
from referrals.views.history import _EVENTS

ROOT = Path(__file__).parents[2]
ID = "01m839c7sk42m392bvcbwc632w"
#: Written as ``tx.record(subject, "name", …)``; the others are constants, which stand below.
_LITERAL = re.compile(r"tx\.record\(\s*[\w.()]+,\s*\"(\w+)\"")
_CONSTANTS = {
    "seen",
    "coordinators",
    "digest",
    "ideal",
    "source",
    "setting",
    "export",
    "export_roster",
    "report",
    "message",
    "message_test",
    "licence_ending",
    "licence_ending_over",
    "timeline",
    "view_history",
    "export_history",
    "check_now",
    "view_retention",
    "export_retention",
    "erase_due",
    "retention",
    "roster_create",
    "roster_update",
    "search",
    "view",
    "desk_page",
    "phi_in_slack",
    "profile",
    "restored",
    "ask_licence",
    "deny_licence",
}


def written() -> set[str]:
    packages = ("referrals", "handlers", "jobs", "web", "bot")
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    return {name for file in files for name in _LITERAL.findall(file.read_text())} | _CONSTANTS | set(Event)


def test_every_event_has_words_of_its_own() -> None:
    assert sorted(name for name in written() if not known(name)) == []
    asked_for = {name for events in _EVENTS.values() for name in events}
    assert sorted(name for name in asked_for if not known(name)) == []


@pytest.mark.parametrize(
    ("event", "data", "said"),
    [
        ("submit", {"channel": "form", "preferred": None}, "Came in by the web form"),
        ("submit", {"channel": "csv", "preferred": ID}, "Came in from a file for Maya Lin"),
        ("accept", {"provider": ID, "confirmed": []}, "Accepted by Maya Lin"),
        ("decline", {"reason": "no_availability"}, "Declined: no availability"),
        ("release", {"reason": "client_chose_another"}, "Given back: client chose another provider"),
        ("close", {"reason": "unreachable"}, "Closed: the client could not be reached"),
        ("close", {"reason": "of a later version"}, "Closed"),
        ("assign", {"provider": ID}, "Assigned to Maya Lin"),
        ("assign", {"provider": ID, "network": "other"}, "Assigned to Maya Lin, out of network"),
        ("reopen", {}, "Offered to everyone again"),
        ("no_answer", {"tries": 2, "next_try": "2026-03-09"}, "Tried to reach the client, try 2; next on Mar 9, 2026"),
        ("plan", {"done": ["cost"], "undone": []}, "Plan, done: cost and insurance"),
        ("plan", {"done": [], "undone": ["payment"]}, "Plan, open again: payment"),
        ("hold", {"before": False, "after": True}, "Put on legal hold"),
        ("hold", {"before": True, "after": False}, "Legal hold ended"),
        ("urgent", {"before": True, "after": False}, "No longer urgent"),
        ("consent", {"given": True}, "Client agrees that the source hears an outcome"),
        ("erase", {"offer": ID}, "Client's identity erased"),
        ("erase_due", {"run": ID, "total": 1}, "Erasing begun: 1 client past their time"),
        ("pause", {"what": "insurer=aetna", "until": "2026-03-09T04:00:00+00:00"},
         "Paused referrals with Aetna until Mar 9, 2026, 04:00 UTC"),
        ("resume", {"what": ["all", "state=TX"]}, "Takes again: all referrals, referrals from Texas"),
        ("limit", {"limit": 3}, "Weekly limit set to 3"),
        ("roster_update", {"fields": ["work_email", "name"]}, "Roster entry changed: work email, name"),
        ("search", {"digests": ["ab" * 32], "found": 1}, "Searched by a client's name, 1 referral found"),
        ("import_roster", {"lines": 1200, "created": 3}, "Roster imported: 1,200 lines, 3 new"),
        ("retention", {"before": False, "after": True, "days": 180}, "Automatic erasing turned on"),
        (
            "setting",
            {"setting": "retain_days", "before": "180", "after": "90"},
            "Setting changed: Clients are kept for, from 180 to 90",
        ),
        ("coordinators", {"before": ["U1"], "after": ["U1", "U2"]}, "Who coordinates was changed: 1 new"),
        ("source", {"source": ID, "change": "retired"}, "Source retired"),
        ("something_new", {"x": ID}, "Something new"),
    ],
)  # fmt: skip
def test_what_is_said(event: str, data: dict[str, Any], said: str) -> None:
    assert words(event, "done", data, {ID: "Maya Lin"}) == said


@pytest.mark.parametrize("event", sorted(written() | {"something_new"}))
@pytest.mark.parametrize("result", ["done", *Refusal, "reserved", "link_spent", "a_new_reason"])
def test_nothing_is_too_strange_to_be_said_and_no_id_is(event: str, result: str) -> None:
    strange: dict[str, Any] = dict.fromkeys(("provider", "preferred", "reason", "message", "offer", "run"), ID)
    for data in ({}, strange):
        said = words(event, result, data)
        assert said and "_" not in said and ID not in said, said


def test_who() -> None:
    said = {
        f"provider:{ID}": "Maya Lin",
        "provider:gone": "A former provider",
        "slack:U0MAYA": "Maya Lin",
        "slack:U0CORA": "Slack user U0CORA",
        "client": "A client",
        "system": "The desk itself",
        "operator": "Whoever runs the desk",
        "slack": "Slack",
    }
    assert {name: actor(name, {ID: "Maya Lin"}, {"U0MAYA": "Maya Lin"}) for name in said} == said
