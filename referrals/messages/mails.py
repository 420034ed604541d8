"""The mails that a practice may put into its own words: which values each may name, and every case it is sent in.

Closed lists, and no value that our own words of the same mail do not have. Cases carry believable samples, with which
words are tried before they are kept, shown beforehand, and sent as a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.vocabulary import CloseReason

from ..notices import Template

#: What each value is, for whoever writes.
VARIABLES: dict[str, str] = {
    "greeting": "the client's first name, or the guardian's",
    "practice": "the practice's name",
    "code": "the reference, such as R-7K3QM",
    "provider": "the provider they asked for, with credential",
    "provider_phone": "that provider's number for clients, or the practice's",
    "taker": "the provider who has agreed to contact them",
    "taker_phone": "that provider's number for clients, or the practice's",
    "by": "when the offer ends, with its time zone",
    "contact_within": "how soon providers aim to make contact, such as 12 hours",
    "variant": "in which case it is sent; for {% if variant == … %} only",
    "support_phone": "the practice's support phone",
    "support_hours": "when support answers",
    "support_email": "the practice's support email",
}
_SUPPORT = ("support_phone", "support_hours", "support_email")
_BY, _WITHIN = "Tue, Nov 24, 3:00 PM EST (America/New_York)", "12 hours"
_MAYA, _MAYAS = "Maya Okafor, LCSW", "(212) 555-0142"
_THEO, _THEOS = "Theo Lindqvist, LMFT", "(212) 555-0143"
_CODE = "R-7K3QM"


@dataclass(frozen=True, slots=True)
class Case:
    """``values``: samples of what is known in it; ``maybe``: which of them are missing at times. ``name``: variant."""

    name: str
    label: str
    values: Mapping[str, str]
    maybe: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mail:
    """``starting``: our own words, as they would be written here: what somebody begins with. Subject, then text."""

    title: str
    to: str
    when: str
    variables: tuple[str, ...]
    cases: tuple[Case, ...]
    heading: str = field(default="Your request to {practice}")  # where the text begins with none


def _client(name: str, label: str, *, maybe: tuple[str, ...] = (), **values: str) -> Case:
    always = {"greeting": "Wren", "code": _CODE, "variant": name}
    return Case(name, label, always | values, frozenset({"greeting", *maybe}))


_PREFERRED = {"provider": _MAYA, "provider_phone": _MAYAS, "by": _BY}
_TAKEN = {"taker": _THEO, "taker_phone": _THEOS, "contact_within": _WITHIN}
_MAYBE_TAKER = ("taker", "taker_phone")

_ASKED = _client("preferred", "Waits for the provider they asked for", maybe=("provider_phone", "by"), **_PREFERRED)
_OPEN = _client("general", "Open to everyone", maybe=("by",), by=_BY)
_AGREED = _client("taken", "A provider has agreed to contact them", maybe=_MAYBE_TAKER, **_TAKEN)
_AFTER_NO = (
    _client("general", "Open to everyone", maybe=("provider", "by"), provider=_MAYA, by=_BY),
    _client("taken", "Somebody else has agreed by then", maybe=("provider", *_MAYBE_TAKER), provider=_MAYA, **_TAKEN),
)
_CLOSINGS = {
    CloseReason.WITHDRAWN: "They withdrew it",
    CloseReason.UNREACHABLE: "They could not be reached",
    CloseReason.REFERRED_OUT: "Referred outside the practice",
    CloseReason.DUPLICATE: "It was there twice",
    CloseReason.PLACED_ELSEWHERE: "They found care elsewhere",
    CloseReason.NO_LONGER_NEEDED: "They need no help any more",
    CloseReason.OTHER: "Another reason",
}
_TO_ALL = ("greeting", "practice", "code")
_ROUND = ("provider", "provider_phone", "taker", "taker_phone", "by", "contact_within", "variant")

MAILS: dict[Template, Mail] = {
    Template.CLIENT_CONFIRMATION: Mail(
        "Confirmation",
        "client",
        "At once, when a request arrives, and when it is offered anew.",
        (*_TO_ALL, *_ROUND, *_SUPPORT),
        (
            _ASKED,
            _client("paused", "They asked for somebody who is paused", maybe=("by",), provider=_MAYA, by=_BY),
            _client("unroutable", "They asked for somebody who cannot be asked", maybe=("by",), provider=_MAYA, by=_BY),
            _OPEN,
            _AGREED,
        ),
    ),
    Template.CLIENT_REMINDER: Mail(
        "Reminder",
        "client",
        "A while into each offer, if nobody has made contact.",
        (*_TO_ALL, *_ROUND, *_SUPPORT),
        (_ASKED, _OPEN, _AGREED),
    ),
    Template.CLIENT_DECLINED: Mail(
        "The provider they asked for cannot",
        "client",
        "When that provider declines, or does not answer in time.",
        (*_TO_ALL, "provider", "taker", "taker_phone", "by", "contact_within", "variant", *_SUPPORT),
        _AFTER_NO,
    ),
    Template.CLIENT_RELEASED: Mail(
        "The provider who had agreed cannot",
        "client",
        "When a provider gives the referral back.",
        (*_TO_ALL, "taker", "taker_phone", "by", "contact_within", "variant", *_SUPPORT),
        (_OPEN, _AGREED),
    ),
    Template.CLIENT_FINAL: Mail(
        "Nobody is available yet",
        "client",
        "When an offer to everyone ends without a taker.",
        (*_TO_ALL, *_SUPPORT),
        (_client("", "The mail"),),
    ),
    Template.CLIENT_CLOSING: Mail(
        "Closing",
        "client",
        "When a referral is closed.",
        (*_TO_ALL, "variant", *_SUPPORT),
        tuple(_client(reason, label) for reason, label in _CLOSINGS.items()),
    ),
    Template.SOURCE_ACKNOWLEDGEMENT: Mail(
        "Receipt",
        "source",
        "Once, when a referral of theirs arrives.",
        ("practice", "code", *_SUPPORT),
        (Case("", "The mail", {"code": _CODE}),),
        "Thank you for your referral",
    ),
    Template.SOURCE_THANKS: Mail(
        "Thanks",
        "source",
        "Once, when a referral of theirs is scheduled. It says nothing of anybody: that would be an outcome.",
        ("practice", *_SUPPORT),
        (Case("", "The mail", {}),),
        "Thank you for your trust",
    ),
}


def own_variant(template: Template, variant: str) -> str:
    """The case that a mail is sent in, of those told apart in it: what is not is ``general``, or none at all."""
    names = [case.name for case in MAILS[template].cases]
    return variant if variant in names else "general" if "general" in names else names[-1]
