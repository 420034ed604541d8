"""The few blocks that everything is laid out with, through slack_sdk's models, which check Slack's limits.

Text for ``section``, ``fields`` and ``context`` must be escaped already (blocks/text.py); ``verbatim`` keeps Slack from
turning anything else in it into a link or a mention.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from .ids import ActionId
from .message import Block
from .text import label as label_text

#: Slack's limits, from https://docs.slack.dev/reference/block-kit/blocks.
HEADER_LENGTH, BUTTON_LENGTH, OPTION_LENGTH, FIELDS = 150, 75, 75, 10


def mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)


def plain_text(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=label_text(text, limit), emoji=False)


def header(text: str) -> Block:
    return dict(HeaderBlock(text=plain_text(text, HEADER_LENGTH)).to_dict())


def section(text: str, accessory: Any = None) -> Block:
    return dict(SectionBlock(text=mrkdwn(text), accessory=accessory).to_dict())


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Labels above values, in two columns on a screen and one below the other on a phone."""
    shown = [mrkdwn(f"*{label}*\n{value}") for label, value in pairs if value]
    return dict(SectionBlock(fields=shown[:FIELDS]).to_dict())


def context(*texts: str) -> Block:
    return dict(ContextBlock(elements=[mrkdwn(text) for text in texts[:10]]).to_dict())


def divider() -> Block:
    return dict(DividerBlock().to_dict())


def button(action: ActionId, label: str, value: str, spoken: str = "", style: str | None = None) -> ButtonElement:
    """``spoken`` is what a screen reader says in place of the label; ``value`` is an opaque id.

    The label is always part of it, or nobody could press the button by saying what stands there (WCAG 2.5.3).
    """
    if spoken and label.rstrip("…").casefold() not in spoken.casefold():
        spoken = f"{label}: {spoken}"
    return ButtonElement(
        action_id=action,
        text=plain_text(label, BUTTON_LENGTH),
        value=value,
        style=style,
        accessibility_label=label_text(spoken, BUTTON_LENGTH) if spoken else None,
    )


def checkboxes(block_id: str, action: ActionId, choices: Mapping[str, str], ticked: Collection[str]) -> Block:
    """``choices``: value to label, of at most ten."""
    options = {value: Option(value=value, text=plain_text(label, OPTION_LENGTH)) for value, label in choices.items()}
    initial = [option for value, option in options.items() if value in ticked]
    element = CheckboxesElement(action_id=action, options=list(options.values()), initial_options=initial or None)
    return dict(ActionsBlock(block_id=block_id, elements=[element]).to_dict())


def actions(block_id: str, *buttons: ButtonElement | OverflowMenuElement | StaticSelectElement) -> Block:
    return dict(ActionsBlock(block_id=block_id, elements=list(buttons)).to_dict())
