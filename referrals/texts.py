"""Text messages to providers: who may be sent one, what came of each, and STOP and START at once. Talks to nobody.

What Twilio says comes late, twice and out of order. Its words: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
and https://www.twilio.com/docs/api/errors.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from store.tables import Attention, Delivery, History, Provider
from store.tables.delivery import IS_TEXT
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .actor import SYSTEM, Actor, Surface
from .outbox import alert_practice, settle_practice
from .tx import Tx


class Word(StrEnum):
    """What an answer to a text asks for."""

    STOP = "stop"
    START = "start"


#: DOMAIN.md section 3, rule 9, and the words that Twilio itself takes for these two.
_WORDS = {
    **dict.fromkeys(("stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe"), Word.STOP),
    **dict.fromkeys(("start", "yes", "unstop"), Word.START),
}

#: How far a text has got; it only moves to a higher one, so that whatever ends it stays.
_RANK = {
    **dict.fromkeys(("accepted", "scheduled"), 0),
    "queued": 1,
    "sending": 2,
    "sent": 3,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled"), 4),
}
_LOST = frozenset({"undelivered", "failed"})
_GONE_OUT = frozenset({"sent", "delivered"})

OPTED_OUT = "21610"
#: The number will never take a text (PLATFORM.md): no number, no mobile, a landline.
_NEVER = frozenset({"21211", "21614", "21635", "30006"})
#: Blocked, switched off or not known just now: shown, and tried again with the next offer.
_NOT_NOW = frozenset({"30003", "30004", "30005"})


@dataclass(frozen=True, slots=True)
class Report:
    """What Twilio says of a text. ``code``: its error, as digits; ``delivery_id``: as our own address named it."""

    sid: str
    status: str
    to: str | None = None
    code: str | None = None
    delivery_id: str | None = None


def why_not(provider: Provider) -> str | None:
    """Why this provider is sent no texts, as a code; None: they are."""
    if not provider.mobile:
        return "no_address"
    if provider.sms_opted_out:
        return "opted_out"
    return "number_fails" if provider.sms_trouble in _NEVER else None


def word_of(body: str, opt_out_type: str = "") -> Word | None:
    """``opt_out_type``: what Twilio has made of it, also in words that a practice has set there."""
    given = opt_out_type.strip().casefold()
    if given in set(Word):
        return Word(given)
    letters = "".join(one for one in unicodedata.normalize("NFKC", body[:200]).casefold() if one.isalnum())
    return _WORDS.get(letters)


def answered(tx: Tx, sender: str, word: Word, sid: str) -> int:
    """STOP or START from this number (E.164), for everybody of the practice who has it; answers how many.

    Each text counts once, by its ``sid``: a STOP that comes again after a START stops nothing.
    """
    theirs = (Provider.practice_id == tx.practice_id, Provider.mobile == sender)
    tx.lock_all(Provider, tx.session.exec(select(Provider.id).where(*theirs)).all())
    found = tx.session.exec(select(Provider).where(*theirs).order_by(Provider.id)).all()
    for provider in found:
        if not _heard(tx, provider, sid):
            provider.sms_opted_out = word is Word.STOP
            tx.record(provider, f"sms_{word}", _themselves(provider), sid=sid, number=_digest(tx, sender))
    return len(found)


def refused(tx: Tx, provider: Provider, code: str) -> None:
    """Twilio has not taken a text to this provider, who is locked: they answered STOP, or the number takes none."""
    if code == OPTED_OUT:
        if not provider.sms_opted_out:
            provider.sms_opted_out = True
            tx.record(provider, "sms_stop", _themselves(provider), code=code, number=_digest(tx, provider.mobile))
        return
    if code not in _NEVER | _NOT_NOW or provider.sms_trouble == code or provider.sms_trouble in _NEVER:
        return
    provider.sms_trouble = code
    tx.record(provider, "sms_failing", SYSTEM, code=code)
    alert_practice(tx, AttentionKind.SMS, provider.id)


def new_number(tx: Tx, provider: Provider) -> None:
    """Their number has just become another, or none: whatever was wrong with the last one is over.

    A STOP holds for the number that it came from, and for that one still when it is typed in again.
    """
    if provider.mobile:
        provider.sms_opted_out = _last_word(tx, provider) is Word.STOP
    works_again(tx, provider)


def works_again(tx: Tx, provider: Provider) -> None:
    """A text has arrived, or the number is another."""
    if provider.sms_trouble is not None:
        provider.sms_trouble = None
        tx.record(provider, "sms_works", SYSTEM)
    settle_practice(tx, AttentionKind.SMS, provider.id)


def reported(tx: Tx, report: Report) -> bool:
    """Writes down how far a text has got; False where that is no news, or the text none of this practice's."""
    delivery = _text_of(tx, report)
    if delivery is None or _RANK.get(report.status, -1) <= _RANK.get(delivery.receipt or "", -1):
        return False
    delivery.receipt = report.status
    _it_went_out(tx, delivery, report)
    provider = tx.lock(Provider, delivery.recipient.partition(":")[2])
    if provider is not None and report.to in (None, provider.mobile):  # else it says nothing of their number now
        if report.status == "delivered":
            works_again(tx, provider)
        elif report.status in _LOST and report.code:
            refused(tx, provider, report.code)
    return True


