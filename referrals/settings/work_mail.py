"""Domains whose addresses are the practice's own (DOMAIN.md P5): client information may be mailed there. Pure."""

import re

from ..intake.fields import Unusable

#: Anybody may have an address there, so it says nothing about whose it is.
PUBLIC_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com"}
    | {"icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "zoho.com"}
    | {"mail.com", "fastmail.com", "comcast.net", "verizon.net", "att.net", "sbcglobal.net"}
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_MOST = 20


def domains(text: str) -> list[str]:
    """Separated by commas or spaces, in their ASCII form; ``@practice.example`` is taken as well."""
    found = [_domain(part) for part in re.split(r"[\s,;]+", text) if part]
    if len(found) > _MOST:
        raise Unusable(f"At most {_MOST} domains; there are {len(found)}.")
    return list(dict.fromkeys(found))


def _domain(typed: str) -> str:
    name = typed.rpartition("@")[2].casefold().rstrip(".")
    try:
        ascii_name = name.encode("idna").decode("ascii") if name else ""
    except UnicodeError:
        ascii_name = ""
    if len(ascii_name) > 253 or not _DOMAIN.fullmatch(ascii_name):
        raise Unusable("is no mail domain. Write what stands after the @, such as practice.example.org.", typed)
    if ascii_name in PUBLIC_MAIL:
        raise Unusable(
            "is open to anybody, so mail there would not stay within the practice. Give a domain of your own, or none.",
            ascii_name,
        )
    return ascii_name
