"""Home's room of the roster: everybody on a line, with what a coordinator may do about each in a menu."""

from slack_sdk.models.blocks import ButtonElement, Option, OverflowMenuElement, StaticSelectElement

from referrals.views.mine import last_number
from referrals.views.roster import RosterLine, RosterPage, State, Which, not_linked
from store.vocabulary import ProviderStatus, SlackStanding

from .desk_link import page_button
from .ids import ActionId, menu_value
from .labels import PROVIDER_STATUSES
from .layout import actions, button, divider, header, plain_text, section
from .licence_ends import days_left
from .message import Block
from .moments import long_day
from .paging import jump
from .text import listed, plain, slack_date

#: The name of the list, and of its filter, among the entries of Home's place.
LIST, FILTER = "roster", "which"
_FILTERS = {
    Which.ALL: "Everybody",
    Which.FREE: "Free",
    Which.PAUSED: "Paused, or their week is full",
    Which.INACTIVE: "Inactive",
    Which.NOT_IN_SLACK: "Not linked, or left Slack",
    Which.LICENCE: "A licence ends or has ended",
}
_STANDINGS = {
    SlackStanding.UNLINKED: "not looked up in Slack yet",
    SlackStanding.MISSING: "nobody in Slack by that email",
    SlackStanding.GUEST: "only a guest in Slack, so they cannot take referrals",
    SlackStanding.DEACTIVATED: "has left Slack",
}
_NOT_YET = {
    SlackStanding.UNLINKED: "Not in Slack yet",
    SlackStanding.MISSING: "Not in Slack yet",
    SlackStanding.GUEST: "Not a full member of Slack yet",
    SlackStanding.DEACTIVATED: "Not in Slack any more",
}
#: Named on a line; a compact licence makes dozens.
_MOST_STATES = 6


def roster_blocks(page: RosterPage) -> list[Block]:
    shown = [header("Roster"), actions("home.roster.do", *_buttons()), _filters(page), divider()]
    if page.total:
        shown.append(section(f"*{_FILTERS[page.which]}*  {page.total}", jump(LIST, page.number, page.size, page.total)))
    elif page.which is Which.ALL:
        shown.append(section("Nobody is on the roster yet. Add somebody, or import a file."))
    else:
        shown.append(section(f"*{_FILTERS[page.which]}*: nobody at the moment."))
    shown += [section(_text(line), _menu(line)) | {"block_id": f"roster.{line.provider_id}"} for line in page.lines]
    return [*shown, *_next(page)]


def _buttons() -> list[ButtonElement]:
    add = button(ActionId.ROSTER_ADD, "Add a provider", "new", style="primary")
    return [add, page_button("Import, export, coverage", "roster", "Import, export, coverage: on a page")]


def _filters(page: RosterPage) -> Block:
    options = {
        which: Option(value=f"{FILTER} {which},{LIST} 0", text=plain_text(f"{label} ({page.counts[which]})", 75))
        for which, label in _FILTERS.items()
    }
    select = StaticSelectElement(
        action_id=ActionId.HOME_PAGE, options=list(options.values()), initial_option=options[page.which]
    )
    return actions(f"home.roster.which.{page.which}", select)


def _next(page: RosterPage) -> list[Block]:
    last = last_number(page.total, page.size)
    if not last:
        return []
    following = page.number + 1 if page.number < last else 0
    label = "Show the next" if following else "Back to the first"
    place = f"{LIST} {following}"
    return [actions("home.next.roster", button(ActionId.HOME_PAGE, label, place, f"{label} of the roster"))]


def _text(line: RosterLine) -> str:
    said = [f"*{plain(line.title)}*  ·  {_standing(line)}"]
    if line.states:
        said.append(_states(line.states))
    if not_linked(line):
        said.append(f":warning: {_slack(line)}" if not line.by_mail else _slack(line))
    return "\n".join(said)


def _slack(line: RosterLine) -> str:
    words = _STANDINGS[line.standing]
    if line.by_mail and line.standing in (SlackStanding.UNLINKED, SlackStanding.MISSING):
        words = "not in Slack: offers come by email"
    return words[:1].upper() + words[1:]


def _standing(line: RosterLine) -> str:
    words = PROVIDER_STATUSES[line.status]
    if line.status is ProviderStatus.ACTIVE and not_linked(line):
        words = f"{words} by email, not in Slack yet" if line.by_mail else _NOT_YET.get(line.standing, words)
    if line.status is ProviderStatus.PAUSED:
        return f"{words} {f'until {slack_date(line.paused_until)}' if line.paused_until else 'until resumed'}"
    if line.status is ProviderStatus.INACTIVE:
        return f"{words}: unlisted, gets no referrals"
    notes = [f"but paused for {listed([plain(one) for one in line.pauses])}"] if line.pauses else []
    notes += ["their week is full"] if line.full else []
    return ", ".join([words, *notes])


def _states(states: tuple[State, ...]) -> str:
    """Those that end first: they must not be cut off."""
    ordered = sorted(states, key=lambda one: (one.ends is None, one.ends.last if one.ends else None, one.name))
    words = [_state(one) for one in ordered[:_MOST_STATES]]
    if len(ordered) > _MOST_STATES:
        words.append(f"and {len(ordered) - _MOST_STATES} more")
    return ", ".join(words)


def _state(state: State) -> str:
    name = plain(state.name)
    if state.ends is not None and state.last is not None:
        if state.ends.ended:
            return f"*{name} ended {long_day(state.last)}*"
        return f"*{name} ends {long_day(state.last)}, {days_left(state.ends)}*"
    return f"{name} until {long_day(state.last)}" if state.last else name


def _menu(line: RosterLine) -> OverflowMenuElement:
    choices = [(ActionId.ROSTER_EDIT, "Edit")]
    if line.status is ProviderStatus.INACTIVE:
        choices.append((ActionId.ROSTER_REACTIVATE, "Reactivate"))
    else:
        switch = (ActionId.ROSTER_RESUME, "Resume referrals")
        if line.status is not ProviderStatus.PAUSED:
            switch = (ActionId.ROSTER_PAUSE, "Pause referrals")
        choices += [switch, (ActionId.ROSTER_INACTIVE, "Make inactive")]
    if line.standing is not SlackStanding.MEMBER:
        choices.append((ActionId.ROSTER_LINK, "Link to Slack by email"))
    options = [Option(value=menu_value(action, line.provider_id), label=label) for action, label in choices]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options)
