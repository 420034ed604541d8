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
    name: str
    kind: SourceKind
    email: str | None = None


#: By the word that the script uses for them. An intake that names one of these finds the source by its name.
REFERRERS = {
    "clinic": Referrer("Cedar Street Family Medicine", SourceKind.PHYSICIAN, "referrals@cedarstreet.example.com"),
    "colleague": Referrer("Lantern Psychology Group", SourceKind.PROFESSIONAL, "intake@lantern.example.net"),
    "school": Referrer("Marlow Hill Middle School", SourceKind.SCHOOL, "counseling@marlowhill.example.org"),
    "food bank": Referrer("Harbor & Hearth Food Bank", SourceKind.COMMUNITY, "care@harborhearth.example.org"),
    "directory": Referrer("Open Door Therapist Directory", SourceKind.DIRECTORY),
    "insurer": Referrer("Insurer’s care line", SourceKind.INSURER),
    "former client": Referrer("A former client", SourceKind.CLIENT),
}
