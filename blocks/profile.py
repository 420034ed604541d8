"""The form in which providers edit what matching uses of them. It holds nothing of any client."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import CheckboxesElement, InputBlock, Option, PlainTextInputElement, UrlInputElement

from referrals.profile import Profile
from referrals.profile_fields import CHOICES, ProfileField, digest, labels

from .home_profile import FIELD_LABELS
from .ids import ActionId, CallbackId, profile_block
from .layout import context, plain_text, section
from .message import Block
from .modals import OPTION_LENGTH, Modal, form, subject
from .text import clean, listed, plain

#: Slack's limit of what a field is given to begin with, and of what is typed into it.
_MOST = 3000
_SEPARATED = "Separate several with commas."
HINTS = {
    ProfileField.SERVICES: "None ticked means any.",
    ProfileField.DELIVERY: "None ticked means any.",
    ProfileField.AGE_BANDS: "None ticked means any.",
    ProfileField.SPECIALTIES: f"{_SEPARATED} For example: Anxiety, Grief, EMDR for trauma",
    ProfileField.LANGUAGES: f"{_SEPARATED} For example: English, Spanish",
    ProfileField.STYLES: f"{_SEPARATED} For example: CBT, Narrative",
    ProfileField.IDENTITY: f"{_SEPARATED} Only what clients may look for and be told.",
    ProfileField.BOOKING_LINK: "Clients are sent there. It begins with https://",
    ProfileField.WORK_PHONE: "Clients who asked for you are given it. For example: (512) 555-0142",
    ProfileField.MOBILE: "Only the desk sends texts there; no client ever sees it.",
}


def profile_form(
    own: Profile, *, home: bool, typed: Mapping[ProfileField, str] | None = None, overtaken: Sequence[ProfileField] = ()
) -> Modal:
    """``typed``: what stood in a form that was overtaken, kept; ``overtaken``: what was changed meanwhile elsewhere."""
    blocks = [*_overtaken(own, overtaken), *(_field(own, field, (typed or {}).get(field)) for field in ProfileField)]
    blocks.append(context("Licences and networks are kept by the coordinators: ask them for a change."))
    return form(CallbackId.PROFILE, "My profile", "Save", subject("", home), blocks)


def _overtaken(own: Profile, fields: Sequence[ProfileField]) -> list[Block]:
    if not fields:
        return []
    names = listed([FIELD_LABELS[field] for field in fields])
    now = [f"{FIELD_LABELS[field]}: *{plain(', '.join(own.labels(field)), 300) or 'empty'}*" for field in fields]
    asks = "Nothing is saved yet. What you typed is kept below; *Save* puts it in the place of this:"
    return [section("\n".join([f"*While this form was open, this was changed elsewhere: {names}.*", asks, *now]))]


def _field(own: Profile, field: ProfileField, typed: str | None) -> Block:
    stands = own.written[field]
    shown = stands if typed is None else typed
    hint = HINTS.get(field)
    block = InputBlock(
        block_id=profile_block(field, digest(field, stands)),
        label=plain_text(FIELD_LABELS[field], 200),
        element=_element(field, shown),
        hint=plain_text(hint, 200) if hint else None,
        optional=True,
    )
    return dict(block.to_dict())


def _element(field: ProfileField, shown: str) -> Any:
    if field in CHOICES:
        options = {slug: Option(value=slug, text=plain_text(label, OPTION_LENGTH)) for slug, label in _choices(field)}
        ticked = [options[slug] for slug in shown.split(",") if slug in options]
        return CheckboxesElement(
            action_id=ActionId.FIELD, options=list(options.values()), initial_options=ticked or None
        )
    begin = clean(shown, _MOST) or None
    if field is ProfileField.BOOKING_LINK:
        return UrlInputElement(action_id=ActionId.FIELD, initial_value=begin)
    return PlainTextInputElement(action_id=ActionId.FIELD, initial_value=begin, max_length=_MOST)


def _choices(field: ProfileField) -> list[tuple[str, str]]:
    return [(slug, labels(field, slug)[0]) for slug in CHOICES[field]]
