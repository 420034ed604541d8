"""What Slack tells unasked. Nothing depends on an event arriving: Slack has dropped them for hours (PLATFORM.md)."""

from collections.abc import Mapping
from typing import Any

from referrals import slack_trouble
from referrals.actor import Actor, Surface
from referrals.links import end_all_of
from referrals.roster.linking import follow, link
from referrals.tx import Tx
from store.vocabulary import SlackStanding

from .click import table, text
from .deps import SlackDeps
from .home import publish_home
from .people import SlackPerson
from .who import Caller


async def home_opened(deps: SlackDeps, caller: Caller, event: Mapping[str, Any]) -> None:
    if event.get("tab") == "home":
        await publish_home(deps, caller)


async def user_changed(deps: SlackDeps, practice_id: str, event: Mapping[str, Any]) -> None:
    """Somebody has joined, left, become a guest, or moved to another time zone."""
    user = table(event.get("user"))
    if not text(user.get("id")):
        return
    person = deps.people.learn(user)
    if not person.is_bot:
        await deps.desk.do(practice_id, _follow, person)


async def token_lost(deps: SlackDeps, team_id: str | None, event: Mapping[str, Any]) -> None:
    """Uninstalled, or the token was revoked: what was remembered is forgotten, and sending stops at once.

    Without this event the first refusal stops it; an event that comes too late is put right by the next probe.
    """
    uninstalled = event.get("type") == "app_uninstalled"
    if not (uninstalled or table(event.get("tokens")).get("bot")):
        return  # somebody's own token, of which the desk has none
    seat = await deps.practices.of(team_id)
    deps.practices.forget(team_id or "")
    deps.people.forget_all()
    if seat is not None:
        await deps.desk.do(seat.practice_id, _record_lost, "app_uninstalled" if uninstalled else "token_revoked")


def _follow(tx: Tx, person: SlackPerson) -> None:
    if tx.practice().team_id not in person.teams:
        return
    if person.standing is not SlackStanding.MEMBER:
        end_all_of(tx, {person.id})
    slack = Actor(f"slack:{person.id}", Surface.EVENT)
    provider = link(tx, slack, person.id, person.email, person.time_zone, person.standing)
    if provider is not None:
        follow(tx, slack, provider, person.time_zone, person.standing)


def _record_lost(tx: Tx, code: str) -> None:
    tx.record(tx.locked_practice(), "token_lost", Actor("slack", Surface.EVENT), code=code)
    slack_trouble.met(tx, code, slack_trouble.Scope.WORKSPACE)
