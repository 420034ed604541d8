"""The pauses on a provider's row: reading, setting and lifting them. Pure; who may do so is ``availability``'s."""

from collections.abc import Iterator
from datetime import datetime

from store.tables import Provider
from store.tables.provider import Insurance, StatePause
from store.vocabulary import ProviderStatus

from ..eligibility import paused, paused_for, paused_state
from .subjects import ALL, About, Subject, insurer, state


def is_paused(provider: Provider, subject: Subject, now: datetime) -> bool:
    """A pause with an end is over at that moment, whether or not anything has run since."""
    match subject.about:
        case About.INSURER:
            return paused_for(provider, subject.key, now)
        case About.STATE:
            return paused_state(provider, subject.key, now)
        case About.ALL:
            return paused(provider, now)


def end_of(provider: Provider, subject: Subject) -> datetime | None:
    """When this pause ends, or has ended; None where there is none, and where it lasts until resumed."""
    return dict(_on_the_row(provider)).get(subject)


def set_pause(provider: Provider, subject: Subject, until: datetime | None) -> None:
    """In place of an earlier one of the same subject."""
    match subject.about:
        case About.INSURER:
            _set_insurer(provider, subject.key, accepting=False, until=until)
        case About.STATE:
            pause: StatePause = {"state": subject.key}
            if until is not None:
                pause["until"] = until.isoformat()
            _set_states(provider, subject.key, pause)
        case About.ALL:
            provider.status, provider.paused_until = ProviderStatus.PAUSED, until
    provider.pause_ends = soonest_end(provider)


def lift_pause(provider: Provider, subject: Subject) -> None:
    match subject.about:
        case About.INSURER:
            _set_insurer(provider, subject.key, accepting=True, until=None)
        case About.STATE:
            _set_states(provider, subject.key, None)
        case About.ALL:
            provider.status, provider.paused_until = ProviderStatus.ACTIVE, None
    provider.pause_ends = soonest_end(provider)


def run_out(provider: Provider, now: datetime) -> list[Subject]:
    """The pauses whose end has come and that nobody has lifted yet."""
    return [subject for subject, until in _on_the_row(provider) if until is not None and until <= now]


def all_pauses(provider: Provider, now: datetime) -> list[Subject]:
    """Those in force."""
    return [subject for subject, until in _on_the_row(provider) if until is None or until > now]


def soonest_end(provider: Provider) -> datetime | None:
    return min((until for _, until in _on_the_row(provider) if until is not None), default=None)


def _on_the_row(provider: Provider) -> Iterator[tuple[Subject, datetime | None]]:
    if provider.status is ProviderStatus.PAUSED:
        yield ALL, provider.paused_until
    for panel in provider.insurers:
        if not panel["accepting"]:
            yield insurer(panel["insurer"]), _moment(panel.get("paused_until"))
    for pause in provider.paused_states:
        yield state(pause["state"]), _moment(pause.get("until"))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# New lists each time: the columns are JSON, and a change inside one would not be seen.


def _set_insurer(provider: Provider, slug: str, *, accepting: bool, until: datetime | None) -> None:
    panel: Insurance = {"insurer": slug, "accepting": accepting}
    if until is not None:
        panel["paused_until"] = until.isoformat()
    others = [one for one in provider.insurers if one["insurer"] != slug]
    provider.insurers = sorted([*others, panel], key=lambda one: one["insurer"])


def _set_states(provider: Provider, code: str, pause: StatePause | None) -> None:
    others = [one for one in provider.paused_states if one["state"] != code]
    provider.paused_states = sorted([*others, *([pause] if pause else [])], key=lambda one: one["state"])
