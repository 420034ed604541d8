"""Who may see a client's details, and which actor a page acts as. Pure, but for reading the roster."""

from store.tables import Offer, PageSession, Provider, Referral
from store.vocabulary import SlackStanding

from . import eligibility
from .actor import Actor, Surface
from .outcomes import Refusal, Refused
from .tx import Tx


def may_see_client(actor: Actor, referral: Referral, offer: Offer) -> bool:
    """DOMAIN.md section 3, rule 4: the acceptor, the pending preferred provider, and coordinators.

    ``offer``: the referral's latest.
    """
    if actor.coordinator:
        return True
    if actor.provider_id is None:
        return False
    waits_for = offer.provider_id if offer.outcome is None else None
    return actor.provider_id in (referral.accepted_by, waits_for)


def actor_of(tx: Tx, provider_id: str | None, slack_user: str | None, surface: Surface) -> Actor | Refused:
    """Who a link or a session stands for, as they are now: somebody may have left, or coordinate no more.

    Somebody inactive keeps what is in their hands; that they accept nothing new is for ``accept`` to say.
    """
    provider = tx.get(Provider, provider_id)
    coordinates = slack_user is not None and slack_user in tx.practice().deciding_coordinators
    if reason := eligibility.account_refusal(provider) if provider else None:
        return Refused(reason)
    if provider is None and not coordinates:
        return Refused(Refusal.UNLINKED)
    if provider is not None and slack_user is not None and not _still_theirs(provider, slack_user):
        return Refused(Refusal.UNLINKED)
    return Actor(
        name=f"provider:{provider.id}" if provider else f"slack:{slack_user}",
        surface=surface,
        provider_id=provider.id if provider else None,
        slack_user=slack_user,
        coordinator=coordinates,
    )


def actor_of_session(tx: Tx, session: PageSession) -> Actor | Refused:
    return actor_of(tx, session.provider_id, session.slack_user, Surface.PAGE)


def _still_theirs(provider: Provider, slack_user: str) -> bool:
    return provider.slack_user == slack_user and provider.slack_standing is SlackStanding.MEMBER
