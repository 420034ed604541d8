"""What an intake may name that depends on the database: the providers clients can ask for."""

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Self

from store.tables import Provider

from ..eligibility import paused, standing_refusal
from ..tx import Tx
from ..zones import day_of
from .fields import Unusable
from .vocabularies import alternatives, key


@dataclass(frozen=True, slots=True)
class Selectable:
    """A provider whom the roster lists. ``taking``: not paused; DOMAIN.md P21 lists the paused, not selectable.

    ``listed``: shown to the public; somebody who has left the workspace is not.
    """

    id: str
    name: str
    title: str
    slack_user: str | None
    email: str | None
    taking: bool
    listed: bool


@dataclass(frozen=True)
class Choices:
    """Everybody who is not inactive, by name; ``states``: where somebody listed is licensed today.

    ``ids_only``: see ``public``.
    """

    providers: tuple[Selectable, ...] = ()
    states: frozenset[str] = frozenset()
    ids_only: bool = False

    def provider(self, text: str) -> str:
        """The id of who is meant by an id, a Slack id, an email or a name. Raises Unusable with the nearest names."""
        if self.ids_only:
            return self._listed(text)
        if exact := self._by_handle.get(text.casefold()):
            return exact.id
        named = self._by_name.get(key(text), [])
        if len(named) == 1:
            return named[0].id
        if named:
            raise Unusable(f"is what {len(named)} providers are called. Give the email address instead.", text)
        raise Unusable(f"is not the name of a provider here. {self._advice(text)}", text)

    def public(self) -> Self:
        """For the form: only ids that it lists, so that a forged request learns nothing about the roster."""
        return replace(self, ids_only=True)

    def _listed(self, id: str) -> str:
        if any(one.id == id and one.listed for one in self.providers):
            return id
        raise Unusable("That provider is not on our list now. Choose another, or leave it open.")

    @cached_property
    def _by_handle(self) -> dict[str, Selectable]:
        return {
            handle.casefold(): one
            for one in self.providers
            for handle in (one.email, one.slack_user, one.id)
            if handle is not None
        }

    @cached_property
    def _by_name(self) -> dict[str, list[Selectable]]:
        found: dict[str, list[Selectable]] = {}
        for one in self.providers:
            for name in {key(one.name), key(one.title)}:
                found.setdefault(name, []).append(one)
        return found

    def _advice(self, text: str) -> str:
        wanted = key(text)[:80]
        scored = sorted(((_likeness(wanted, name), name) for name in self._by_name), reverse=True)
        near = [self._by_name[name][0].name for likeness, name in scored if likeness >= 0.5]
        if near:
            return f"Did you mean {alternatives(list(dict.fromkeys(near))[:3])}?"
        return "Give a name, an email address or a Slack id from the roster, or leave it empty."


def load_choices(tx: Tx) -> Choices:
    """Read anew for each form and each file: a pause must show at once."""
    roster = sorted(tx.roster(), key=lambda one: (one.name.casefold(), one.id))
    providers = tuple(_selectable(one, tx) for one in roster)
    days = {one.id: day_of(tx, one) for one in roster if standing_refusal(one) is None}
    held = ((one, licence["state"]) for one in roster if one.id in days for licence in one.licences)
    return Choices(providers, frozenset(state for one, state in held if one.licensed_in(state, days[one.id])))


def _selectable(provider: Provider, tx: Tx) -> Selectable:
    return Selectable(
        id=provider.id,
        name=provider.name,
        title=provider.title,
        slack_user=provider.slack_user,
        email=provider.work_email,
        taking=not paused(provider, tx.now),
        listed=standing_refusal(provider) is None,
    )


def _likeness(wanted: str, name: str) -> float:
    """A part of a name, such as the first name alone, is as near as a slip of the pen."""
    if len(wanted) > 2 and (wanted in name or name in wanted):
        return 0.9
    return SequenceMatcher(None, wanted, name).ratio()
