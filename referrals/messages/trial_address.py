"""Where a coordinator's test mail goes: to themselves, and never outside the practice."""

from store.tables import Provider

from ..actor import Actor
from ..composing import at_work
from ..tx import Tx


def slack_user(_tx: Tx, actor: Actor) -> str:
    return actor.slack_user or ""


def trial_address(tx: Tx, actor: Actor, in_slack: str) -> str:
    """``in_slack``: their address there, "" if unknown. Else their work email, else support; "" without any.

    Their own addresses count only in the practice's work domains: a test shows how its mails read.
    """
    provider, practice = tx.get(Provider, actor.provider_id), tx.practice()
    own = (in_slack, (provider.work_email if provider else None) or "")
    return next((one for one in own if at_work(practice, one)), practice.support_email)
