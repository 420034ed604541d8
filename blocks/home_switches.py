"""What comes to a provider, and the switches for it: all of it, each insurer, each state, and the weekly limit."""

from collections.abc import Sequence
from datetime import datetime

from referrals.pausing.subjects import About
from referrals.views.lists import Standing, Switch
from referrals.views.mine import last_number
from store.vocabulary import ProviderStatus

from .availability import STILL_LISTED
from .ids import ActionId, BlockId
from .labels import PROVIDER_STATUSES
from .layout import actions, button, context, divider, header, section
from .message import Block
from .paging import STATES, jump
from .pausing import pause_value
from .text import plain, slack_date


def switches(standing: Standing, states_page: int, size: int) -> list[Block]:
    """``size``: how many states a page shows; a licence for each state of a compact makes dozens."""
    blocks = [divider(), header("What comes to me"), *_everything(standing), *_still_listed(standing)]
    if standing.status is ProviderStatus.INACTIVE:
        return blocks
    insurers = [one for one in standing.switches if one.subject.startswith(f"{About.INSURER}=")]
    states = [one for one in standing.switches if one.subject.startswith(f"{About.STATE}=")]
    if insurers:
        blocks += [context("*Insurers*"), *map(_switch, insurers)]
    if states:
        blocks += _states(states, states_page, size)
    return blocks


def _still_listed(standing: Standing) -> list[Block]:
    """P21: what a pause does not do, while one is on."""
    if standing.status is ProviderStatus.PAUSED:
        return [context(STILL_LISTED[True])]
    parts = standing.status is ProviderStatus.ACTIVE and not all(one.on for one in standing.switches)
    return [context(STILL_LISTED[False])] if parts else []


def paused_until(moment: datetime | None) -> str:
    return f"until {slack_date(moment)}" if moment else "until you resume"


def _everything(standing: Standing) -> list[Block]:
    text = f"*{PROVIDER_STATUSES[standing.status]}*"
    if standing.status is ProviderStatus.INACTIVE:
        return [section(f"{text}. A coordinator can change that.")]
    if standing.status is ProviderStatus.PAUSED:
        text += f" {paused_until(standing.paused_until)}"
        switch = button(ActionId.RESUME, "Resume referrals", "resume", style="primary")
    else:
        switch = button(ActionId.PAUSE, "Pause referrals", "pause")
    until = button(ActionId.PAUSE_FOR, "Pause until…", "pause", "Pause all, an insurer or a state until a day")
    limit = button(ActionId.LIMIT, "Weekly limit", "limit", "Set a weekly limit of referrals")
    return [section(f"{text}\n{_limit(standing)}"), actions(BlockId.AVAILABILITY, switch, until, limit)]


def _limit(standing: Standing) -> str:
    if standing.weekly_limit is None:
        return "No weekly limit."
    return f"Weekly limit: *{standing.accepted_this_week} of {standing.weekly_limit}* accepted this week."


def _states(states: Sequence[Switch], page: int, size: int) -> list[Block]:
    page = min(page, last_number(len(states), size))
    title = section("*States*", jump(STATES, page, size, len(states))) if len(states) > size else context("*States*")
    return [title, *map(_switch, states[page * size : (page + 1) * size])]


def _switch(one: Switch) -> Block:
    label = plain(one.label, 80)
    if one.on:
        accessory = button(ActionId.PAUSE_NOW, "Pause", pause_value(one.subject), f"Pause {one.label}")
        return section(f"{label}  ·  on", accessory)
    accessory = button(ActionId.RESUME_ONE, "Resume", one.subject, f"Resume {one.label}", "primary")
    return section(f"{label}  ·  *paused* {paused_until(one.until)}", accessory)
