"""The menu beside a referral in a coordinator's lists: what they can do about it, each option standing for a button.

One list for every place that shows one: a new action of a coordinator is a line here. The handlers ask again whether it
still may be done.
"""

from collections.abc import Container

from slack_sdk.models.blocks import Option, OverflowMenuElement

from store.vocabulary import Status

from .ids import ActionId, menu_value
from .layout import plain_text

#: Slack's limits of an overflow menu: https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element.
_FEWEST, MOST_OPTIONS = 2, 5

_WORDS: dict[ActionId, str] = {
    ActionId.REOPEN: "Offer to everyone again",
    ActionId.ASSIGN: "Assign to a provider",
    ActionId.EXTEND: "Extend the deadline",
    ActionId.CONTACTED: "The client was contacted",
    ActionId.SCHEDULED: "A first session is scheduled",
    ActionId.RELEASE: "Take back and offer to everyone",
    ActionId.DETAILS: "Client details",
    ActionId.CLOSE: "Close referral",
    ActionId.TIMELINE: "Timeline and more",
}

#: At most five: the last, which every referral has, leads to everything else.
_FITTING: dict[Status, tuple[ActionId, ...]] = {
    Status.PENDING: (ActionId.ASSIGN, ActionId.EXTEND, ActionId.DETAILS, ActionId.CLOSE, ActionId.TIMELINE),
    Status.ACCEPTED: (ActionId.CONTACTED, ActionId.RELEASE, ActionId.DETAILS, ActionId.CLOSE, ActionId.TIMELINE),
    Status.CONTACTED: (ActionId.SCHEDULED, ActionId.RELEASE, ActionId.DETAILS, ActionId.CLOSE, ActionId.TIMELINE),
    Status.SCHEDULED: (ActionId.RELEASE, ActionId.DETAILS, ActionId.CLOSE, ActionId.TIMELINE),
    Status.EXPIRED: (ActionId.REOPEN, ActionId.ASSIGN, ActionId.DETAILS, ActionId.CLOSE, ActionId.TIMELINE),
    Status.CLOSED: (ActionId.DETAILS, ActionId.TIMELINE),
}


def coordinator_menu(
    referral_id: str, status: Status, *, besides: Container[ActionId] = frozenset()
) -> OverflowMenuElement | None:
    """``besides``: what has a button of its own beside the menu, and is left out of it.

    Slack takes no menu of one: then they stand in both places. None where there is nothing to do.
    """
    fitting = _FITTING[status]
    left = [action for action in fitting if action not in besides]
    if len(left) < _FEWEST:
        left = list(fitting)
    options = [Option(value=menu_value(one, referral_id), text=plain_text(_WORDS[one], 75)) for one in left]
    if len(options) < _FEWEST:
        return None
    return OverflowMenuElement(action_id=ActionId.MORE, options=options[:MOST_OPTIONS])
