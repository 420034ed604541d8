"""The nine providers of the demo. Invented; their ids, names and addresses are those of the sandbox's cast.

Telephone numbers are 555-01xx, which nobody has. NPIs have true check digits, in a range that is held in reserve.
"""

from dataclasses import dataclass
from datetime import date, timedelta

#: Last day of a licence that is years from running out, in days from now.
_LONG = 500


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the roster. Lists are split on ``;``. ``licences``: state -> days from now to its last day."""

    key: str
    name: str
    credential: str
    time_zone: str  # as Slack would say
    work_phone: str
    mobile: str
    npi: str
    licences: dict[str, int]
    insurers: str
    services: str
    delivery: str
    specialties: str
    languages: str
    styles: str
    age_bands: str

    @property
    def slack_user(self) -> str:
        return f"U0{self.key.upper()}"

    @property
    def email(self) -> str:
        return f"{self.key}@junipergrove.example.org"


ROSTER = (
    Member(
        key="maya",
        name="Maya Okonkwo-Reyes",
        credential="LCSW",
        time_zone="America/New_York",
        work_phone="(212) 555-0111",
        mobile="(212) 555-0171",
        npi="2400000115",
        licences={"NY": _LONG, "NJ": 410, "CT": 655},
        insurers="Aetna; Cigna; UnitedHealthcare; EAP",
        services="individual; couples; family",
        delivery="telehealth; in person",
        specialties="trauma; grief; anxiety",
        languages="English; Spanish; Igbo",
        styles="EMDR; Internal family systems",
        age_bands="18-64; 65+",
    ),
    Member(
        key="tomas",
        name="Tomás Lindqvist",
        credential="LMFT",
        time_zone="America/Los_Angeles",
        work_phone="(503) 555-0112",
        mobile="(503) 555-0172",
        npi="2400000222",
        licences={"CA": 320, "OR": _LONG},
        insurers="Aetna; Cigna; Blue Cross; EAP",
        services="individual; couples; family",
        delivery="telehealth",
        specialties="relationship; family; stress and work",
        languages="English; Swedish",
        styles="Emotionally focused; Gottman",
        age_bands="13-17; 18-64; 65+",
    ),
    Member(
        key="yuki",
        name="Yuki Tanabe 田辺 由紀",
        credential="PsyD",
        time_zone="America/Los_Angeles",
        work_phone="(206) 555-0113",
        mobile="(206) 555-0173",
        npi="2400000339",
        licences={"CA": _LONG, "WA": 280},
        insurers="UnitedHealthcare; Cigna; Blue Cross",
        services="individual; child; family; assessment",
        delivery="telehealth; in person",
        specialties="ADHD; child and teen; anxiety",
        languages="English; Japanese",
        styles="CBT; Play therapy",
        age_bands="0-12; 13-17; 18-64",
    ),
    Member(
        key="dara",
        name="Dara Feldman-Ito",
        credential="LPC",
        time_zone="America/Chicago",
        work_phone="(512) 555-0114",
        mobile="(512) 555-0174",
        npi="2400000446",
        licences={"TX": 700, "IL": 190},
        insurers="Aetna; Blue Cross; UnitedHealthcare",
        services="individual; group",
        delivery="telehealth; in person",
        specialties="depression; eating; substance use",
        languages="English; Hebrew",
        styles="ACT; Motivational interviewing",
        age_bands="18-64; 65+",
    ),
    Member(
        key="samir",
        name="Samir Haddad سمير حدّاد",
        credential="LMHC",
        time_zone="America/New_York",
        work_phone="(617) 555-0115",
        mobile="(617) 555-0175",
        npi="2400000552",
        licences={"NY": 365, "MA": _LONG},
        insurers="Medicaid; Aetna; Cigna",
        services="individual; family",
        delivery="telehealth; in person",
        specialties="anxiety; identity; trauma",
        languages="English; Arabic; French",
        styles="Narrative; CBT",
        age_bands="13-17; 18-64; 65+",
    ),
    Member(
        key="ines",
        name="Inês Carvalho",
        credential="LCSW",
        time_zone="America/Denver",
        work_phone="(303) 555-0116",
        mobile="(303) 555-0176",
        npi="2400000669",
        licences={"CO": 430, "UT": 540, "AZ": _LONG, "NM": 18},  # the one about to run out
        insurers="Medicaid; Cigna; TRICARE",
        services="individual; couples; family",
        delivery="telehealth",
        specialties="grief; trauma; relationship",
        languages="English; Portuguese; Spanish",
        styles="Psychodynamic; Somatic",
        age_bands="18-64; 65+",
    ),
    Member(
        key="noor",
        name="Noor Bakshi",
        credential="PhD",
        time_zone="America/Chicago",
        work_phone="(312) 555-0117",
        mobile="(312) 555-0177",
        npi="2400000776",
        licences={"IL": _LONG, "TX": 600, "MN": 240},
        insurers="Medicare; Blue Cross; Aetna",
        services="individual; assessment",
        delivery="telehealth; in person",
        specialties="depression; grief; sleep",
        languages="English; Urdu; Punjabi",
        styles="CBT; CBT-I",
        age_bands="18-64; 65+",
    ),
    Member(
        key="walt",
        name="Walter O’Shea",
        credential="LMFT",
        time_zone="America/Phoenix",
        work_phone="(602) 555-0118",
        mobile="(602) 555-0178",
        npi="2400000883",
        licences={"AZ": 350, "NV": _LONG},
        insurers="TRICARE; Cigna",
        services="couples; family",
        delivery="telehealth; in person",
        specialties="relationship; family; trauma",
        languages="English",
        styles="Structural; Gottman",
        age_bands="13-17; 18-64; 65+",
    ),
    Member(
        key="ksenia",
        name="Ксения Морозова",
        credential="PMHNP",
        time_zone="Pacific/Honolulu",
        work_phone="(808) 555-0119",
        mobile="(808) 555-0179",
        npi="2400000990",
        licences={"HI": _LONG, "CA": 470, "NY": 260, "TX": 390},
        insurers="Aetna; Medicare; Medicaid; Blue Cross",
        services="medication",
        delivery="telehealth",
        specialties="depression; ADHD; sleep",
        languages="English; Russian; Ukrainian",
        styles="Collaborative; Low and slow",
        age_bands="18-64; 65+",
    ),
)


def roster_rows(today: date) -> list[dict[str, str]]:
    """Column -> text, as in a roster file. ``today``: from which the licences' last days are counted."""
    return [_row(member, today) for member in ROSTER]


def _row(member: Member, today: date) -> dict[str, str]:
    lasting = ((state, today + timedelta(days=days)) for state, days in member.licences.items())
    return {
        "name": member.name,
        "credential": member.credential,
        "email": member.email,
        "work_phone": member.work_phone,
        "mobile": member.mobile,
        "slack_user": member.slack_user,
        "npi": member.npi,
        "states": "; ".join(f"{state}:{last.isoformat()}" for state, last in lasting),
        "insurers": member.insurers,
        "services": member.services,
        "delivery": member.delivery,
        "specialties": member.specialties,
        "languages": member.languages,
        "styles": member.styles,
        "age_bands": member.age_bands,
        "booking_link": f"https://book.junipergrove.example.org/{member.key}",
        "status": "active",
    }
