"""Retells a referral from its history alone: what rounds there were, how each ended, and where it stands. Pure.

It knows nothing of referrals.lifecycle and calls no use case: what those wrote is held against it.
"""

from collections.abc import Callable
from datetime import date

from store.tables import History, Referral
from store.vocabulary import Kind, OfferOutcome, PlanItem, Status

from .finding import Rule
from .marks import MARKS
from .tale import Impossible, Moment, Tale, Told, must_be


def retell(referral: Referral, history: list[History]) -> Tale:
    """``history`` in order; refusals in it change nothing. Raises Impossible."""
    tale = Tale()
    for row in history:
        if row.result == "done":
            _follow(tale, referral, row)
    if tale.status is None:
        raise Impossible("the history does not say that it was ever submitted", None)
    return tale


def _follow(tale: Tale, referral: Referral, row: History) -> None:
    step = _STEPS.get(row.event)
    if step is None:
        raise Impossible(f"the auditor does not know the event {row.event}", row)
    if (tale.status is None) is not (row.event == "submit"):
        raise Impossible("it was submitted twice" if tale.status else f"{row.event} came before it was submitted", row)
    if tale.status is Status.CLOSED and row.event not in _AFTER_THE_END:
        raise Impossible(f"{row.event} came after it was closed", row, Rule.END)
    current = tale.rounds[-1] if tale.rounds else None
    moment = Moment(row, tale.status, tale.holder, current)
    tale.moments.append(moment)
    count = len(tale.rounds)
    step(tale, referral, row)
    moment.following = tale.rounds[-1] if len(tale.rounds) > count else None


def _submit(tale: Tale, referral: Referral, row: History) -> None:
    tale.status = Status.PENDING
    # Which of the two it became was decided by facts of that moment, and is kept on the referral.
    _open(tale, row, row.data.get("preferred") if referral.unroutable is None else None)


def _accept(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING)
    _end(tale, row, OfferOutcome.ACCEPTED)
    tale.status, tale.holder, tale.accepted_at = Status.ACCEPTED, row.data.get("provider"), row.at
    tale.first_accepted_at = tale.first_accepted_at or row.at
    _start_anew(tale)


def _decline(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING)
    if tale.rounds[-1].kind is Kind.GENERAL:
        raise Impossible("a General round was declined", row)
    _end(tale, row, OfferOutcome.DECLINED)
    _open(tale, row, None)


def _pass(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING)


def _remind(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING)
    if tale.rounds[-1].reminded:
        raise Impossible("one round was reminded of twice", row)
    tale.rounds[-1].reminded = True


def _remind_client(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING, Status.ACCEPTED)
    if tale.rounds[-1].client_reminded:
        raise Impossible("the client was reminded twice in one round", row)
    tale.rounds[-1].client_reminded = True


def _expire(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING)
    kind = tale.rounds[-1].kind
    _end(tale, row, OfferOutcome.EXPIRED)
    if kind is Kind.PREFERRED:
        _open(tale, row, None)
    else:
        tale.status = Status.EXPIRED


def _release(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING, *_HELD)
    if tale.status is Status.PENDING:
        _end(tale, row, OfferOutcome.RELEASED)
    tale.status, tale.holder = Status.PENDING, None
    tale.accepted_at = tale.contacted_at = tale.scheduled_at = None
    _start_anew(tale)
    _open(tale, row, None)


def _contacted(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.ACCEPTED)
    tale.status, tale.contacted_at, tale.next_try = Status.CONTACTED, row.at, None


def _scheduled(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.ACCEPTED, Status.CONTACTED)
    tale.status, tale.scheduled_at, tale.next_try = Status.SCHEDULED, row.at, None
    tale.contacted_at = tale.contacted_at or row.at


def _close(tale: Tale, _referral: Referral, row: History) -> None:
    if tale.status is Status.PENDING:
        _end(tale, row, OfferOutcome.CLOSED)
    tale.status, tale.closed_at, tale.close_reason = Status.CLOSED, row.at, row.data.get("reason")
    tale.next_try = None


def _assign(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING, Status.EXPIRED)
    if tale.status is Status.PENDING:
        _end(tale, row, OfferOutcome.REPLACED)
    tale.status = Status.PENDING
    _open(tale, row, row.data.get("provider"))


def _reopen(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.EXPIRED)
    tale.status = Status.PENDING
    _open(tale, row, None)


def _phoned(tale: Tale, _referral: Referral, _row: History) -> None:
    tale.phoned = True


def _no_answer(tale: Tale, _referral: Referral, row: History) -> None:
    """One more try, or another day for the next one."""
    must_be(tale, row, Status.ACCEPTED)
    tries, day = row.data.get("tries"), row.data.get("next_try")
    if tries != tale.tries + 1 and (tries != tale.tries or not tries or day is None):
        raise Impossible(f"try {tries} came after {tale.tries}", row)
    tale.tries, tale.next_try = tries, date.fromisoformat(day) if day else None


def _plan(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, *_HELD)
    before, done, undone = set(tale.plan), set(row.data.get("done", ())), set(row.data.get("undone", ()))
    if before & done or undone - before or not done | undone:
        raise Impossible("the plan's items were not as it says they were", row)
    after = (before | done) - undone
    tale.plan = [str(item) for item in PlanItem if item in after]


def _nudge(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.ACCEPTED)
    if tale.nudged:
        raise Impossible("whoever accepted was nudged twice", row)
    tale.nudged = True


def _escalate(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.ACCEPTED)
    if tale.escalated:
        raise Impossible("one acceptance was escalated twice", row)
    tale.escalated = True


def _changes_nothing(_tale: Tale, _referral: Referral, _row: History) -> None: ...


def _start_anew(tale: Tale) -> None:
    tale.plan, tale.tries, tale.next_try, tale.nudged, tale.escalated = [], 0, None, False, False


#: Somebody may still be phoned, look at what was, and decide what is kept of it.
_AFTER_THE_END = frozenset({"phoned", "view", "seen", "hold", "consent", "erase"})
_HELD = (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED)

#: What an event does to the tale. One that is not here is a finding: nobody could say what should follow from it.
_STEPS: dict[str, Callable[[Tale, Referral, History], None]] = {
    "submit": _submit,
    "accept": _accept,
    "decline": _decline,
    "pass": _pass,
    "remind": _remind,
    "remind_client": _remind_client,
    "expire": _expire,
    "release": _release,
    "contacted": _contacted,
    "scheduled": _scheduled,
    "close": _close,
    "assign": _assign,
    "reopen": _reopen,
    "phoned": _phoned,
    "no_answer": _no_answer,
    "plan": _plan,
    "nudge": _nudge,
    "escalate": _escalate,
    **MARKS,
    "view": _changes_nothing,
    "seen": _changes_nothing,
    "ask_licence": _changes_nothing,
    "deny_licence": _changes_nothing,
}


def _open(tale: Tale, row: History, provider_id: str | None) -> None:
    tale.rounds.append(Told(len(tale.rounds) + 1, provider_id, row.at))


def _end(tale: Tale, row: History, outcome: OfferOutcome) -> None:
    tale.rounds[-1].outcome, tale.rounds[-1].closed_at = outcome, row.at
