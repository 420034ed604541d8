"""What can be unclear about what stands behind ``/referrals pause``. ``blocks/availability.py`` puts it into words."""

from datetime import date
from enum import StrEnum


class Problem(StrEnum):
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DAY = "no_such_day"  # February 30
    DAY_FIRST = "day_first"  # 13/4
    OTHER_WEEKDAY = "other_weekday"  # Monday March 2, which is a Tuesday
    TIME_OF_DAY = "time_of_day"
    PAST = "past"
    TOO_FAR = "too_far"
    NO_DATE = "no_date"  # nothing behind "until"
    NEEDS_UNTIL = "needs_until"  # "pause tomorrow"
    UNKNOWN = "unknown"  # neither an insurer nor a state
    NOT_YOURS = "not_yours"  # one that the provider is not on, or not licensed in
    ONE_AT_A_TIME = "one_at_a_time"


class Unclear(Exception):
    """Not a fault: ``spans`` turns it into its answer. ``day``: the one that was probably meant."""

    def __init__(self, problem: Problem, day: date | None = None) -> None:
        super().__init__(problem)
        self.problem, self.day = problem, day
