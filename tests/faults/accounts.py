"""The accounts at the end of a test: what the desk says it has sent against what has arrived. 0 lost, 0 twice."""

from collections import Counter
from typing import Any

from sqlmodel import select

from store.tables import Delivery, Offer
from store.vocabulary import DeliveryChannel, DeliveryState

from .house import House


async def assert_accounts_agree(house: House) -> None:
    """Every message stands there once, every one that the desk counts as sent is there, and nothing else is."""
    deliveries = {row.id: row for row in await house.all(select(Delivery))}
    _slack(house, deliveries, await house.all(select(Offer)))
    _mail(house, deliveries)
    _sms(house, deliveries)


def _slack(house: House, deliveries: dict[str, Delivery], offers: list[Offer]) -> None:
    posts = Counter(_about(message) for message in _messages(house))
    twice = {about: times for about, times in posts.items() if times > 1}
    assert not twice, f"posted more than once: {twice}"
    cards = {offer.id for offer in offers if offer.card_ts is not None}
    shown = {id for kind, id in posts if kind == "offer_id"}
    assert shown == cards, f"cards lost or unexpected: {shown ^ cards}"
    sent = {row.id for row in deliveries.values() if (row.channel, row.state) == (DeliveryChannel.SLACK, "sent")}
    told = {id for kind, id in posts if kind == "delivery_id"}
    gone = {row for row in sent - told if (deliveries[row].reference or "") in _deleted(house)}
    assert told <= set(deliveries), f"unexpected posts: {told - set(deliveries)}"
    assert told == sent - gone, f"notices lost or unexpected: {sorted(map(_named(deliveries), told ^ (sent - gone)))}"


def _messages(house: House) -> list[Any]:
    """Of the desk, in any conversation; replies are among a channel's messages only by their parent."""
    found: dict[str, Any] = {}
    for channel in house.slack.workspace.channels.values():
        for message in channel.by_ts.values():
            if message.bot_id and not message.deleted:
                found[message.ts] = message
    return list(found.values())


def _deleted(house: House) -> set[str]:
    return {
        ts
        for channel in house.slack.workspace.channels.values()
        for ts, message in channel.by_ts.items()
        if message.deleted
    }


def _about(message: Any) -> tuple[str, str]:
    ((kind, id),) = message.metadata["event_payload"].items()
    return kind, id


def _named(deliveries: dict[str, Delivery]) -> Any:
    def name(id: str) -> str:
        row = deliveries[id]
        return f"{row.template} to {row.recipient} is {row.state} ({row.trouble})"

    return name


def _mail(house: House, deliveries: dict[str, Delivery]) -> None:
    arrived = Counter(mail.headers["Message-ID"] for mail in house.slack.mailbox.messages)
    too_often = {id: times for id, times in arrived.items() if times > (2 if delivery_id(id) in house.resent else 1)}
    assert not too_often, f"mails that came more than once: {too_often}"
    emails = [row for row in deliveries.values() if row.channel is DeliveryChannel.EMAIL]
    sent = {row.reference for row in emails if row.state is DeliveryState.SENT}
    assert sent <= set(arrived), f"mails lost: {sent - set(arrived)}"
    ours = set(map(delivery_id, arrived))
    unexpected = ours - {row.id for row in emails}
    assert not unexpected, f"unexpected mails: {unexpected}"


def delivery_id(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _sms(house: House, deliveries: dict[str, Delivery]) -> None:
    texts = [row for row in deliveries.values() if row.channel is DeliveryChannel.SMS]
    arrived = Counter(sms.sid for sms in house.slack.sms.messages if sms.direction != "inbound")
    sent = Counter(row.reference for row in texts if row.state is DeliveryState.SENT)
    assert not sent - arrived, f"texts lost or counted twice: {sent - arrived}"
    dark = sum(row.state is DeliveryState.UNKNOWN for row in texts)
    assert (arrived - sent).total() <= dark, "a text that nobody accounts for"
