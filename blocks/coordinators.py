"""Who coordinates: the line that says so, and the form that changes it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import InputBlock, UserMultiSelectElement

from referrals.coordinators import MOST, Coordinators

from .ids import ActionId, BlockId, CallbackId
from .layout import button, context, plain_text, section
from .message import Block
from .modals import Modal, form, subject
from .text import label, mention_user, sentence, slack_date

#: Notes of the form: a digest of what it showed, and that it has asked about leaving oneself.
SHOWN, YOURSELF = "shown", "yourself"
#: Named in one line.
_MOST_NAMED = 20
#: Told of beside a field.
_MOST_TOLD = 5


def coordinators_blocks(stands: Coordinators) -> list[Block]:
    """For the room of settings: who they are now, and the button that opens the form."""
    change = button(ActionId.COORDINATORS, "Change", "coordinators", "Change who coordinates")
    return [section(f"*Coordinators*\n{_named(stands.users)}{_standing_in(stands)}", change)]


def coordinators_form(stands: Coordinators, *, home: bool = False) -> Modal:
    lead = "Coordinators run the desk: they see this Home, every referral and every client's details."
    return _form(stands, stands.users, [section(lead + _standing_in(stands))], subject_of_form(stands, home))


def overtaken_form(stands: Coordinators, *, home: bool = False) -> Modal:
    """Somebody else has changed it while the form was open: it shows what holds now, and nothing is written."""
    who = f"{mention_user(stands.changed_by)} has" if stands.changed_by else "Somebody has"
    when = f" on {slack_date(stands.changed_at)}" if stands.changed_at else ""
    lead = (
        f"*{who} changed this{when}, while your form was open.* Nothing of yours is saved. These are the coordinators"
        " now: please make your change again."
    )
    return _form(stands, stands.users, [section(lead)], subject_of_form(stands, home))


def yourself_form(stands: Coordinators, wanted: Sequence[str], *, home: bool = False) -> Modal:
    """They have left themselves out: asked once more, with what they have chosen still there."""
    lead = (
        "*You have left yourself out.* Once this is saved, Home's rooms for coordinators and the pages close for you at"
        " once, and another coordinator has to let you in again. Save once more if that is meant, or add yourself."
    )
    return _form(stands, wanted, [section(lead)], subject_of_form(stands, home, asked=True))


def subject_of_form(stands: Coordinators, home: bool, *, asked: bool = False) -> str:
    notes = {SHOWN: stands.digest} | ({YOURSELF: "asked"} if asked else {})
    return subject("coordinators", home, **notes)


def nobody_left() -> str:
    return "At least one coordinator has to stay: somebody must get what needs a person. Please choose one."


def too_many(most: int) -> str:
    return f"{most} coordinators at most: each of them gets a message of whatever needs a person. Please choose fewer."


def cannot_coordinate(found: Sequence[tuple[str, str]]) -> str:
    """Beside the field, in plain text. ``found``: name and why, of each who cannot."""
    whom = "; ".join(f"{label(name, 60) or 'somebody'} {why}" for name, why in found[:_MOST_TOLD])
    more = f"; and {len(found) - _MOST_TOLD} more" if len(found) > _MOST_TOLD else ""
    return f"{sentence(whom)}{more}. Please take them out and save again."


#: Why an account cannot: as the end of a sentence that begins with who.
BOT = "is an app, and only people coordinate"
GUEST = "is a guest of the workspace and needs a full account first"
GONE = "has left the workspace"
ELSEWHERE = "belongs to another workspace"
UNKNOWN = "is not known to Slack in this workspace"
SILENT = "Slack does not answer at the moment, so nobody new can be checked. Nothing is saved: please try again."


def _form(stands: Coordinators, chosen: Sequence[str], lead: list[Block], about: str) -> Modal:
    element = UserMultiSelectElement(
        action_id=ActionId.COORDINATORS,
        initial_users=list(chosen) or None,
        max_selected_items=MOST,
        placeholder=plain_text("Choose people of this workspace", 150),
    )
    # Slack keeps what was chosen for as long as a block's id stays the same: what is new needs a new one.
    block_id = f"{BlockId.COORDINATORS}.{stands.digest}.{len(chosen)}"
    blocks = [
        *lead,
        dict(InputBlock(block_id=block_id, label=plain_text("Who coordinates", 200), element=element).to_dict()),
        context(
            "Whoever is added hears of everything that needs a person. For whoever is removed all of it closes at once."
            " The change is recorded with your name."
        ),
    ]
    return form(CallbackId.COORDINATORS, "Coordinators", "Save", about, blocks)


def _named(users: Sequence[str]) -> str:
    shown = ", ".join(mention_user(user) for user in users[:_MOST_NAMED])
    more = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
    return f"{shown}{more}" if shown else "Nobody"


def _standing_in(stands: Coordinators) -> str:
    if stands.chosen or not stands.users:
        return ""
    return "\nNobody has been chosen yet, so the workspace's admins stand in."
