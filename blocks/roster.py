"""The forms in which coordinators keep the roster. They hold nothing of any client."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    UrlInputElement,
)

from referrals.outcomes import Person
from referrals.profile_fields import ProfileField, digest
from referrals.roster.edit import Entry
from referrals.roster.fields import CHOICES, FIELDS, AnyField, RosterField, labels
from referrals.roster.standing import Burden, Whom

from .home_profile import FIELD_LABELS
from .ids import ActionId, BlockId, CallbackId, shown_block
from .layout import context, plain_text, section
from .message import Block
from .modals import OPTION_LENGTH, Modal, form, radio, subject
from .profile import HINTS
from .text import clean, listed, mention, plain

#: Of the block ids of its fields: see ``ids.shown_block``.
FORM = "roster"
_MOST = 3000
_LABELS: dict[AnyField, str] = {
    RosterField.NAME: "Name",
    RosterField.CREDENTIAL: "Credential",
    RosterField.WORK_EMAIL: "Work email",
    RosterField.SLACK_EMAIL: "Slack email, if it is another",
    RosterField.NPI: "NPI",
    RosterField.LICENCES: "Licences",
    RosterField.INSURERS: "Insurers whose networks they are in",
}
_LABELS.update(FIELD_LABELS.items())
_HINTS: dict[AnyField, str] = dict(HINTS.items())
_HINTS |= {
    RosterField.CREDENTIAL: "As clients read it after the name. For example: LCSW",
    RosterField.WORK_EMAIL: "Offers go there. For example: maya@practice.example.org",
    RosterField.SLACK_EMAIL: "By it their Slack account is found; else by the work email.",
    RosterField.NPI: "Ten digits. The last one is checked against the others.",
    RosterField.LICENCES: "One a line: the state and, where it has one, its last day. For example: NY 2027-03-01",
    ProfileField.WORK_PHONE: "Clients who asked for them are given it. For example: (512) 555-0142",
}
_REQUIRED = frozenset({RosterField.NAME, RosterField.LICENCES})
#: Of the form that pauses somebody who has open offers: what becomes of those.
RELEASE, KEEP = "release", "keep"


def roster_form(
    entry: Entry,
    *,
    home: bool,
    typed: Mapping[AnyField, str] | None = None,
    overtaken: Sequence[AnyField] = (),
    by: Person | None = None,
) -> Modal:
    """``typed``: what stood in a form that was overtaken, kept; ``overtaken``: what ``by`` has changed meanwhile."""
    blocks = [*_overtaken(entry, overtaken, by), *(_field(entry, field, (typed or {}).get(field)) for field in FIELDS)]
    blocks.append(context("Their time zone is the one that they have set in Slack."))
    title = "Edit a provider" if entry.provider_id else "Add a provider"
    return form(CallbackId.ROSTER, title, "Save", subject(entry.provider_id or "", home), blocks)


def pause_form(whom: Whom, *, home: bool) -> Modal:
    day = DatePickerElement(action_id=ActionId.FIELD, placeholder=plain_text("Choose a day", 150))
    until = InputBlock(
        block_id=BlockId.PAUSE_UNTIL,
        label=plain_text("Until", 200),
        element=day,
        hint=plain_text("Referrals come again at the beginning of this day. Without one, once somebody resumes.", 200),
        optional=True,
    )
    blocks = [
        section(f"Nobody can ask for *{plain(whom.title)}* while they are paused. They stay listed."),
        dict(until.to_dict()),
    ]
    if whom.burden.offers:
        choices = {RELEASE: "Offer it to everyone now", KEEP: "Keep it theirs until its deadline"}
        if whom.burden.offers > 1:
            choices = {RELEASE: "Offer them to everyone now", KEEP: "Keep them theirs until their deadlines"}
        asks = f"{_offers(whom.burden.offers)} for their answer. What should become of that?"
        blocks.append(radio(asks, choices, BlockId.WAITING, ActionId.FIELD))
    about = subject(whom.provider_id, home)
    return form(CallbackId.ROSTER_PAUSE, "Pause referrals", "Pause", about, blocks)


def inactive_form(whom: Whom, *, home: bool) -> Modal:
    """DOMAIN.md P21: what it means, and what it does not."""
    means = [
        f"*{plain(whom.title)}* will be unlisted and not routable: nobody can ask for them, and they cannot accept.",
        "This does not change their status with any insurance company's directory; that has to be done there.",
        *_consequences(whom.burden),
    ]
    blocks = [section("\n".join(f"•  {line}" for line in means)), context("You can reactivate them at any time.")]
    return form(CallbackId.ROSTER_INACTIVE, "Make inactive?", "Make inactive", subject(whom.provider_id, home), blocks)


def _consequences(burden: Burden) -> list[str]:
    lines = []
    if burden.offers:
        goes = "goes" if burden.offers == 1 else "go"
        lines.append(f"{_offers(burden.offers)} for their answer and {goes} to everyone at once; the clients are told.")
    if burden.uncontacted:
        count = burden.uncontacted
        said = "1 client whom they accepted has" if count == 1 else f"{count} clients whom they accepted have"
        lines.append(f"{said} not been contacted yet: you find that under “Needs a person” at once.")
    return lines or ["No open offer and no client waits for them."]


def _offers(count: int) -> str:
    return "1 open offer waits" if count == 1 else f"{count} open offers wait"


def _overtaken(entry: Entry, fields: Sequence[AnyField], by: Person | None) -> list[Block]:
    if not fields:
        return []
    names = listed([_LABELS[field] for field in fields])
    who = f"{mention(by)} has" if by else "somebody has"
    now = [
        f"{_LABELS[field]}: *{plain(', '.join(labels(field, entry.written[field])), 300) or 'empty'}*"
        for field in fields
    ]
    asks = "Nothing is saved yet. What you typed is kept below; *Save* puts it in the place of this:"
    return [section("\n".join([f"*While this form was open, {who} changed: {names}.*", asks, *now]))]


def _field(entry: Entry, field: AnyField, typed: str | None) -> Block:
    stands = entry.written[field]
    hint = _HINTS.get(field)
    block = InputBlock(
        block_id=shown_block(FORM, field, digest(field, stands)),
        label=plain_text(_LABELS[field], 200),
        element=_element(field, stands if typed is None else typed),
        hint=plain_text(hint, 200) if hint else None,
        optional=field not in _REQUIRED,
    )
    return dict(block.to_dict())


def _element(field: AnyField, shown: str) -> Any:
    if field in CHOICES:
        options = {slug: _option(slug, label) for slug, label in CHOICES[field].items()}
        ticked = [options[slug] for slug in shown.split(",") if slug in options]
        return CheckboxesElement(
            action_id=ActionId.FIELD, options=list(options.values()), initial_options=ticked or None
        )
    if field is RosterField.LICENCES:
        begin = "\n".join(clean(line, _MOST) for line in shown.split("\n")) or None
        return PlainTextInputElement(action_id=ActionId.FIELD, initial_value=begin, multiline=True, max_length=_MOST)
    begin = clean(shown, _MOST) or None
    if field is ProfileField.BOOKING_LINK:
        return UrlInputElement(action_id=ActionId.FIELD, initial_value=begin)
    return PlainTextInputElement(action_id=ActionId.FIELD, initial_value=begin, max_length=_MOST)


def _option(slug: str, label: str) -> Option:
    return Option(value=slug, text=plain_text(label, OPTION_LENGTH))
