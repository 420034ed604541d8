"""Whether everybody was told exactly what the history asks for: nothing missing, nothing unexplained, nothing twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from store.tables import Attention, Delivery, Offer
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState, ProviderStatus, Status, Urgency

from ..notices import Template
from .dossier import Dossier
from .doubts import Doubts
from .expected import ALERTS, Expected, Given, expected_of
from .finding import Finding, Rule
from .tale import Moment, Tale

_BY_CALL = frozenset({Given.MAILABLE, Given.CALL_OWED})


@dataclass(slots=True)
class Notices:
    """One referral's expected and actual notices. ``heard``: coordinators told of earlier items on this page."""

    dossier: Dossier
    tale: Tale
    doubts: Doubts
    coordinators: list[str]
    heard: set[str]
    expected: list[Expected] = field(init=False)

    def __post_init__(self) -> None:
        self.expected = expected_of(self.dossier, self.tale)

    def findings(self) -> Iterator[Finding]:
        yield from self._missing()
        yield from self._items_missing()
        yield from self._coordinators_not_told()
        yield from self._unexplained()
        yield from self._items_unexplained()
        yield from self._twice()

    # What is missing

    def _missing(self) -> Iterator[Finding]:
        sent = {(one.template, one.recipient, one.offer_id, one.subject_id) for one in self.dossier.deliveries}
        for one in self.expected:
            if one.key in sent or one.given is Given.CALL_OWED:
                continue
            absent = self._client_not_told(one) if one.given is Given.MAILABLE else not self._excused(one)
            if absent:
                words = f"nobody was to send {one.template} to {one.recipient.partition(':')[0]}"
                yield self._finding(Rule.MISSING, "referral", self.dossier.referral.id, words)

    def _excused(self, one: Expected) -> bool:
        return one.given is not Given.NOTHING and self.doubts.excused(one, self.dossier)

    def _client_not_told(self, one: Expected) -> bool:
        client = self.dossier.client
        if client is not None and client.erased_at is not None and client.erased_at <= one.at:
            return False
        return not any(_asks_for_call(item, one) for item in self.dossier.items)

    def _items(self) -> set[tuple[str | None, AttentionKind, str | None]]:
        return {(item.offer_id, item.kind, item.detail) for item in self.dossier.items}

    def _items_missing(self) -> Iterator[Finding]:
        referral, offers, items = self.dossier.referral, self.dossier.offers, self._items()
        wanted: list[tuple[Offer, AttentionKind]] = [
            (offer, AttentionKind.NOBODY_ELIGIBLE) for offer in offers if offer.nobody_alerted
        ]
        wanted += [
            (offers[moment.current.number - 1], AttentionKind.EXPIRED)
            for moment in self.tale.moments
            if moment.row.event == "expire" and moment.following is None and moment.current
        ]
        wanted += [
            (offers[moment.current.number - 1], AttentionKind.NOT_CONTACTED)
            for moment in self.tale.moments
            if moment.row.event == "escalate" and moment.current
        ]
        if self._came_urgent():
            wanted.append((offers[0], AttentionKind.URGENT))
        holder = self.doubts.providers.get(referral.accepted_by or "")
        if referral.status is Status.ACCEPTED and holder and holder.status is ProviderStatus.INACTIVE:
            wanted.append((offers[-1], AttentionKind.ACCEPTOR_GONE))
        asked = [
            (offers[moment.current.number - 1], AttentionKind.LICENCE, moment.row.data.get("provider"))
            for moment in self.tale.moments
            if moment.row.event == "ask_licence" and moment.current
        ]
        asked += [
            (offers[moment.current.number - 1], AttentionKind.URGENT, moment.row.id)
            for moment in self._marked_urgent()
            if moment.current
        ]
        for offer, kind, detail in [*((offer, kind, None) for offer, kind in wanted), *asked]:
            if (offer.id, kind, detail) not in items:
                words = f"round {offer.round} needed a coordinator ({kind}), and none was asked"
                yield self._finding(Rule.MISSING, "offer", offer.id, words)

    def _coordinators_not_told(self) -> Iterator[Finding]:
        """Somebody of them, and whoever coordinates now and was told of an item before: they may change meanwhile."""
        for item in self.dossier.items:
            for template in ALERTS.get(item.kind, ()):
                told = {
                    one.recipient.removeprefix("slack:")
                    for one in self.dossier.deliveries
                    if one.subject_id == item.id and one.template == template
                }
                if self.coordinators and (not told or self.heard.intersection(self.coordinators) - told):
                    words = f"a coordinator was not told of it ({template})"
                    yield self._finding(Rule.MISSING, "attention", item.id, words)
                self.heard |= told

    # What nothing explains

    def _unexplained(self) -> Iterator[Finding]:
        explained = {one.key for one in self.expected if one.given is not Given.CALL_OWED or self._call_owed(one)}
        items = {item.id: item for item in self.dossier.items}
        for one in self.dossier.deliveries:
            if (one.template, one.recipient, one.offer_id, one.subject_id) in explained:
                continue
            if not _tells_of(one, items.get(one.subject_id or "")):
                words = f"nothing in its history asks for {one.template} to {one.recipient.partition(':')[0]}"
                yield self._finding(Rule.UNEXPLAINED, "delivery", one.id, words)

    def _call_owed(self, one: Expected) -> bool:
        """Whether a phone task of an earlier round was open when the round of ``one`` began."""
        return any(
            item.kind is AttentionKind.PHONE_TASK
            and item.offer_id != one.offer_id
            and item.opened_at <= one.at
            and (item.settled_at is None or item.settled_at >= one.at)
            for item in self.dossier.items
        )

    def _items_unexplained(self) -> Iterator[Finding]:
        for item in self.dossier.items:
            if not self._item_explained(item):
                words = f"nothing in its history asks for the item {item.kind} ({item.detail or 'no detail'})"
                yield self._finding(Rule.UNEXPLAINED, "attention", item.id, words)

    def _item_explained(self, item: Attention) -> bool:
        offer = next((one for one in self.dossier.offers if one.id == item.offer_id), None)
        match item.kind:
            case AttentionKind.NOBODY_ELIGIBLE:
                return offer is not None and offer.nobody_alerted
            case AttentionKind.EXPIRED:
                return offer is not None and any(
                    moment.row.event == "expire" and moment.following is None and moment.row.data["offer"] == offer.id
                    for moment in self.tale.moments
                )
            case AttentionKind.URGENT:
                if item.detail is None:
                    return self._came_urgent() and offer is self.dossier.offers[0]
                return any(
                    (moment.row.id, moment.row.data.get("offer")) == (item.detail, item.offer_id)
                    for moment in self._marked_urgent()
                )
            case AttentionKind.ACCEPTOR_GONE:
                return self._happened("accept", item)
            case AttentionKind.NOT_CONTACTED:
                return self._happened("escalate", item)
            case AttentionKind.LICENCE:
                return self._happened("ask_licence", item)
            case AttentionKind.PHONE_TASK:
                return any(one.given in _BY_CALL and _asks_for_call(item, one) for one in self.expected)
            case AttentionKind.DELIVERY_FAILED:
                what = (item.detail or "").partition(":")[0]
                return (what == "card" and offer is not None) or any(
                    (one.template, one.offer_id) == (what, item.offer_id) for one in self.dossier.deliveries
                )
        return False  # the others concern a practice, not a referral

    def _came_urgent(self) -> bool:
        """Whether it was submitted as urgent; its column says so only as long as nobody has changed it."""
        came = self.tale.came_urgent
        return self.dossier.referral.urgency is Urgency.URGENT if came is None else came

    def _marked_urgent(self) -> Iterator[Moment]:
        return (one for one in self.tale.moments if one.row.event == "urgent" and one.row.data.get("after"))

    def _happened(self, event: str, item: Attention) -> bool:
        return any(
            moment.row.event == event and moment.row.data.get("offer") == item.offer_id for moment in self.tale.moments
        )

    def _twice(self) -> Iterator[Finding]:
        count = Counter((one.template, one.recipient, one.offer_id, one.subject_id) for one in self.dossier.deliveries)
        for one in reversed(self.dossier.deliveries):
            key = (one.template, one.recipient, one.offer_id, one.subject_id)
            if count[key] > 1:
                count[key] = 0
                yield self._finding(Rule.TWICE, "delivery", one.id, f"{one.template} stands twice for one recipient")

    def _finding(self, rule: Rule, table: str, row_id: str, words: str) -> Finding:
        return Finding(rule, table, row_id, words, self.dossier.referral.code)


