"""Which notices each event of a referral's history asks for: the auditor's own table, written beside DESIGN.md's. Pure.

It calls no use case and shares no rule with them; only the names of the texts are theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from store.vocabulary import AttentionKind, CloseReason, Status

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
    OUTCOME_UNTOLD = auto()  # as SOURCE_EMAIL, and nothing has gone out with an earlier consent
    NUDGED = auto()  # in Slack, or by mail to somebody who was not there
    CALL_OWED = auto()  # a client who waited to be phoned is told by mail what has changed


@dataclass(frozen=True, slots=True)
class Expected:
    template: Template
    recipient: str  # as in the delivery's column
    offer_id: str | None
    at: datetime
    given: Given = Given.NOTHING
    about: str | None = None  # the event that had them told again, in the delivery's subject

    @property
    def key(self) -> tuple[str, str, str | None, str | None]:
        return (self.template, self.recipient, self.offer_id, self.about)


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

    def outcome(self, moment: Moment) -> Iterable[Expected]:
        """What came of it goes to the source with the client's consent only; a duplicate has nothing to tell."""
        consent = self._consent(moment)
        if consent and self.dossier.referral.close_reason is not CloseReason.DUPLICATE:
            for one in self.source(moment, Template.SOURCE_OUTCOME):
                yield replace(one, about=consent, given=Given.OUTCOME_UNTOLD)

    def _consent(self, moment: Moment) -> str | None:
        """The event by which the client had agreed by then; None where the latest word says no, or there is none."""
        said = [row for row in self.dossier.history if row.event == "consent" and row.result == "done"]
        latest = [row for row in said if row.seq <= moment.row.seq][-1:]
        return latest[0].id if latest and latest[0].data.get("given") else None

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


def _extend(events: Events, moment: Moment) -> Iterable[Expected]:
    """What the client was told of the deadline is no longer so, nor is a link out for whom it is reserved for."""
    if told := moment.current:
        yield replace(events.client(moment, Template.CLIENT_CONFIRMATION, told), about=moment.row.id)
        if told.provider_id:
            for one in events.provider(moment, told.provider_id, told, provider_reminder=Given.WORK_EMAIL):
                yield replace(one, about=moment.row.id)


def _scheduled(events: Events, moment: Moment) -> Iterable[Expected]:
    return events.source(moment, Template.SOURCE_THANKS)


def _close(events: Events, moment: Moment) -> Iterable[Expected]:
    if moment.current:
        yield events.client(moment, Template.CLIENT_CLOSING, moment.current)
        yield from events.stop(moment, moment.current)
    yield from events.outcome(moment)


def _consent(events: Events, moment: Moment) -> Iterable[Expected]:
    """Of what was closed before, it is told at once."""
    if moment.before is Status.CLOSED:
        yield from events.outcome(moment)


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
    "extend": _extend,
    "scheduled": _scheduled,
    "close": _close,
    "consent": _consent,
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

#: What the coordinators whom the event names are told of the day.
OF_DAY = {Template.COORDINATOR_DIGEST: "digest"}

#: What a provider is told about themselves, and the event in their history that it tells of.
OF_PROVIDER = {Template.PROVIDER_RESUMED: "resume", Template.PROVIDER_LICENCE: "licence_ending"}
