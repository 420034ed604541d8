"""The practice's report as a coordinator sees it in Slack: a few figures, two charts, and the way to all the rest."""

from referrals.periods import in_words
from referrals.views.arithmetic import in_percent
from referrals.views.report import Figures, Report

from .charts import bars, lines
from .desk_link import page_button
from .labels import CLOSE_REASONS
from .layout import actions, context, section
from .message import Block, Message
from .report_words import ANSWERED, OVER_TIME, TOO_RECENT, step_name, time_to_accept
from .text import plain, sentence

_HOUR = 3600
#: Of the message's text, which reads the charts out; Slack's limit is 4000.
_MOST_TEXT = 3500


def practice_report_answer(report: Report) -> Message:
    """For a brief report; the page has the tables. ``text`` says what the charts show."""
    days = in_words(report.asked.first, report.asked.last)
    lead = f"*Report of the practice*  ·  {days}"
    if not report.whole.received:
        said = "No referral arrived in this period."
        return Message(f"Report of the practice, {days}. {said}", [section(f"{lead}\n{said}"), *_ways(report)])
    told = _figures(report)
    blocks = [section("\n".join([lead, *told])), *_charts(report)]
    note = f"Of referrals that arrived in this period, as they stand now. {TOO_RECENT} {ANSWERED}"
    blocks += [context(f"{_outcomes(report)}. {note}")]
    text = [f"Report of the practice, {days}.", *told, _outcomes(report) + ".", *_read_out(report)]
    return Message("\n".join(text).replace("*", "")[:_MOST_TEXT], [*blocks, *_ways(report)])


def _figures(report: Report) -> list[str]:
    whole = report.whole
    share = whole.of_received
    found = [
        f"*{whole.received}* received ({whole.preferred} for a named provider), *{whole.accepted}* accepted"
        f" ({in_percent(share(whole.accepted))})",
        f"Time to accept: {time_to_accept(whole)}",
        f"Accepted within 24 hours *{in_percent(whole.in_a_day)}*, within 48 hours *{in_percent(whole.in_two_days)}*",
        f"Contacted *{whole.contacted}*  ·  scheduled *{whole.scheduled}*  ·  clients answered"
        f" *{in_percent(share(whole.answered))}*",
    ]
    if whole.unmet:
        found.append(
            f"*{whole.unmet}* expired or closed with no taker, even if offered again since; the page says which kind."
        )
    if report.knows_ideal:
        found.append(f"Fit your ideal clients: *{in_percent(share(whole.fit))}*")
    return found


def _outcomes(report: Report) -> str:
    whole = report.whole
    parts = [
        f"{whole.waiting} waiting" if whole.waiting else "",
        f"{whole.in_hand} in a provider's hands" if whole.in_hand else "",
        f"{_scheduled_only(whole)} scheduled" if _scheduled_only(whole) else "",
        f"{whole.expired} expired" if whole.expired else "",
        f"{whole.closed} closed ({_reasons(report)})" if whole.closed else "",
    ]
    return "Outcomes: " + ", ".join(part for part in parts if part)


def _reasons(report: Report) -> str:
    return ", ".join(f"{plain(CLOSE_REASONS[reason])}: {count}" for reason, count in report.closed_for.items())


def _scheduled_only(whole: Figures) -> int:
    """What stands as scheduled now: a referral that was closed later is counted with its reason."""
    return whole.received - whole.open - whole.expired - whole.closed


def _charts(report: Report) -> list[Block]:
    """A chart of one point says nothing that the figures do not say."""
    if len(report.over_time) < 2:
        return []
    when = OVER_TIME[report.unit]
    counts = {
        "Received": [figures.received for _, figures in report.over_time],
        "Accepted": [figures.accepted for _, figures in report.over_time],
    }
    found = [bars(f"Received and accepted, {when}", [step.label for step, _ in report.over_time], counts, "Referrals")]
    timed = [(step, one.median, one.p90) for step, one in report.over_time if one.median and one.p90]
    if len(timed) > 1:
        hours = {
            "Median": [round(median.total_seconds() / _HOUR, 1) for _, median, _ in timed],
            "9 in 10 within": [round(p90.total_seconds() / _HOUR, 1) for *_, p90 in timed],
        }
        found.append(lines(f"Hours to accept, {when}", [step.label for step, *_ in timed], hours, "Hours"))
    return found


def _read_out(report: Report) -> list[str]:
    if len(report.over_time) < 2:
        return []
    return [
        f"{sentence(step_name(step, report.unit))}: {one.received} received, {one.accepted} accepted"
        + (f", {time_to_accept(one)}" if one.median else "")
        for step, one in report.over_time
        if one.received
    ]


def _ways(report: Report) -> list[Block]:
    """Each button leads to a page by a link of its own. An action may stand only once in a block."""
    path = report.asked.slug
    return [
        actions("report.page", page_button("Open to print", f"report/{path}", "Open to print: the whole report")),
        actions("report.csv", page_button("CSV", f"report/csv/{path}", "CSV: the figures as a file")),
    ]
