"""Whom to ask: named wherever somebody is refused or has to wait."""

from store.tables import Practice

from .text import listed, mention_user, plain

_MOST = 3


def whom_to_ask(practice: Practice) -> str:
    """The coordinators; without any, the practice's support contact. Escaped."""
    if people := practice.deciding_coordinators:
        return listed([mention_user(user) for user in people[:_MOST]], "or")
    contact = practice.support_email or practice.support_phone
    return f"the practice's support ({plain(contact)})" if contact else "the person who runs this desk"
