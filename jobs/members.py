"""Reads the workspace's members once in a while: links the roster, follows who left, and knows who the admins are.

Slack drops events (PLATFORM.md), so nothing may depend on ``user_change`` having arrived.
"""

import logging
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import col, select

from referrals.actor import Actor, Surface
from referrals.desk import Desk
from referrals.links import end_all_of
from referrals.roster.linking import follow, link, not_in_slack
from referrals.tx import Tx
from store.tables import Provider
from store.vocabulary import SlackStanding

from .slack import slack_call

log = logging.getLogger(__name__)

_SLACK = Actor("slack", Surface.EVENT, coordinator=True)  # what Slack says of an account is so
_PAGE = 200
#: Locked together, when they are new: a click of one of them waits no longer than it takes to write these.
_AT_ONCE = 10
REFRESH_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the workspace, as users.list has it."""

    id: str
    email: str | None
    time_zone: str | None
    standing: SlackStanding
    admin: bool


async def refresh_members(desk: Desk, client: AsyncWebClient, practice_id: str) -> None:
    """Raises DeliveryError when Slack cannot be read; what is known then stays."""
    members: list[Member] = []
    cursor = ""
    while True:
        page = await slack_call(client, "users.list", limit=_PAGE, **({"cursor": cursor} if cursor else {}))
        members += [_member(user) for user in page["members"] if not user.get("is_bot") and user["id"] != "USLACKBOT"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    for few in (members[at : at + _AT_ONCE] for at in range(0, len(members), _AT_ONCE)):
        await desk.do(practice_id, link_members, few)
    await desk.do(practice_id, note_members, members)


def link_members(tx: Tx, members: Sequence[Member]) -> None:
    """Links whom the roster knows by address, and takes over what has changed."""
    end_all_of(tx, {member.id for member in members if member.standing is not SlackStanding.MEMBER})
    for member in members:
        provider = link(tx, _SLACK, member.id, member.email, member.time_zone, member.standing)
        if provider is not None:
            follow(tx, _SLACK, provider, member.time_zone, member.standing)


def note_members(tx: Tx, members: Sequence[Member]) -> None:
    """All of them: whoever is looked for and not there is marked as missing."""
    link_members(tx, members)
    tx.session.flush()
    unfound = select(Provider).where(
        Provider.practice_id == tx.practice_id,
        col(Provider.slack_user).is_(None),
        Provider.slack_standing == SlackStanding.UNLINKED,
    )
    missing = list(tx.session.exec(unfound))
    for provider in missing:
        provider.slack_standing = SlackStanding.MISSING
        tx.record(provider, "standing", _SLACK, before=SlackStanding.UNLINKED, after=SlackStanding.MISSING)
    missing += _mark_unknown_ids(tx, {member.id for member in members})
    not_in_slack(tx, missing)
    # The practice last: every use case locks people and referrals before it.
    admins = [one.id for one in members if one.admin and one.standing is SlackStanding.MEMBER]
    if tx.practice().admins != admins:
        tx.locked_practice().admins = admins


def _mark_unknown_ids(tx: Tx, present: Set[str]) -> list[Provider]:
    """A roster may name an account that the workspace has never had; the id stays, to be seen and mended."""
    found = []
    linked = select(Provider.id).where(
        Provider.practice_id == tx.practice_id,
        col(Provider.slack_user).is_not(None),
        col(Provider.slack_user).not_in(present),
        col(Provider.slack_standing).in_((SlackStanding.MEMBER, SlackStanding.UNLINKED)),
    )
    for provider_id in tx.session.exec(linked.order_by(Provider.id)).all() if present else ():
        provider = tx.lock(Provider, provider_id)
        if provider is not None:
            tx.record(provider, "standing", _SLACK, before=provider.slack_standing, after=SlackStanding.MISSING)
            provider.slack_standing = SlackStanding.MISSING
            found.append(provider)
    return found


def _member(user: dict[str, Any]) -> Member:
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    standing = SlackStanding.GUEST if guest else SlackStanding.MEMBER
    return Member(
        id=str(user["id"]),
        email=(user.get("profile") or {}).get("email") or None,
        time_zone=user.get("tz") or None,
        standing=SlackStanding.DEACTIVATED if user.get("deleted") else standing,
        admin=bool(user.get("is_admin") or user.get("is_owner")),
    )
