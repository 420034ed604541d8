"""Codes in people's words, in one place."""

from referrals.notices import Template
from referrals.outcomes import Question, Refusal
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, PlanItem, ProviderStatus, SourceKind, Status

DECLINE_REASONS: dict[DeclineReason, str] = {
    DeclineReason.NO_AVAILABILITY: "No availability",
    DeclineReason.NOT_MY_SPECIALTY: "Not my specialty",
    DeclineReason.INSURER: "Insurer",
    DeclineReason.SCHEDULE: "Schedule does not fit",
    DeclineReason.LOCATION: "Location or licence",
    DeclineReason.CONFLICT: "Conflict of interest",
    DeclineReason.CHOSE_ANOTHER: "Client chose another provider",
    DeclineReason.NO_LONGER_WANTS: "Client no longer wants care",
    DeclineReason.COULD_NOT_REACH: "Could not reach the client",
    DeclineReason.OTHER: "Other",
}

#: Before anybody has spoken with the client, they can have said nothing.
BEFORE_CONTACT = (
    DeclineReason.NO_AVAILABILITY,
    DeclineReason.NOT_MY_SPECIALTY,
    DeclineReason.INSURER,
    DeclineReason.SCHEDULE,
    DeclineReason.LOCATION,
    DeclineReason.CONFLICT,
    DeclineReason.OTHER,
)

#: As the end of "closed: …".
CLOSE_REASONS: dict[CloseReason, str] = {
    CloseReason.WITHDRAWN: "the client withdrew",
    CloseReason.UNREACHABLE: "the client could not be reached",
    CloseReason.REFERRED_OUT: "referred to a provider outside the practice",
    CloseReason.DUPLICATE: "a duplicate of another referral",
    CloseReason.PLACED_ELSEWHERE: "the client found care elsewhere",
    CloseReason.NO_LONGER_NEEDED: "the client no longer wants care",
    CloseReason.OTHER: "no longer needed here",
}

SOURCE_KINDS: dict[SourceKind, str] = {
    SourceKind.CLIENT: "Client",
    SourceKind.PROFESSIONAL: "Therapist or other professional",
    SourceKind.PHYSICIAN: "Physician",
    SourceKind.COMMUNITY: "Community organization",
    SourceKind.SCHOOL: "School",
    SourceKind.DIRECTORY: "Directory",
    SourceKind.INSURER: "Insurer",
    SourceKind.OTHER: "Other",
}

STATUSES: dict[Status, str] = {
    Status.PENDING: "Waiting",
    Status.ACCEPTED: "Accepted, not yet contacted",
    Status.CONTACTED: "Contacted",
    Status.SCHEDULED: "Scheduled",
    Status.EXPIRED: "Expired",
    Status.CLOSED: "Closed",
}


ATTENTION: dict[AttentionKind, str] = {
    AttentionKind.EXPIRED: "Nobody took it in time",
    AttentionKind.NOBODY_ELIGIBLE: "Nobody left who could take it",
    AttentionKind.PHONE_TASK: "The client has to be phoned",
    AttentionKind.DELIVERY_FAILED: "A notice could not be delivered",
    AttentionKind.ACCEPTOR_GONE: "The provider who accepted no longer takes referrals",
    AttentionKind.URGENT: "Marked as urgent",
    AttentionKind.NOT_CONTACTED: "Accepted, and the client is still waiting to hear",
    AttentionKind.LICENCE: "Somebody without a licence there would take it",
    AttentionKind.SMS: "Text messages do not reach a provider",
    AttentionKind.LICENCE_ENDING: "A licence ends",
    AttentionKind.NOT_IN_SLACK: "A provider is not in Slack",
    AttentionKind.AUDIT: "The desk's own check has found a fault",
    AttentionKind.SWEEP: "The desk is not looking for what is due",
    AttentionKind.SLACK: "Slack refuses the desk's messages",
    AttentionKind.RESTORED: "The desk was restored from a backup",
    AttentionKind.OWN_WORDS: "Your own words for a mail do not work",
}

#: The plan for the first contact (DOMAIN.md R1), as a checklist.
PLAN: dict[PlanItem, str] = {
    PlanItem.CONSULTATION: "Consultation: what they need, and whether it is a fit",
    PlanItem.SCHEDULING: "Scheduling: a first session, and how you will meet",
    PlanItem.COST: "Cost and insurance: superbill, self-pay estimate",
    PlanItem.PAYMENT: "Payment: how and when",
}

PROVIDER_STATUSES: dict[ProviderStatus, str] = {
    ProviderStatus.ACTIVE: "Receiving referrals",
    ProviderStatus.PAUSED: "Paused",
    ProviderStatus.INACTIVE: "Inactive",
}

