"""What a provider is told of a licence of theirs that ends."""

from referrals.provider_letters import ProviderLetter
from referrals.roster.licence_ends import LicenceEnd

from .moments import long_day
from .text import plain
from .words import Words


def licence_words(letter: ProviderLetter) -> Words:
    end = letter.licence
    if end is None:
        raise ValueError("a letter about a licence without one")
    state = plain(end.state)
    if end.ended:
        lead = f"*Your {state} licence ended on {long_day(end.last)}*, as the roster has it."
        rest = f"Clients in {state} are not offered to you until a coordinator enters the new date."
    else:
        lead = f"*Your {state} licence ends on {long_day(end.last)}*, {days_left(end)}, as the roster has it."
        rest = f"After that day clients in {state} are not offered to you."
    return Words(
        lead=lead,
        rest=[rest, "If you have renewed it, please tell a coordinator the new last day, so that nothing is missed."],
    )


def days_left(end: LicenceEnd) -> str:
    """``in 12 days``, ``tomorrow``, ``today``."""
    return {0: "today", 1: "tomorrow"}.get(end.days_left, f"in {end.days_left} days")
