"""Licences that end, on the coordinators' list and told to their provider: once when it comes up, until it is over.

A coordinator may take an item off the list before; then it comes back only with something new, which is why the
provider's history says what has been told. Routing waits for none of this: see ``licence_ends``.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from store.tables import History, Provider
from store.vocabulary import AttentionKind, SlackStanding

from ..actor import SYSTEM
from ..notices import Template
from ..outbox import alert_practice, list_of_practice, settle_practice, tell_provider
from ..tx import Tx
from .licence_ends import ends_of

#: In a provider's history: one for each licence, last day, and whether it has ended by then; and one when all is well.
EVENT, OVER = "licence_ending", "licence_ending_over"
#: With more at once, as when a roster is imported, coordinators are not written to about each.
_FEW = 5

Keys = list[dict[str, Any]]


def look_at(tx: Tx, provider: Provider, *, quiet: bool = False) -> None:
    """``provider``: locked; the practice is locked here, after everybody else. ``quiet``: on the list, no message."""
    tx.session.flush()
    known, now = _known(tx, [provider.id])[provider.id], _now(tx, provider)
    reads = provider.slack_user and provider.slack_standing is SlackStanding.MEMBER
    for key in now:
        if key in known:
            continue
        told = tx.record(provider, EVENT, SYSTEM, **key)
        if reads:
            tell_provider(tx, provider, Template.PROVIDER_LICENCE, about=told)
        if quiet:
            list_of_practice(tx, AttentionKind.LICENCE_ENDING, [provider.id])
        else:
            alert_practice(tx, AttentionKind.LICENCE_ENDING, provider.id)
    if known and not now:
        tx.record(provider, OVER, SYSTEM)
        settle_practice(tx, AttentionKind.LICENCE_ENDING, provider.id)


def look_at_all(tx: Tx, providers: Sequence[Provider]) -> None:
    """The same for several at once; all of them locked."""
    tx.session.flush()
    ids = set(_changed(tx, providers))
    for provider in providers:
        if provider.id in ids:
            look_at(tx, provider, quiet=len(ids) > _FEW)


def look_again(tx: Tx, provider_id: str, *, quiet: bool = False) -> None:
    """As a job does, in a transaction of its own."""
    provider = tx.lock(Provider, provider_id)
    if provider is not None:
        look_at(tx, provider, quiet=quiet)


def to_look_at(tx: Tx) -> tuple[list[str], bool]:
    """Of whom something has changed, and whether those are many (``quiet``). Changes nothing."""
    everybody = select(Provider).where(Provider.practice_id == tx.practice_id).order_by(Provider.id)
    ids = _changed(tx, tx.session.exec(everybody).all())
    return ids, len(ids) > _FEW


def _changed(tx: Tx, providers: Sequence[Provider]) -> list[str]:
    known = _known(tx, [one.id for one in providers])
    found = []
    for provider in providers:
        told, now = known[provider.id], _now(tx, provider)
        if any(key not in told for key in now) or (told and not now):
            found.append(provider.id)
    return found


def _now(tx: Tx, provider: Provider) -> Keys:
    """As the event's data says it."""
    return [{"state": one.code, "expires": one.last.isoformat(), "ended": one.ended} for one in ends_of(tx, provider)]


def _known(tx: Tx, provider_ids: Sequence[str]) -> dict[str, Keys]:
    """Provider -> what has been told since all was well. By the providers' own histories, which are short."""
    found: dict[str, Keys] = defaultdict(list)
    rows = (
        select(History.subject_id, History.event, History.data)
        .where(col(History.subject_id).in_(provider_ids), col(History.event).in_((EVENT, OVER)))
        .where(tx.ours(History))
        .order_by(History.subject_id, col(History.seq))
    )
    for provider_id, event, data in tx.session.exec(rows):
        if event == OVER:
            found[provider_id].clear()
        else:
            found[provider_id].append(dict(data))
    return found
