"""A coordinator takes an item off their list by hand, where nothing that the desk can see would settle it.

What the desk can see settles itself: a referral accepted, a channel that works again, a check that finds nothing.
"""

from dataclasses import dataclass

from store.tables import Attention, Referral
from store.vocabulary import AttentionKind

from . import slack_trouble
from .actor import Actor
from .outcomes import Missing, Refusal, Refused
from .slack_trouble import Scope
from .tx import Tx

EVENT = "seen"

#: On a referral. An urgent one stays urgent; a failed notice has been told otherwise.
OF_A_REFERRAL = frozenset({AttentionKind.URGENT, AttentionKind.DELIVERY_FAILED, AttentionKind.NOBODY_ELIGIBLE})
#: Of the practice: these come back with something new. Trouble with Slack is thereby tried again.
OF_THE_PRACTICE = frozenset(
    {
        AttentionKind.SMS,
        AttentionKind.RESTORED,
        AttentionKind.NOT_IN_SLACK,
        AttentionKind.LICENCE_ENDING,
        AttentionKind.SLACK,
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """It is off the list; ``before``: it had been already."""

    kind: AttentionKind
    before: bool


def seen(tx: Tx, actor: Actor, attention_id: str) -> Seen | Refused | Missing:
    found = tx.get(Attention, attention_id)
    if found is None or found.kind not in OF_A_REFERRAL | OF_THE_PRACTICE:
        return Missing()
    subject = tx.lock(Referral, found.referral_id) or tx.locked_practice()
    item = tx.lock(Attention, attention_id)  # after its referral, in the order in which every event locks them
    if item is None:
        return Missing()
    if not actor.coordinator:
        tx.record(subject, EVENT, actor, result=Refusal.NOT_COORDINATOR, kind=item.kind)
        return Refused(Refusal.NOT_COORDINATOR)
    if item.settled_at is not None:
        return Seen(item.kind, before=True)
    if item.kind is AttentionKind.SLACK:
        slack_trouble.over(tx, *Scope)
    item.settled_at, item.settled_by = tx.now, actor.name
    tx.record(subject, EVENT, actor, kind=item.kind, item=item.id)
    return Seen(item.kind, before=False)
