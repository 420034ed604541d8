"""How far the holder of a referral has come, in words: for the card, direct messages and lists. No client in them."""

from datetime import date

from store.vocabulary import PlanItem

_ITEMS = len(PlanItem)


def day(when: date) -> str:
    """Such as ``Wednesday, March 3``; a day of the holder's own calendar, so without a zone."""
    return f"{when:%A, %B} {when.day}"


def tried(tries: int, next_try: date | None) -> str:
    """Such as ``2 tries without an answer, next on Wednesday, March 3``; "" before the first."""
    if not tries:
        return ""
    counted = "1 try" if tries == 1 else f"{tries} tries"
    following = f", next on {day(next_try)}" if next_try else ""
    return f"{counted} without an answer{following}"


def planned(done: int) -> str:
    """Such as ``plan 2 of 4``; "" before the first item."""
    return f"plan {done} of {_ITEMS}" if done else ""
