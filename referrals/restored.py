"""After a backup was restored: what was about to be said when it was made may have been said since.

So nothing of it is sent (PLATFORM.md, fault 26), the channel is made to show what is true again, and coordinators hear
of it. Deadlines that have passed meanwhile are left to the sweep, which acts on each once.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Update, and_, case, func, or_, update
from sqlmodel import col, select

from store.tables import Client, Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState, Status

from .actor import Actor, Surface
from .notices import ANSWERS, NOTICES, Context, Template
from .outbox import alert_practice, need_attention
from .pausing.pause_ends import end_pauses
from .tx import Tx

#: Why a notice was not sent, in its row's ``trouble``.
RESTORED = "restored"

_OPERATOR = Actor("operator", Surface.COMMAND, coordinator=True)
#: Whose cards somebody may still act on. Those of scheduled clients are many, and hardly change any more.
_AT_WORK = (Status.PENDING, Status.ACCEPTED, Status.CONTACTED, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Restored:
    """How many notices and reminders were given up, cards are redrawn, and clients are to be phoned instead."""

    notices: int
    reminders: int
    cards: int
    phone_tasks: int


def restored(tx: Tx) -> Restored:
    """Once, in the transaction that loads the backup."""
    phone_tasks = _phone_instead(tx)
    notices = _give_up_notices(tx)
    reminders = _give_up_reminders(tx)
    _end_pauses(tx)
    cards = _redraw_cards(tx)
    done = Restored(notices, reminders, cards, phone_tasks)
    alert_practice(tx, AttentionKind.RESTORED, str(notices))
    tx.record(tx.locked_practice(), RESTORED, _OPERATOR, notices=notices, reminders=reminders, cards=cards)
    return done


def _undone() -> ColumnElement[bool]:
    """An SMS in the dark is done already: it is never sent twice."""
    waiting = col(Delivery.state).in_([DeliveryState.PENDING, DeliveryState.SENDING])
    dark = and_(col(Delivery.state) == DeliveryState.UNKNOWN, col(Delivery.channel) != DeliveryChannel.SMS)
    return or_(waiting, dark)


def _phone_instead(tx: Tx) -> int:
    """A client's last word must not be lost with the notice: a coordinator phones, who may hear that it has arrived."""
    last_words = select(Delivery).where(
        Delivery.practice_id == tx.practice_id, _undone(), col(Delivery.template).in_(sorted(ANSWERS))
    )
    done = 0
    for row in tx.session.exec(last_words).all():
        referral, offer = tx.get(Referral, row.referral_id), tx.get(Offer, row.offer_id)
        client = tx.get(Client, referral.client_id) if referral else None
        if referral is None or client is None or client.erased_at is not None:
            continue
        if NOTICES[Template(row.template)].still_true(Context(referral, offer, row.recipient)):
            need_attention(tx, referral, offer, AttentionKind.PHONE_TASK, detail=row.template, about=row.subject_id)
            done += 1
    return done


def _give_up_notices(tx: Tx) -> int:
    given_up = update(Delivery).where(col(Delivery.practice_id) == tx.practice_id, _undone())
    return _changed(tx, given_up.values(state=DeliveryState.SUPPRESSED, trouble=RESTORED))


def _give_up_reminders(tx: Tx) -> int:
    """Those due by now; the ones ahead stay. An escalation is not given up: it ends on a list, where it belongs."""
    nudged = update(Referral).where(col(Referral.practice_id) == tx.practice_id, col(Referral.nudge_due) <= tx.now)
    done = _changed(tx, nudged.values(nudge_due=None))
    for column in (col(Offer.remind_due), col(Offer.remind_client_due)):
        due = update(Offer).where(col(Offer.practice_id) == tx.practice_id, column <= tx.now)
        done += _changed(tx, due.values({column: None}))
    return done


def _end_pauses(tx: Tx) -> None:
    """Whoever's pause has run out since the backup was told so at its end."""
    over = select(Provider.id).where(Provider.practice_id == tx.practice_id, col(Provider.pause_ends) <= tx.now)
    for provider_id in tx.session.exec(over.order_by(Provider.id)).all():
        end_pauses(tx, provider_id, tell=False)


def _redraw_cards(tx: Tx) -> int:
    """What Slack shows is newer than what the database knows. A card that has no ts yet may have been posted since:
    it is looked for before it is posted."""
    current = select(Referral.offer_id).where(
        Referral.practice_id == tx.practice_id, col(Referral.status).in_(_AT_WORK)
    )
    ours = update(Offer).where(col(Offer.practice_id) == tx.practice_id)
    at_work = or_(col(Offer.outcome).is_(None), col(Offer.id).in_(current))
    drawn = ours.where(at_work, col(Offer.card_ts).is_not(None)).values(
        card_version=col(Offer.card_version) + 1, card_next_at=tx.real_now, card_lease_until=None
    )
    looked_for = ours.where(col(Offer.card_ts).is_(None)).values(
        card_attempts=case((col(Offer.card_attempts) < 1, 1), else_=col(Offer.card_attempts)),
        card_first_tried=func.coalesce(col(Offer.card_first_tried), col(Offer.opened_at)),
        card_next_at=tx.real_now,
        card_lease_until=None,
    )
    _changed(tx, looked_for)
    return _changed(tx, drawn)


def _changed(tx: Tx, statement: Update) -> int:
    tx.session.flush()
    result = tx.session.connection().execute(statement)
    return int(result.rowcount)
