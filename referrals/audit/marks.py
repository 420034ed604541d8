"""What coordinators change about a referral beside its rounds and its holder, as its history tells it. Pure.

As ``replay``, it knows nothing of the use cases.
"""

from collections.abc import Callable
from datetime import datetime

from store.tables import History, Referral
from store.vocabulary import Status

from .tale import Impossible, Tale, must_be


def _extend(tale: Tale, _referral: Referral, row: History) -> None:
    """From the deadline as it was to a later one, which has not passed."""
    must_be(tale, row, Status.PENDING)
    told = tale.rounds[-1]
    before, after = (datetime.fromisoformat(str(row.data.get(one))) for one in ("before", "after"))
    if told.expires_at not in (None, before):
        raise Impossible("a deadline was moved that was another before", row)
    if after <= before or after <= row.at:
        raise Impossible("a deadline was moved back", row)
    told.expires_at = after


def _urgent(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.PENDING, Status.ACCEPTED, Status.EXPIRED)
    before, after = bool(row.data.get("before")), bool(row.data.get("after"))
    if tale.urgent not in (None, before) or before is after:
        raise Impossible("its urgency was not what it says it was", row)
    tale.came_urgent = before if tale.urgent is None else tale.came_urgent
    tale.urgent = after


def _hold(tale: Tale, _referral: Referral, row: History) -> None:
    if bool(row.data.get("before")) is not tale.hold or bool(row.data.get("after")) is tale.hold:
        raise Impossible("the legal hold was not what it says it was", row)
    tale.hold = not tale.hold


def _consent(tale: Tale, _referral: Referral, row: History) -> None:
    tale.consent = bool(row.data.get("given"))


def _erase(tale: Tale, _referral: Referral, row: History) -> None:
    must_be(tale, row, Status.CLOSED)
    if tale.hold:
        raise Impossible("its client was erased while it was on legal hold", row)
    if tale.erased_at is not None:
        raise Impossible("its client was erased twice", row)
    tale.erased_at = row.at


MARKS: dict[str, Callable[[Tale, Referral, History], None]] = {
    "extend": _extend,
    "urgent": _urgent,
    "hold": _hold,
    "consent": _consent,
    "erase": _erase,
}
