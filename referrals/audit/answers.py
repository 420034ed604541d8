"""Whether every client has an answer where it is over, and is taken for answered only when they were."""

from collections.abc import Iterator

from store.vocabulary import AttentionKind, DeliveryState, Status

from ..notices import Template
from .dossier import Dossier
from .finding import Finding, Rule
from .tale import Tale

#: What a client is told last.
_LAST = {Status.EXPIRED: Template.CLIENT_FINAL, Status.CLOSED: Template.CLIENT_CLOSING}
_UNDER_WAY = frozenset({DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN})
_GONE = frozenset({DeliveryState.SENT, DeliveryState.SUPPRESSED})
_REACHED = frozenset({Status.CONTACTED, Status.SCHEDULED})


def answered(dossier: Dossier, tale: Tale) -> Iterator[Finding]:
    """Contacted, phoned, sent the last word, or about to be; ``answered_at`` says so and never more than that."""
    if words := _unanswered(dossier) or _taken_for_answered(dossier, tale):
        yield Finding(Rule.ANSWERED, "referral", dossier.referral.id, words, dossier.referral.code)


def _unanswered(dossier: Dossier) -> str | None:
    referral = dossier.referral
    if referral.answered_at is not None:
        return None
    if referral.status in _REACHED:
        return "was contacted, but does not count as answered"
    last = _LAST.get(referral.status)
    if last is None or (dossier.client is not None and dossier.client.erased_at is not None):
        return None
    words = [one for one in dossier.deliveries if (one.template, one.offer_id) == (last, referral.offer_id)]
    if any(one.state is DeliveryState.SENT for one in words):
        return f"was sent {last}, but does not count as answered"
    called = any(
        (item.kind, item.offer_id, item.detail) == (AttentionKind.PHONE_TASK, referral.offer_id, last)
        for item in dossier.items
    )
    if called or any(one.state in _UNDER_WAY for one in words):
        return None
    return f"is {referral.status}, and the client will never hear of it"


def _taken_for_answered(dossier: Dossier, tale: Tale) -> str | None:
    """A last word that was on its way when the referral was taken up again counts as well, and one held back too:
    in the demo's story it was sent.
    """
    if dossier.referral.answered_at is None or tale.phoned or tale.contacted_at is not None:
        return None
    sent = any(one.template in _LAST.values() and one.state in _GONE for one in dossier.deliveries)
    return None if sent else "counts as answered, but nobody has told the client anything"
