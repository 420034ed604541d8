"""The table of Web API methods: their scopes, token type, tier and handler. No HTTP here."""

from __future__ import annotations

from sandbox.methods import apps, chat, conversations, users, view_methods
from sandbox.methods.call import Call, Method

METHODS: dict[str, Method] = {
    method.name: method
    for group in (apps.METHODS, chat.METHODS, conversations.METHODS, users.METHODS, view_methods.METHODS)
    for method in group
}

__all__ = ["METHODS", "Call", "Method"]
