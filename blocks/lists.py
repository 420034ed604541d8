"""The answers to ``/referrals help | open | mine | status``: ephemeral, short, scannable."""

from collections.abc import Sequence

from referrals.pausing.subjects import state
from referrals.views.lists import Line, Standing
from store.vocabulary import Kind, ProviderStatus, Status

from .availability import answer
from .facts import facts_line
from .labels import PROVIDER_STATUSES
from .layout import context, section
from .message import Message
from .text import link, plain, slack_date

#: Command -> what it does.
COMMANDS: dict[str, str] = {
    "open": "referrals you could take, the soonest deadline first",
    "mine": "what waits for you, and what you have accepted",
    "find": "a client by first and last name, on a page of its own",
    "pause": "no new requests for you, at once",
    "resume": "requests for you come again; also `resume Aetna`, `resume TX`",
    "status": "how you stand: paused or not, your states and networks",
    "report": "how you are doing, for you alone (to coordinators: the practice); also `report last week`",
    "show": "for coordinators: a referral's timeline, by its code, such as `show R-7K3QM`",
    "new": "for coordinators: a page to take in a request that came by phone",
    "help": "this list",
}
#: What stands behind ``pause``: an insurer or a state, for good or until a day.
_PAUSES = ("pause until 1 March", "pause for 2 weeks", "pause Aetna", "pause TX until Friday")


def help_answer(whom: str, support: str, *, unknown: bool = False, nearest: str | None = None) -> Message:
    """``unknown``: something else was typed, which is not repeated; ``nearest``: what was meant.

    ``whom``: to ask about the roster; ``support``: about what is technical.
    """
    lines = [f"`/referrals {name}`  {what}" for name, what in COMMANDS.items()]
    pauses = ", ".join(f"`{one}`" for one in _PAUSES)
    blocks = [
        section("\n".join(lines)),
        context(f"Pausing takes an insurer, a state or a day: {pauses}. A weekly limit is set on the Home tab."),
        section("\n".join(_whom_to_ask_for_what(whom, support))),
    ]
    if not unknown:
        return Message("What /referrals can do: " + ", ".join(COMMANDS), blocks)
    guess = f" Did you mean `/referrals {nearest}`?" if nearest else ""
    lead = f"There is no such command.{guess}"
    return Message(lead, [section(lead), *blocks])


def _whom_to_ask_for_what(whom: str, support: str) -> list[str]:
    """DOMAIN.md S2: what is clinical is a clinician's to answer."""
    return [
        "*Whom to ask*",
        "•  A clinical question: the provider who has the referral, or your clinical lead",
        f"•  Your account, licences, networks, or a referral that is stuck: {whom}",
        f"•  Something technical: {support}",
    ]


def open_answer(lines: Sequence[Line], more: int = 0, *, everyones: bool = False) -> Message:
    """``everyones``: for a coordinator who is no provider, all that waits for anybody."""
    if not lines:
        whose = "" if everyones else " for you"
        return answer(f"Nothing is open{whose} at the moment. New referrals appear in the channel.")
    title = "All that waits for an answer" if everyones else "Open for you"
    return _list(f"*{title}, the soonest deadline first*", lines, more)


def mine_answer(lines: Sequence[Line], more: int = 0) -> Message:
    if not lines:
        return answer("Nothing waits for you or is in your hands. `/referrals open` shows what you could take.")
    return _list("*Yours*", lines, more)


def status_answer(standing: Standing) -> Message:
    """DOMAIN.md P23: the networks somebody takes part in."""
    lead = f"*{PROVIDER_STATUSES[standing.status]}*"
    if standing.status is ProviderStatus.PAUSED:
        lead += f" until {slack_date(standing.paused_until)}" if standing.paused_until else " until you resume"
    counts = f"Waiting for your answer: {standing.waiting}. Accepted, not yet contacted: {standing.to_contact}."
    if standing.weekly_limit is not None:
        counts += f" Accepted this week: {standing.accepted_this_week} of {standing.weekly_limit} at most."
    return Message(
        f"{lead.replace('*', '')}. {counts}",
        [section(f"{lead}\n{counts}"), context(f"States: {states(standing)}", f"Networks: {networks(standing)}")],
    )


def networks(standing: Standing) -> str:
    shown = [plain(label, 80) + ("" if accepting else " (paused)") for label, accepting in standing.insurers]
    return ", ".join(shown) or "none on the roster"


def states(standing: Standing) -> str:
    off = {one.subject for one in standing.switches if not one.on}
    shown = [plain(code) + (" (paused)" if str(state(code)) in off else "") for code in standing.states]
    return ", ".join(shown) or "none on the roster"


def line_text(line: Line) -> str:
    """Two short lines: what it is, and what is due."""
    return f"*{link(line.card_link, plain(line.code))}*  {due(line)}\n{facts_line(line.facts)}"


def due(line: Line) -> str:
    if line.status is Status.PENDING:
        whose = "open"
        if line.kind is Kind.PREFERRED:
            whose = "reserved for you" if line.mine else "reserved"
        return f"{whose} until {slack_date(line.expires_at)}"
    accepted = f", accepted {slack_date(line.accepted_at)}" if line.accepted_at else ""
    return {
        Status.ACCEPTED: f"to be contacted{accepted}",
        Status.CONTACTED: "contacted",
        Status.SCHEDULED: "scheduled",
        Status.EXPIRED: "expired",
        Status.CLOSED: "closed",
    }[line.status]


def _list(title: str, lines: Sequence[Line], more: int) -> Message:
    blocks = [section(title), *(section(line_text(line)) for line in lines)]
    if more > 0:
        blocks.append(context(f"and {more} more"))
    codes = ", ".join(plain(line.code) for line in lines)
    return Message(f"{title.replace('*', '')}: {codes}", blocks)
