"""A referral's facts in people's words."""

from dataclasses import dataclass

from store.tables import Referral
from store.vocabulary import (
    AGE_BANDS,
    CONCERNS,
    DELIVERY_MODES,
    HIDDEN_CONCERNS,
    INSURERS,
    SERVICES,
    STATES,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A referral's facts in people's words, without the concerns that Part 2 hides (DOMAIN.md section 3, rule 11)."""

    state: str
    insurer: str
    service: str
    delivery: str
    age_band: str
    concerns: tuple[str, ...]


def facts_of(referral: Referral) -> Facts:
    shown = [CONCERNS[slug] for slug in referral.concerns if slug in CONCERNS and slug not in HIDDEN_CONCERNS]
    return Facts(
        state=STATES.get(referral.state, referral.state),
        insurer=INSURERS[referral.insurer][0] if referral.insurer in INSURERS else referral.insurer,
        service=SERVICES.get(referral.service, referral.service),
        delivery=DELIVERY_MODES.get(referral.delivery, referral.delivery),
        age_band=AGE_BANDS.get(referral.age_band, referral.age_band),
        concerns=tuple(shown),
    )