def alarmed(dossier: Dossier) -> Iterator[Finding]:
    """What failed for good, or may or may not have gone out by SMS, is on the coordinators' list; so is a dead card."""
    items = {(item.offer_id, item.kind, (item.detail or "").partition(":")[0]) for item in dossier.items}
    for one in dossier.deliveries:
        dark_sms = one.channel is DeliveryChannel.SMS and one.state is DeliveryState.UNKNOWN
        if not (one.state is DeliveryState.FAILED or dark_sms) or one.recipient.startswith("slack:"):
            continue  # who cannot be reached by Slack cannot be told so by Slack
        by_phone = one.recipient.startswith("client:") and one.offer_id is not None
        kind = AttentionKind.PHONE_TASK if by_phone else AttentionKind.DELIVERY_FAILED
        if (one.offer_id, kind, one.template) not in items:
            words = f"{one.template} could not be sent ({one.trouble}), and no coordinator was asked"
            yield Finding(Rule.ALARMED, "delivery", one.id, words, dossier.referral.code)
    for offer in dossier.offers:
        if offer.card_trouble and (offer.id, AttentionKind.DELIVERY_FAILED, "card") not in items:
            words = f"the card cannot be shown ({offer.card_trouble}), and no coordinator was asked"
            yield Finding(Rule.ALARMED, "offer", offer.id, words, dossier.referral.code)


def _asks_for_call(item: Attention, one: Expected) -> bool:
    """Whether the phone task asks for what would have been mailed; the event that it is about ends its key."""
    about = ":".join(item.dedupe_key.split(":")[4:]) or None
    asked = (item.kind, item.offer_id, item.detail, about)
    return asked == (AttentionKind.PHONE_TASK, one.offer_id, str(one.template), one.about)


def _tells_of(delivery: Delivery, item: Attention | None) -> bool:
    if item is None or not delivery.recipient.startswith("slack:"):
        return False
    return delivery.offer_id == item.offer_id and Template(delivery.template) in ALERTS.get(item.kind, ())
