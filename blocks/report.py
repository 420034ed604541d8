"""The answers to ``/referrals report``."""

from datetime import date

from referrals.periods import Period
from referrals.views.performance import Performance

from .availability import answer
from .home_profile import ONLY_YOU, figures_text
from .layout import context, section
from .message import Message


def report_answer(own: Performance, asked: Period) -> Message:
    days = _day(asked.first) if asked.first == asked.last else f"{_day(asked.first)} to {_day(asked.last)}"
    text = figures_text(own, asked.name)
    return Message(text.replace("*", ""), [section(f"*Your report*  ·  {days}\n{text}"), context(ONLY_YOU)])


def report_of_practice() -> Message:
    """For a coordinator who is no provider: there are no figures of their own, and nobody else's are told here."""
    return answer(
        "This report is about your own answers, and you are not on the roster as a provider. The numbers of the"
        " practice are on the Home tab."
    )


def which_period() -> Message:
    """What was typed is not repeated."""
    return answer(
        "That is no period this desk knows. Try `/referrals report`, `/referrals report this week`,"
        " `/referrals report last week`, `/referrals report last 90 days` or `/referrals report March`."
    )


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
