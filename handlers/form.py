"""A form that was sent, as its handler sees it, read from Slack's payload without trusting its shape."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from blocks.ids import ActionId, BlockId
from blocks.modals import notes_of, subject_of
from referrals.outcomes import Decision

from .click import own_id, table, text
from .deps import SlackDeps
from .who import Caller

E = TypeVar("E", bound=StrEnum)
CHOOSE = "Please choose one."


@dataclass(frozen=True, slots=True)
class Form:
    callback_id: str
    subject: str  # an opaque id of ours, or ""
    from_home: bool
    values: Mapping[str, Any]
    notes: Mapping[str, str] = field(default_factory=dict)  # what else it was opened with; see modals.subject
    view: Mapping[str, Any] = field(default_factory=dict)  # as it was sent

    def chosen(self, block: BlockId, action: ActionId) -> str:
        return own_id(table(self.field(block, action).get("selected_option")).get("value"))

    def date(self, block: BlockId, action: ActionId) -> str:
        """As Slack writes it, ``2027-03-14``; "" where none was chosen."""
        return own_id(self.field(block, action).get("selected_date"))

    def field(self, block: BlockId, action: ActionId) -> Mapping[str, Any]:
        """A field's state: https://docs.slack.dev/reference/views/#state."""
        return table(table(self.values.get(block)).get(action))


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A field that has to be filled in again, and what to say beside it.

    Slack checks by itself that something was chosen; only a forged form gets here without.
    """

    block: BlockId
    words: str = CHOOSE


#: The body of the acknowledgement itself, where a handler has more to say than an outcome.
Answered = dict[str, Any]
FormHandler = Callable[[SlackDeps, Caller, Form], Awaitable[Decision | Incomplete | Answered]]


def read_form(body: Mapping[str, Any]) -> Form:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    view = table(body.get("view"))
    metadata = text(view.get("private_metadata"))
    subject, from_home = subject_of(metadata)
    values = table(table(view.get("state")).get("values"))
    return Form(text(view.get("callback_id")), own_id(subject), from_home, values, notes_of(metadata), view)


def one_of(choices: type[E], value: str) -> E | None:
    return choices(value) if value in set(choices) else None