#: What a failed notice, or a mail that has to be replaced by a call, was about.
NOTICES: dict[Template, str] = {
    Template.CLIENT_CONFIRMATION: "we have their request, and what happens next",
    Template.CLIENT_REMINDER: "we are still working on it",
    Template.CLIENT_DECLINED: "the provider they asked for is unavailable; everyone else has been asked",
    Template.CLIENT_RELEASED: "the provider cannot continue; everyone else has been asked",
    Template.CLIENT_FINAL: "nobody is available yet; what the practice will do now",
    Template.CLIENT_CLOSING: "their request has been closed, and how to come back",
    Template.PROVIDER_OFFER: "the offer by email",
    Template.PROVIDER_OFFER_SMS: "the offer by text message",
    Template.PROVIDER_REMINDER: "the reminder by email",
    Template.ACCEPTOR_MAIL: "the email with the client's contact details",
    Template.ACCEPTOR_DM: "the message to the provider who accepted",
    Template.ACCEPTOR_NUDGE_DM: "the message asking whether the client was reached",
    Template.ACCEPTOR_NUDGE_MAIL: "the email asking whether the client was reached",
    Template.ACCEPTOR_STOP_MAIL: "the email saying not to contact the client",
    Template.ACCEPTOR_STOP_DM: "the message saying not to contact the client",
    Template.LICENCE_DENIED: "the message that it cannot be taken without a licence",
    Template.THREAD_REMINDER: "the reminder in the channel",
    Template.THREAD_ACCEPTED: "the announcement in the channel",
    Template.SOURCE_ACKNOWLEDGEMENT: "the acknowledgement to the referral source",
    Template.SOURCE_THANKS: "the thanks to the referral source",
    Template.SOURCE_OUTCOME: "the outcome to the referral source",
    Template.COORDINATOR_PHONE_MAIL: "the email with a client's phone number",
}

#: A question and what it means to say yes. ``{whose}``: on behalf of whom; ``{their}``: your, or the provider's.
QUESTIONS: dict[Question, str] = {
    Question.PAUSED: "Referrals are paused. Accepting this one leaves the pause as it is.",
    Question.PAUSED_INSURER: "Referrals with this insurer are paused. Accepting this one leaves the pause as it is.",
    Question.PAUSED_STATE: "Referrals from this state are paused. Accepting this one leaves the pause as it is.",
    Question.FULL: "The weekly limit is reached. Accepting this one leaves the limit as it is.",
    Question.OUT_OF_NETWORK: "This insurer is not among {their} networks, so the client may have to pay.",
    Question.ON_BEHALF: "You accept for {whose}, who then has to contact the client.",
}

#: Why not, and what to do about it. ``{whom}``: whom to ask; ``{whose}``: for whom it is.
REFUSALS: dict[Refusal, str] = {
    Refusal.UNLINKED: "You are not on the roster of this practice yet. Ask {whom} to add you, with your Slack email.",
    Refusal.GUEST: "Guests of the workspace cannot take referrals. Ask {whom} for a full account.",
    Refusal.DEACTIVATED: "Your account is deactivated here. Ask {whom} to restore it.",
    Refusal.OTHER_WORKSPACE: "Referrals can only be taken by members of the practice's own workspace. Ask {whom}.",
    Refusal.INACTIVE: "You are marked as inactive, so referrals do not come. {whom} can change that.",
    Refusal.NO_LICENCE: "The roster shows no current licence for the client's state. Ask {whom} if that is wrong.",
    Refusal.GAVE_IT_BACK: "You gave this referral back, so it is for others now. Ask {whom} if you want it after all.",
    Refusal.UNREACHABLE: "This provider has neither a Slack account here nor a work email. Choose somebody else.",
    Refusal.NOT_THEIRS: "Only the provider who accepted this referral, or a coordinator, can do this. Ask {whom}.",
    Refusal.NOT_IN_NETWORK: "That insurer is not among your networks. Ask {whom} if that is wrong.",
    Refusal.NOT_LICENSED: "That state is not among your licences on the roster. Ask {whom} if that is wrong.",
    Refusal.NOT_COORDINATOR: "Only a coordinator can do this. Ask {whom}.",
}

#: The same to coordinators, who act for a provider and would else be sent to themselves.
TO_COORDINATORS: dict[Refusal, str] = REFUSALS | {
    Refusal.UNLINKED: "You coordinate this desk but are not on the roster as a provider, so nothing can be offered to"
    " you or accepted by you. What needs you is on the Home tab.",
    Refusal.GUEST: "This provider is a guest of the workspace and cannot take referrals. Give them a full account in"
    " Slack first, or choose somebody else.",
    Refusal.DEACTIVATED: "This provider's account is deactivated in Slack. Restore it there first, or choose somebody"
    " else.",
    Refusal.INACTIVE: "This provider is marked as inactive. Reactivate them on the roster first.",
    Refusal.NO_LICENCE: "The roster shows no current licence of this provider for the client's state. If that is"
    " wrong, correct it on the roster first.",
    Refusal.GAVE_IT_BACK: "This provider gave this referral back, so it is for others now. If they want it after all,"
    " assign it to them.",
}
