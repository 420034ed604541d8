"""What the secure page shows to coordinators beside a client: the timeline, and what they can do."""

from dataclasses import dataclass

from store.vocabulary import Status

from ..actor import Actor
from ..deciding import locked_referral
from ..tx import Tx
from ..views.coordinators import Choices, choices
from ..views.timeline import Timeline, timeline
from .extend import Extending, extending
from .on_behalf import ActingFor, acting_for


@dataclass(frozen=True, slots=True)
class ForCoordinators:
    """``acting`` and ``extending``: while it waits; ``assignable``: then and once it has expired."""

    timeline: Timeline
    acting: ActingFor | None
    extending: Extending | None
    assignable: Choices | None


def for_coordinators(tx: Tx, actor: Actor, referral_id: str, page: int = 0) -> ForCoordinators | None:
    """``page``: of the timeline. None for everybody else, who asks for nothing by opening the page."""
    case = locked_referral(tx, referral_id) if actor.coordinator else None
    story = timeline(tx, actor, referral_id, page) if case else None
    if case is None or not isinstance(story, Timeline):
        return None
    waits = case.referral.status is Status.PENDING and case.offer.outcome is None
    found = choices(tx, referral_id) if waits or case.referral.status is Status.EXPIRED else None
    return ForCoordinators(
        timeline=story,
        acting=acting_for(tx, case) if waits else None,
        extending=extending(tx, actor, case) if waits else None,
        assignable=found,
    )
