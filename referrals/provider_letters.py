"""What a notice to a provider about themselves needs to be written: no referral, no client, only their own record."""

from dataclasses import dataclass

from store.tables import Delivery, History, Practice, Provider
from store.vocabulary import DeliveryChannel, ProviderStatus

from .notices import Template
from .pausing.pauses import all_pauses, is_paused
from .pausing.subjects import Subject, subject_of
from .roster.licence_ends import LicenceEnd, ends_of
from .tx import Tx


@dataclass(frozen=True, slots=True)
class ProviderLetter:
    """``resumed``: what has come on again by itself and still is; ``licence``: what ends; ``address``: a Slack user."""

    template: Template
    channel: DeliveryChannel
    practice: Practice
    resumed: tuple[Subject, ...]
    still_paused: tuple[Subject, ...]
    address: str
    licence: LicenceEnd | None = None


def provider_letter(tx: Tx, delivery: Delivery, template: Template) -> ProviderLetter | str:
    """From current state; or a code of why it is not to be sent: they may have paused the same again."""
    provider = tx.get(Provider, delivery.recipient.partition(":")[2])
    event = tx.get(History, delivery.subject_id)
    if provider is None or event is None or provider.status is ProviderStatus.INACTIVE:
        return "no_provider"
    if template is Template.PROVIDER_LICENCE:
        return _about_licence(tx, delivery, provider, event)
    over = filter(None, (subject_of(text) for text in event.data["what"]))
    resumed = tuple(one for one in over if not is_paused(provider, one, tx.now))
    if not resumed:
        return "no_longer_true"
    if not provider.slack_user:
        return "no_address"
    still_paused = tuple(all_pauses(provider, tx.now))
    return ProviderLetter(template, delivery.channel, tx.practice(), resumed, still_paused, provider.slack_user)


def _about_licence(tx: Tx, delivery: Delivery, provider: Provider, event: History) -> ProviderLetter | str:
    """It may have been renewed since, or have ended since it was said that it would."""
    told = event.data
    ending = next((one for one in ends_of(tx, provider) if one.code == told["state"]), None)
    if ending is None or ending.last.isoformat() != told["expires"] or ending.ended is not told["ended"]:
        return "no_longer_true"
    if not provider.slack_user:
        return "no_address"
    template, practice = Template.PROVIDER_LICENCE, tx.practice()
    return ProviderLetter(template, delivery.channel, practice, (), (), provider.slack_user, ending)
