"""The private answer that leads to the coordinators' pages, and the button that asks for it."""

from slack_sdk.models.blocks import ButtonElement

from .ids import ActionId, BlockId
from .layout import BUTTON_LENGTH, actions, button, context, plain_text, section
from .message import Message

NOT_USED = "What you typed here was not used: please never type a client's name after a slash, it goes to Slack."


def desk_link(url: str, first: str = "") -> Message:
    """``url`` opens the pages once: this is for one person's eyes. ``first``: what else to know, before anything."""
    go = ButtonElement(action_id=ActionId.OPEN_PAGE, text=plain_text("Open the page", BUTTON_LENGTH), url=url)
    lead = "*This opens a page.* From there you reach the coordinators' other pages, too."
    note = "The link opens once, within 5 minutes. Please do not pass it on."
    about = [section(first)] if first else []
    return Message(
        "A page for coordinators", [*about, section(lead), actions(BlockId.ANSWER_ACTIONS, go), context(note)]
    )


def page_button(label: str, page: str, spoken: str = "") -> ButtonElement:
    """``page``: a path of the coordinators' pages, such as ``roster/import``; one such button a block."""
    return button(ActionId.DESK_PAGE, label, page, spoken)
