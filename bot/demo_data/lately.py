"""What of the demo's month is still going on, timed from now: the deadlines ahead are hours away, not over."""

from store.vocabulary import DeclineReason, PlanItem

from .script import Ago, Case, accept, contacted, decline, no_answer, plans, scheduled

PREFERRED = (
    Case(  # the provider never answered; open to everyone, with four hours left
        "otto",
        Ago(92),
        "TX aetna individual telehealth 18-64 grief",
        preferred="dara",
        source="clinic",
    ),
    Case(  # he is not taking referrals now, so it was open to everyone at once
        "wren",
        Ago(96),
        "AZ tricare couples telehealth 18-64 relationship;trauma",
        (accept(20, "ines"), contacted(30)),
        preferred="walt",
    ),
    Case(  # declined, now open to everyone, with twenty hours left; likely the same person as "neha"
        "neha again",
        Ago(34),
        "CA cigna individual telehealth 18-64 anxiety",
        (decline(6, DeclineReason.NOT_MY_SPECIALTY),),
        preferred="yuki",
    ),
    Case(  # reserved, out of network, with forty hours left
        "florian",
        Ago(8),
        "MN united individual telehealth 18-64 sleep;stress_and_work",
        preferred="noor",
        source="directory",
    ),
    Case(
        "imogen",
        Ago(12 / 3600),
        "NJ united individual telehealth 18-64 trauma;grief",
        preferred="maya",
        source="clinic",
    ),
)

GENERAL = (
    Case(
        "amara",
        Ago(34),
        "NY aetna individual telehealth 18-64 anxiety;sleep",
        (accept(0.2, "samir"), contacted(1.5)),
        urgent=True,
    ),
    Case(
        "linus",
        Ago(30),
        "IL aetna individual in_person 18-64 depression",
        (accept(3, "noor"), contacted(8), plans(8.2, PlanItem.CONSULTATION, PlanItem.SCHEDULING), scheduled(26)),
        source="colleague",
    ),
    Case(  # accepted, no contact yet, and past the practice's twelve hours
        "neha",
        Ago(40),
        "CA bcbs medication telehealth 18-64 depression;anxiety",
        (accept(26, "ksenia"), no_answer(33)),
    ),
    Case(  # accepted this morning or last night, no contact yet
        "header",
        Ago(26),
        "CA cigna couples telehealth 18-64 relationship",
        (accept(20, "tomas"),),
    ),
    Case(  # nobody took it; 48 hours were over forty minutes ago
        "minseo",
        Ago(48 + 40 / 60),
        "UT self_pay individual telehealth 18-64 other",
    ),
    Case(  # to be phoned, because there is no email
        "bea",
        Ago(15),
        "MA medicaid individual telehealth 65+ grief",
        channel="staff",
    ),
    Case(
        "theo",
        Ago(4 / 3600),
        "NY aetna individual telehealth 18-64 stress_and_work",
    ),
)
