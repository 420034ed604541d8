"""Ties a provider to the Slack account that their email belongs to, when a coordinator asks; Slack is asked outside."""

from dataclasses import dataclass
from enum import StrEnum

from store.tables import Provider
from store.vocabulary import SlackStanding

from ..actor import Actor
from ..links import end_all_of
from ..outcomes import Missing, Refusal, Refused
from ..tx import Tx
from .linking import by_slack_user, found_in_slack, not_in_slack

_LINK = "link"


@dataclass(frozen=True, slots=True)
class Account:
    """What Slack says of an address. ``ours``: it is a member's or a guest's of this workspace, and no bot's."""

    id: str
    standing: SlackStanding
    time_zone: str | None
    ours: bool


@dataclass(frozen=True, slots=True)
class ToLookUp:
    """``email``: the Slack one where the roster has it, else the work email."""

    provider_id: str
    title: str
    email: str


class Why(StrEnum):
    """Why somebody was not linked."""

    NO_EMAIL = "no_email"
    NOBODY = "nobody"  # Slack knows the address not, or not any more
    GUEST = "guest"
    DEACTIVATED = "deactivated"
    ELSEWHERE = "elsewhere"  # a bot, or somebody of another workspace
    TAKEN = "taken"  # the account is linked to another provider
    OVERTAKEN = "overtaken"  # while Slack was asked, somebody else has changed the address, or linked them


@dataclass(frozen=True, slots=True)
class Linked:
    """``again``: they were already, to the same account."""

    title: str
    slack_user: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotLinked:
    """``other``: the provider who has the account."""

    title: str
    why: Why
    email: str = ""
    other: str = ""


def whom_to_look_up(tx: Tx, actor: Actor, provider_id: str) -> ToLookUp | NotLinked | Refused | Missing:
    """Before Slack is asked."""
    provider = tx.get(Provider, provider_id)
    if provider is None:
        return Missing()
    if not actor.coordinator:
        return _refused(tx, actor, provider_id)
    email = provider.slack_email or provider.work_email
    if not email:
        return NotLinked(provider.title, Why.NO_EMAIL)
    return ToLookUp(provider.id, provider.title, email)


def link_account(
    tx: Tx, actor: Actor, provider_id: str, email: str, account: Account | None
) -> Linked | NotLinked | Refused | Missing:
    """``account``: what Slack has answered for ``email``; None: nobody. DOMAIN.md section 3, rule 5: one to one."""
    if not actor.coordinator:
        return _refused(tx, actor, provider_id) if tx.get(Provider, provider_id) else Missing()
    old = _ended_of_old(tx, provider_id, email, account)
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if not _asked_for(provider, email) or provider.slack_user != old:
        return NotLinked(provider.title, Why.OVERTAKEN, provider.slack_email or provider.work_email or "")
    why, other = _hindrance(tx, provider, account)
    if account is None or why is not None:
        _note_unfound(tx, actor, provider, account)
        return NotLinked(provider.title, why or Why.NOBODY, email, other)
    if (provider.slack_user, provider.slack_standing) == (account.id, SlackStanding.MEMBER):
        return Linked(provider.title, account.id, again=True)
    provider.slack_user, provider.slack_standing = account.id, SlackStanding.MEMBER
    provider.time_zone = account.time_zone or provider.time_zone
    tx.record(provider, _LINK, actor, slack_user=account.id)
    tx.session.flush()
    found_in_slack(tx, provider)
    return Linked(provider.title, account.id)


def _ended_of_old(tx: Tx, provider_id: str, email: str, account: Account | None) -> str | None:
    """Their account so far. Whoever had it is not this provider any more once they are linked to another.

    Read without a lock, because links are locked before people: whether it was still theirs is seen with the lock.
    """
    seen = tx.get(Provider, provider_id)
    if seen is None:
        return None
    old = seen.slack_user
    if account and old not in (None, account.id) and _asked_for(seen, email) and not _hindrance(tx, seen, account)[0]:
        end_all_of(tx, {old or ""})
    return old


def _asked_for(provider: Provider, email: str) -> bool:
    """Whether it is one of their addresses still."""
    return email in (provider.slack_email, provider.work_email)


def _hindrance(tx: Tx, provider: Provider, account: Account | None) -> tuple[Why | None, str]:
    if account is None:  # Slack finds nobody by the address of an account that is deactivated
        left = provider.slack_standing is SlackStanding.DEACTIVATED
        return Why.DEACTIVATED if left else Why.NOBODY, ""
    if not account.ours:
        return Why.ELSEWHERE, ""
    if account.standing is SlackStanding.GUEST:
        return Why.GUEST, ""
    if account.standing is not SlackStanding.MEMBER:
        return Why.DEACTIVATED, ""
    holder = by_slack_user(tx, account.id)
    return (Why.TAKEN, holder.name) if holder is not None and holder.id != provider.id else (None, "")


def _note_unfound(tx: Tx, actor: Actor, provider: Provider, account: Account | None) -> None:
    """Who was not looked for before, and is not there."""
    if account is None and provider.slack_standing is SlackStanding.UNLINKED:
        tx.record(provider, "standing", actor, before=provider.slack_standing, after=SlackStanding.MISSING)
        provider.slack_standing = SlackStanding.MISSING
        tx.session.flush()
        not_in_slack(tx, [provider])


def _refused(tx: Tx, actor: Actor, provider_id: str) -> Refused:
    provider = tx.lock(Provider, provider_id)
    if provider is not None:
        tx.record(provider, _LINK, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
