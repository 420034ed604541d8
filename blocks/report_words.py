"""What the figures of a report are called, in Slack, on the page and in the file."""

from datetime import timedelta

from referrals.periods import LONGEST, Wrong
from referrals.views.report import Figures
from referrals.views.steps import Step, Unit
from store.vocabulary import INSURERS, SERVICES

from .lengths import exact

OVER_TIME: dict[Unit, str] = {
    Unit.DAY: "by day",
    Unit.WEEK: "by week",
    Unit.MONTH: "by month",
    Unit.QUARTER: "by quarter",
}
NO_SOURCE = "Without a source"
TOO_RECENT = "The shares within 24 and 48 hours leave out what came in too recently to tell."
ANSWERED = "Clients answered were reached, told how it ended, or phoned; the others still wait."
_YEARS = LONGEST.days // 365

#: Why something is no period, as a sentence. What was typed is not repeated.
WRONG: dict[Wrong, str] = {
    Wrong.NOT_A_PERIOD: "That is no period this desk knows.",
    Wrong.NO_SUCH_DAY: "There is no such day in the calendar.",
    Wrong.WRONG_ORDER: "The first day comes after the last one. Put the earlier day first.",
    Wrong.FUTURE: "That has not begun yet, so there is nothing to report.",
    Wrong.TOO_LONG: f"That is longer than {_YEARS} years. Ask for a shorter period.",
}


def step_name(step: Step, unit: Unit) -> str:
    return f"week of {step.label}" if unit is Unit.WEEK else step.label


def insurer_name(slug: str) -> str:
    return INSURERS[slug][0] if slug in INSURERS else slug


def service_name(slug: str) -> str:
    return SERVICES.get(slug, slug)


def length_or_none(of: timedelta | None) -> str:
    return "n/a" if of is None else exact(of)


def time_to_accept(figures: Figures) -> str:
    """``median 3 hours, 9 in 10 within 20 hours``."""
    if figures.median is None or figures.p90 is None:
        return "nobody has accepted yet"
    return f"median {exact(figures.median)}, 9 in 10 within {exact(figures.p90)}"
