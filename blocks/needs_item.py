"""One item of what needs a person, on Home: what it is, the buttons that settle it, and a menu of the rest."""

from collections.abc import Mapping

from slack_sdk.models.blocks import ButtonElement

from referrals.notices import Template
from referrals.views.needs import AttentionLine
from store.vocabulary import AttentionKind, Status

from .buttons import Buttons, details_button
from .coordinator_menu import coordinator_menu
from .desk_link import page_button
from .facts import facts_line
from .ids import ActionId
from .labels import ATTENTION, NOTICES, STATUSES
from .layout import actions, button, section
from .message import Block
from .text import plain, slack_date
from .trouble import trouble

#: What settles each kind, the likeliest first. A kind without any goes by itself, and its words say how.
SETTLES: Mapping[AttentionKind, tuple[ActionId, ...]] = {
    AttentionKind.URGENT: (ActionId.ASSIGN, ActionId.SEEN),
    AttentionKind.EXPIRED: (ActionId.REOPEN, ActionId.ASSIGN),
    AttentionKind.NOBODY_ELIGIBLE: (ActionId.ASSIGN, ActionId.SEEN),
    AttentionKind.PHONE_TASK: (ActionId.PHONED, ActionId.DETAILS),
    AttentionKind.DELIVERY_FAILED: (ActionId.SEEN, ActionId.DETAILS),
    AttentionKind.ACCEPTOR_GONE: (ActionId.RELEASE, ActionId.CONTACTED),
    AttentionKind.NOT_CONTACTED: (ActionId.CONTACTED, ActionId.RELEASE),
    AttentionKind.LICENCE: (ActionId.ALLOW_LICENCE, ActionId.DENY_LICENCE),
    AttentionKind.SMS: (ActionId.ROSTER_EDIT, ActionId.SEEN),
    AttentionKind.NOT_IN_SLACK: (ActionId.ROSTER_EDIT, ActionId.SEEN),
    AttentionKind.LICENCE_ENDING: (ActionId.ROSTER_EDIT, ActionId.SEEN),
    AttentionKind.SLACK: (ActionId.SEEN,),
    AttentionKind.RESTORED: (ActionId.SEEN,),
    AttentionKind.OWN_WORDS: (ActionId.DESK_PAGE,),
    AttentionKind.AUDIT: (ActionId.DESK_PAGE,),
}
#: Where their button leads: what it says, and which of the coordinators' pages.
_PAGES = {AttentionKind.OWN_WORDS: ("Open messages", "messages"), AttentionKind.AUDIT: ("Open the audit", "audit")}

#: What its button says, where "Seen" would not.
_SEEN = {
    AttentionKind.DELIVERY_FAILED: "Done, told otherwise",
    AttentionKind.SLACK: "Try again now",
    AttentionKind.RESTORED: "Compared, done",
}
_OPEN, _HELD = (Status.PENDING, Status.EXPIRED), (Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED)
#: Where an action means something; the others always do.
_POSSIBLE: Mapping[ActionId, tuple[Status, ...]] = {
    ActionId.ASSIGN: _OPEN,
    ActionId.REOPEN: (Status.EXPIRED,),
    ActionId.RELEASE: _HELD,
    ActionId.CONTACTED: (Status.ACCEPTED,),
    ActionId.ALLOW_LICENCE: (Status.PENDING,),
    ActionId.DENY_LICENCE: (Status.PENDING,),
}


def item_blocks(item: AttentionLine) -> list[Block]:
    buttons = _buttons(item)
    shown = {ActionId(str(one.action_id)) for one in buttons}
    menu = None
    if item.referral_id and item.status:
        menu = coordinator_menu(item.referral_id, item.status, besides=shown)
    row = [actions(f"home.item.{item.attention_id}", *buttons)] if buttons else []
    return [section(_text(item), menu), *row]


def _text(item: AttentionLine) -> str:
    since = f"since {slack_date(item.opened_at)}"
    if item.code is None or item.status is None:
        found = trouble(item.kind, item.detail, item.about, item.ends)
        return f"*{plain(found.what, 200)}*\n{plain(found.remedy, 900)}\nOn this list {since}"
    who = f": {plain(item.about)}" if item.about else ""
    urgent = "*Urgent*  ·  " if item.urgent else ""
    lines = [f"{urgent}*{plain(item.code)}*  {ATTENTION[item.kind]}{who}"]
    if more := _what_of(item):
        lines.append(more)
    if item.facts:
        lines.append(facts_line(item.facts))
    holder = f"  ·  {plain(item.holder)} has it" if item.holder else ""
    return "\n".join([*lines, f"{STATUSES[item.status]}  ·  {since}{holder}"])


def _what_of(item: AttentionLine) -> str:
    """What a client has to be told by phone, or what did not arrive."""
    name = (item.detail or "").partition(":")[0]
    what = NOTICES.get(Template(name)) if name in set(Template) else None
    if item.kind is AttentionKind.PHONE_TASK:
        return f"Tell them: {what}." if what else ""
    if item.kind is AttentionKind.DELIVERY_FAILED:
        return f"It was {'the card in the channel' if name == 'card' else what or 'a message of the desk'}."
    return ""


def _buttons(item: AttentionLine) -> Buttons:
    able = [one for one in SETTLES.get(item.kind, ()) if _possible(one, item)]
    return [_button(action, item, "primary" if place == 0 else None) for place, action in enumerate(able)]


def _possible(action: ActionId, item: AttentionLine) -> bool:
    if item.status is None:
        return True
    return action not in _POSSIBLE or item.status in _POSSIBLE[action]


def _button(action: ActionId, item: AttentionLine, style: str | None) -> ButtonElement:
    code, referral, own = item.code or "", item.referral_id or "", item.attention_id
    match action:
        case ActionId.SEEN:
            about = code or item.about or "the desk"
            return button(action, _SEEN.get(item.kind, "Seen"), own, f"{about}, take it off the list", style)
        case ActionId.PHONED:
            return button(action, "Phoned", own, f"The client of {code} was phoned", style)
        case ActionId.ALLOW_LICENCE:
            return button(action, "Allow", own, f"Allow it for {code}", style)
        case ActionId.DENY_LICENCE:
            return button(action, "Not allowed", own, f"Do not allow it for {code}", style)
        case ActionId.REOPEN:
            return button(action, "Offer again", referral, f"Offer {code} to everyone again", style)
        case ActionId.ASSIGN:
            return button(action, "Assign", referral, f"Offer {code} to one provider", style)
        case ActionId.RELEASE:
            return button(action, "Offer to everyone", referral, f"Offer {code} to everyone", style)
        case ActionId.CONTACTED:
            return button(action, "Contacted", referral, f"The client of {code} was contacted", style)
        case ActionId.ROSTER_EDIT:
            spoken, whose = f"Edit what the roster says of {item.about or 'somebody'}", item.detail or ""
            return button(action, "Edit on the roster", whose if whose.isalnum() else "", spoken, style)
        case ActionId.DESK_PAGE:
            return page_button(*_PAGES[item.kind])
    return details_button(referral, code)
