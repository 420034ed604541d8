"""Everything the database holds about some referrals, read in one statement a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import exists, or_
from sqlalchemy.orm import load_only
from sqlmodel import SQLModel, col, select

from store.tables import Attention, Client, ClientName, Delivery, History, Offer, Practice, Provider, Referral, Source

from ..tx import Tx

Row = TypeVar("Row", bound=SQLModel)


@dataclass(slots=True)
class Dossier:
    """One referral. ``offers`` in the order of their rounds, ``history`` in that of ``seq``."""

    referral: Referral
    client: Client | None
    source: Source | None
    offers: list[Offer] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    items: list[Attention] = field(default_factory=list)
    still_known: bool = False  # erased, and yet something that says who the client is was left


@dataclass(slots=True)
class Page:
    """Some referrals in the order of their ids, and whom they speak of."""

    practice: Practice
    dossiers: list[Dossier]
    providers: dict[str, Provider]


def read_page(tx: Tx, referral_ids: Sequence[str]) -> Page:
    """Referrals that do not exist in this practice are left out."""
    ids = list(referral_ids)
    practice = tx.practice()
    referrals = _all(tx, Referral, col(Referral.id).in_(ids), col(Referral.id))
    clients = _by_id(_named(tx, Client, [one.client_id for one in referrals]))
    sources = _by_id(_named(tx, Source, [one.source_id for one in referrals]))
    dossiers = {one.id: Dossier(one, clients.get(one.client_id), sources.get(one.source_id or "")) for one in referrals}
    for offer in _all(tx, Offer, col(Offer.referral_id).in_(ids), col(Offer.round)):
        dossiers[offer.referral_id].offers.append(offer)
    for row in _bare(tx, History, col(History.subject_id).in_(ids), col(History.seq)):
        dossiers[row.subject_id].history.append(row)
    for delivery in _bare(tx, Delivery, col(Delivery.referral_id).in_(ids), col(Delivery.id)):
        dossiers[delivery.referral_id or ""].deliveries.append(delivery)
    for item in _all(tx, Attention, col(Attention.referral_id).in_(ids), col(Attention.id)):
        dossiers[item.referral_id or ""].items.append(item)
    left = _still_known(tx, [one.client_id for one in referrals if one.erased_at is not None])
    for dossier in dossiers.values():
        dossier.still_known = dossier.referral.erased_at is not None and dossier.referral.client_id in left
    return Page(practice, list(dossiers.values()), _by_id(_named(tx, Provider, _people(dossiers.values()))))


def _still_known(tx: Tx, client_ids: Sequence[str]) -> set[str]:
    """Of these clients the ids of those who are not wholly erased. Only that is read, and nothing of who they are."""
    if not client_ids:
        return set()
    named = exists().where(col(ClientName.client_id) == col(Client.id))
    kept = [getattr(Client, name).is_not(None) for name in _WHO]
    rows = select(Client.id).where(tx.ours(Client), col(Client.id).in_(sorted(set(client_ids))))
    return set(tx.session.exec(rows.where(or_(named, col(Client.erased_at).is_(None), *kept))))


def _people(dossiers: Iterable[Dossier]) -> set[str]:
    people = {one.referral.accepted_by for one in dossiers} | {o.provider_id for one in dossiers for o in one.offers}
    people |= {row.data.get("provider") for one in dossiers for row in one.history}
    return {one for one in people if one}


def _named(tx: Tx, table: type[Row], ids: Iterable[str | None]) -> Sequence[Row]:
    row: Any = table
    wanted = sorted({one for one in ids if one})
    return _all(tx, table, row.id.in_(wanted), row.id) if wanted else []


def _all(tx: Tx, table: type[Row], condition: Any, order: Any) -> Sequence[Row]:
    row: Any = table
    statement = select(table).where(tx.ours(table), condition).order_by(order)
    if table is Client:  # nothing of who they are is needed, so nothing of it is read
        statement = statement.options(load_only(*(getattr(row, name) for name in _OF_CLIENTS)))
    return tx.session.exec(statement).all()


def _bare(tx: Tx, table: type[Row], condition: Any, order: Any) -> Sequence[Row]:
    """The columns without the object around them: of these there are many, and it costs more than all of the rest."""
    row: Any = table
    statement = select(*row.__table__.columns).where(tx.ours(table), condition).order_by(order)
    return cast(Sequence[Row], tx.session.connection().execute(statement).all())


#: What erasing empties.
_WHO = ("name", "preferred_name", "email", "phone", "guardian", "notes", "email_index")
_OF_CLIENTS = ("id", "practice_id", "erased_at", "do_not_contact", "email_ok")


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    return {getattr(one, "id"): one for one in rows}  # noqa: B009 - the bound of Row knows no columns
