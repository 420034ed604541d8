"""Erases one client: everything that says who they are. What happened, when and to which kind of client stays.

Whether it is time for it is ``retention``'s business; whether it can be done at all is looked at here, once more.
"""

from sqlalchemy import CursorResult, delete, or_, update
from sqlmodel import col

from store.tables import Client, ClientName, Delivery, Referral
from store.vocabulary import AttentionKind, DeliveryState

from ..actor import Actor
from ..lifecycle import Event, allowed
from ..notices import Template
from ..outbox import settle
from ..tx import Tx
from .references import erased

#: Why a notice was not sent.
TROUBLE = "erased"
_UNDONE = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)


def erase(tx: Tx, actor: Actor, referral_id: str) -> bool:
    """Of a closed referral that nobody holds; False where it is none, or was erased before."""
    referral = tx.lock(Referral, referral_id)
    if referral is None or referral.erased_at is not None or not allowed(referral.status, Event.ERASE):
        return False
    client = tx.lock(Client, referral.client_id)
    if client is None or referral.legal_hold:
        return False
    _forget(tx, client)
    if referral.external_id is not None:
        referral.external_id = erased(tx.vault, referral.external_id)
    referral.nonce = None
    client.erased_at = referral.erased_at = tx.now
    _hold_back(tx, referral)
    settle(tx, referral, actor.name, AttentionKind.PHONE_TASK)
    tx.record(referral, Event.ERASE, actor, offer=referral.offer_id)
    return True


def _forget(tx: Tx, client: Client) -> None:
    """Every sealed column, and the indexes by which they were found. How they wished to be reached names nobody."""
    client.name = client.preferred_name = client.email = client.phone = None
    client.guardian = client.notes = client.email_index = None
    tx.session.connection().execute(
        delete(ClientName).where(col(ClientName.client_id) == client.id, col(ClientName.practice_id) == tx.practice_id)
    )


def _hold_back(tx: Tx, referral: Referral) -> CursorResult[tuple[()]]:
    """What still waits to be sent to the client, or with the client's number in it."""
    about = or_(
        col(Delivery.recipient) == f"client:{referral.client_id}",
        col(Delivery.template) == Template.COORDINATOR_PHONE_MAIL,
    )
    waiting = update(Delivery).where(col(Delivery.referral_id) == referral.id, col(Delivery.state).in_(_UNDONE), about)
    return tx.session.connection().execute(waiting.values(state=DeliveryState.SUPPRESSED, trouble=TROUBLE))
