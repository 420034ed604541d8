"""Puts notices into the outbox and items onto the coordinators' list, in the transaction of the event behind them."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, select

from store.ids import new_id
from store.tables import Attention, Client, Offer, Provider, Referral, Source
from store.vocabulary import AttentionKind, Status

from .notices import NOTICES, Context, Template
from .tx import Tx

#: Which alert tells the coordinators of which item.
_ALERTS = {
    AttentionKind.EXPIRED: Template.COORDINATOR_EXPIRED,
    AttentionKind.NOBODY_ELIGIBLE: Template.COORDINATOR_NOBODY,
    AttentionKind.PHONE_TASK: Template.COORDINATOR_PHONE,
    AttentionKind.DELIVERY_FAILED: Template.COORDINATOR_FAILED,
    AttentionKind.ACCEPTOR_GONE: Template.COORDINATOR_ACCEPTOR_GONE,
    AttentionKind.URGENT: Template.COORDINATOR_URGENT,
    AttentionKind.NOT_CONTACTED: Template.COORDINATOR_NOT_CONTACTED,
    AttentionKind.LICENCE: Template.COORDINATOR_LICENCE,
}

_OPEN_ITEMS = select(Attention).where(
    Attention.referral_id == bindparam("referral_id"), col(Attention.settled_at).is_(None)
)

#: Few items concern no referral, while a practice may have thousands open that do: ``|| ''`` keeps SQLite from
#: reading all of those.
_OPEN_OF_PRACTICE = select(Attention).where(
    col(Attention.practice_id).concat("") == bindparam("practice_id"),
    col(Attention.referral_id).is_(None),
    col(Attention.settled_at).is_(None),
    Attention.kind == bindparam("kind"),
)

#: The recipients that are no row: the referrals channel, and the practice's support address.
CHANNEL = "channel"
SUPPORT = "support"


def notify(
    tx: Tx, referral: Referral, offer: Offer | None, template: Template, recipient: str, about: str | None = None
) -> None:
    """One delivery per (referral, offer, template, recipient, what it is about): a repeat adds nothing."""
    _deliver(tx, referral.id, offer.id if offer else None, template, recipient, about)


def notify_client(tx: Tx, referral: Referral, offer: Offer, template: Template, about: str | None = None) -> None:
    """The client's email; or, without a usable address, a phone task for the coordinators at once.

    ``about``: the id of an event that makes what they were told in this round untrue, so that they are told again.
    """
    client = tx.get(Client, referral.client_id)
    if client is None or client.erased_at is not None:
        return
    if client.mailable:
        notify(tx, referral, offer, template, f"client:{client.id}", about)
    else:
        need_attention(tx, referral, offer, AttentionKind.PHONE_TASK, detail=template, about=about)


def notify_provider(
    tx: Tx, referral: Referral, offer: Offer, provider: Provider, *templates: Template, about: str | None = None
) -> None:
    for template in templates:
        notify(tx, referral, offer, template, f"provider:{provider.id}", about)


def tell_provider(tx: Tx, provider: Provider, template: Template, about: str) -> None:
    """About themselves and no referral; ``about``: the id of the event in their history that it tells of."""
    _deliver(tx, None, None, template, f"provider:{provider.id}", about)


def tell_coordinators(tx: Tx, users: Iterable[str], template: Template, about: str) -> None:
    """Each of them, about no referral; ``about``: the id of the event in the practice's history that it tells of."""
    for user in users:
        _deliver(tx, None, None, template, f"slack:{user}", about)


def tell_to_stop(tx: Tx, referral: Referral, offer: Offer, provider: Provider) -> None:
    """Whoever had it must not contact the client any more. Mailed as well: not everybody who accepts is in Slack."""
    notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_STOP_DM)
    if provider.work_email:
        notify_provider(tx, referral, offer, provider, Template.ACCEPTOR_STOP_MAIL)


def notify_channel(tx: Tx, referral: Referral, offer: Offer, template: Template) -> None:
    notify(tx, referral, offer, template, CHANNEL)


def notify_source(tx: Tx, referral: Referral, template: Template, about: str | None = None) -> None:
    """Once per referral, however many rounds it takes (DOMAIN.md R2); ``about``: once per event of this id."""
    source = tx.get(Source, referral.source_id)
    if source is not None and source.mailable:
        notify(tx, referral, None, template, f"source:{source.id}", about)


def need_attention(
    tx: Tx,
    referral: Referral,
    offer: Offer | None,
    kind: AttentionKind,
    detail: str | None = None,
    about: str | None = None,
) -> None:
    """Puts an item on the list, once (for each event that it is ``about``), and tells every coordinator privately."""
    key = ":".join([referral.id, offer.id if offer else "", kind, detail or "", *([about] if about else [])])
    if tx.session.exec(select(Attention.id).where(Attention.dedupe_key == key)).first():
        return
    item = Attention(
        id=new_id(),
        practice_id=tx.practice_id,
        kind=kind,
        referral_id=referral.id,
        offer_id=offer.id if offer else None,
        dedupe_key=key,
        detail=detail,
        opened_at=tx.now,
    )
    tx.add(item)
    for user in tx.practice().deciding_coordinators:
        notify(tx, referral, offer, _ALERTS[kind], f"slack:{user}", about=item.id)
        if kind is AttentionKind.PHONE_TASK:
            notify(tx, referral, offer, Template.COORDINATOR_PHONE_MAIL, f"slack:{user}", about=item.id)


