"""What a person is told privately after a click or a form: every outcome in plain words. Escaped mrkdwn."""

from referrals.outcomes import Asks, Decision, Done, Meanwhile, Missing, Question, Refused, Reserved, Since
from store.vocabulary import Kind, Status

from .labels import QUESTIONS, REFUSALS, TO_COORDINATORS
from .text import mention, plain, sentence, slack_date

GONE = "This referral is not on this desk any more, or never was. Nothing has changed."
UNKNOWN_BUTTON = (
    "This button is from another version of the desk and does nothing any more. Please open the card again."
)

FORM_LOST = "Slack did not open the form in time. Nothing has changed; please click again."


def reply(outcome: Decision, whom: str) -> str:
    """``whom``: whom to ask (blocks/whom.py)."""
    match outcome:
        case Done():
            return done(outcome)
        case Since():
            return since(outcome)
        case Reserved():
            return reserved(outcome)
        case Refused():
            return refused(outcome, whom)
        case Asks():
            return " ".join(questions(outcome))
        case Meanwhile():
            return meanwhile(outcome)
        case Missing():
            return GONE


def done(outcome: Done) -> str:
    code = plain(outcome.code)
    return {
        Status.PENDING: f"Done. {code} is open again.",
        Status.ACCEPTED: f"Done. {code} is yours.",
        Status.CONTACTED: f"Thank you. {code} is marked as contacted.",
        Status.SCHEDULED: f"Wonderful. {code} is marked as scheduled.",
        Status.EXPIRED: f"Done. {code} has expired.",
        Status.CLOSED: f"Done. {code} is closed.",
    }[outcome.status]


def passed(code: str) -> str:
    return f"Noted: {plain(code)} is not for you. It stays open for the others, and you may still accept it."


def phoned(code: str) -> str:
    return f"Thank you. It is noted that the client of {plain(code)} was phoned."


def since(outcome: Since) -> str:
    """What has happened since the button was drawn; nothing has changed by this click."""
    code, at = plain(outcome.code), slack_date(outcome.at)
    who = "you" if outcome.mine else mention(outcome.by) if outcome.by else "somebody"
    match outcome.status:
        case Status.ACCEPTED:
            text = f"{who} accepted {code}, {at}."
        case Status.CONTACTED:
            text = f"{who} accepted {code} and contacted the client, {at}."
        case Status.SCHEDULED:
            text = f"{who} accepted {code}; it is scheduled since {at}."
        case Status.EXPIRED:
            text = f"{code} expired, {at}. The coordinators are looking after it."
        case Status.CLOSED:
            text = f"{code} was closed, {at}."
        case Status.PENDING:
            to = "to one provider" if outcome.round_kind is Kind.PREFERRED else "to everyone"
            text = f"{code} has moved on: it is offered {to} on a new card since {at}."
    return sentence(text)


def meanwhile(outcome: Meanwhile) -> str:
    """A second coordinator, or a second press: what the first one did stands."""
    code, at = plain(outcome.code), slack_date(outcome.at)
    who = "you" if outcome.mine else mention(outcome.by) if outcome.by else "somebody"
    match outcome.event, outcome.now:
        case "extend", _:
            until = f": it is {slack_date(outcome.until)} now" if outcome.until else ""
            return sentence(f"{who} moved the deadline of {code}, {at}{until}. Nothing else was changed.")
        case "urgent", now:
            what = "marked it as urgent" if now else "took the mark off"
            return sentence(f"{code} {'is urgent already' if now else 'is not urgent any more'}: {who} {what}, {at}.")
        case "hold", now:
            what = "put it there" if now else "lifted it"
            stands = "is on legal hold already" if now else "is on no legal hold"
            return sentence(f"{code} {stands}: {who} {what}, {at}.")
        case "erase", _:
            return f"There is nothing left to hold of {code}: its client's data were erased, {at}."
    return sentence(f"{who} did the same to {code}, {at}. Nothing was changed.")


def reserved(outcome: Reserved) -> str:
    code, until = plain(outcome.code), slack_date(outcome.until)
    return (
        f"{code} is reserved for {mention(outcome.whose)} until {until}. If they cannot take it, it goes to everyone."
    )


def refused(outcome: Refused, whom: str, *, coordinator: bool = False) -> str:
    """``coordinator``: it is one who is told so, and who would be sent to themselves."""
    table = TO_COORDINATORS if coordinator else REFUSALS
    return sentence(table[outcome.reason].format(whom=whom))


def questions(outcome: Asks) -> list[str]:
    on_behalf = Question.ON_BEHALF in outcome.questions
    whose = mention(outcome.whose) if outcome.whose and on_behalf else "the provider"
    their = "the provider's" if on_behalf else "your"
    return [QUESTIONS[question].format(whose=whose, their=their) for question in outcome.questions]


#: The work may have been done all the same, a moment too late to tell.
TOO_SLOW = (
    "Sorry, the desk is very busy just now and could not finish in time. Please look again in a moment: if nothing has"
    " changed, try again. Doing it twice does no harm."
)


def database_away(reference: str) -> str:
    """The database did not answer, or refused; or its answer to the very commit was lost."""
    return (
        "Sorry, the desk cannot reach its records just now. Please look again in a minute: if nothing has changed, try"
        " again. Doing it twice does no harm. If it goes on, tell whoever runs the desk this reference:"
        f" {reference}."
    )


def went_wrong(reference: str) -> str:
    """After an unexpected error; ``reference`` finds it in the log."""
    return (
        f"Sorry, that did not work, and nothing has changed. Please try again in a moment. If it happens again, tell"
        f" whoever runs the desk this reference: {reference}."
    )
