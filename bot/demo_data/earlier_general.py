"""What the demo's month brought for whoever could take it: over, or only waiting for a first session.

Nothing here is still open. Together with ``earlier_preferred`` and ``lately`` it keeps DOMAIN.md's mix: 45 referrals,
40 % of them preferred, and of the preferred offers 60 % accepted, 20 % declined and 20 % expired. Every step lies at
least a day before now.
"""

from store.vocabulary import CloseReason

from .script import Case, OnDay, accept, assign, close, contacted, passes, reopen, scheduled

GENERAL = (
    Case(
        "olha",
        OnDay(29, "15:35"),
        "NY aetna individual telehealth 18-64 anxiety",
        (accept(0.4, "samir"), contacted(3), scheduled(26)),
        source="insurer",
    ),
    Case(
        "moses",
        OnDay(28, "09:10"),
        "TX bcbs individual in_person 18-64 stress_and_work",
        (accept(2, "dara"), contacted(22), scheduled(50)),
        source="clinic",
        channel="csv",
    ),
    Case(
        "delphine",
        OnDay(27, "16:45"),
        "CO cigna couples telehealth 18-64 relationship",
        (accept(7, "ines"), contacted(24), scheduled(60)),
    ),
    Case(
        "tam",
        OnDay(27, "11:00"),
        "WA bcbs assessment in_person 13-17 adhd;child_and_teen",
        (accept(20, "yuki"), contacted(30), scheduled(90)),
        source="school",
    ),
    Case(  # nobody here is licensed in Florida
        "gideon",
        OnDay(26, "13:50"),
        "FL aetna individual telehealth 18-64 anxiety",
        (close(5, CloseReason.REFERRED_OUT),),
    ),
    Case(
        "albert",
        OnDay(24, "10:30"),
        "IL medicare individual in_person 65+ grief;sleep",
        (passes(3, "dara"), accept(16, "noor"), contacted(24), scheduled(72)),
        source="clinic",
        channel="staff",
    ),
    Case(  # siblings: the second looks like the first again, because they share an address
        "pia",
        OnDay(23, "12:15"),
        "CA aetna family telehealth 13-17 family;child_and_teen",
        (accept(3, "tomas"), contacted(9), scheduled(54)),
    ),
    Case(
        "nico",
        OnDay(23, "12:45"),
        "CA aetna family telehealth 13-17 family",
        (accept(2.5, "tomas"), contacted(8.5), scheduled(53.5)),
    ),
    Case(  # 42 CFR Part 2: the first concern is never shown in the channel
        "dov",
        OnDay(22, "14:00"),
        "TX aetna individual telehealth 18-64 substance_use;depression",
        (accept(6, "dara"), contacted(10), scheduled(36)),
        source="colleague",
    ),
    Case(
        "ruth",
        OnDay(20, "09:30"),
        "NJ united individual in_person 65+ grief",
        (accept(4, "maya"), contacted(24), scheduled(77)),
        channel="staff",
    ),
    Case(  # nobody took it, the coordinator offered it again
        "siobhan",
        OnDay(19, "11:40"),
        "AZ cigna family in_person 18-64 family",
        (reopen(53), accept(60, "walt"), contacted(80), scheduled(130)),
    ),
    Case(
        "thea",
        OnDay(18, "16:20"),
        "CT aetna individual telehealth 18-64 trauma",
        (accept(5, "maya"), contacted(22)),
        channel="staff",
    ),
    Case(
        "sakura",
        OnDay(17, "12:30"),
        "WA bcbs individual telehealth 18-64 stress_and_work",
        (close(9, CloseReason.WITHDRAWN),),
    ),
    Case(
        "mirela",
        OnDay(16, "10:00"),
        "MA medicaid individual telehealth 18-64 anxiety;sleep",
        (accept(2, "samir"), contacted(7), scheduled(48)),
        source="food bank",
    ),
    Case(
        "hostile",
        OnDay(15, "15:10"),
        "NY aetna individual telehealth 18-64 other",
        (accept(8, "samir"), contacted(18), scheduled(66)),
    ),
    Case(  # nobody took it, the coordinator offered it to one provider
        "emeka",
        OnDay(14, "09:20"),
        "MN aetna assessment telehealth 18-64 adhd",
        (assign(50, "noor"), accept(56, "noor"), contacted(70)),
    ),
    Case(
        "mirela again",
        OnDay(11, "10:40"),
        "MA medicaid individual telehealth 18-64 anxiety",
        (close(3, CloseReason.DUPLICATE),),
    ),
    Case(
        "long",
        OnDay(12, "13:00"),
        "HI medicaid medication telehealth 18-64 depression",
        (accept(9, "ksenia"), contacted(20)),
    ),
    Case(
        "ngozi",
        OnDay(8, "11:15"),
        "TX aetna individual telehealth 18-64 eating",
        (passes(2, "noor"), accept(6, "dara"), contacted(25), close(60, CloseReason.PLACED_ELSEWHERE)),
    ),
    Case(
        "juno",
        OnDay(6, "14:50"),
        "CO cigna individual telehealth 18-64 identity",
        (accept(1, "ines"), contacted(5), scheduled(28)),
        source="former client",
        channel="csv",
    ),
)
