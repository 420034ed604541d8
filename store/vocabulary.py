"""The closed vocabularies that columns hold. Wording for people lives with the surfaces, not here."""

from enum import StrEnum


class Status(StrEnum):
    """Where a referral stands. CLOSED is the only end."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    SCHEDULED = "scheduled"
    EXPIRED = "expired"
    CLOSED = "closed"


class Kind(StrEnum):
    """Of a referral as it was asked for, and of one round of it."""

    PREFERRED = "preferred"
    GENERAL = "general"


class OfferOutcome(StrEnum):
    """How a round ended. An open round has none."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    RELEASED = "released"  # the provider paused or became inactive while it was theirs
    REPLACED = "replaced"  # a coordinator assigned the referral elsewhere
    CLOSED = "closed"


class ProviderStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"


class SlackStanding(StrEnum):
    """What Slack says of a provider's account. Only a MEMBER may act."""

    UNLINKED = "unlinked"  # not looked up yet
    MISSING = "missing"  # looked up: nobody by that address
    MEMBER = "member"
    GUEST = "guest"
    DEACTIVATED = "deactivated"


class SourceKind(StrEnum):
    CLIENT = "client"
    PROFESSIONAL = "professional"
    PHYSICIAN = "physician"
    COMMUNITY = "community"
    SCHOOL = "school"
    DIRECTORY = "directory"
    INSURER = "insurer"
    OTHER = "other"


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


class DeclineReason(StrEnum):
    """Why a provider declines or releases (DOMAIN.md section 4)."""

    NO_AVAILABILITY = "no_availability"
    NOT_MY_SPECIALTY = "not_my_specialty"
    INSURER = "insurer"
    SCHEDULE = "schedule"
    LOCATION = "location_or_licence"
    CONFLICT = "conflict_of_interest"
    CHOSE_ANOTHER = "client_chose_another"
    NO_LONGER_WANTS = "client_no_longer_wants_care"
    COULD_NOT_REACH = "could_not_reach"
    OTHER = "other"


class CloseReason(StrEnum):
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    REFERRED_OUT = "referred_out"
    DUPLICATE = "duplicate"
    PLACED_ELSEWHERE = "placed_elsewhere"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"


class DeliveryChannel(StrEnum):
    SLACK = "slack"
    EMAIL = "email"
    SMS = "sms"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class AttentionKind(StrEnum):
    """Why a coordinator has to look at a referral, or (from SMS on) at the practice as a whole."""

    EXPIRED = "expired"
    NOBODY_ELIGIBLE = "nobody_eligible"
    PHONE_TASK = "phone_task"
    DELIVERY_FAILED = "delivery_failed"
    ACCEPTOR_GONE = "acceptor_gone"
    URGENT = "urgent"
    NOT_CONTACTED = "not_contacted"  # accepted two days ago, and the client has not been reached
    LICENCE = "licence"  # detail: the provider who would take it, but has no licence where the client is
    SMS = "sms"  # detail: the provider whose number takes no texts
    LICENCE_ENDING = "licence_ending"  # detail: the provider a licence of whom ends soon, or has ended
    NOT_IN_SLACK = "not_in_slack"  # detail: the provider whom Slack does not know, or knows no more
    AUDIT = "audit"  # detail: the rule that does not hold
    SWEEP = "sweep"  # what is due is not looked for
    SLACK = "slack"  # detail: Slack's error code
    RESTORED = "restored"  # detail: how many notices were given up
    OWN_WORDS = "own_words"  # detail: the mail whose own words cannot be filled in, so that ours are sent


class LinkPurpose(StrEnum):
    DECIDE = "decide"  # accept or decline an offer, from the mail
    DETAILS = "details"  # a referral's client
    FIND = "find"  # the search by name
    DESK = "desk"  # the coordinators' pages


class PlanItem(StrEnum):
    """The plan for the first contact (DOMAIN.md R1), in its order."""

    CONSULTATION = "consultation"
    SCHEDULING = "scheduling"
    COST = "cost"  # cost and insurance, with superbill and self-pay estimate
    PAYMENT = "payment"


#: USPS states and DC.
STATES: dict[str, str] = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}

#: Slug -> (label for people, other ways it is written). Looked up casefolded.
INSURERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "aetna": ("Aetna", ("aetna health",)),
    "cigna": ("Cigna", ("cigna healthcare", "evernorth")),
    "united": ("UnitedHealthcare / Optum", ("unitedhealthcare", "united healthcare", "uhc", "optum")),
    "bcbs": ("Blue Cross Blue Shield", ("blue cross", "blue shield", "bcbstx", "anthem", "carefirst")),
    "medicaid": ("Medicaid", ()),
    "medicare": ("Medicare", ()),
    "tricare": ("TRICARE", ()),
    "eap": ("EAP", ("employee assistance",)),
    "self_pay": ("Self-pay", ("self pay", "selfpay", "cash", "none", "private pay")),
}

SERVICES: dict[str, str] = {
    "individual": "Individual therapy",
    "couples": "Couples therapy",
    "family": "Family therapy",
    "child": "Child therapy",
    "group": "Group therapy",
    "assessment": "Assessment",
    "medication": "Medication management",
}

DELIVERY_MODES: dict[str, str] = {"telehealth": "Telehealth", "in_person": "In person"}

AGE_BANDS: dict[str, str] = {"0-12": "0–12", "13-17": "13–17", "18-64": "18–64", "65+": "65+"}
MINOR_BANDS = frozenset({"0-12", "13-17"})

CONCERNS: dict[str, str] = {
    "anxiety": "Anxiety",
    "depression": "Depression",
    "trauma": "Trauma",
    "grief": "Grief",
    "relationship": "Relationship",
    "family": "Family",
    "child_and_teen": "Child and teen",
    "identity": "Identity",
    "stress_and_work": "Stress and work",
    "eating": "Eating",
    "sleep": "Sleep",
    "adhd": "ADHD",
    "substance_use": "Substance use",
    "other": "Other",
}

#: 42 CFR Part 2: never shown in the channel or in source mail (DOMAIN.md section 3, rule 11).
HIDDEN_CONCERNS = frozenset({"substance_use"})
