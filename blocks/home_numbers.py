"""How the practice is doing, on Home: numbers, and the last weeks as a picture.

Slack's own charts stand in messages only (data_visualization is refused on Home), so the picture is text of one width:
a table that is read out line by line, with a bar behind each line for the eye.
"""

from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import RichTextBlock
from slack_sdk.models.blocks.block_elements import RichTextElementParts, RichTextPreformattedElement

from referrals.views.arithmetic import in_percent
from referrals.views.figures import SOON, WEEKS, Figures, Now, Week

from .layout import context, divider, fields, section
from .lengths import exact
from .message import Block
from .report_words import ANSWERED, TOO_RECENT

#: Characters of the longest bar: with its table it still fits a phone's width.
_BAR = 8
_FULL, _LIGHT = "█", "░"


def numbers_blocks(now: Now, of: Figures, weeks: Sequence[Week]) -> list[Block]:
    hours = int(SOON.total_seconds() // 3600)
    return [
        divider(),
        section(f"*Now*  ·  {now.open} open  ·  {now.soon} due within {hours} hours"),
        section(f"*The last {WEEKS} weeks*  ·  {of.received} received, {of.accepted} accepted"),
        *(_figures(of) if of.received else [context("The numbers come with the first referral.")]),
        *(_picture(weeks) if of.received else []),
    ]


def _figures(of: Figures) -> list[Block]:
    return [
        fields(
            [
                ("Half are accepted within", _time(of.to_accept)),
                ("90% are accepted within", _time(of.to_accept_90)),
                ("Accepted within 24 hours", in_percent(of.in_a_day)),
                ("Accepted within 48 hours", in_percent(of.in_two_days)),
                ("Clients answered", f"{of.answered} of {of.received}"),
            ]
        ),
        context(f"Times are from received to first accepted, of those that were accepted. {TOO_RECENT} {ANSWERED}"),
    ]


def _picture(weeks: Sequence[Week]) -> list[Block]:
    most = max((one.received for one in weeks), default=0)
    rows = ["Week of    In  Taken  Expired", *(_row(one, most) for one in weeks)]
    text = RichTextElementParts.Text(text="\n".join(rows))
    block = RichTextBlock(elements=[RichTextPreformattedElement(elements=[text])])
    return [
        dict(block.to_dict()),
        context(
            f"By the week in which they were received; a bar is what came in, {_FULL} taken and {_LIGHT} not. The last"
            " week still runs."
        ),
    ]


def _row(week: Week, most: int) -> str:
    day = f"{week.monday:%b} {week.monday.day}"
    bar = _bar(week, most)
    return f"{day:<8}{week.received:>5}{week.accepted:>7}{week.expired:>9}{'  ' + bar if bar else ''}"


def _bar(week: Week, most: int) -> str:
    """Whatever there was shows, be it ever so few."""
    if not week.received:
        return ""
    length = max(1, round(_BAR * week.received / most))
    taken = round(length * week.accepted / week.received)
    if week.accepted and not taken:
        taken = 1
    if week.accepted < week.received and taken == length > 1:
        taken -= 1
    return _FULL * taken + _LIGHT * (length - taken)


def _time(of: timedelta | None) -> str:
    return "n/a" if of is None else exact(of)