def alert_practice(tx: Tx, kind: AttentionKind, detail: str) -> None:
    """Puts an item that concerns no referral on the list, once while one of this kind and detail is open.

    Tells every coordinator in a direct message. ``detail``: a code, which ``blocks/trouble.py`` puts into words.
    """
    if item := _new_of_practice(tx, kind, detail):
        for user in tx.practice().deciding_coordinators:
            _deliver(tx, None, None, Template.COORDINATOR_TROUBLE, f"slack:{user}", item.id)


def list_of_practice(tx: Tx, kind: AttentionKind, details: Iterable[str]) -> None:
    """The same for many at once, without a message for each: it is on Home, and nothing waits because of it.

    ``details``: of rows that are held by this transaction, so that nobody else lists them at the same moment.
    """
    known = {item.detail for item in open_of_practice(tx, kind)}
    new = [one for one in dict.fromkeys(details) if one not in known]
    tx.session.add_all([_item_of_practice(tx, kind, one) for one in new])
    tx.session.flush()


def alert_support(tx: Tx, kind: AttentionKind, detail: str) -> None:
    """The same by mail to the practice's support address, for when Slack itself is what fails.

    Without one, to the coordinators at the work emails that the roster has of them: only Slack knows any other.
    """
    item = _new_of_practice(tx, kind, detail)
    if item is None:
        return
    practice = tx.practice()
    reached = [SUPPORT] if practice.support_email else _coordinators_with_mail(tx, practice.deciding_coordinators)
    for recipient in reached:
        _deliver(tx, None, None, Template.SUPPORT_TROUBLE_MAIL, recipient, item.id)


def _coordinators_with_mail(tx: Tx, users: Iterable[str]) -> list[str]:
    found = select(Provider.id).where(
        Provider.practice_id == tx.practice_id,
        col(Provider.slack_user).in_(list(users)),
        col(Provider.work_email).is_not(None),
    )
    return [f"provider:{one}" for one in tx.session.exec(found)]


def settle_practice(tx: Tx, kind: AttentionKind, detail: str | None = None) -> None:
    """The trouble is over: takes the open items off the list. Without a ``detail``, all of the kind."""
    for item in open_of_practice(tx, kind, detail):
        item.settled_at, item.settled_by = tx.now, "system"


def open_of_practice(tx: Tx, kind: AttentionKind, detail: str | None = None) -> list[Attention]:
    items = tx.session.exec(_OPEN_OF_PRACTICE, params={"practice_id": tx.practice_id, "kind": kind})
    return [item for item in items if detail in (None, item.detail)]


def _new_of_practice(tx: Tx, kind: AttentionKind, detail: str) -> Attention | None:
    """The new item; None where one of this kind and detail is open already."""
    if open_of_practice(tx, kind, detail):
        return None
    tx.locked_practice()  # of two who find the same trouble at once, the second sees the first one's item
    if open_of_practice(tx, kind, detail):
        return None
    item = _item_of_practice(tx, kind, detail)
    tx.add(item)
    return item


def _item_of_practice(tx: Tx, kind: AttentionKind, detail: str) -> Attention:
    id = new_id()
    return Attention(
        id=id,
        practice_id=tx.practice_id,
        kind=kind,
        dedupe_key=":".join([tx.practice_id, kind, detail, id]),
        detail=detail,
        opened_at=tx.now,
    )


def owes_a_call(tx: Tx, referral: Referral) -> bool:
    """Whether a client without a usable address still waits to be phoned."""
    items = tx.session.exec(_OPEN_ITEMS, params={"referral_id": referral.id})
    return any(item.kind is AttentionKind.PHONE_TASK for item in items)


def settle(tx: Tx, referral: Referral, by: str, *kinds: AttentionKind) -> None:
    """Takes off the list the referral's open items of these kinds, and phone tasks that have become moot."""
    for item in tx.session.exec(_OPEN_ITEMS, params={"referral_id": referral.id}):
        if item.kind in kinds or _moot(tx, referral, item):
            item.settled_at, item.settled_by = tx.now, by


def _moot(tx: Tx, referral: Referral, item: Attention) -> bool:
    """The message of a phone task is no longer true, or its client has been reached otherwise."""
    if item.kind is not AttentionKind.PHONE_TASK or item.detail is None:
        return False
    context = Context(referral, tx.get(Offer, item.offer_id), f"client:{referral.client_id}")
    reached = referral.status in (Status.CONTACTED, Status.SCHEDULED)
    return reached or not NOTICES[Template(item.detail)].still_true(context)


def _deliver(
    tx: Tx, referral_id: str | None, offer_id: str | None, template: Template, recipient: str, about: str | None
) -> None:
    parts = [referral_id or tx.practice_id, offer_id or "", template, recipient, about or ""]
    tx.deliver(
        {
            "id": new_id(),
            "practice_id": tx.practice_id,
            "referral_id": referral_id,
            "offer_id": offer_id,
            "channel": NOTICES[template].channel,
            "template": str(template),
            "recipient": recipient,
            "subject_id": about,
            "dedupe_key": ":".join(parts),
            "next_at": tx.real_now,
            "created_at": tx.now,
        }
    )
