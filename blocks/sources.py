"""The form of a source, and its link. The address and the number in it are the source's own, never a client's."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    EmailInputElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import ConfirmObject

from referrals.outcomes import Person
from referrals.profile_fields import digest
from referrals.sources.edit import Overtaken, SourceForm
from referrals.sources.fields import SourceField
from referrals.sources.links import SourceLink

from .ids import ActionId, BlockId, CallbackId, shown_block
from .labels import SOURCE_KINDS
from .layout import OPTION_LENGTH, actions, button, context, plain_text, section
from .message import Block, Message
from .modals import Modal, form, subject
from .text import clean, escape, listed, mention, plain

#: The first word of the form's block ids.
FORM = "source"
_MOST = 300
_LABELS = {
    SourceField.NAME: "Name",
    SourceField.KIND: "Kind",
    SourceField.CONTACT: "Contact person",
    SourceField.EMAIL: "Email of the source",
    SourceField.PHONE: "Phone of the source",
    SourceField.MAIL_OK: "Thanks",
}
_HINTS = {
    SourceField.NAME: "A practice, a school, a colleague: never a client's name. It stands in Slack.",
    SourceField.EMAIL: "Of the office or the professional, never a client's. For example: office@clinic.example.com",
    SourceField.PHONE: "With its area code. For example: (512) 555-0142",
}
_OPTIONAL = frozenset({SourceField.CONTACT, SourceField.EMAIL, SourceField.PHONE, SourceField.MAIL_OK})
_MAIL_OK = Option(value="yes", text=plain_text("We may thank them by mail", OPTION_LENGTH))


def source_form(
    shown: SourceForm,
    *,
    home: bool,
    typed: Mapping[SourceField, str] | None = None,
    overtaken: Overtaken | None = None,
) -> Modal:
    """``typed``: what stood in a form that was overtaken, kept; ``overtaken``: what others have changed meanwhile."""
    kept = typed or {}
    fields = [_field(field, shown.written[field], kept.get(field)) for field in SourceField]
    privacy = "They are thanked once when a referral comes in and once when it is scheduled, without saying for whom."
    blocks = [*_overtaken(overtaken), *fields, context(privacy)]
    title = "Edit source" if shown.source_id else "Add a source"
    return form(CallbackId.SOURCE, title, "Save", subject(shown.source_id, home), blocks)


def source_link(link: SourceLink, public_url: str, slug: str) -> Message:
    """The address to copy, and a button for a new one."""
    name = plain(link.name)
    if link.retired:
        return Message("Retired", [section(f"*{name}* is retired and has no link. Bring it back first.")])
    address = f"{public_url}/refer/{slug}/{link.token}"
    new = button(ActionId.NEW_SOURCE_LINK, "Make a new link", link.source_id, f"Make a new link for {link.name}")
    new.confirm = ConfirmObject(
        title="Make a new link?",
        text="The address shown here will then lead to the plain form, without this source. Whoever has it on paper"
        " or on a page has to be given the new one.",
        confirm="Make a new link",
        deny="Keep this one",
    )
    lead = f"*The link of {name} to your form.*" + (" The earlier one no longer counts for them." * link.replaced)
    return Message(
        "The source's link",
        [
            section(f"{lead}\nCopy it into an email, a page or a leaflet:"),
            section(f"```{escape(address)}```"),
            context("Whoever comes by it is recorded as referred by them. It opens nothing else, so it may be shared."),
            actions(BlockId.ANSWER_ACTIONS, new),
        ],
    )


def _overtaken(overtaken: Overtaken | None) -> list[Block]:
    if overtaken is None:
        return []
    names = listed([_LABELS[field] for field in overtaken.fields])
    asks = "Nothing is saved yet. What you typed is kept below; *Save* puts it in the place of this:"
    now = [f"{_LABELS[field]}: *{_told(field, overtaken.now.written[field])}*" for field in overtaken.fields]
    lead = f"*While this form was open, this was changed{by_whom(overtaken.by)}: {names}.*"
    return [section("\n".join([lead, asks, *now]))]


def by_whom(person: Person | None) -> str:
    """The end of "this was changed"; escaped."""
    return f" by {mention(person)}" if person else " elsewhere"


def _told(field: SourceField, text: str) -> str:
    if field is SourceField.MAIL_OK:
        return "they may be thanked by mail" if text else "no mail to them"
    if field is SourceField.KIND:
        return next((label for kind, label in SOURCE_KINDS.items() if kind == text), "none")
    return plain(text, 200) or "empty"


def _field(field: SourceField, stands: str, typed: str | None) -> Block:
    hint = _HINTS.get(field)
    block = InputBlock(
        block_id=shown_block(FORM, field, digest(field, stands)),
        label=plain_text(_LABELS[field], 200),
        element=_element(field, stands if typed is None else typed),
        hint=plain_text(hint, 200) if hint else None,
        optional=field in _OPTIONAL,
    )
    return dict(block.to_dict())


def _element(field: SourceField, shown: str) -> Any:
    begin = clean(shown, _MOST) or None
    match field:
        case SourceField.KIND:
            options = {
                str(kind): Option(value=kind, text=plain_text(label, OPTION_LENGTH))
                for kind, label in SOURCE_KINDS.items()
            }
            return StaticSelectElement(
                action_id=ActionId.FIELD,
                placeholder=plain_text("Choose a kind", 150),
                options=list(options.values()),
                initial_option=options.get(shown),
            )
        case SourceField.MAIL_OK:
            ticked = [_MAIL_OK] if shown else None
            return CheckboxesElement(action_id=ActionId.FIELD, options=[_MAIL_OK], initial_options=ticked)
        case SourceField.EMAIL:
            return EmailInputElement(action_id=ActionId.FIELD, initial_value=begin)
    return PlainTextInputElement(action_id=ActionId.FIELD, initial_value=begin, max_length=_MOST)
