"""The secure page's way in: a link used once opens a short session, and each of its requests is checked anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from store.tables import Link, PageSession, Provider, Referral
from store.vocabulary import LinkPurpose

from . import links
from .access import actor_of, actor_of_session
from .actor import Actor, Surface
from .details import VIEW, Details, view
from .find import SEARCH, Hit, Unnamed, find
from .outcomes import Missing, Refusal, Refused
from .tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

#: In the practice's history: somebody at the coordinators' pages who may not be there.
DESK_PAGE = "desk_page"
#: What these pages are opened for; the coordinators' own (referrals/desk_page.py) are others.
CLIENT = (LinkPurpose.DETAILS, LinkPurpose.FIND)


class Shut(StrEnum):
    """Why a link or a session leads nowhere."""

    UNKNOWN = "unknown"  # made up, or of another practice
    USED = "used"
    EXPIRED = "expired"
    OVER = "over"  # the session
    MOVED = "moved"  # the session goes on, but with another referral


@dataclass(frozen=True, slots=True)
class Sealed:
    """A link that waits to be opened. ``whose``: the provider's name; None for somebody who only coordinates."""

    purpose: LinkPurpose
    whose: str | None


@dataclass(frozen=True, slots=True)
class SearchOpen:
    """The session stands at the search."""


def look_at_link(tx: Tx, token: str, purposes: Sequence[LinkPurpose] = CLIENT) -> Sealed | Shut:
    """For the page before the button. Changes nothing: scanners fetch every link."""
    link = links.link_of(tx, token, *purposes)
    if shut := _shut(tx, link):
        return shut
    assert link is not None
    provider = tx.get(Provider, link.provider_id)
    return Sealed(link.purpose, provider.name if provider else None)


def open_by_link(tx: Tx, token: str, purposes: Sequence[LinkPurpose] = CLIENT) -> links.Opened | Shut | Refused:
    """Uses the link, for who it was made for as they are now. Only ever called for a POST."""
    link = links.link_of(tx, token, *purposes)
    if link is None:
        return Shut.UNKNOWN
    if not links.use(tx, link):
        shut = _shut(tx, link) or Shut.USED
        _note(tx, link, f"link_{shut}")
        return shut
    actor = actor_of(tx, link.provider_id, link.slack_user, Surface.PAGE)
    if not isinstance(actor, Refused) and link.purpose is LinkPurpose.DESK and not actor.coordinator:
        actor = Refused(Refusal.NOT_COORDINATOR)
    if isinstance(actor, Refused):
        return refuse(tx, link, actor)
    return links.open_session(tx, link)


def show(tx: Tx, cookie: str) -> Details | SearchOpen | Shut | Refused | Missing:
    """What the session shows now. The client's details are recorded as viewed each time."""
    session = links.session_of(tx, cookie, *CLIENT)
    if session is None:
        return Shut.OVER
    actor = actor_of_session(tx, session)
    if isinstance(actor, Refused):
        return refuse(tx, session, actor)
    return SearchOpen() if session.referral_id is None else view(tx, actor, session.referral_id)


def act(
    tx: Tx,
    cookie: str,
    referral_id: str,
    use_case: Callable[Concatenate[Tx, Actor, str, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | Shut | Refused:
    """Runs a use case as who the session is open for. ``referral_id``: what the page showed that asks for it."""
    session = _standing(tx, cookie, referral_id)
    if isinstance(session, Shut):
        return session
    actor = actor_of_session(tx, session)
    if isinstance(actor, Refused):
        return refuse(tx, session, actor)
    return use_case(tx, actor, referral_id, *args, **kwargs)


def search(tx: Tx, cookie: str, first: str, last: str) -> Sequence[Hit] | Unnamed | Shut | Refused:
    session = _standing(tx, cookie, None)
    if isinstance(session, Shut):
        return session
    actor = actor_of_session(tx, session)
    if isinstance(actor, Refused):
        return refuse(tx, session, actor)
    return find(tx, actor, first, last)


def turn(tx: Tx, cookie: str, before: str | None, after: str | None) -> Shut | None:
    """The session goes on from one referral to another; None is the search. Whether they may is asked on showing."""
    session = _standing(tx, cookie, before)
    if isinstance(session, Shut):
        return session
    held = tx.lock(PageSession, session.id) or session
    held.referral_id = after if tx.get(Referral, after) else None
    return None


def close(tx: Tx, cookie: str) -> None:
    session = links.session_of(tx, cookie, *CLIENT)
    held = tx.lock(PageSession, session.id) if session else None
    if held is not None:
        held.closed_at = tx.now


def _standing(tx: Tx, cookie: str, referral_id: str | None) -> PageSession | Shut:
    session = links.session_of(tx, cookie, *CLIENT)
    if session is None:
        return Shut.OVER
    return session if session.referral_id == referral_id else Shut.MOVED


def _shut(tx: Tx, link: Link | None) -> Shut | None:
    if link is None:
        return Shut.UNKNOWN
    if link.used_at is not None:
        return Shut.USED
    return Shut.EXPIRED if link.expires_at <= tx.now else None


def refuse(tx: Tx, way: Link | PageSession, refused: Refused) -> Refused:
    """Somebody who may do nothing here any more."""
    _note(tx, way, refused.reason)
    return refused


def _note(tx: Tx, way: Link | PageSession, result: str) -> None:
    """A refusal, recorded on what they came for."""
    name = f"provider:{way.provider_id}" if way.provider_id else f"slack:{way.slack_user}"
    actor = Actor(name, Surface.PAGE, way.provider_id, way.slack_user)
    referral = tx.lock(Referral, way.referral_id)
    if referral is not None:
        tx.record(referral, VIEW, actor, result=result, what="details")
    elif way.purpose is LinkPurpose.DESK:
        tx.record(tx.locked_practice(), DESK_PAGE, actor, result=result)
    else:
        tx.record(tx.locked_practice(), SEARCH, actor, result=result, digests=[], found=0)
