"""How to reach the client, as the acceptor's mail and the coordinators' phone task tell it; no other mail may."""

from dataclasses import dataclass

from referrals.letters import Contact

from . import phrasing

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach the client, for the acceptor and the coordinators' phone task only."""

    rows: tuple[Row, ...]
    phone: str
    phone_link: str
    voicemail_ok: bool
    email: str  # empty when the client does not want mail
    guardian: bool
    notes: tuple[str, ...]


def reach(contact: Contact) -> Reach:
    names = (
        ("Client", contact.name),
        ("Goes by", contact.preferred_name),
        ("Parent or guardian", contact.guardian),
        ("Please mind", "has asked not to be contacted" if contact.do_not_contact else None),
    )
    return Reach(
        rows=tuple((label, phrasing.line(name, 200)) for label, name in names if name),
        phone=phrasing.telephone(contact.phone),
        phone_link=phrasing.telephone_link(contact.phone),
        voicemail_ok=contact.voicemail_ok,
        email=phrasing.line(contact.email, 254) if contact.email_ok and not contact.do_not_contact else "",
        guardian=bool(contact.guardian),
        notes=phrasing.paragraphs(contact.notes, 4000),
    )
