"""Ties the people of the roster to their Slack accounts, one to one, and follows what Slack says of an account.

Only a full member of the workspace is ever linked by email; who may act is decided by the caller.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, func, or_, select

from store.tables import Provider
from store.vocabulary import AttentionKind, ProviderStatus, SlackStanding

from ..actor import Actor
from ..outbox import list_of_practice, settle_practice
from ..pausing.availability import hand_over
from ..tx import Tx

_BY_SLACK_USER = select(Provider).where(
    Provider.practice_id == bindparam("practice_id"), Provider.slack_user == bindparam("slack_user")
)


def by_slack_user(tx: Tx, slack_user: str) -> Provider | None:
    return tx.first(_BY_SLACK_USER, practice_id=tx.practice_id, slack_user=slack_user)


def link(
    tx: Tx, actor: Actor, slack_user: str, email: str | None, time_zone: str | None, standing: SlackStanding
) -> Provider | None:
    """The provider of this account: known already, or found by the account's email and linked now.

    An address that the roster names as the Slack one goes before a work address. None: nobody on the roster.
    """
    provider = by_slack_user(tx, slack_user)
    if provider is None:
        if standing is not SlackStanding.MEMBER or not email:
            return None
        provider = tx.lock(Provider, _unlinked(tx, email))
        if provider is None or provider.slack_user is not None:
            return None
        provider.slack_user, provider.slack_standing = slack_user, standing
        provider.time_zone = time_zone or provider.time_zone
        tx.record(provider, "link", actor, slack_user=slack_user)
        tx.session.flush()
        found_in_slack(tx, provider)
    return provider


def follow(tx: Tx, actor: Actor, known: Provider, time_zone: str | None, standing: SlackStanding) -> bool:
    """Takes over what Slack says now. Answers whether anything has changed.

    Whoever has left, or has become a guest, can no longer act: what waits for them goes to others at once.
    """
    if known.slack_standing is standing and time_zone in (None, known.time_zone):
        return False
    provider = tx.lock(Provider, known.id)
    if provider is None:
        return False
    left = provider.slack_standing in _ABLE and standing not in _ABLE
    if provider.slack_standing is not standing:
        tx.record(provider, "standing", actor, before=provider.slack_standing, after=standing)
    provider.slack_standing, provider.time_zone = standing, time_zone or provider.time_zone
    if left:
        hand_over(tx, actor, provider)
    if standing is SlackStanding.MEMBER:
        found_in_slack(tx, provider)
    elif left:
        not_in_slack(tx, [provider])
    return True


def not_in_slack(tx: Tx, providers: Iterable[Provider]) -> None:
    """Slack has just been asked and does not know them, or knows them no more: coordinators find them on Home.

    Without a message for each: a roster of hundreds may be imported before anybody is in Slack.
    """
    missing = [one.id for one in providers if one.status is not ProviderStatus.INACTIVE]
    list_of_practice(tx, AttentionKind.NOT_IN_SLACK, missing)


def found_in_slack(tx: Tx, provider: Provider) -> None:
    """They can act, or are no longer meant to."""
    settle_practice(tx, AttentionKind.NOT_IN_SLACK, provider.id)


#: Before anybody has looked, a provider named by the roster counts as able to act.
_ABLE = frozenset({SlackStanding.MEMBER, SlackStanding.UNLINKED})


def _unlinked(tx: Tx, email: str) -> str | None:
    address = email.casefold()
    found = tx.session.exec(
        select(Provider.id)
        .where(
            Provider.practice_id == tx.practice_id,
            col(Provider.slack_user).is_(None),
            or_(func.lower(Provider.slack_email) == address, func.lower(Provider.work_email) == address),
        )
        .order_by(col(Provider.slack_email).is_(None), Provider.id)
    )
    return found.first()
