"""The weekly limit that providers may set for themselves (DOMAIN.md P22). Nobody has one by default.

A week begins on Monday at midnight in the provider's time zone.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from store.tables import Provider, Referral
from store.vocabulary import Status

from ..lifecycle import HELD
from ..tx import Tx
from ..zones import zone_of

#: Nobody takes more new clients in a week (DOMAIN.md section 4: about 7 a month).
MOST_PER_WEEK = 99

#: Named because the index has the status between the acceptor and the moment.
_HAVE_AN_ACCEPTOR = (*HELD, Status.CLOSED)


def week_began(now: datetime, zone: ZoneInfo) -> datetime:
    """The last Monday 00:00 there, as an instant: the clocks may have changed since."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return datetime.combine(monday, time.min, zone).astimezone(now.tzinfo)


def accepted_this_week(tx: Tx, providers: Iterable[Provider]) -> Counter[str]:
    """How many each has accepted; what was given back does not count. One query, by the index of acceptors.

    Counted here, because weeks begin at different moments: of a week there are few rows.
    """
    practice = tx.practice()
    began = {one.id: week_began(tx.now, zone_of(one, practice)) for one in providers}
    if not began:
        return Counter()
    accepted = select(Referral.accepted_by, Referral.accepted_at).where(
        Referral.practice_id == tx.practice_id,
        col(Referral.accepted_by).in_(began),
        col(Referral.status).in_(_HAVE_AN_ACCEPTOR),
        col(Referral.accepted_at) >= min(began.values()),
    )
    return Counter(whose for whose, at in tx.session.exec(accepted) if whose and at and at >= began[whose])


def full(tx: Tx) -> Collection[str]:
    """Ids of the providers whose limit is reached. Looked up once a transaction, counted only if anybody has one."""
    if tx.full_this_week is None:
        limited = [one for one in tx.roster() if one.weekly_limit is not None]
        counts = accepted_this_week(tx, limited) if limited else Counter[str]()
        tx.full_this_week = frozenset(one.id for one in limited if counts[one.id] >= (one.weekly_limit or 0))
    return tx.full_this_week


def full_of(tx: Tx, provider: Provider) -> Collection[str]:
    """The same for a decision about one provider: without a limit of theirs nothing is asked."""
    return frozenset() if provider.weekly_limit is None else full(tx)
