"""The reckoning: what the desk says it did, against what has arrived outside, and against what it told people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import select

from blocks.card import referral_card
from referrals.views.card import card
from sandbox.workspace import Message
from store.tables import Delivery, History, Offer, Provider, Referral
from store.vocabulary import DeliveryChannel, DeliveryState

from .beside import Beside
from .ledger import Ledger, Promise
from .outside import Outside, about


@dataclass
class Reckoning:
    """Each line names one thing that should not be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    referrals: int = 0
    rounds: int = 0
    resent: int = 0  # mails that were sent once more after an attempt whose end nobody knows
    given_up: int = 0  # notices that the coordinators were told of instead
    dark: int = 0  # texts that may or may not have gone out, which nobody sends again
    overtaken: int = 0  # posted by an attempt whose end nobody knows, and no longer true when it was looked at again
    unconfirmed: int = 0  # clicks without a word, whose private answer the desk itself noted as lost


async def reckon(beside: Beside, outside: Outside, ledger: Ledger, lost_answers: int) -> Reckoning:
    """``lost_answers``: how many private answers the desk's logs say did not get through."""
    found = Reckoning()
    referrals = {row.code: row for row in await beside.all(select(Referral))}
    offers = list(await beside.all(select(Offer)))
    deliveries = {row.id: row for row in await beside.all(select(Delivery))}
    _submissions(found, referrals, ledger)
    posts = outside.posts()
    _cards(found, offers, posts)
    await _as_they_are(found, beside, referrals.values(), posts)
    _notices(found, deliveries, posts)
    _mails(found, deliveries, outside)
    _texts(found, deliveries, outside, list(await beside.all(select(Provider))))
    await _promises(found, beside, referrals, ledger, lost_answers)
    found.referrals, found.rounds = len(referrals), len(offers)
    found.given_up = sum(row.state is DeliveryState.FAILED for row in deliveries.values())
    return found


def _submissions(found: Reckoning, referrals: dict[str, Referral], ledger: Ledger) -> None:
    for code in ledger.sent.keys() - referrals.keys():
        found.lost.append(f"{code}: a client was thanked, and it is not there")
    for code in referrals.keys() - ledger.sent.keys():
        found.doubled.append(f"{code}: nobody was thanked for it")


def _cards(found: Reckoning, offers: Iterable[Offer], posts: Iterable[Message]) -> None:
    """One for each round, but for a round that was over before anybody could see it."""
    shown = Counter(id for kind, id in map(about, posts) if kind == "offer_id")
    for offer in offers:
        name = f"round {offer.id}"
        if shown[offer.id] > 1:
            found.doubled.append(f"{name}: {shown[offer.id]} cards")
        elif not shown[offer.id] and (offer.outcome is None or offer.card_ts is not None):
            found.lost.append(f"{name}: no card")
        elif shown[offer.id] and offer.card_ts is None:
            found.unexpected.append(f"{name}: a card of which the desk knows nothing")
    for id in shown.keys() - {offer.id for offer in offers}:
        found.unexpected.append(f"a card of a round that is not there: {id}")


async def _as_they_are(
    found: Reckoning, beside: Beside, referrals: Iterable[Referral], posts: Iterable[Message]
) -> None:
    """The newest card of each referral says what is."""
    newest = {id: message for message in posts for kind, id in [about(message)] if kind == "offer_id"}
    for referral in referrals:
        message = newest.get(referral.offer_id)
        view = await beside.desk.ask(beside.practice, card, referral.offer_id)
        if message is not None and view is not None and message.text != referral_card(view).text:
            found.lost.append(f"{referral.code}: its card does not say what is")


