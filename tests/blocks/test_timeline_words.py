"""What a referral's timeline says of the notices that were, and were not, sent."""

import pytest

from blocks.timeline_words import what
from referrals.notices import Template
from referrals.outcomes import Person
from referrals.views.timeline import Told
from store.vocabulary import DeliveryChannel, DeliveryState
from tests.blocks.examples import NOW

EMAIL, SMS = DeliveryChannel.EMAIL, DeliveryChannel.SMS
SENT, SUPPRESSED, FAILED, PENDING = (
    DeliveryState.SENT,
    DeliveryState.SUPPRESSED,
    DeliveryState.FAILED,
    DeliveryState.PENDING,
)


@pytest.mark.parametrize(
    ("template", "channel", "state", "to", "said"),
    [
        (Template.PROVIDER_OFFER, EMAIL, SENT, "provider", "Email to Maya: the offer"),
        (Template.PROVIDER_OFFER_SMS, SMS, SENT, "provider", "Text message to Maya: the offer"),
        (Template.SOURCE_THANKS, EMAIL, SENT, "source", "Email to the referral source: the thanks"),
        (Template.PROVIDER_OFFER, EMAIL, SUPPRESSED, "provider", "Email not sent to Maya: the offer"),
        (Template.PROVIDER_OFFER, EMAIL, FAILED, "provider", "Email that did not reach Maya: the offer"),
        (Template.PROVIDER_OFFER, EMAIL, PENDING, "provider", "Email to Maya: the offer"),
    ],
)
def test_the_channel_is_said_once_and_what_was_not_sent_is_not_told_as_sent(
    template: Template, channel: DeliveryChannel, state: DeliveryState, to: str, said: str
) -> None:
    whom = Person("Maya", None) if to == "provider" else None
    assert what(Told(NOW, template, channel, to, whom, 1, state, None, None), {}) == (said, None)
