"""Home's room of sources: who refers, what becomes of it lately, and what can be done about each. No client in it."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement, Option, OverflowMenuElement, StaticSelectElement

from referrals.sources.fields import FROM_THE_FORM
from referrals.views.arithmetic import in_percent, share
from referrals.views.sources import LATELY, Funnel, SourceLine, SourcesPage, Which
from store.vocabulary import SourceKind

from .desk_link import page_button
from .ids import ActionId, menu_value
from .labels import SOURCE_KINDS
from .layout import OPTION_LENGTH, actions, button, context, divider, header, plain_text, section
from .message import Block
from .paging import jump
from .text import plain, slack_date

#: The names of what stands in Home's place: the page, and the two filters.
PAGE, KIND, WHICH = "sources", "kind", "which"

_WHICH = {Which.ALL: "All sources", Which.QUIET: "Quiet ones", Which.RETIRED: "Retired ones"}


@dataclass(frozen=True, slots=True)
class SourcesHome:
    page: SourcesPage
    kind: SourceKind | None = None
    which: Which = Which.ALL


def sources_blocks(shown: SourcesHome) -> list[Block]:
    page = shown.page
    blocks = [
        header("Sources"),
        actions(
            "home.sources",
            button(ActionId.ADD_SOURCE, "Add a source", "add", "Add a source that refers clients"),
            button(ActionId.IDEAL, "Ideal clients", "ideal", "Say which clients the practice is best for"),
            page_button("Funnel and CSV", "sources", "Every source's referrals, as a page and a file"),
        ),
        section("*Kind*", _kinds(shown.kind)),
        section("*Show*", _which(shown.which)),
        context(_summary(page)),
        divider(),
    ]
    if not page.lines:
        blocks.append(section(_nobody(shown)))
    for line in page.lines:
        blocks.append(section(_line(line), None if line.name == FROM_THE_FORM else _menu(line)))
    return [*blocks, *_onward(page)]


def _summary(page: SourcesPage) -> str:
    sources = "1 source" if page.total == 1 else f"{page.total} sources"
    days = LATELY.days
    quiet = f"{page.quiet} quiet for {page.quiet_days} days" if page.quiet else f"none quiet for {page.quiet_days} days"
    return f"{sources}, {quiet}. Who refers most comes first; figures are of the last {days} days."


def _nobody(shown: SourcesHome) -> str:
    if shown.kind is None and shown.which is Which.ALL:
        return "No sources yet. *Add a source*, give it its link, and see here what comes of its referrals."
    return "No source is like that. Choose *All kinds* and *All sources* to see everyone."


def _line(line: SourceLine) -> str:
    notes = [SOURCE_KINDS[line.kind], *(["quiet"] if line.quiet else []), *(["retired"] if line.retired else [])]
    lines = [f"*{plain(line.name)}*  {'  ·  '.join(notes)}"]
    if line.last_at is None:
        return "\n".join([*lines, "No referral yet"])
    return "\n".join([*lines, funnel_words(line.funnel), f"Last referral {slack_date(line.last_at)}"])


def funnel_words(funnel: Funnel) -> str:
    """``12 referred, 10 accepted, 8 contacted, 6 scheduled  ·  75% ideal``."""
    if not funnel.referred:
        return "Nobody referred lately"
    steps = (
        f"{funnel.referred} referred, {funnel.accepted} accepted, {funnel.contacted} contacted,"
        f" {funnel.scheduled} scheduled"
    )
    fit = "" if funnel.ideal is None else f"  ·  {in_percent(share(funnel.ideal, funnel.referred))} ideal clients"
    return steps + fit


def _menu(line: SourceLine) -> OverflowMenuElement:
    choices = [(ActionId.EDIT_SOURCE, "Edit")]
    if line.retired:
        choices.append((ActionId.REVIVE_SOURCE, "Bring back"))
    else:
        choices += [(ActionId.SOURCE_LINK, "Link"), (ActionId.RETIRE_SOURCE, "Retire")]
    options = [Option(value=menu_value(action, line.source_id), text=plain_text(text, 75)) for action, text in choices]
    return OverflowMenuElement(action_id=ActionId.MORE, options=options)


def _kinds(chosen: SourceKind | None) -> StaticSelectElement:
    labels = {"0": "All kinds"} | {str(kind): label for kind, label in SOURCE_KINDS.items()}
    return _select(KIND, labels, chosen or "0")


def _which(chosen: Which) -> StaticSelectElement:
    labels = {("0" if which is Which.ALL else str(which)): label for which, label in _WHICH.items()}
    return _select(WHICH, labels, "0" if chosen is Which.ALL else chosen)


def _select(name: str, labels: dict[str, str], chosen: str) -> StaticSelectElement:
    """A filter; choosing another goes back to the first page."""
    options = {
        value: Option(value=f"{name} {value},{PAGE} 0", text=plain_text(label, OPTION_LENGTH))
        for value, label in labels.items()
    }
    return StaticSelectElement(
        action_id=ActionId.HOME_PAGE,
        placeholder=plain_text(next(iter(labels.values())), 150),
        options=list(options.values()),
        initial_option=options[str(chosen)],
    )


def _onward(page: SourcesPage) -> list[Block]:
    last = max(0, (page.total - 1) // page.size)
    if not last:
        return []
    menu = jump(PAGE, page.number, page.size, page.total)
    following = page.number + 1 if page.number < last else 0
    label = "Next page" if following else "Back to the first page"
    return [
        section(f"Page {page.number + 1} of {last + 1}", menu),
        actions("home.next.sources", _turn(label, following)),
    ]


def _turn(label: str, number: int) -> ButtonElement:
    return button(ActionId.HOME_PAGE, label, f"{PAGE} {number}", f"{label} of the sources")
