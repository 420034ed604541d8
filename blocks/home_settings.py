"""Home's room of settings: each in plain words with what it is set to, and one button a group to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from referrals.privacy import Attestation
from referrals.settings.names import GROUPS, Group, Setting

from .desk_link import page_button
from .ids import ActionId
from .layout import button, context, divider, header, section
from .message import Block
from .settings_words import TITLES, line
from .text import mention_user, slack_date


@dataclass(frozen=True, slots=True)
class SettingsHome:
    """``own``: how many of the ``mails`` have words of the practice's own. ``people``: who coordinates, drawn."""

    written: Mapping[Setting, str]
    privacy: Attestation
    own: int
    mails: int
    people: Sequence[Block] = ()


def settings_blocks(shown: SettingsHome) -> list[Block]:
    return [
        header("Settings"),
        context("A change holds from now on, for the whole practice, and is recorded with your name."),
        *(_group(group, shown.written) for group in Group),
        privacy_line(shown.privacy),
        _messages(shown),
        *_records(),
        *([divider(), *shown.people] if shown.people else []),
    ]


def privacy_line(stands: Attestation) -> Block:
    """DOMAIN.md section 3, rule 1: off, until a coordinator attests that Slack's agreement is signed."""
    change = button(ActionId.ATTEST, "Change", "attest", "Change whether client information may stand in Slack")
    lead = "*Privacy*\nClient information in Slack:"
    if not stands.on:
        return section(f"{lead} *off*", change)
    since = f" since {slack_date(stands.at)}" if stands.at else ""
    by = f", attested by {mention_user(stands.by)}" if stands.by else ""
    return section(f"{lead} *on*{since}{by}", change)


def _group(group: Group, written: Mapping[Setting, str]) -> Block:
    change = button(ActionId.SETTINGS, "Change", group, f"Change {TITLES[group].lower()}")
    return section("\n".join([f"*{TITLES[group]}*", *(line(one, written) for one in GROUPS[group])]), change)


def _messages(shown: SettingsHome) -> Block:
    own = f"{shown.own} of {shown.mails} in your own words" if shown.own else "all in our words"
    door = page_button("Messages", "messages", "Messages: change the words of emails")
    return section(f"*Messages*\nEmails to clients and sources: *{own}*", door)


def _records() -> list[Block]:
    history = page_button("Audit", "audit", "Audit: who did what, and when")
    erasing = page_button("Retention", "retention", "Retention: whose details would be erased")
    return [
        section("*Audit*\nWho did what and when, and what the desk's own check says.", history),
        section("*Retention*\nWhose details are past their time, and erasing them.", erasing),
    ]
