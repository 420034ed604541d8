"""Reads what stands behind ``/referrals pause`` and ``resume``: what it is about, and until when. Pure.

It answers with a moment to come or with what is unclear and an example that works; it never guesses and never raises.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from store.vocabulary import INSURERS, STATES

from .days import Here, end_of_day, start_of_day
from .lengths import after, is_length, lasting, length
from .subjects import ALL, Subject, insurer, state
from .unclear import Problem, Unclear


@dataclass(frozen=True, slots=True)
class Span:
    """``until``: aware UTC, and to come; None: until resumed."""

    subject: Subject
    until: datetime | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """``example``: what may stand behind the command, much like what was meant. Nothing of what was typed.

    ``nearest``: labels of the provider's own insurers and states that are written much alike; ``own``: of all of them.
    """

    problem: Problem
    example: str
    nearest: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


#: Longer than any insurer with any date; what is longer is not a command.
_MOST_TYPED = 200
#: A slip of the finger or two (difflib's ratio); at its default of 0.6 Texas is like Aetna.
_ALIKE = 0.7
_UNTIL = {"until": start_of_day, "till": start_of_day, "til": start_of_day, "through": end_of_day}
_NO_END = {"until": ("further notice", "i resume", "i say so"), "for": ("now", "the time being", "good")}
_EVERYTHING = frozenset({"", "all", "everything", "all referrals", "referrals", "my referrals", "all my referrals"})
_LEADING = frozenset({"for", "from", "with", "in"})


def read_pause(typed: str, now: datetime, zone: ZoneInfo, own: Collection[Subject] = ()) -> Span | NotUnderstood:
    """``own``: the insurers and states that this provider can switch (``subjects.own_subjects``)."""
    here = Here(now, zone)
    found: Subject | None = None
    try:
        about, when = _split(_words(typed))
        found = _subject(about, own, here)
        return Span(found, _until(when, here))
    except Unclear as unclear:
        until = f"until {_spoken(unclear.day or _some_day(here))}"
        return _not_understood(unclear.problem, typed, own, found.label if found else None, until)


def read_subject(typed: str, own: Collection[Subject] = ()) -> Subject | NotUnderstood:
    """What ``resume`` is about. It takes no date."""
    try:
        return _known(_words(typed), own)
    except Unclear as unclear:
        return _not_understood(unclear.problem, typed, own, None, "" if own else "all")


def _words(typed: str) -> list[str]:
    """As typed but for commas and ends of sentences; case is kept, because ME is a state and me is not."""
    if len(typed) > _MOST_TYPED:
        raise Unclear(Problem.UNKNOWN)
    return [word.strip(".!?\"'“”") for word in typed.replace(",", " ").split() if word.strip(".!?\"'“”")]


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """At the word that begins the time; ``for`` may also begin an insurer."""
    for at, word in enumerate(words):
        begins = word.casefold()
        rest = [one.casefold() for one in words[at + 1 :]]
        if begins in _UNTIL or (begins == "for" and (is_length(rest) or " ".join(rest) in _NO_END["for"])):
            return words[:at], [begins, *rest]
    if words and words[-1].casefold() == "for":
        raise Unclear(Problem.NO_DATE)
    return words, []


def _until(when: Sequence[str], here: Here) -> datetime | None:
    if not when:
        return None
    begins, rest = when[0], when[1:]
    if " ".join(rest) in _NO_END["for" if begins == "for" else "until"]:
        return None
    if begins == "for":
        return lasting(rest, here)
    span = length(rest)  # "until two weeks from now"
    return after(here, *span) if span else _UNTIL[begins](rest, here)


def _subject(words: list[str], own: Collection[Subject], here: Here) -> Subject:
    try:
        return _known(words, own)
    except Unclear as unclear:
        if unclear.problem is Problem.UNKNOWN and (day := _as_date(words, here)):
            raise Unclear(Problem.NEEDS_UNTIL, day) from None
        raise


def _known(words: list[str], own: Collection[Subject]) -> Subject:
    if words == ["me"] or _plain(words) in _EVERYTHING:
        return ALL
    found = _named(words)
    if found is None and len(words) > 1 and words[0].casefold() in _LEADING:
        found = _named(words[1:])
    if found is None:
        raise Unclear(Problem.ONE_AT_A_TIME if _several(words) else Problem.UNKNOWN)
    if found not in own:
        raise Unclear(Problem.NOT_YOURS)
    return found


def _plain(words: Sequence[str]) -> str:
    return " ".join(" ".join(words).casefold().replace("_", " ").replace("-", " ").replace("/", " ").split())


def _named(words: Sequence[str]) -> Subject | None:
    written = _plain(words)
    if written in _INSURERS:
        return insurer(_INSURERS[written])
    return state(_STATES[written]) if written in _STATES else None


def _several(words: Sequence[str]) -> bool:
    """Whether it names more than one, such as "Aetna and Cigna" or "TX NY"."""
    parts = " ".join(words).replace("&", " and ").replace("+", " and ").split(" and ")
    return len(words) > 1 and (
        all(_named(part.split()) for part in parts) or all(_named([word]) for word in words if word != "and")
    )


def _as_date(words: Sequence[str], here: Here) -> date | None:
    try:
        return start_of_day([word.casefold() for word in words], here).astimezone(here.zone).date()
    except Unclear as unclear:
        return unclear.day


#: What an example has to name an insurer or a state for.
_ABOUT_WHAT = frozenset({Problem.UNKNOWN, Problem.NOT_YOURS, Problem.ONE_AT_A_TIME})

_INSURERS = {
    _plain([name]): slug
    for slug, (label, aliases) in INSURERS.items()
    for name in (slug, label, *aliases)
    if name != "none"  # "pause none" is not about self-pay
}
_STATES = {name.casefold(): code for code, label in STATES.items() for name in (code, label)}


def _not_understood(
    problem: Problem, typed: str, own: Collection[Subject], found: str | None, until: str
) -> NotUnderstood:
    """``found``: what it is about, if that much was understood."""
    labels = tuple(one.label for one in own)
    nearest = _nearest(typed, own) if problem is Problem.UNKNOWN else ()
    about = found or next(iter(nearest or labels if problem in _ABOUT_WHAT else ()), "")
    return NotUnderstood(problem, f"{about} {until}".strip(), nearest, labels)


def _nearest(typed: str, own: Collection[Subject]) -> tuple[str, ...]:
    written = _plain(typed[:_MOST_TYPED].split(" until ")[0].split())
    mine = {name: one.label for one in own for name in (one.label.casefold(), *_aliases(one))}
    return tuple(dict.fromkeys(mine[name] for name in get_close_matches(written, mine, n=3, cutoff=_ALIKE)))


def _aliases(subject: Subject) -> list[str]:
    return [name for name, slug in _INSURERS.items() if slug == subject.insurer]


def _some_day(here: Here) -> date:
    """The first of a month, more than a week away."""
    return (here.today.replace(day=1) + timedelta(days=70)).replace(day=1)


def _spoken(day: date) -> str:
    return f"{day:%B} {day.day}"
