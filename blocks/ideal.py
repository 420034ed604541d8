"""The form in which coordinators say which clients the practice is best for. It holds nothing of any client."""

from collections.abc import Mapping

from slack_sdk.models.blocks import InputBlock, Option, StaticMultiSelectElement

from referrals.profile_fields import digest
from referrals.sources.ideal import CHOICES, Fact
from referrals.sources.ideal_form import IdealForm, Redefined

from .ids import ActionId, CallbackId, shown_block
from .layout import OPTION_LENGTH, context, plain_text, section
from .message import Block
from .modals import Modal, form, subject
from .sources import by_whom
from .text import listed, plain

#: The first word of the form's block ids.
FORM = "ideal"
_LABELS = {
    Fact.STATE: "State",
    Fact.INSURER: "Insurance",
    Fact.SERVICE: "Kind of care",
    Fact.AGE_BAND: "Age",
    Fact.CONCERN: "Concerns",
}
_HINTS = {Fact.CONCERN: "One of them is enough."}


def ideal_form(
    shown: IdealForm, *, home: bool, typed: Mapping[Fact, str] | None = None, overtaken: Redefined | None = None
) -> Modal:
    """``typed``: what stood in a form that was overtaken, kept; ``overtaken``: what others have changed meanwhile."""
    kept = typed or {}
    lead = section("*Which clients is your practice best for?* Where you choose nothing, anything fits.")
    fields = [_field(fact, shown.written[fact], kept.get(fact)) for fact in Fact]
    note = context("Sources and reports then show which share of their clients fits. Nobody is turned away by it.")
    return form(
        CallbackId.IDEAL, "Ideal clients", "Save", subject("", home), [*_overtaken(overtaken), lead, *fields, note]
    )


def _overtaken(overtaken: Redefined | None) -> list[Block]:
    if overtaken is None:
        return []
    names = listed([_LABELS[fact] for fact in overtaken.facts])
    asks = "Nothing is saved yet. What you chose is kept below; *Save* puts it in the place of this:"
    now = [f"{_LABELS[fact]}: *{_told(fact, overtaken.now.written[fact])}*" for fact in overtaken.facts]
    lead = f"*While this form was open, this was changed{by_whom(overtaken.by)}: {names}.*"
    return [section("\n".join([lead, asks, *now]))]


def _told(fact: Fact, slugs: str) -> str:
    return plain(", ".join(CHOICES[fact].get(slug, slug) for slug in slugs.split(",") if slug), 600) or "any"


def _field(fact: Fact, stands: str, typed: str | None) -> Block:
    shown = (stands if typed is None else typed).split(",")
    options = {slug: Option(value=slug, text=plain_text(label, OPTION_LENGTH)) for slug, label in CHOICES[fact].items()}
    hint = _HINTS.get(fact)
    block = InputBlock(
        block_id=shown_block(FORM, fact, digest(fact, stands)),
        label=plain_text(_LABELS[fact], 200),
        element=StaticMultiSelectElement(
            action_id=ActionId.FIELD,
            placeholder=plain_text("Any", 150),
            options=list(options.values()),
            initial_options=[options[slug] for slug in shown if slug in options] or None,
        ),
        hint=plain_text(hint, 200) if hint else None,
        optional=True,
    )
    return dict(block.to_dict())
