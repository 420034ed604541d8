"""What the page behind a mail's link says once there is nothing to decide, and what its form holds while there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from blocks.labels import BEFORE_CONTACT, DECLINE_REASONS, QUESTIONS, REFUSALS
from blocks.moments import moment
from blocks.text import sentence
from referrals.outcomes import Question, Refusal, Since
from referrals.views.decision import DecisionView, Ended, LinkState
from store.tables import Practice
from store.vocabulary import Kind, OfferOutcome, Status

REASONS = [(str(one), DECLINE_REASONS[one]) for one in BEFORE_CONTACT]


@dataclass(frozen=True, slots=True)
class Answers:
    """One showing of the form. ``seal``: its hidden value; ``problem``: why it is shown again, as (title, sentence)."""

    seal: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: tuple[str, str] | None = None

    def value(self, name: str) -> str:
        return self.typed.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def ticked(self, name: str, unless_typed: bool = False) -> bool:
        return bool(self.typed[name]) if name in self.typed else unless_typed


@dataclass(frozen=True, slots=True)
class Told:
    """A page without a form. ``card``: the words of the link to the card in Slack, or nothing."""

    title: str
    sentences: tuple[str, ...]
    card: str = ""


def told(view: DecisionView, practice: Practice) -> Told:
    """For every state but an open link."""
    if view.ended is not None:
        return _decided(view, view.ended, practice)
    if view.state is LinkState.USED:
        return Told("This link has been used", (f"It works once. {_elsewhere(view, practice)}",), _card(view))
    until = _when(view, view.link_until)
    if view.overdue:
        over = f"The time to answer {view.code} was over on {_when(view, view.expires_at)}."
        return Told("This link has expired", (over, "It goes to your colleagues, and you need not do anything."))
    expired = f"It worked until {until}. {view.code} still waits for your answer, until {_when(view, view.expires_at)}."
    return Told("This link has expired", (expired, _elsewhere(view, practice)), _card(view))


def refused(reason: Refusal, practice: Practice) -> str:
    return sentence(REFUSALS[reason].format(whom=whom(practice)))


def asked(questions: tuple[Question, ...]) -> list[str]:
    return [QUESTIONS[one].format(whose="the provider", their="your") for one in questions]


def whom(practice: Practice) -> str:
    """Whom to ask, for people outside Slack as well. Not escaped: templates do that."""
    contact = practice.support_email or practice.support_phone
    return f"the practice's support ({contact})" if contact else "a coordinator of the practice"


def card_address(view: DecisionView) -> str:
    link = view.card_link or ""
    return link if link.startswith(("https://", "http://")) and view.in_slack else ""


def _decided(view: DecisionView, ended: Ended, practice: Practice) -> Told:
    code, at = view.code, _when(view, ended.at)
    who = "You" if ended.mine else ended.by or ("The desk" if ended.unaided else "A coordinator")
    after = _now(view, ended.now)
    match ended.outcome:
        case OfferOutcome.ACCEPTED:
            title = f"You accepted {code}" if ended.mine else f"{who} accepted {code} for you"
            more = _next_step(view, ended.now, practice) if ended.now.mine else after
            return Told(title, (f"That was on {at}.", *more), _card(view) if ended.now.mine else "")
        case OfferOutcome.DECLINED:
            title = f"You declined {code}" if ended.mine else f"{who} declined {code} for you"
            said = f"That was on {at}. It went to your colleagues; the client is told that, but not why."
        case OfferOutcome.EXPIRED:
            until = _when(view, view.expires_at)  # the desk may have noticed some time later
            title, said = (
                f"The time for {code} is over",
                f"Nobody had answered by {until}, so it went to your colleagues.",
            )
        case OfferOutcome.RELEASED:
            title, said = f"{code} is not reserved for you any more", f"{who} let everyone have it, on {at}."
        case OfferOutcome.REPLACED:
            title, said = f"{code} was offered to somebody else", f"{who} did so on {at}. You need not do anything."
        case OfferOutcome.CLOSED:
            return Told(f"{code} is closed", (f"{who} closed it on {at}. Please do not contact the client.",))
    takes = ended.now.status is Status.PENDING and ended.now.round_kind is Kind.GENERAL
    return Told(title, (said, *after), _card(view) if takes or ended.now.mine else "")


def _next_step(view: DecisionView, now: Since, practice: Practice) -> tuple[str, ...]:
    """The referral is in the reader's hands."""
    if now.status is Status.SCHEDULED:
        return ("The client is scheduled. Thank you.",)
    if now.status is Status.CONTACTED:
        then = " Once a first session is agreed on, please mark it as scheduled on the card." if view.in_slack else ""
        return (f"The client has been contacted. Thank you.{then}",)
    hours = f"{practice.nudge_after / 3600:g} hours"
    return (f"Thank you. Please contact the client within {hours} of accepting.", _where(view, practice))


def _where(view: DecisionView, practice: Practice) -> str:
    mailed, card = "in the email sent to your work address", "behind “Client details” on the card in Slack"
    places = [place for place, there in ((mailed, view.details_mailed), (card, view.in_slack)) if there]
    if not places:
        return f"For their contact details, please ask {whom(practice)} and give the reference {view.code}."
    return f"Their contact details are {', and '.join(places)}."


def _now(view: DecisionView, now: Since) -> tuple[str, ...]:
    """Where it stands today."""
    at = _when(view, now.at)
    who = "You" if now.mine else now.by.name if now.by else "Somebody"
    match now.status:
        case Status.PENDING if now.round_kind is Kind.GENERAL:
            may_still = view.in_slack and view.refusal is not Refusal.INACTIVE
            where = " You can still accept it on its card in Slack." if may_still else ""
            return (f"It is open to everyone now.{where}",)
        case Status.PENDING:
            return ("It is now offered to one of your colleagues.",)
        case Status.ACCEPTED:
            return (f"{who} accepted it on {at}.",)
        case Status.CONTACTED:
            return (f"{who} accepted it and contacted the client on {at}.",)
        case Status.SCHEDULED:
            return (f"{who} accepted it; it is scheduled since {at}.",)
        case Status.EXPIRED:
            return (f"Nobody took it by {at}. The coordinators are looking after it.",)
        case Status.CLOSED:
            return (f"It was closed on {at}. Please do not contact the client.",)


def _elsewhere(view: DecisionView, practice: Practice) -> str:
    if view.in_slack:
        return f"Please accept or decline on the card of {view.code} in Slack."
    return f"Please answer the email with “accept” or “decline” and the reference {view.code}, or ask {whom(practice)}."


def _card(view: DecisionView) -> str:
    return "Open the card in Slack" if card_address(view) else ""


def _when(view: DecisionView, at: datetime) -> str:
    return moment(at, view.time_zone)
