"""The Home tab: what is mine and what is due; for coordinators what needs attention; for anybody else whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.views import View

from referrals.views.coordinators import AttentionLine, Numbers
from referrals.views.lists import Line, Standing
from store.vocabulary import ProviderStatus, Status

from .buttons import Buttons, attention_buttons, deciding_buttons, progress_buttons
from .ids import ActionId, BlockId
from .labels import ATTENTION, PROVIDER_STATUSES, STATUSES
from .layout import actions, button, context, divider, header, section
from .lists import line_text, networks, states
from .message import Block
from .text import plain, slack_date
from .trouble import trouble

#: Slack allows 100 blocks. A referral takes two (text and buttons), an item three at most; these stay well below.
MOST_LINES, MOST_ITEMS = 8, 10


@dataclass(frozen=True, slots=True)
class ProviderHome:
    standing: Standing
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class CoordinatorHome:
    numbers: Numbers
    items: Sequence[AttentionLine]


def home(provider: ProviderHome | None, coordinator: CoordinatorHome | None, refused: str | None) -> dict[str, Any]:
    """A Home view. ``refused``: what somebody is told who is neither, escaped."""
    blocks: list[Block] = []
    if coordinator is not None:
        blocks += _coordinator(coordinator)
    if provider is not None:
        blocks += [divider(), *_provider(provider)] if blocks else _provider(provider)
    if not blocks:
        blocks = [header("Referral desk"), section(refused or "There is nothing here for you at the moment.")]
    return dict(View(type="home", blocks=blocks).to_dict())


def _provider(shown: ProviderHome) -> list[Block]:
    standing = shown.standing
    blocks = [header("Your referrals"), *_availability(standing)]
    for title, wanted in (
        ("Waiting for your answer", (Status.PENDING,)),
        ("To contact", (Status.ACCEPTED,)),
        ("In progress", (Status.CONTACTED, Status.SCHEDULED)),
    ):
        blocks += _group(title, [line for line in shown.lines if line.status in wanted])
    if not shown.lines:
        blocks.append(section("Nothing waits for you. `/referrals open` shows what you could take."))
    return [*blocks, divider(), context(f"Your networks: {networks(standing)}", f"Licensed in: {states(standing)}")]


def _availability(standing: Standing) -> list[Block]:
    text = f"*{PROVIDER_STATUSES[standing.status]}*"
    if standing.status is ProviderStatus.INACTIVE:
        return [section(f"{text}. A coordinator can change that.")]
    if standing.status is ProviderStatus.PAUSED:
        text += f" until {slack_date(standing.paused_until)}" if standing.paused_until else " until you resume"
        switch = button(ActionId.RESUME, "Resume referrals", "resume", style="primary")
    else:
        switch = button(ActionId.PAUSE, "Pause referrals", "pause")
    return [section(text), actions(BlockId.AVAILABILITY, switch)]


def _group(title: str, lines: Sequence[Line]) -> list[Block]:
    if not lines:
        return []
    blocks = [divider(), section(f"*{title}* ({len(lines)})")]
    for line in lines[:MOST_LINES]:
        blocks.append(section(line_text(line)))
        if line.status is Status.PENDING:
            buttons = deciding_buttons(line.offer_id, line.code, line.kind)
        else:
            buttons = progress_buttons(line.referral_id, line.code, line.status)
        blocks.append(actions(f"home.line.{line.offer_id}", *buttons))
    return blocks + _more(len(lines) - MOST_LINES)


def _coordinator(shown: CoordinatorHome) -> list[Block]:
    counts = shown.numbers
    figures = (
        f"Waiting *{counts.waiting}*  ·  To contact *{counts.to_contact}*  ·  Contacted *{counts.contacted}*"
        f"  ·  Expired *{counts.expired}*"
    )
    blocks = [header("Needs attention"), context(figures)]
    if not shown.items:
        return [*blocks, section("Nothing needs you at the moment.")]
    for item in shown.items[:MOST_ITEMS]:
        blocks.append(section(_item(item)))
        if buttons := _item_buttons(item):
            blocks.append(actions(f"home.item.{item.attention_id}", *buttons))
    return [*blocks, *_more(counts.attention - min(len(shown.items), MOST_ITEMS))]


def _item_buttons(item: AttentionLine) -> Buttons:
    """None where it concerns no referral: such an item goes by itself once all is well."""
    if item.referral_id is None or item.code is None or item.status is None:
        return []
    return attention_buttons(item.kind, item.status, item.referral_id, item.attention_id, item.code)


def _item(item: AttentionLine) -> str:
    since = slack_date(item.opened_at)
    if item.code is None or item.status is None:
        found = trouble(item.kind, item.detail)
        return f"*{plain(found.what, 200)}*\n{plain(found.remedy, 900)}\nSince {since}"
    return f"*{plain(item.code)}*  {ATTENTION[item.kind]}\n{STATUSES[item.status]}  ·  since {since}"


def _more(count: int) -> list[Block]:
    return [context(f"and {count} more")] if count > 0 else []
