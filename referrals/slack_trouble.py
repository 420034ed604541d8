"""Whether Slack lets the desk in, and into its channel. Kept as an open item, which every process sees.

It opens when a call is refused (or Slack says so unasked), holds back what would only be refused as well, and closes
when a call works again. Nothing here talks to Slack.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, true, update
from sqlmodel import col

from store.tables import Attention, Delivery, Offer
from store.tables.delivery import MAY_BE_DUE
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .outbox import CHANNEL, alert_practice, alert_support, open_of_practice, settle_practice
from .tx import Tx, WakeKind

SLACK = AttentionKind.SLACK


class Scope(StrEnum):
    """What Slack refuses."""

    WORKSPACE = "workspace"  # everything: the app is gone, or its token is
    CHANNEL = "channel"  # what goes into the referrals channel


#: Slack's error codes. The first is ours: what the event of that name tells.
WORKSPACE_CODES = frozenset(
    {"app_uninstalled", "token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"}
)
#: The channel is not there for us: neither new messages nor changes to old ones.
_UNREACHABLE = frozenset({"is_archived", "is_inactive", "not_in_channel", "channel_not_found"})
#: The channel can be read and what stands there changed, but nothing can be posted.
_READ_ONLY = frozenset(
    {"restricted_action", "restricted_action_read_only_channel", "no_permission", "access_denied"}
    | {"team_access_not_granted", "ekm_access_denied", "org_login_required", "missing_scope"}
)
CHANNEL_CODES = _UNREACHABLE | _READ_ONLY


def scope_of(code: str) -> Scope | None:
    """None for an error that concerns one message and no other."""
    if code in WORKSPACE_CODES:
        return Scope.WORKSPACE
    return Scope.CHANNEL if code in CHANNEL_CODES else None


def current(tx: Tx) -> str | None:
    """Slack's code for what is wrong now; where both are, that of the whole workspace."""
    codes = [code for item in _open(tx) if scope_of(code := item.detail or "")]
    return next((code for code in codes if code in WORKSPACE_CODES), codes[0] if codes else None)


def met(tx: Tx, code: str, scope: Scope) -> None:
    """Tells of it once while it lasts, whatever codes it shows: by direct message, or by mail if none would arrive."""
    if any(scope_of(item.detail or "") is scope for item in _open(tx)):
        return
    if scope is Scope.WORKSPACE:
        alert_support(tx, SLACK, code)
    else:
        alert_practice(tx, SLACK, code)


def over(tx: Tx, *scopes: Scope) -> None:
    """It works again: what waited goes out, each row after it has been looked at again."""
    ended = [item for item in _open(tx) if scope_of(item.detail or "") in scopes]
    for item in ended:
        settle_practice(tx, SLACK, item.detail)
    if ended:
        _bring_forward(tx)


def note_posted(tx: Tx, *, channel: bool) -> None:
    """A message has just gone out; ``channel``: into the referrals channel, and not to one person."""
    over(tx, *((Scope.WORKSPACE, Scope.CHANNEL) if channel else (Scope.WORKSPACE,)))


def may_post(tx: Tx) -> bool:
    """Whether anything new may go into the channel."""
    return current(tx) is None


def may_redraw(tx: Tx) -> bool:
    """Whether cards that stand in the channel can be changed."""
    code = current(tx)
    return code is None or code in _READ_ONLY


def may_send(tx: Tx) -> ColumnElement[bool]:
    """Which deliveries need not wait. A mail to a coordinator does: only Slack knows the address."""
    code = current(tx)
    if code is None:
        return true()
    if code in WORKSPACE_CODES:
        return (col(Delivery.channel) != DeliveryChannel.SLACK) & col(Delivery.recipient).not_like("slack:%")
    return col(Delivery.recipient) != CHANNEL


def _open(tx: Tx) -> list[Attention]:
    return open_of_practice(tx, SLACK)


def _bring_forward(tx: Tx) -> None:
    """Waiting rows have been put off by their last refusal, or by that of another."""
    now = tx.real_now
    waiting = update(Delivery).where(
        col(Delivery.practice_id) == tx.practice_id,
        MAY_BE_DUE,
        col(Delivery.state) != DeliveryState.SENDING,
        col(Delivery.trouble).in_(sorted(WORKSPACE_CODES | CHANNEL_CODES)),
        col(Delivery.next_at) > now,
    )
    stale = update(Offer).where(
        col(Offer.practice_id) == tx.practice_id,
        col(Offer.card_version) > col(Offer.shown_version),
        col(Offer.card_next_at) > now,
    )
    tx.session.flush()
    tx.session.execute(waiting.values(next_at=now).execution_options(synchronize_session=False))
    tx.session.execute(stale.values(card_next_at=now).execution_options(synchronize_session=False))
    tx.wake(WakeKind.DELIVERY, "")
