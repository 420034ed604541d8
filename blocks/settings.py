"""The forms in which coordinators change the practice's settings, one a group. They hold nothing of any client."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)

from referrals.outcomes import Person
from referrals.profile_fields import digest
from referrals.settings.change import Overtaken, Shown
from referrals.settings.names import GROUPS, Setting
from referrals.settings.values import OFF

from .ids import ActionId, CallbackId, setting_block
from .layout import OPTION_LENGTH, context, plain_text, section
from .message import Block
from .modals import Modal, form, subject
from .settings_words import ANNOUNCE, HINTS, LABELS, NOTES, TITLES, hour_label, told
from .text import mention
from .zone_choices import zone_choices

_MOST = 300
#: Slack itself asks for the others.
_MAY_BE_EMPTY = frozenset({Setting.PHONE, Setting.EMAIL, Setting.HOURS, Setting.DOMAINS, Setting.COLOUR, Setting.LINE})


def settings_form(
    shown: Shown, *, home: bool, typed: Mapping[Setting, str] | None = None, overtaken: Overtaken | None = None
) -> Modal:
    """``typed``: what stood in a form that was overtaken, kept; ``overtaken``: what others have changed meanwhile."""
    kept = typed or {}
    fields = [_field(one, shown.written[one], kept.get(one)) for one in GROUPS[shown.group]]
    blocks = [*_overtaken(overtaken), *fields, context(NOTES[shown.group])]
    return form(CallbackId.SETTINGS, TITLES[shown.group], "Save", subject(shown.group, home), blocks)


def _overtaken(overtaken: Overtaken | None) -> list[Block]:
    if overtaken is None:
        return []
    now = overtaken.now.written
    lines = [f"{LABELS[one]}: *{told(one, now[one])}*{_by(person)}" for one, person in overtaken.by.items()]
    asks = "Nothing is saved yet. What you typed is kept below; *Save* puts it in the place of this:"
    return [section("\n".join(["*While this form was open, this was changed elsewhere.*", asks, *lines]))]


def _by(person: Person | None) -> str:
    return f", by {mention(person)}" if person else ""


def _field(setting: Setting, stands: str, typed: str | None) -> Block:
    hint = HINTS.get(setting)
    block = InputBlock(
        block_id=setting_block(setting, digest(setting, stands)),
        label=plain_text(LABELS[setting], 200),
        element=_element(setting, stands if typed is None else typed),
        hint=plain_text(hint, 200) if hint else None,
        optional=setting in _MAY_BE_EMPTY,
    )
    return dict(block.to_dict())


def _element(setting: Setting, shown: str) -> Any:
    match setting:
        case Setting.CHANNEL:
            return ConversationSelectElement(
                action_id=ActionId.FIELD,
                initial_conversation=shown,
                filter=ConversationFilter(
                    include=["public", "private"], exclude_bot_users=True, exclude_external_shared_channels=True
                ),
            )
        case Setting.ANNOUNCE:
            options = [_option(value, text) for value, text in ANNOUNCE.items()]
            return RadioButtonsElement(
                action_id=ActionId.FIELD, options=options, initial_option=_option(shown, ANNOUNCE[shown])
            )
        case Setting.ZONE:
            return _zones(shown)
        case Setting.DIGEST:
            hours = {OFF: "No digest"} | {str(hour): hour_label(hour) for hour in range(24)}
            options = [_option(value, text) for value, text in hours.items()]
            return StaticSelectElement(
                action_id=ActionId.FIELD, options=options, initial_option=_option(shown, hours[shown])
            )
    return PlainTextInputElement(action_id=ActionId.FIELD, initial_value=shown[:_MOST] or None, max_length=_MOST)


def _zones(shown: str) -> StaticSelectElement:
    groups = zone_choices(shown)
    labels = {name: text for _, zones in groups for name, text in zones}
    return StaticSelectElement(
        action_id=ActionId.FIELD,
        option_groups=[
            OptionGroup(label=plain_text(title, OPTION_LENGTH), options=[_option(*zone) for zone in zones])
            for title, zones in groups
        ],
        initial_option=_option(shown, labels[shown]),
    )


def _option(value: str, text: str) -> Option:
    return Option(value=value, text=plain_text(text, OPTION_LENGTH))
