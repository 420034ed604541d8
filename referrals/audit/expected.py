"""Which notices each event of a referral's history asks for: the auditor's own table, written beside DESIGN.md's. Pure.

It calls no use case and shares no rule with them; only the names of the texts are theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from store.vocabulary import AttentionKind, Status

from ..notices import Template
from .dossier import Dossier
from .tale import Moment, Tale, Told


class Given(Enum):
    """On what a notice depends, as it was at the moment of its event."""

    NOTHING = auto()
    MAILABLE = auto()  # else a phone task asks for the same
    WORK_EMAIL = auto()
    MOBILE = auto()
    SOURCE_EMAIL = auto()
    NUDGED = auto()  # in Slack, or by mail to somebody who was not there
    CALL_OWED = auto()  # a client who waited to be phoned is told by mail what has changed


@dataclass(frozen=True, slots=True)
class Expected:
    template: Template
    recipient: str  # as in the delivery's column
    offer_id: str | None
    at: datetime
    given: Given = Given.NOTHING

    @property
    def key(self) -> tuple[str, str, str | None]:
        return (self.template, self.recipient, self.offer_id)


@dataclass(frozen=True, slots=True)
class Events:
    """What the events of one referral are worked out with."""

    dossier: Dossier

    def offer_id(self, told: Told) -> str:
        return self.dossier.offers[told.number - 1].id

    def client(self, moment: Moment, template: Template, told: Told, given: Given = Given.MAILABLE) -> Expected:
        recipient = f"client:{self.dossier.referral.client_id}"
        return Expected(template, recipient, self.offer_id(told), moment.row.at, given)

    def provider(self, moment: Moment, provider_id: str, told: Told, **templates: Given) -> Iterable[Expected]:
        for name, given in templates.items():
            yield Expected(Template(name), f"provider:{provider_id}", self.offer_id(told), moment.row.at, given)

    def channel(self, moment: Moment, template: Template, told: Told) -> Expected:
        return Expected(template, "channel", self.offer_id(told), moment.row.at)

    def source(self, moment: Moment, template: Template) -> Iterable[Expected]:
        if source_id := self.dossier.referral.source_id:
            yield Expected(template, f"source:{source_id}", None, moment.row.at, Given.SOURCE_EMAIL)

    def stop(self, moment: Moment, told: Told) -> Iterable[Expected]:
        """Whoever had it, unless it was they who ended it."""
        if moment.holder and moment.row.actor != f"provider:{moment.holder}":
            yield from self.provider(
                moment, moment.holder, told, acceptor_stop_dm=Given.NOTHING, acceptor_stop_mail=Given.WORK_EMAIL
            )


def expected_of(dossier: Dossier, tale: Tale) -> list[Expected]:
    """The notices of all events, in order; those of a repeated event stand here twice and are sent once."""
    events = Events(dossier)
    found: list[Expected] = []
    for moment in tale.moments:
        found += _opening(events, moment)
        found += _OF_EVENT.get(moment.row.event, _nothing)(events, moment)
    return found


def _opening(events: Events, moment: Moment) -> Iterable[Expected]:
    """A round that is somebody's is offered to them, by whichever event it was opened."""
    told = moment.following
    if told is not None and told.provider_id is not None:
        yield from events.provider(
            moment, told.provider_id, told, provider_offer=Given.NOTHING, provider_offer_sms=Given.MOBILE
        )


def _nothing(_events: Events, _moment: Moment) -> Iterable[Expected]:
    return ()


