"""The answers to ``/referrals report`` about oneself, and to what is no period."""

from referrals.periods import Period, Wrong, in_words
from referrals.views.performance import Performance

from .availability import answer
from .home_profile import ONLY_YOU, figures_text
from .layout import context, section
from .message import Message
from .report_words import WRONG

_EXAMPLES = (
    "Try `/referrals report`, `/referrals report last week`, `/referrals report last 90 days`,"
    " `/referrals report March`, `/referrals report Q1 2026` or `/referrals report 2026-01-01 to 2026-03-31`."
)


def report_answer(own: Performance, asked: Period) -> Message:
    text = figures_text(own, asked.name)
    lead = f"*Your report*  ·  {in_words(asked.first, asked.last)}"
    return Message(text.replace("*", ""), [section(f"{lead}\n{text}"), context(ONLY_YOU)])


def no_own_report() -> Message:
    """For a coordinator who asks for ``mine`` and is no provider."""
    return answer(
        "You are not on the roster as a provider, so there are no figures of your own. `/referrals report` shows the"
        " practice's."
    )


def which_period(wrong: Wrong) -> Message:
    """What was typed is not repeated."""
    return answer(f"{WRONG[wrong]} {_EXAMPLES}")
