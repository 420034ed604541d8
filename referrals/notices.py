"""Every notice the desk sends: over which channel, and whether it is still true at the moment of sending. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from store.tables import Offer, Referral
from store.vocabulary import HIDDEN_CONCERNS, DeliveryChannel, Status

from .lifecycle import HELD


class Template(StrEnum):
    """Names of the texts; DOMAIN.md section 2 says what each must contain."""

    CLIENT_CONFIRMATION = "client_confirmation"
    CLIENT_REMINDER = "client_reminder"
    CLIENT_DECLINED = "client_declined"
    CLIENT_RELEASED = "client_released"
    CLIENT_FINAL = "client_final"
    CLIENT_CLOSING = "client_closing"
    PROVIDER_OFFER = "provider_offer"
    PROVIDER_OFFER_SMS = "provider_offer_sms"
    PROVIDER_REMINDER = "provider_reminder"
    ACCEPTOR_MAIL = "acceptor_mail"
    ACCEPTOR_DM = "acceptor_dm"
    ACCEPTOR_NUDGE_DM = "acceptor_nudge_dm"
    ACCEPTOR_NUDGE_MAIL = "acceptor_nudge_mail"
    ACCEPTOR_STOP_MAIL = "acceptor_stop_mail"
    ACCEPTOR_STOP_DM = "acceptor_stop_dm"
    LICENCE_DENIED = "licence_denied"
    THREAD_REMINDER = "thread_reminder"
    THREAD_ACCEPTED = "thread_accepted"
    SOURCE_ACKNOWLEDGEMENT = "source_acknowledgement"
    SOURCE_THANKS = "source_thanks"
    SOURCE_OUTCOME = "source_outcome"
    COORDINATOR_EXPIRED = "coordinator_expired"
    COORDINATOR_NOBODY = "coordinator_nobody"
    COORDINATOR_PHONE = "coordinator_phone"
    COORDINATOR_PHONE_MAIL = "coordinator_phone_mail"
    COORDINATOR_FAILED = "coordinator_failed"
    COORDINATOR_ACCEPTOR_GONE = "coordinator_acceptor_gone"
    COORDINATOR_URGENT = "coordinator_urgent"
    COORDINATOR_NOT_CONTACTED = "coordinator_not_contacted"
    COORDINATOR_LICENCE = "coordinator_licence"
    COORDINATOR_TROUBLE = "coordinator_trouble"
    SUPPORT_TROUBLE_MAIL = "support_trouble_mail"
    COORDINATOR_DIGEST = "coordinator_digest"
    PROVIDER_RESUMED = "provider_resumed"
    PROVIDER_LICENCE = "provider_licence"


@dataclass(frozen=True, slots=True)
class Context:
    """What decides whether a notice is still true. ``settled``: the attention item it speaks of is done."""

    referral: Referral
    offer: Offer | None
    recipient: str
    settled: bool = False
    overdue: bool = False  # past its deadline, which a job is about to write

    @property
    def current(self) -> bool:
        """No later round has made this one history."""
        return self.offer is not None and self.offer.id == self.referral.offer_id

    @property
    def open(self) -> bool:
        return self.current and self.offer is not None and self.offer.outcome is None

    @property
    def underway(self) -> bool:
        """The client of this round still waits to be contacted."""
        return self.current and self.is_(Status.PENDING, Status.ACCEPTED)

    @property
    def waiting(self) -> bool:
        """Somebody can still be asked to decide in time."""
        return self.open and not self.overdue

    @property
    def theirs(self) -> bool:
        """The recipient is the provider in whose hands the referral is."""
        return self.referral.status in HELD and self.recipient == f"provider:{self.referral.accepted_by}"

    @property
    def consented(self) -> bool:
        """The client agrees that the source hears how it went."""
        return self.referral.outcome_consent_at is not None

    @property
    def may_be_thanked_for(self) -> bool:
        """Under 42 CFR Part 2 the moment of the thanks alone would tell too much (DOMAIN.md section 3, rule 11)."""
        return self.consented or HIDDEN_CONCERNS.isdisjoint(self.referral.concerns)

    def is_(self, *statuses: Status) -> bool:
        return self.referral.status in statuses


@dataclass(frozen=True, slots=True)
class Notice:
    channel: DeliveryChannel
    still_true: Callable[[Context], bool]


def _always(_: Context) -> bool:
    return True


_EMAIL, _SLACK, _SMS = DeliveryChannel.EMAIL, DeliveryChannel.SLACK, DeliveryChannel.SMS

NOTICES: dict[Template, Notice] = {
    # A confirmation or decline notice that could not go out in time says nothing that the next mail does not say.
    Template.CLIENT_CONFIRMATION: Notice(_EMAIL, lambda c: c.current and not c.is_(Status.CLOSED, Status.EXPIRED)),
    Template.CLIENT_REMINDER: Notice(_EMAIL, lambda c: c.underway and not c.overdue),
    Template.CLIENT_DECLINED: Notice(_EMAIL, lambda c: c.underway),
    Template.CLIENT_RELEASED: Notice(_EMAIL, lambda c: c.underway),
    Template.CLIENT_FINAL: Notice(_EMAIL, lambda c: c.current and c.is_(Status.EXPIRED)),
    Template.CLIENT_CLOSING: Notice(_EMAIL, lambda c: c.is_(Status.CLOSED)),
    Template.PROVIDER_OFFER: Notice(_EMAIL, lambda c: c.waiting),
    Template.PROVIDER_OFFER_SMS: Notice(_SMS, lambda c: c.waiting),
    Template.PROVIDER_REMINDER: Notice(_EMAIL, lambda c: c.waiting),
    Template.ACCEPTOR_MAIL: Notice(_EMAIL, lambda c: c.current and c.theirs),
    Template.ACCEPTOR_DM: Notice(_SLACK, lambda c: c.current and c.theirs),
    Template.ACCEPTOR_NUDGE_DM: Notice(_SLACK, lambda c: c.current and c.theirs and c.is_(Status.ACCEPTED)),
    Template.ACCEPTOR_NUDGE_MAIL: Notice(_EMAIL, lambda c: c.current and c.theirs and c.is_(Status.ACCEPTED)),
    # Whoever has taken it up again since must not be told to stop.
    Template.ACCEPTOR_STOP_MAIL: Notice(_EMAIL, lambda c: not c.theirs),
    Template.ACCEPTOR_STOP_DM: Notice(_SLACK, lambda c: not c.theirs),
    Template.LICENCE_DENIED: Notice(_SLACK, lambda c: c.open),
    Template.THREAD_REMINDER: Notice(_SLACK, lambda c: c.waiting),
    Template.THREAD_ACCEPTED: Notice(_SLACK, lambda c: c.current and c.referral.status in HELD),
    Template.SOURCE_ACKNOWLEDGEMENT: Notice(_EMAIL, _always),
    Template.SOURCE_THANKS: Notice(_EMAIL, lambda c: c.may_be_thanked_for),
    Template.SOURCE_OUTCOME: Notice(_EMAIL, lambda c: c.is_(Status.CLOSED) and c.consented),
    Template.COORDINATOR_EXPIRED: Notice(_SLACK, lambda c: c.current and c.is_(Status.EXPIRED)),
    Template.COORDINATOR_NOBODY: Notice(_SLACK, lambda c: c.open),
    Template.COORDINATOR_PHONE: Notice(_SLACK, lambda c: not c.settled),
    Template.COORDINATOR_PHONE_MAIL: Notice(_EMAIL, lambda c: not c.settled),
    Template.COORDINATOR_FAILED: Notice(_SLACK, lambda c: not c.settled),
    Template.COORDINATOR_ACCEPTOR_GONE: Notice(_SLACK, lambda c: not c.settled),
    Template.COORDINATOR_URGENT: Notice(_SLACK, lambda c: not c.settled and not c.is_(Status.CLOSED)),
    Template.COORDINATOR_NOT_CONTACTED: Notice(_SLACK, lambda c: not c.settled and c.is_(Status.ACCEPTED)),
    Template.COORDINATOR_LICENCE: Notice(_SLACK, lambda c: not c.settled and c.open),
    Template.COORDINATOR_TROUBLE: Notice(_SLACK, lambda c: not c.settled),
    Template.SUPPORT_TROUBLE_MAIL: Notice(_EMAIL, lambda c: not c.settled),
    Template.COORDINATOR_DIGEST: Notice(_SLACK, _always),
    Template.PROVIDER_RESUMED: Notice(_SLACK, _always),
    Template.PROVIDER_LICENCE: Notice(_SLACK, _always),
}

#: About the practice as a whole: these concern no referral, and become a PracticeLetter.
OF_PRACTICE = frozenset({Template.COORDINATOR_TROUBLE, Template.SUPPORT_TROUBLE_MAIL})

#: To a coordinator about the day at the desk: these become a DigestLetter.
OF_DAY = frozenset({Template.COORDINATOR_DIGEST})

#: About a provider and no referral: these become a ProviderLetter.
OF_PROVIDER = frozenset({Template.PROVIDER_RESUMED, Template.PROVIDER_LICENCE})

#: To whoever has the referral, about reaching its client.
TO_ACCEPTORS = frozenset(
    {Template.ACCEPTOR_DM, Template.ACCEPTOR_MAIL, Template.ACCEPTOR_NUDGE_DM, Template.ACCEPTOR_NUDGE_MAIL}
)

#: A client who has been sent one of these has had an answer.
ANSWERS = frozenset({Template.CLIENT_FINAL, Template.CLIENT_CLOSING})
