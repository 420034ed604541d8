"""The coordinators' pages: a link out of Slack used once opens a session, and each request asks anew who it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from store.tables import PageSession
from store.vocabulary import LinkPurpose

from . import links
from .access import actor_of, actor_of_session
from .actor import Actor
from .client_page import DESK_PAGE, Sealed, Shut, look_at_link, open_by_link, refuse
from .details import Ticket
from .outcomes import Refusal, Refused
from .tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

_DESK = (LinkPurpose.DESK,)


@dataclass(frozen=True, slots=True)
class Denied:
    """Whoever has the session may not be here (any more), whatever they came for."""

    refused: Refused


def ask(tx: Tx, actor: Actor) -> Ticket | Refused:
    """A link to the pages, for a coordinator."""
    as_now = actor_of(tx, actor.provider_id, actor.slack_user, actor.surface)
    if not isinstance(as_now, Refused) and not as_now.coordinator:
        as_now = Refused(Refusal.NOT_COORDINATOR)
    if isinstance(as_now, Refused):
        tx.record(tx.locked_practice(), DESK_PAGE, actor, result=as_now.reason)
        return as_now
    return Ticket(tx.practice().slug, links.desk_link(tx, actor), None)


def look(tx: Tx, token: str) -> Sealed | Shut:
    """For the page before the button. Changes nothing."""
    return look_at_link(tx, token, _DESK)


def enter(tx: Tx, token: str) -> links.Opened | Shut | Refused:
    """Uses the link. Only ever called for a POST."""
    return open_by_link(tx, token, _DESK)


def act(
    tx: Tx,
    cookie: str,
    use_case: Callable[Concatenate[Tx, Actor, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Shut | Denied:
    """Runs a use case as the coordinator whose session it is, as they are now. A refusal is recorded."""
    session = links.session_of(tx, cookie, *_DESK)
    if session is None:
        return Shut.OVER
    actor = _coordinator(tx, session)
    if isinstance(actor, Refused):
        return Denied(refuse(tx, session, actor))
    return use_case(tx, actor, *args, **kwargs)


def read(
    tx: Tx,
    cookie: str,
    query: Callable[Concatenate[Tx, Actor, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Shut | Denied:
    """The same for a query, where nothing is written: whoever is denied is to be recorded by ``act``."""
    session = links.session_of(tx, cookie, *_DESK)
    if session is None:
        return Shut.OVER
    actor = _coordinator(tx, session)
    return Denied(actor) if isinstance(actor, Refused) else query(tx, actor, *args, **kwargs)


def _coordinator(tx: Tx, session: PageSession) -> Actor | Refused:
    actor = actor_of_session(tx, session)
    if not isinstance(actor, Refused) and not actor.coordinator:
        return Refused(Refusal.NOT_COORDINATOR)
    return actor


def leave(tx: Tx, cookie: str) -> None:
    session = links.session_of(tx, cookie, *_DESK)
    held = tx.lock(PageSession, session.id) if session else None
    if held is not None:
        held.closed_at = tx.now