def _text_of(tx: Tx, report: Report) -> Delivery | None:
    """By Twilio's sid; or, before that is known here or where it never came, by our own id in the address."""
    of_sid = select(Delivery.id).where(
        IS_TEXT, Delivery.reference == report.sid, Delivery.practice_id == tx.practice_id
    )
    found = tx.lock(Delivery, tx.session.exec(of_sid).first() or report.delivery_id)
    if found is None or found.channel is not DeliveryChannel.SMS:
        return None
    return found if found.reference in (None, report.sid) else None


def _it_went_out(tx: Tx, delivery: Delivery, report: Report) -> None:
    """Twilio would not speak of a text that it does not have: one in the dark is in the dark no more."""
    if delivery.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        delivery.state, delivery.reference = DeliveryState.SENT, report.sid
        delivery.sent_at, delivery.trouble = tx.now, None
    if report.status in _GONE_OUT:
        _settle_failure(tx, delivery)


def _settle_failure(tx: Tx, delivery: Delivery) -> None:
    """A coordinator may have been asked to see that they hear of it."""
    items = select(Attention).where(
        Attention.practice_id == tx.practice_id,
        Attention.referral_id == delivery.referral_id,
        Attention.offer_id == delivery.offer_id,
        Attention.kind == AttentionKind.DELIVERY_FAILED,
        col(Attention.detail).startswith(f"{delivery.template}:"),
        col(Attention.settled_at).is_(None),
    )
    for item in tx.session.exec(items):
        item.settled_at, item.settled_by = tx.now, SYSTEM.name


def _heard(tx: Tx, provider: Provider, sid: str) -> bool:
    return any(row.data.get("sid") == sid for row in _words_of(tx, provider))


def _last_word(tx: Tx, provider: Provider) -> Word | None:
    """What was last heard from the number that they have now."""
    number = _digest(tx, provider.mobile)
    heard = [row.event for row in _words_of(tx, provider) if row.data.get("number") == number]
    return Word(heard[-1].removeprefix("sms_")) if heard else None


def _words_of(tx: Tx, provider: Provider) -> Sequence[History]:
    events = [f"sms_{word}" for word in Word]
    rows = select(History).where(History.subject_id == provider.id, col(History.event).in_(events))
    return tx.session.exec(rows.order_by(col(History.seq))).all()


def _digest(tx: Tx, number: str | None) -> str:
    """History holds no numbers."""
    return tx.vault.index("mobile", number or "")


def _themselves(provider: Provider) -> Actor:
    return Actor(f"provider:{provider.id}", Surface.SMS, provider.id)
