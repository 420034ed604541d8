"""What the demo's month brought for a provider of the client's choice: over, or only waiting for a first session.

Nothing here is still open. Together with ``earlier_general`` and ``lately`` it keeps DOMAIN.md's mix: 45 referrals,
40 % of them preferred, and of the preferred offers 60 % accepted, 20 % declined and 20 % expired. Every step lies at
least a day before now.
"""

from store.vocabulary import CloseReason, DeclineReason

from .script import Case, OnDay, accept, close, contacted, decline, no_answer, release, scheduled

PREFERRED = (
    Case(
        "anne",
        OnDay(29, "10:20"),
        "NY aetna individual telehealth 18-64 trauma;anxiety",
        (accept(2, "maya"), contacted(8), scheduled(30)),
        preferred="maya",
        source="clinic",
    ),
    Case(
        "rosalind",
        OnDay(28, "12:05"),
        "CA bcbs couples telehealth 18-64 relationship",
        (accept(5, "tomas"), contacted(20), scheduled(70)),
        preferred="tomas",
        source="directory",
    ),
    Case(
        "haruto",
        OnDay(26, "09:15"),
        "CA united child in_person 0-12 child_and_teen;anxiety",
        (accept(1.2, "yuki"), contacted(6), scheduled(52)),
        preferred="yuki",
        source="school",
    ),
    Case(
        "ezra",
        OnDay(25, "14:40"),
        "TX bcbs individual telehealth 18-64 depression;sleep",
        (decline(6, DeclineReason.NO_AVAILABILITY), accept(9, "noor"), contacted(28), scheduled(75)),
        preferred="dara",
    ),
    Case(  # nobody answered for 48 hours, then a colleague took it
        "leyla",
        OnDay(23, "11:30"),
        "NY aetna individual telehealth 18-64 identity;family",
        (accept(55, "maya"), contacted(60), scheduled(100)),
        preferred="samir",
    ),
    Case(
        "jonas",
        OnDay(21, "16:10"),
        "CO cigna individual telehealth 18-64 grief",
        (accept(0.6, "ines"), no_answer(9), no_answer(30), no_answer(76), close(120, CloseReason.UNREACHABLE)),
        preferred="ines",
    ),
    Case(
        "kai",
        OnDay(19, "15:00"),
        "HI aetna medication telehealth 18-64 adhd;sleep",
        (accept(12, "ksenia"), contacted(20), scheduled(46)),
        preferred="ksenia",
    ),
    Case(  # given back after the first contact
        "harlan",
        OnDay(17, "10:50"),
        "AZ cigna couples telehealth 18-64 relationship;stress_and_work",
        (
            accept(3, "walt"),
            contacted(26),
            release(96, DeclineReason.SCHEDULE),
            accept(110, "ines"),
            contacted(120),
            scheduled(160),
        ),
        preferred="walt",
    ),
    Case(
        "bram",
        OnDay(15, "13:25"),
        "TX bcbs individual in_person 18-64 depression",
        (decline(4, DeclineReason.CONFLICT), accept(11, "dara"), contacted(27)),
        preferred="noor",
    ),
    Case(
        "suharti",
        OnDay(13, "09:40"),
        "CA bcbs individual telehealth 65+ grief;family",
        (accept(52, "yuki"), contacted(70)),
        preferred="tomas",
    ),
    Case(
        "yael",
        OnDay(11, "17:20"),
        "CT cigna individual telehealth 18-64 anxiety",
        (accept(4, "maya"), contacted(16), release(40, DeclineReason.NO_LONGER_WANTS)),
        preferred="maya",
    ),
    Case(
        "cass",
        OnDay(9, "10:05"),
        "MA cigna individual telehealth 18-64 identity",
        (accept(1.5, "samir"), contacted(5), scheduled(49)),
        preferred="samir",
    ),
    Case(  # out of her network, and accepted all the same
        "dimitra",
        OnDay(7, "14:15"),
        "CA united medication telehealth 18-64 depression;sleep",
        (accept(18, "ksenia"), contacted(26)),
        preferred="ksenia",
        source="clinic",
    ),
)
