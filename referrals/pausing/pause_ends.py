"""The ends of pauses, which come by themselves. No rule waits for this: a pause is over at its moment."""

from store.tables import Provider
from store.vocabulary import ProviderStatus, SlackStanding

from ..actor import SYSTEM
from ..notices import Template
from ..outbox import tell_provider
from ..tx import Tx
from .pauses import lift_pause, run_out, soonest_end


def end_pauses(tx: Tx, provider_id: str, *, tell: bool = True) -> bool:
    """Clears what has run out and tells the provider once what is on again. False where nothing was due.

    What is still to come has a wake-up of its own, from when it was set. ``tell``: not where they may have been told.
    """
    provider = tx.lock(Provider, provider_id)
    if provider is None or provider.pause_ends is None or provider.pause_ends > tx.now:
        return False
    over = run_out(provider, tx.now)
    for subject in over:
        lift_pause(provider, subject)
    provider.pause_ends = soonest_end(provider)
    if over:
        event = tx.record(provider, "resume", SYSTEM, what=[str(subject) for subject in over])
        here = provider.status is not ProviderStatus.INACTIVE and provider.slack_standing is SlackStanding.MEMBER
        if tell and here:
            tell_provider(tx, provider, Template.PROVIDER_RESUMED, about=event)
    return True