def _submit(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.following:
        yield events.client(moment, Template.CLIENT_CONFIRMATION, moment.following)
    yield from events.source(moment, Template.SOURCE_ACKNOWLEDGEMENT)


def _accept(events: Events, moment: Moment) -> Iterable[Expected]:
    if told := moment.current:
        yield events.channel(moment, Template.THREAD_ACCEPTED, told)
        acceptor = str(moment.row.data.get("provider"))
        yield from events.provider(moment, acceptor, told, acceptor_dm=Given.NOTHING, acceptor_mail=Given.WORK_EMAIL)


def _given_away(events: Events, moment: Moment) -> Iterable[Expected]:
    """A round that was somebody's has made way for a General one: the client hears that they are unavailable."""
    if moment.following:
        yield events.client(moment, Template.CLIENT_DECLINED, moment.following)


def _expire(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.following is None and moment.current:
        yield events.client(moment, Template.CLIENT_FINAL, moment.current)
    yield from _given_away(events, moment)


def _release(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.before is Status.PENDING:
        yield from _given_away(events, moment)
    elif moment.following and moment.current:
        yield events.client(moment, Template.CLIENT_RELEASED, moment.following)
        yield from events.stop(moment, moment.current)


def _remind(events: Events, moment: Moment) -> Iterable[Expected]:
    if told := moment.current:
        yield events.channel(moment, Template.THREAD_REMINDER, told)
        if told.provider_id:
            yield from events.provider(moment, told.provider_id, told, provider_reminder=Given.WORK_EMAIL)


def _remind_client(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.current:
        yield events.client(moment, Template.CLIENT_REMINDER, moment.current)


def _nudge(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.holder and (told := moment.current):
        yield from events.provider(
            moment, moment.holder, told, acceptor_nudge_dm=Given.NUDGED, acceptor_nudge_mail=Given.NUDGED
        )


def _deny_licence(events: Events, moment: Moment) -> Iterable[Expected]:
    if told := moment.current:
        yield from events.provider(moment, str(moment.row.data.get("provider")), told, licence_denied=Given.NOTHING)


def _scheduled(events: Events, moment: Moment) -> Iterable[Expected]:
    return events.source(moment, Template.SOURCE_THANKS)


def _close(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.current:
        yield events.client(moment, Template.CLIENT_CLOSING, moment.current)
        yield from events.stop(moment, moment.current)


def _new_round(events: Events, moment: Moment) -> Iterable[Expected]:
    """The client hears where it changes what they were told."""
    now, before = moment.following, moment.current
    if now and before:
        same = moment.before is Status.PENDING and (now.kind, now.provider_id) == (before.kind, before.provider_id)
        given = Given.CALL_OWED if same else Given.MAILABLE
        yield events.client(moment, Template.CLIENT_CONFIRMATION, now, given)


_Asks = Callable[[Events, Moment], Iterable[Expected]]

#: What is not here asks for no notice.
_OF_EVENT: dict[str, _Asks] = {
    "submit": _submit,
    "accept": _accept,
    "decline": _given_away,
    "expire": _expire,
    "release": _release,
    "remind": _remind,
    "remind_client": _remind_client,
    "nudge": _nudge,
    "deny_licence": _deny_licence,
    "scheduled": _scheduled,
    "close": _close,
    "assign": _new_round,
    "reopen": _new_round,
}

#: Which texts tell the coordinators of an item.
ALERTS: dict[AttentionKind, tuple[Template, ...]] = {
    AttentionKind.EXPIRED: (Template.COORDINATOR_EXPIRED,),
    AttentionKind.NOBODY_ELIGIBLE: (Template.COORDINATOR_NOBODY,),
    AttentionKind.PHONE_TASK: (Template.COORDINATOR_PHONE, Template.COORDINATOR_PHONE_MAIL),
    AttentionKind.DELIVERY_FAILED: (Template.COORDINATOR_FAILED,),
    AttentionKind.ACCEPTOR_GONE: (Template.COORDINATOR_ACCEPTOR_GONE,),
    AttentionKind.URGENT: (Template.COORDINATOR_URGENT,),
    AttentionKind.NOT_CONTACTED: (Template.COORDINATOR_NOT_CONTACTED,),
    AttentionKind.LICENCE: (Template.COORDINATOR_LICENCE,),
}

#: The texts about the practice as a whole.
OF_PRACTICE = frozenset({Template.COORDINATOR_TROUBLE, Template.SUPPORT_TROUBLE_MAIL})

#: What a provider is told about themselves, and the event in their history that it tells of.
OF_PROVIDER = {Template.PROVIDER_RESUMED: "resume"}
