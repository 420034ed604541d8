"""The form in which a coordinator offers a referral to one provider. See ``modals`` for what a form may hold."""

from slack_sdk.models.blocks import InputBlock, StaticSelectElement

from referrals.coordinate import OutOfNetwork
from referrals.views.coordinators import Choices

from .grounds import NETWORK_GROUNDS
from .ids import ActionId, BlockId, CallbackId
from .layout import context, plain_text, section
from .message import Block
from .modals import Modal, choice_options, form, notice_view, radio, subject
from .text import clean, plain


def assign_form(referral_id: str, found: Choices, *, home: bool = False) -> Modal:
    """To whom; those who could take it right away come first. Without anybody else it says so and has no button."""
    code, choices = plain(found.code), found.providers
    missing = plain(not_listed(found), 300)
    if not choices:
        nobody = f"Nobody on the roster has a current licence where the client of {code} is."
        return notice_view(f"{nobody} {missing}".strip())
    holder = next((f"It is reserved for *{plain(one.name)}* now." for one in choices if one.theirs), "")
    if holder and len(choices) == 1:
        return notice_view(f"*{code}*: {holder} Nobody else on the roster fits it. {missing}".strip())
    lead = f"*{code}* will be reserved for one provider, with a new deadline; they are tagged and mailed."
    select = StaticSelectElement(
        action_id=ActionId.PROVIDER, placeholder=plain_text("Choose a provider", 150), **choice_options(choices)
    )
    label = plain_text("Offer it to", 200)
    blocks: list[Block] = [
        section(f"{lead} {holder}".strip()),
        dict(InputBlock(block_id=BlockId.PROVIDER, label=label, element=select).to_dict()),
    ]
    if missing:
        blocks.append(context(missing))
    if any(one.out_of_network for one in choices):
        grounds = radio("If out of network: why all the same?", NETWORK_GROUNDS, BlockId.NETWORK)
        blocks += [{**grounds, "optional": True}, context("The reason is kept in the referral's history.")]
    return form(CallbackId.ASSIGN, "Assign referral", "Assign", subject(referral_id, home), blocks)


def not_listed(found: Choices) -> str:
    """Who is missing and why, as plain text: an offer is nothing to somebody who may not accept it."""
    if not found.unlicensed:
        return ""
    whom = "them" if found.unlicensed > 1 else "that one"
    return (
        f"Not listed: {found.unlicensed} without a licence in {found.state}. While it waits, you can accept for {whom}"
        " with a reason: Timeline and more, then Act for a provider."
    )


def grounds_wanted(outcome: OutOfNetwork) -> str:
    """Beside the field, as plain text."""
    who = clean(outcome.whose.name) if outcome.whose else "This provider"
    return f"{who} is out of network. Why all the same?"
