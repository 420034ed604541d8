"""What a notice to a provider about themselves needs to be written: no referral, no client, only their own pauses."""

from dataclasses import dataclass

from store.tables import Delivery, History, Practice, Provider
from store.vocabulary import DeliveryChannel, ProviderStatus

from .notices import Template
from .pausing.pauses import all_pauses, is_paused
from .pausing.subjects import Subject, subject_of
from .tx import Tx


@dataclass(frozen=True, slots=True)
class ProviderLetter:
    """``resumed``: what has come on again by itself and still is; ``address``: a Slack user."""

    template: Template
    channel: DeliveryChannel
    practice: Practice
    resumed: tuple[Subject, ...]
    still_paused: tuple[Subject, ...]
    address: str


def provider_letter(tx: Tx, delivery: Delivery, template: Template) -> ProviderLetter | str:
    """From current state; or a code of why it is not to be sent: they may have paused the same again."""
    provider = tx.get(Provider, delivery.recipient.partition(":")[2])
    event = tx.get(History, delivery.subject_id)
    if provider is None or event is None or provider.status is ProviderStatus.INACTIVE:
        return "no_provider"
    over = filter(None, (subject_of(text) for text in event.data["what"]))
    resumed = tuple(one for one in over if not is_paused(provider, one, tx.now))
    if not resumed:
        return "no_longer_true"
    if not provider.slack_user:
        return "no_address"
    still_paused = tuple(all_pauses(provider, tx.now))
    return ProviderLetter(template, delivery.channel, tx.practice(), resumed, still_paused, provider.slack_user)
