"""A source's own address of the public form: ``/refer/{practice}/{token}``. Whoever comes by it was sent by them.

It says no more than that, so it may be printed and passed on. A new one ends the old; so does retiring the source.
"""

import secrets
from dataclasses import dataclass

from sqlmodel import select

from store.tables import Source

from ..actor import Actor
from ..outcomes import Missing, Refused
from ..tx import Tx
from .edit import EVENT, own, refuse

#: 16 characters in an address: nobody guesses one, and it can still be typed from paper.
_BYTES = 12


@dataclass(frozen=True, slots=True)
class SourceLink:
    """``replaced``: the address that led here before no longer does. ``retired``: then there is none."""

    source_id: str
    name: str
    token: str
    replaced: bool = False
    retired: bool = False


def link_of(tx: Tx, actor: Actor, source_id: str) -> SourceLink | Refused | Missing:
    """The source's link; its first is made when somebody asks for it."""
    source = _with_link(tx, actor, source_id)
    if not isinstance(source, Source):
        return source
    if source.link_token is None:
        source.link_token = secrets.token_urlsafe(_BYTES)
        tx.record(tx.practice(), EVENT, actor, source=source.id, change="linked")
    return SourceLink(source.id, source.name, source.link_token)


def replace_link(tx: Tx, actor: Actor, source_id: str) -> SourceLink | Refused | Missing:
    """A new link; the one before leads to the plain form from now on."""
    source = _with_link(tx, actor, source_id)
    if not isinstance(source, Source):
        return source
    replaced = source.link_token is not None
    source.link_token = secrets.token_urlsafe(_BYTES)
    tx.record(tx.practice(), EVENT, actor, source=source.id, change="link_replaced" if replaced else "linked")
    return SourceLink(source.id, source.name, source.link_token, replaced=replaced)


def _with_link(tx: Tx, actor: Actor, source_id: str) -> Source | SourceLink | Refused | Missing:
    """The source, locked after its practice; or why there is no link to show or to change."""
    if not actor.coordinator:
        return refuse(tx, actor)
    tx.locked_practice()
    source = tx.lock(Source, source_id)
    if source is None or own(source):
        return Missing()
    return SourceLink(source.id, source.name, "", retired=True) if source.retired_at is not None else source


def source_of_link(tx: Tx, token: str) -> Source | None:
    """None for a link that leads to no source of this practice, or to a retired one: the plain form serves as well."""
    if not token:
        return None
    source = tx.session.exec(
        select(Source).where(Source.link_token == token, Source.practice_id == tx.practice_id)
    ).first()
    return source if source is not None and source.retired_at is None else None