def _notices(found: Reckoning, deliveries: dict[str, Delivery], posts: Iterable[Message]) -> None:
    told = Counter(id for kind, id in map(about, posts) if kind == "delivery_id")
    for id, times in told.items():
        if id not in deliveries:
            found.unexpected.append(f"a post of a notice that is not there: {id}")
        elif times > 1:
            found.doubled.append(f"{_named(deliveries[id])}: {times} posts")
        elif deliveries[id].state is DeliveryState.SUPPRESSED and deliveries[id].attempts > 1:
            found.overtaken += 1
        elif deliveries[id].state is not DeliveryState.SENT:
            found.unexpected.append(f"{_named(deliveries[id])}: posted all the same")
    for row in deliveries.values():
        if row.channel is DeliveryChannel.SLACK and row.state is DeliveryState.SENT and not told[row.id]:
            found.lost.append(f"{_named(row)}: nothing was posted")


def _mails(found: Reckoning, deliveries: dict[str, Delivery], outside: Outside) -> None:
    """Twice only after an attempt that ended in the dark, and then under the same Message-ID (PLATFORM.md)."""
    by_id = {id.strip("<>").partition("@")[0]: times for id, times in outside.mails.items()}
    for id, times in by_id.items():
        row = deliveries.get(id)
        if row is None:
            found.unexpected.append(f"a mail of a notice that is not there: {id}")
        elif times > 2 or (times > 1 and row.attempts < 2):
            found.doubled.append(f"{_named(row)}: {times} mails")
        elif times > 1:
            found.resent += 1
    for row in deliveries.values():
        if row.channel is DeliveryChannel.EMAIL and row.state is DeliveryState.SENT and row.id not in by_id:
            found.lost.append(f"{_named(row)}: no mail came")


def _texts(found: Reckoning, deliveries: dict[str, Delivery], outside: Outside, providers: Iterable[Provider]) -> None:
    """Each provider has a number of their own, so that a text more than there were notices shows."""
    sent, dark = Counter[str](), Counter[str]()
    for row in deliveries.values():
        if row.channel is DeliveryChannel.SMS:
            whose = row.recipient.partition(":")[2]
            sent[whose] += row.state is DeliveryState.SENT
            dark[whose] += row.state is DeliveryState.UNKNOWN
    arrived = outside.texts()
    for provider in providers:
        came = arrived.pop(provider.mobile or "", 0)
        if came < sent[provider.id]:
            found.lost.append(f"{provider.name}: {sent[provider.id]} texts were sent, {came} came")
        if came > sent[provider.id] + dark[provider.id]:
            found.doubled.append(f"{provider.name}: {came} texts for {sent[provider.id] + dark[provider.id]} notices")
    found.dark = dark.total()
    found.unexpected += [f"texts to {number}" for number in arrived]


async def _promises(
    found: Reckoning, beside: Beside, referrals: dict[str, Referral], ledger: Ledger, lost_answers: int
) -> None:
    """What somebody was told is done must stand in the history, as theirs, as often as they were told."""
    actors = {row.slack_user: f"provider:{row.id}" for row in await beside.all(select(Provider)) if row.slack_user}
    codes = {row.id: row.code for row in referrals.values()}
    done = select(History.event, History.actor, History.subject, History.subject_id).where(History.result == "done")
    kept: Counter[tuple[str, str, str]] = Counter()
    for event, actor, subject, subject_id in await beside.all(done):
        code = codes.get(subject_id, "")
        if subject == "referral" or event in ("pause", "resume"):
            found.decisions[event] += 1
        kept[event, actor, code] += 1
    silent: list[str] = []
    for promise, times in ledger.promises.items():
        actor = actors.get(promise.user, f"slack:{promise.user}")
        there = sum(kept[event, actor, promise.code] for event in promise.events)
        wanted = 1 if _says_it_again(promise) else times
        if there < wanted:
            line = (
                f"{promise.code} {promise.user}: told {wanted} times that {promise.events[0]} is done; it was {there}"
            )
            (silent if promise.events[0] in ("accept", "contacted", "scheduled") else found.lost).append(line)
    found.unconfirmed = len(silent)
    if len(silent) > lost_answers:
        found.lost += silent


def _says_it_again(promise: Promise) -> bool:
    """Who passes twice is thanked again, and nothing more happens."""
    return promise.events[0] == "pass"


def _named(row: Delivery) -> str:
    return f"{row.template} to {row.recipient} ({row.id}, {row.state})"
