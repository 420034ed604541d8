"""The form about client information in Slack: what it takes to turn it on, and the way back."""

from slack_sdk.models.blocks import CheckboxesElement, InputBlock, Option

from referrals.privacy import Attestation

from .ids import ActionId, BlockId, CallbackId
from .layout import OPTION_LENGTH, context, plain_text, section
from .modals import Modal, form, subject
from .text import mention_user, slack_date

#: What the form is about: how it shall be once it is sent.
ON, OFF = "on", "off"

_WHAT_IT_TAKES = (
    "A *business associate agreement* is the contract by which a company that keeps health information for a practice"
    " promises to protect it as HIPAA asks. *Slack signs one for its Enterprise plan only.* Without it, who a client is"
    " must not stand in Slack."
)
_ON_MEANS = (
    "Then “Client details” opens in Slack, and `/referrals find` takes a name. Cards, messages and notifications stay"
    " as they are: without anything that names a client."
)


def privacy_form(stands: Attestation, *, home: bool = False) -> Modal:
    if stands.on:
        since = f" on {slack_date(stands.at)}" if stands.at else ""
        who = f" by {mention_user(stands.by)}" if stands.by else ""
        blocks = [
            section(f"Client details may be shown in Slack. This was attested{who}{since}."),
            section("*Turn it off?* From then on they open on a page of their own, as at first."),
            context("What people have seen in Slack so far is not kept in any message. The change is recorded."),
        ]
        return form(CallbackId.ATTEST, "Client information", "Turn off", subject(OFF, home), blocks)
    attest = Option(value=ON, text=plain_text("I attest that our agreement with Slack is signed", OPTION_LENGTH))
    element = CheckboxesElement(action_id=ActionId.ATTEST, options=[attest])
    label = plain_text("Your attestation", 200)
    blocks = [
        section("Client details are *not* shown in Slack: they open on a page of their own."),
        section(_WHAT_IT_TAKES),
        section(_ON_MEANS),
        dict(InputBlock(block_id=BlockId.ATTEST, label=label, element=element).to_dict()),
        context("Your name and the time are recorded. You can turn it off again here."),
    ]
    return form(CallbackId.ATTEST, "Client information", "Turn on", subject(ON, home), blocks)


def settled(stands: Attestation) -> str:
    if stands.on:
        return "*On.* Client details now open in Slack, and `/referrals find` takes a name."
    return "*Off.* Client details now open on a page of their own."
