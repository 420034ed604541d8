"""Which variant of a client's email is true now, whom it names, and whether their number may be told. Pure rules."""

from enum import StrEnum

from referrals.eligibility import NOT_TAKING
from referrals.letters import Colleague, Letter
from referrals.lifecycle import HELD
from referrals.notices import Template
from store.vocabulary import CloseReason, Kind, Status


class Variant(StrEnum):
    """Of every client email but the closing one, whose variants are the CloseReasons."""

    TAKEN = "taken"  # a provider has agreed to contact the client
    PREFERRED = "preferred"  # waits for one provider's answer
    PAUSED = "paused"  # open to all: the one asked for takes no referrals now (G3)
    UNROUTABLE = "unroutable"  # open to all: the one asked for cannot be offered it
    GENERAL = "general"  # open to all


def variant(letter: Letter) -> str:
    if letter.template is Template.CLIENT_CLOSING:
        return letter.close_reason or CloseReason.OTHER
    if letter.status in HELD:
        return Variant.TAKEN
    if letter.kind is Kind.PREFERRED and letter.whose:
        return Variant.PREFERRED
    if letter.preferred and letter.unroutable:
        return Variant.PAUSED if letter.unroutable in NOT_TAKING else Variant.UNROUTABLE
    return Variant.GENERAL


def asked(letter: Letter) -> Colleague | None:
    """The one provider who has been asked, or whom the client wished for and cannot have."""
    if letter.template in (Template.CLIENT_CONFIRMATION, Template.CLIENT_REMINDER):
        match variant(letter):
            case Variant.PREFERRED:
                return letter.whose
            case Variant.PAUSED | Variant.UNROUTABLE:
                return letter.preferred
    if letter.template is Template.CLIENT_DECLINED:
        # Whoever was unroutable has never been asked: then it was somebody the coordinators had chosen.
        return None if letter.unroutable else letter.preferred
    return None


def taker(letter: Letter) -> Colleague | None:
    return letter.holder if letter.status in HELD else None


def phone_may_be_told(letter: Letter, who: Colleague) -> bool:
    """DOMAIN.md P17: only while the preferred offer is open or they accepted."""
    if letter.status in HELD:
        return who == letter.holder and who in (letter.preferred, letter.whose)
    return letter.status is Status.PENDING and letter.kind is Kind.PREFERRED and who == letter.whose
