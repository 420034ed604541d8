"""The Home tab: what is mine and what is due; for coordinators what needs attention; for anybody else whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.views import View

from referrals.privacy import Attestation
from referrals.views.coordinators import AttentionLine, Numbers

from .buttons import Buttons, attention_buttons
from .home_provider import ProviderHome, provider_blocks
from .ids import ActionId
from .labels import ATTENTION, STATUSES
from .layout import actions, button, context, divider, header, section
from .message import Block
from .text import mention_user, plain, slack_date
from .trouble import trouble

#: Slack allows 100 blocks. An item takes two; beside a provider's own part, whose lists then show fewer, that fits.
MOST_ITEMS = 10
_OFF = Attestation(on=False, by=None, at=None)


@dataclass(frozen=True, slots=True)
class CoordinatorHome:
    numbers: Numbers
    items: Sequence[AttentionLine]
    privacy: Attestation = _OFF
    opted_out: Sequence[str] = ()  # names of those who have answered STOP


def home(
    provider: ProviderHome | None, coordinator: CoordinatorHome | None, refused: str | None, pages: str = ""
) -> dict[str, Any]:
    """A Home view. ``refused``: what somebody is told who is neither, escaped. ``pages``: see blocks/paging.py."""
    blocks: list[Block] = []
    if coordinator is not None:
        blocks += _coordinator(coordinator)
    if provider is not None:
        blocks += [divider(), *provider_blocks(provider)] if blocks else provider_blocks(provider)
    if not blocks:
        blocks = [header("Referral desk"), section(refused or "There is nothing here for you at the moment.")]
    return dict(View(type="home", blocks=blocks, private_metadata=pages).to_dict())


def _coordinator(shown: CoordinatorHome) -> list[Block]:
    counts = shown.numbers
    figures = (
        f"Waiting *{counts.waiting}*  ·  To contact *{counts.to_contact}*  ·  Contacted *{counts.contacted}*"
        f"  ·  Expired *{counts.expired}*"
    )
    blocks = [header("Needs attention"), context(figures)]
    if not shown.items:
        blocks.append(section("Nothing needs you at the moment."))
    for item in shown.items[:MOST_ITEMS]:
        blocks.append(section(_item(item)))
        if buttons := _item_buttons(item):
            blocks.append(actions(f"home.item.{item.attention_id}", *buttons))
    blocks += _more(counts.attention - min(len(shown.items), MOST_ITEMS))
    return [*blocks, *_opted_out(shown.opted_out), divider(), _privacy(shown.privacy)]


def _opted_out(names: Sequence[str]) -> list[Block]:
    """Their own wish, so there is nothing to do about it; offers come to them by Slack and mail."""
    if not names:
        return []
    shown = [plain(name) for name in names[:MOST_ITEMS]]
    more = f" and {len(names) - MOST_ITEMS} more" if len(names) > MOST_ITEMS else ""
    return [context(f"No text messages, because they answered STOP: {', '.join(shown)}{more}.")]


def _privacy(stands: Attestation) -> Block:
    """DOMAIN.md section 3, rule 1: off, until a coordinator attests that Slack's agreement is signed."""
    change = button(ActionId.ATTEST, "Change", "attest", "Change whether client information may stand in Slack")
    if not stands.on:
        return section("Client information in Slack: *off*", change)
    since = f" since {slack_date(stands.at)}" if stands.at else ""
    by = f", attested by {mention_user(stands.by)}" if stands.by else ""
    return section(f"Client information in Slack: *on*{since}{by}", change)


def _item_buttons(item: AttentionLine) -> Buttons:
    """None where it concerns no referral: such an item goes by itself once all is well."""
    if item.referral_id is None or item.code is None or item.status is None:
        return []
    return attention_buttons(item.kind, item.status, item.referral_id, item.attention_id, item.code)


def _item(item: AttentionLine) -> str:
    since = slack_date(item.opened_at)
    if item.code is None or item.status is None:
        found = trouble(item.kind, item.detail, item.about)
        return f"*{plain(found.what, 200)}*\n{plain(found.remedy, 900)}\nSince {since}"
    who = f": {plain(item.about)}" if item.about else ""
    return f"*{plain(item.code)}*  {ATTENTION[item.kind]}{who}\n{STATUSES[item.status]}  ·  since {since}"


def _more(count: int) -> list[Block]:
    return [context(f"and {count} more")] if count > 0 else []
