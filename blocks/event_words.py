"""What happened, in plain words: every event of the history, for a timeline, the audit page and its file. Pure.

One table for all surfaces. It names providers where it is told their names, and never a client: history knows none.
"""

from collections.abc import Mapping
from typing import Any

from referrals.notices import Template
from store.vocabulary import CloseReason, DeclineReason, PlanItem, SlackStanding

from .event_practice import PRACTICE
from .event_refusals import refused
from .event_values import Data, Names, Says, day, moment, one_of, paused, switched
from .labels import CLOSE_REASONS, DECLINE_REASONS, NOTICES, PLAN

DONE = "done"


def words(event: str, result: str, data: Data, names: Names | None = None) -> str:
    """One line without a full stop: "Declined: no availability". ``names``: of the providers that ``data`` may name."""
    if result != DONE:
        return refused(event, result)
    says = _SAYS.get(event)
    if says is None:
        return event.replace("_", " ").capitalize()
    return says if isinstance(says, str) else says(data, names or {})


def known(event: str) -> bool:
    """Whether the table has words of its own for it."""
    return event in _SAYS


def _named(data: Data, names: Names, before: str, key: str = "provider") -> str:
    """``before`` and the name after it; nothing where nobody is named."""
    name = names.get(str(data.get(key) or ""))
    return f" {before} {name}" if name else ""


def _submit(data: Data, names: Names) -> str:
    via = one_of(_CHANNELS, data.get("channel"))
    asked = _named(data, names, "for", "preferred") or (" for one provider" if data.get("preferred") else "")
    return f"Came in{f' {via}' if via else ''}{asked}"


def _accept(data: Data, names: Names) -> str:
    licence = ", without a licence there, on a coordinator's word" if data.get("override") else ""
    return f"Accepted{_named(data, names, 'by')}{licence}"


def _why(past: str, reasons: Mapping[Any, str], kind: type[DeclineReason] | type[CloseReason]) -> Says:
    def says(data: Data, _names: Names) -> str:
        reason = data.get("reason")
        if reason not in set(kind):
            return past
        text = reasons[kind(reason)]
        return f"{past}: {text[:1].lower()}{text[1:]}"

    return says


def _no_answer(data: Data, _names: Names) -> str:
    following = day(data.get("next_try"))
    return f"Tried to reach the client, try {data.get('tries', 1)}" + (f"; next on {following}" if following else "")


def _plan(data: Data, _names: Names) -> str:
    def items(key: str) -> str:
        return ", ".join(PLAN[PlanItem(one)].partition(":")[0].lower() for one in data.get(key, ()) if one in _ITEMS)

    parts = [f"done: {items('done')}" if items("done") else "", f"open again: {items('undone')}"]
    return "Plan, " + "; ".join(part for part in parts if part and not part.endswith(": "))


def _phoned(data: Data, _names: Names) -> str:
    message = data.get("message")
    about = NOTICES.get(Template(message)) if message in set(Template) else None
    return "Phoned the client" + (f": {about}" if about else "")


def _extend(data: Data, _names: Names) -> str:
    until = moment(data.get("expires_at") or data.get("until") or data.get("after"))
    return "Deadline moved" + (f" to {until}" if until else "")


def _assign(data: Data, names: Names) -> str:
    return f"Assigned{_named(data, names, 'to')}" + (", out of network" if data.get("network") else "")


def _view(data: Data, _names: Names) -> str:
    return {"details": "Looked at the client's details", "timeline": "Looked at the timeline"}.get(
        str(data.get("what", "details")), "Looked at the referral"
    )


def _standing(data: Data, _names: Names) -> str:
    after = data.get("after")
    return "In Slack: " + one_of(_STANDINGS, after, "changed")


def _fields(before: str) -> Says:
    def says(data: Data, _names: Names) -> str:
        fields = [str(one).replace("_", " ") for one in data.get("fields", ())]
        return f"{before}: {', '.join(fields)}" if fields else before

    return says


def _pause(data: Data, _names: Names) -> str:
    until = moment(data.get("until"))
    return f"Paused {paused(data.get('what'))}" + (f" until {until}" if until else "")


def _resume(data: Data, _names: Names) -> str:
    what = data.get("what")
    return "Takes again: " + ", ".join(paused(one) for one in (what if isinstance(what, list) else [what]))


def _limit(data: Data, _names: Names) -> str:
    limit = data.get("limit")
    return f"Weekly limit set to {limit}" if limit else "Weekly limit taken off"


_ITEMS = frozenset(PlanItem)
_CHANNELS = {
    "form": "by the web form",
    "csv": "from a file",
    "staff": "from staff",
    "link": "by a source's link",
    "api": "from a partner's system",
}
_STANDINGS = {
    SlackStanding.UNLINKED: "not linked",
    SlackStanding.MISSING: "not found",
    SlackStanding.MEMBER: "a member",
    SlackStanding.GUEST: "a guest",
    SlackStanding.DEACTIVATED: "deactivated",
}

_SAYS: dict[str, str | Says] = {
    # of a referral
    "submit": _submit,
    "accept": _accept,
    "decline": _why("Declined", DECLINE_REASONS, DeclineReason),
    "pass": "Passed: not for them",
    "remind": "Reminded of the open offer",
    "remind_client": "Client told that it is still being worked on",
    "expire": "Deadline passed without an answer",
    "release": _why("Given back", DECLINE_REASONS, DeclineReason),
    "contacted": "Client contacted",
    "scheduled": "First session scheduled",
    "close": _why("Closed", CLOSE_REASONS, CloseReason),
    "assign": _assign,
    "reopen": "Offered to everyone again",
    "phoned": _phoned,
    "no_answer": _no_answer,
    "plan": _plan,
    "nudge": "Acceptor asked whether the client was reached",
    "escalate": "Coordinators told that the client is still waiting",
    "extend": _extend,
    "urgent": lambda data, _: switched(data, "Marked as urgent", "No longer urgent", "Urgency changed"),
    "hold": lambda data, _: switched(data, "Put on legal hold", "Legal hold ended", "Legal hold changed"),
    "consent": lambda data, _: switched(
        data, "Client agrees that the source hears an outcome", "Source hears no outcome", "Consent changed"
    ),
    "erase": "Client's identity erased",
    "view": _view,
    "seen": "Taken off the list of what needs a person",
    "ask_licence": lambda data, names: f"Asked to take it without a licence there{_named(data, names, 'by')}",
    "allow_licence": "Allowed without a licence there",
    "deny_licence": lambda data, names: f"Not allowed without a licence there{_named(data, names, 'to')}",
    # of a provider
    "roster_create": "Added to the roster",
    "roster_update": _fields("Roster entry changed"),
    "make_active": "Made active",
    "make_inactive": "Made inactive",
    "profile": _fields("Profile changed"),
    "pause": _pause,
    "resume": _resume,
    "limit": _limit,
    "link": "Linked to a Slack account",
    "standing": _standing,
    "sms_stop": "Stopped text messages",
    "sms_start": "Asked for text messages again",
    "sms_failing": "Text messages do not arrive",
    "sms_works": "Text messages arrive again",
    "licence_ending": "A licence ends soon, or has ended",
    "licence_ending_over": "No licence ends soon any more",
    **PRACTICE,
}
