"""What a provider keeps up themselves of what matching uses. Licences and networks are a coordinator's.

Two forms open at once never undo each other: each field carries a digest of what its form showed, so that only what
was changed in the form is written, and what has changed meanwhile is seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from store.tables import Provider
from store.vocabulary import INSURERS, STATES

from . import texts
from .actor import Actor
from .changes import Typed, Wrong
from .outcomes import Missing, Refusal, Refused
from .pausing.availability import alert_where_nobody_is_left
from .profile_fields import ProfileField, digest, labels, read, stored, written
from .tx import Tx
from .zones import day_of

EVENT = "profile"


@dataclass(frozen=True, slots=True)
class LicenceLine:
    state: str  # for people
    expires: date | None  # its last day
    days_left: int | None  # 0 on its last day; below 0 once it has ended


@dataclass(frozen=True, slots=True)
class Profile:
    """``written``: every field as a person would type it; of a choice its slugs, with commas between."""

    title: str
    written: Mapping[ProfileField, str]
    licences: tuple[LicenceLine, ...]
    insurers: tuple[str, ...]  # for people
    texts_stopped: str | None  # why no texts come, as texts.why_not says
    text_trouble: str | None  # Twilio's code

    def labels(self, field: ProfileField) -> list[str]:
        return labels(field, self.written[field])


@dataclass(frozen=True, slots=True)
class Saved:
    """Names of what changed; none, if nothing did."""

    fields: tuple[ProfileField, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """``fields`` were changed in this form and, since it was opened, elsewhere. Nothing is written yet."""

    now: Profile
    fields: tuple[ProfileField, ...]


def own_profile(tx: Tx, provider_id: str) -> Profile | None:
    provider = tx.get(Provider, provider_id)
    return None if provider is None else _profile(tx, provider)


def profile_of(tx: Tx, _actor: Actor, provider_id: str) -> Profile | Missing:
    """The same as a use case, for the form."""
    return own_profile(tx, provider_id) or Missing()


def edit(
    tx: Tx, actor: Actor, provider_id: str, typed: Mapping[ProfileField, Typed]
) -> Saved | Wrong | Overtaken | Refused | Missing:
    """Writes what differs from what the form showed. History names the fields, never their values."""
    provider = tx.lock(Provider, provider_id)
    if provider is None:
        return Missing()
    if not actor.coordinator and actor.provider_id != provider.id:
        tx.record(provider, EVENT, actor, result=Refusal.NOT_THEIRS)
        return Refused(Refusal.NOT_THEIRS)
    values, errors = read(meant(typed))
    if errors:
        return Wrong(tuple(errors))
    changes = {field: value for field, value in values.items() if stored(provider, field) != value}
    stands = written(provider)
    overtaken = tuple(field for field in changes if digest(field, stands[field]) != typed[field].shown)
    if overtaken:
        return Overtaken(_profile(tx, provider), overtaken)
    for field, value in changes.items():
        setattr(provider, field.value, value)
    if changes:
        tx.record(provider, EVENT, actor, fields=sorted(changes))
        _follow(tx, provider, changes)
    return Saved(tuple(changes))


def meant(typed: Mapping[ProfileField, Typed]) -> dict[ProfileField, str]:
    """What was typed where it is not what the form showed: all that somebody wants changed."""
    return {field: one.text for field, one in typed.items() if digest(field, one.text) != one.shown}


def _follow(tx: Tx, provider: Provider, changed: Iterable[ProfileField]) -> None:
    """What else a change means."""
    if ProfileField.MOBILE in changed:
        texts.new_number(tx, provider)
    if ProfileField.SERVICES in changed:
        tx.session.flush()
        alert_where_nobody_is_left(tx)


def _profile(tx: Tx, provider: Provider) -> Profile:
    today = day_of(tx, provider)  # as the rule for accepting has it
    return Profile(
        title=provider.title,
        written=written(provider),
        licences=tuple(_licence(one["state"], one.get("expires"), today) for one in provider.licences),
        insurers=tuple(INSURERS[one["insurer"]][0] for one in provider.insurers if one["insurer"] in INSURERS),
        texts_stopped=texts.why_not(provider),
        text_trouble=provider.sms_trouble,
    )


def _licence(state: str, expires: str | None, today: date) -> LicenceLine:
    last = date.fromisoformat(expires) if expires else None
    return LicenceLine(STATES.get(state, state), last, (last - today).days if last else None)
