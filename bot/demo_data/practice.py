"""Juniper Grove Therapy itself: what its coordinator would have written into ``.env``, and who refers clients to it."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from referrals.actor import Actor, Surface
from store.vocabulary import SourceKind

TIME_ZONE = ZoneInfo("America/New_York")
_COORDINATOR = "U0ROBIN"  # of the sandbox's cast
ROBIN = Actor(f"slack:{_COORDINATOR}", Surface.BUTTON, slack_user=_COORDINATOR, coordinator=True)


def demo_practice_settings() -> dict[str, Any]:
    """Values for ``Settings``, by its field names."""
    return {
        "practice_name": "Juniper Grove Therapy",
        "practice_slug": "juniper-grove",
        "practice_time_zone": TIME_ZONE.key,
        "work_domains": ("junipergrove.example.org",),
        "support_phone": "(212) 555-0100",
        "support_email": "hello@junipergrove.example.org",
        "support_hours": "Monday to Friday, 9 am to 5 pm Eastern",
        "coordinators": (_COORDINATOR,),
    }


@dataclass(frozen=True, slots=True)
class Referrer:
    """``known_for``: so many days before the practice opened its desk; ``linked``: has a link of its own."""

    name: str
    kind: SourceKind
    email: str | None = None
    contact: str = ""
    phone: str | None = None
    linked: bool = False
    known_for: int = 0


#: The clients whom the practice is best for: see referrals/sources/ideal.py.
IDEAL = {
    "state": ["CA", "CO", "NY", "TX"],
    "insurer": ["aetna", "bcbs", "cigna"],
    "service": ["couples", "individual"],
    "age_band": ["18-64", "65+"],
    "concern": [],
}

#: By the word that the script uses for them. An intake that names one of these finds the source by its name.
REFERRERS = {
    "clinic": Referrer(
        "Cedar Street Family Medicine",
        SourceKind.PHYSICIAN,
        "referrals@cedarstreet.example.com",
        contact="Ines Okoye, care coordinator",
        phone="+12125550121",
        linked=True,
    ),
    "colleague": Referrer(
        "Lantern Psychology Group", SourceKind.PROFESSIONAL, "intake@lantern.example.net", linked=True
    ),
    "school": Referrer(
        "Marlow Hill Middle School",
        SourceKind.SCHOOL,
        "counseling@marlowhill.example.org",
        contact="School counselor’s office",
        linked=True,
    ),
    "food bank": Referrer("Harbor & Hearth Food Bank", SourceKind.COMMUNITY, "care@harborhearth.example.org"),
    "hotline": Referrer(  # has not referred anybody for longer than anyone remembers
        "Riverbend Listening Line",
        SourceKind.OTHER,
        "volunteers@riverbend.example.org",
        phone="+12125550138",
        linked=True,
        known_for=130,
    ),
    "directory": Referrer("Open Door Therapist Directory", SourceKind.DIRECTORY),
    "insurer": Referrer("Insurer’s care line", SourceKind.INSURER),
    "former client": Referrer("A former client", SourceKind.CLIENT),
}
