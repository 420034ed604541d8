"""The load case of DOMAIN.md section 4: 180 providers and two coordinators, as the workspace and the roster have them.

Invented throughout; telephone numbers are 555-01xx, which nobody has.
"""

import csv
import io
from typing import Any

SIZE = 180
COORDINATORS = ("U0ROBIN", "U0QUINN")
SLUG = "juniper-grove-therapy"
_ZONES = ("America/New_York", "America/New_York", "America/Chicago", "America/Los_Angeles")
_INSURERS = ("aetna;cigna;self_pay", "aetna;united;bcbs", "cigna;bcbs;medicaid;self_pay", "aetna;cigna;united;bcbs;eap")
_SERVICES = ("individual;couples", "individual;family;child", "individual;group;assessment", "individual")
_HEAD = (
    "name,credential,email,work_phone,mobile,slack_user,slack_email,npi,states,insurers,services,delivery,specialties,"
    "languages,styles,age_bands,booking_link,status"
)


def slack_user(number: int) -> str:
    return f"U0PRO{number:03}"


def mobile(number: int) -> str:
    """E.164, each their own."""
    return f"+1{(202, 212)[number // 100]}55501{number % 100:02}"


def in_slack(number: int) -> bool:
    """One in forty is on the roster and not in the workspace: reached by mail and SMS alone."""
    return number % 40 != 39


def people() -> list[dict[str, Any]]:
    """For the workspace."""
    found: list[dict[str, Any]] = [
        {"id": user, "name": user[2:].lower(), "real_name": user[2:].title(), "email": _address(user[2:].lower())}
        for user in COORDINATORS
    ]
    found[0] |= {"is_admin": True, "is_owner": True}
    for number in filter(in_slack, range(SIZE)):
        person = {"id": slack_user(number), "name": f"provider{number}", "real_name": f"Provider {number}"}
        found.append(person | {"email": _address(f"provider{number}"), "tz": _ZONES[number % 4]})
    return found


def roster() -> bytes:
    """For ``referrals import roster``. Nine in ten are licensed where nearly all clients are."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD.split(","))
    for number in range(SIZE):
        states = "CT" if number % 10 == 7 else "NY;NJ"
        phones = (f"+121355501{number % 100:02}", mobile(number) if number % 3 else "")
        slack = (slack_user(number) if in_slack(number) else "", "", "")
        care = (states, _INSURERS[number % 4], _SERVICES[number % 4], "telehealth;in_person")
        style = ("anxiety;grief", "English", "CBT", "18-64;65+;13-17", f"https://book.example.org/{number}", "active")
        name = (f"Provider {number}", "LCSW", _address(f"provider{number}"))
        writer.writerow([*name, *phones, *slack, *care, *style])
    return text.getvalue().encode()


def _address(name: str) -> str:
    return f"{name}@junipergrove.example.org"
