"""A provider's part of Home: what waits for them and what is in their hands, then how they stand and are doing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Option, OverflowMenuElement

from referrals.profile import Profile
from referrals.views.lists import Line, Standing
from referrals.views.mine import Group, Page
from referrals.views.performance import Performance
from store.vocabulary import ProviderStatus, Status

from .buttons import Buttons, deciding_buttons, progress_buttons
from .facts import facts_line
from .home_profile import figures, profile, texts_trouble
from .home_switches import paused_until, switches
from .ids import ActionId, menu_value
from .labels import CLOSE_REASONS
from .layout import actions, context, divider, header, section
from .lengths import length
from .message import Block
from .paging import jump, next_button
from .progress import tried
from .text import link, plain, sentence, slack_date

_TITLES = {
    Group.WAITING: "Waiting for me",
    Group.CONTACT: "Accepted, not yet contacted",
    Group.PROGRESS: "In progress",
    Group.CLOSED: "Recently closed",
}
#: Ways out of a referral that somebody has: a provider wants one now and then, and what comes next all the time.
_RARE = frozenset({ActionId.RELEASE, ActionId.CLOSE})


@dataclass(frozen=True, slots=True)
class ProviderHome:
    """``now``: desk clock. ``states_page``: of the switches of the states, from 0."""

    now: datetime
    standing: Standing
    pages: Mapping[Group, Page]
    states_page: int
    profile: Profile
    performance: Performance


def provider_blocks(shown: ProviderHome) -> list[Block]:
    blocks = [header("Your referrals"), *_notes(shown)]
    for group, page in shown.pages.items():
        if page.total:
            blocks += _group(shown, _TITLES[group], page)
    if not any(page.total for group, page in shown.pages.items() if group is not Group.CLOSED):
        blocks.append(section("Nothing waits for you. `/referrals open` shows what you could take."))
    size = shown.pages[Group.WAITING].size
    blocks += switches(shown.standing, shown.states_page, 2 * size)
    blocks += profile(shown.profile)
    return [*blocks, *figures(shown.performance)]


def _notes(shown: ProviderHome) -> list[Block]:
    """What is out of the ordinary stands above everything else."""
    notes = []
    if shown.standing.status is ProviderStatus.PAUSED:
        notes.append(
            f"*Your referrals are paused* {paused_until(shown.standing.paused_until)}. The switches are below."
        )
    if trouble := texts_trouble(shown.profile):
        notes.append(trouble)
    return [section("\n".join(notes))] if notes else []


def _group(shown: ProviderHome, title: str, page: Page) -> list[Block]:
    blocks = [divider(), section(f"*{title}*  {page.total}", jump(page.group, page.number, page.size, page.total))]
    for line in page.lines:
        if page.group is Group.CLOSED:
            blocks.append(context(f"{_text(line, shown)}\n{facts_line(line.facts)}"))
            continue
        buttons = _buttons(line)
        rare = [one for one in buttons if one.action_id in _RARE]
        text = [_text(line, shown), facts_line(line.facts)]
        if line.status is Status.ACCEPTED and line.tries:
            text.append(sentence(tried(line.tries, line.next_try)))
        blocks.append(section("\n".join(text), _menu(rare)))
        blocks.append(actions(f"home.line.{line.offer_id}", *(one for one in buttons if one not in rare)))
    return blocks + next_button(page, title)


def _buttons(line: Line) -> Buttons:
    if line.status is Status.PENDING:
        return deciding_buttons(line.offer_id, line.referral_id, line.code, line.kind)
    return progress_buttons(line.referral_id, line.code, line.status)


def _menu(rare: Buttons) -> OverflowMenuElement | None:
    """Instead of buttons: a screen full of them hides what is to be done."""
    options = [Option(value=menu_value(ActionId(str(one.action_id)), str(one.value)), text=one.text) for one in rare]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options) if options else None


def _text(line: Line, shown: ProviderHome) -> str:
    """Which it is, and what is due of it or was done, one below the other on a phone as well."""
    lead = f"*{link(line.card_link, plain(line.code))}*"
    match line.status:
        case Status.PENDING:
            left = line.expires_at - shown.now
            time = f"{length(left)} left" if left.total_seconds() > 0 else "overdue"
            return f"{lead}  ·  *{time}*, until {slack_date(line.expires_at)}"
        case Status.ACCEPTED:
            return f"{lead}  ·  accepted{_ago(line.accepted_at, shown.now)}"
        case Status.CONTACTED:
            return f"{lead}  ·  contacted{_ago(line.contacted_at, shown.now)}"
        case Status.SCHEDULED:
            return f"{lead}  ·  scheduled{_ago(line.scheduled_at, shown.now)}"
        case Status.CLOSED:
            why = f": {CLOSE_REASONS[line.close_reason]}" if line.close_reason else ""
            return f"{lead}  ·  closed{_ago(line.closed_at, shown.now)}{why}"
        case Status.EXPIRED:
            return f"{lead}  ·  expired"


def _ago(moment: datetime | None, now: datetime) -> str:
    return f" {length(now - moment)} ago" if moment else ""
