"""Links that are used once, and the short sessions they lead to.

A token is 32 random bytes; only its digest is kept, so that neither the database nor a backup opens anything.
"""

import hashlib
import secrets
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import col, select

from store.ids import new_id
from store.tables import Link, Offer, PageSession, Provider, Referral
from store.vocabulary import LinkPurpose

from .actor import Actor
from .tx import Tx

#: DESIGN.md: a link out of Slack is opened at once, or asked for again.
TO_A_PAGE = timedelta(minutes=5)
#: Desk clock. Long enough for a call to the client with the page open, short enough for a phone left on a table.
SESSION = timedelta(minutes=30)
#: The coordinators' pages name no client, and a roster or a report is not read in half an hour.
DESK_SESSION = timedelta(hours=4)
#: Desk clock. A link that is past its time is known a while longer, so that its page can say what became of it.
_KEPT_SESSIONS, _KEPT_LINKS = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session; ``cookie`` is shown to nobody but the browser."""

    session: PageSession
    cookie: str


def decision_link(tx: Tx, offer: Offer, provider: Provider) -> tuple[str, datetime]:
    """A token for the mail that is about to be sent, and its end: min(12 h, the offer's deadline) (DOMAIN.md P6)."""
    expires = min(tx.now + tx.practice().link_window, offer.expires_at)
    token = _issue(
        tx,
        Link(
            id=new_id(),
            practice_id=tx.practice_id,
            purpose=LinkPurpose.DECIDE,
            digest="",
            referral_id=offer.referral_id,
            offer_id=offer.id,
            provider_id=provider.id,
            issued_at=tx.now,
            expires_at=expires,
        ),
    )
    return token, expires


def page_link(tx: Tx, actor: Actor, referral: Referral | None) -> str:
    """A token for one look at a referral's client; without a referral, for the search.

    Whether they may is asked before.
    """
    return _issue(
        tx,
        Link(
            id=new_id(),
            practice_id=tx.practice_id,
            purpose=LinkPurpose.DETAILS if referral else LinkPurpose.FIND,
            digest="",
            referral_id=referral.id if referral else None,
            provider_id=actor.provider_id,
            slack_user=actor.slack_user,
            issued_at=tx.now,
            expires_at=tx.now + TO_A_PAGE,
        ),
    )


def desk_link(tx: Tx, actor: Actor) -> str:
    """A token for the coordinators' pages. Whether they coordinate is asked before, and again with every request."""
    return _issue(
        tx,
        Link(
            id=new_id(),
            practice_id=tx.practice_id,
            purpose=LinkPurpose.DESK,
            digest="",
            provider_id=actor.provider_id,
            slack_user=actor.slack_user,
            issued_at=tx.now,
            expires_at=tx.now + TO_A_PAGE,
        ),
    )


def link_of(tx: Tx, token: str, *purposes: LinkPurpose) -> Link | None:
    """The link of this token and of one of these purposes, used or expired or not; None for a made-up one."""
    found = tx.session.exec(
        select(Link).where(Link.practice_id == tx.practice_id, Link.digest == digest_of(token))
    ).first()
    return found if found is not None and found.purpose in purposes else None


def use(tx: Tx, link: Link) -> bool:
    """Marks it as used; False when it has been used before or is past its time. Of two at once, one gets True."""
    held = tx.lock(Link, link.id)
    if held is None or held.used_at is not None or held.expires_at <= tx.now:
        return False
    held.used_at = tx.now
    return True


def open_session(tx: Tx, link: Link) -> Opened:
    """For a link that ``use`` has just taken."""
    cookie = secrets.token_urlsafe(32)
    session = PageSession(
        id=new_id(),
        practice_id=tx.practice_id,
        purpose=link.purpose,
        digest=digest_of(cookie),
        referral_id=link.referral_id,
        provider_id=link.provider_id,
        slack_user=link.slack_user,
        opened_at=tx.now,
        expires_at=tx.now + lasts(link.purpose),
    )
    tx.add(session)
    return Opened(session, cookie)


def lasts(purpose: LinkPurpose) -> timedelta:
    """How long a session stays open."""
    return DESK_SESSION if purpose is LinkPurpose.DESK else SESSION


def session_of(tx: Tx, cookie: str, *purposes: LinkPurpose) -> PageSession | None:
    """The session of this cookie while it lasts; None for one of another purpose: each kind of page has its own."""
    found = tx.session.exec(
        select(PageSession).where(PageSession.practice_id == tx.practice_id, PageSession.digest == digest_of(cookie))
    ).first()
    if found is None or found.purpose not in purposes or found.closed_at is not None or found.expires_at <= tx.now:
        return None
    return found


def end_all_of(tx: Tx, slack_users: Set[str]) -> None:
    """They have left: what is open to them ends, and what they have not opened yet stays closed.

    Ask it before anything is locked: whoever uses a link locks it first, and their referral after it.
    """
    links = select(Link.id, Link.slack_user).where(
        Link.practice_id == tx.practice_id,
        col(Link.slack_user).is_not(None),
        col(Link.used_at).is_(None),
        Link.expires_at > tx.now,
    )
    for id, slack_user in tx.session.exec(links.order_by(Link.id)).all() if slack_users else ():
        if slack_user in slack_users and (held := tx.lock(Link, id)):
            held.expires_at = min(held.expires_at, tx.now)
    sessions = select(PageSession).where(
        PageSession.practice_id == tx.practice_id,
        col(PageSession.closed_at).is_(None),
        PageSession.expires_at > tx.now,
    )
    for session in tx.session.exec(sessions.order_by(PageSession.id)).all() if slack_users else ():
        if session.slack_user in slack_users:
            session.closed_at = tx.now


def forget(tx: Tx) -> None:
    """Removes the rows of what ended long ago. History keeps what was looked at, and by whom."""
    old = tx.now - _KEPT_SESSIONS
    ended = or_(col(PageSession.expires_at) < old, col(PageSession.closed_at) < old)
    connection = tx.session.connection()
    connection.execute(delete(PageSession).where(col(PageSession.practice_id) == tx.practice_id, ended))
    past = col(Link.expires_at) < tx.now - _KEPT_LINKS
    connection.execute(delete(Link).where(col(Link.practice_id) == tx.practice_id, past))


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _issue(tx: Tx, link: Link) -> str:
    token = secrets.token_urlsafe(32)
    link.digest = digest_of(token)
    tx.add(link)
    return token
