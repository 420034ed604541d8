"""Whom to ask: named wherever somebody is refused or has to wait."""

from store.tables import Practice

from .text import listed, mention_user, plain

_MOST = 3


def support_contact(practice: Practice) -> str:
    """For what is technical (DOMAIN.md S2), with its hours; without one, the coordinators. Escaped."""
    ways = [plain(one, 200) for one in (practice.support_email, practice.support_phone) if one]
    if not ways:
        return whom_to_ask(practice)
    hours = f" ({plain(practice.support_hours, 100)})" if practice.support_hours else ""
    return " or ".join(ways) + hours


def whom_to_ask(practice: Practice) -> str:
    """The coordinators; without any, the practice's support contact. Escaped."""
    if people := practice.deciding_coordinators:
        return listed([mention_user(user) for user in people[:_MOST]], "or")
    contact = practice.support_email or practice.support_phone
    return f"the practice's support ({plain(contact)})" if contact else "the person who runs this desk"
