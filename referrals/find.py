"""The search by a client's first and last name (DOMAIN.md P18): exact, on blind indexes, recorded without a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from store.tables import Client, ClientName, Offer, Referral
from store.vault import name_parts
from store.vocabulary import Status

from . import links
from .access import actor_of, may_see_client
from .actor import Actor
from .details import Ticket
from .outcomes import Refused
from .tx import Tx

SEARCH = "search"
#: More referrals of one name than anybody reads through; the newest come first.
MOST = 50
#: No name has more parts; whatever was pasted into the field beyond them is not looked for.
_MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """A referral of a client with that name. It does not repeat the name."""

    referral_id: str
    code: str
    status: Status
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Not searched: ``missing`` names the fields that hold no name (``first``, ``last``)."""

    missing: tuple[str, ...]


def ask_to_find(tx: Tx, actor: Actor) -> Ticket | Refused:
    """A link to the search, for any provider or coordinator: they find what they may see anyway."""
    as_now = actor_of(tx, actor.provider_id, actor.slack_user, actor.surface)
    if isinstance(as_now, Refused):
        return _refuse(tx, actor, as_now)
    return Ticket(tx.practice().slug, links.page_link(tx, actor, None), None)


def find(tx: Tx, actor: Actor, first: str, last: str) -> Sequence[Hit] | Unnamed | Refused:
    """The referrals of clients who have all these parts in their name, the newest first; at most ``MOST``.

    A provider finds those whose client they may see, a coordinator all; a client who has been erased is never found.
    """
    as_now = actor_of(tx, actor.provider_id, actor.slack_user, actor.surface)
    if isinstance(as_now, Refused):
        return _refuse(tx, actor, as_now)
    parts = {"first": name_parts(first), "last": name_parts(last)}
    if missing := tuple(name for name, found in parts.items() if not found):
        return Unnamed(missing)
    wanted = list(dict.fromkeys([*parts["first"], *parts["last"]]))[:_MOST_PARTS]
    digests = [tx.vault.index("name", part) for part in wanted]
    seen = [one for one, offer in _named(tx, digests) if may_see_client(as_now, one, offer)][:MOST]
    tx.record(tx.locked_practice(), SEARCH, actor, digests=digests, found=len(seen))
    return [Hit(one.id, one.code, one.status, one.created_at) for one in seen]


def _named(tx: Tx, digests: Sequence[str]) -> Sequence[tuple[Referral, Offer]]:
    bearing = (
        select(ClientName.client_id)
        .where(ClientName.practice_id == tx.practice_id, col(ClientName.digest).in_(digests))
        .group_by(col(ClientName.client_id))
        .having(func.count() == len(digests))
    )
    return tx.session.exec(
        select(Referral, Offer)
        .join(Offer, col(Offer.id) == col(Referral.offer_id))
        .join(Client, col(Client.id) == col(Referral.client_id))
        .where(
            tx.ours(Referral),
            col(Referral.client_id).in_(bearing),
            col(Client.erased_at).is_(None),
        )
        .order_by(col(Referral.created_at).desc(), col(Referral.id).desc())
    ).all()


def _refuse(tx: Tx, actor: Actor, refused: Refused) -> Refused:
    tx.record(tx.locked_practice(), SEARCH, actor, result=refused.reason, digests=[], found=0)
    return refused
