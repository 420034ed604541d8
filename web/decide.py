"""``/offer/{practice}/{token}``, the page behind the link in an offer's mails: a provider accepts or declines.

GET and HEAD change nothing, and neither does a POST without what only the page holds: scanners open links, and some
send forms. The token is never logged, and stands in no page. No client is named here.
"""

from collections.abc import Sequence
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from blocks.labels import BEFORE_CONTACT
from blocks.moments import moment
from referrals.by_link import Answer, AskLicence, No, Spent, Yes, decide
from referrals.desk import Desk
from referrals.licences import Asked
from referrals.links import digest_of
from referrals.outcomes import Asks, Missing, Question, Refusal, Refused, Reserved
from referrals.practices import by_slug
from referrals.views.decision import DecisionView, LinkState, decision
from store.tables import Practice
from store.vocabulary import DeclineReason

from .decide_words import REASONS, Answers, Told, asked, card_address, refused, told, whom
from .gate import UNREADABLE, Gate
from .limits import Visits
from .pages import Pages, UnreadableForm, read_form
from .seals import Seals

FIELDS = frozenset({"seal", "decision", "reason", "confirm", "already_contacted"})

_STALE = (
    "Please answer once more",
    "Nothing has been decided yet: this page had stood open for long, or did not come from us whole. Look it over and"
    " press the button again.",
)
_NEITHER = ("Please press Accept or Decline", "Nothing has been decided yet.")
_ASKED = (
    "The coordinators have been asked",
    "If they allow it, they accept for you, and you get an email with the next step. Nothing has been decided yet.",
)
_ALLOWED = ("You can accept it now", "The roster shows a licence by now. Nothing has been decided yet.")
_UNANSWERED = ("Nothing has been decided yet", "One answer is still missing below.")


def decide_routes(desk: Desk, pages: Pages, signing_key: str, visits: Visits) -> list[Route]:
    door = _Door(desk, pages, Seals(signing_key, "decide"))
    gate = Gate(pages, visits, FIELDS)
    return [
        Route("/offer/{slug}/{token}", gate.looking(door.show), methods=["GET"]),
        Route("/offer/{slug}/{token}", gate.sending(door.answer), methods=["POST"]),
    ]


class _Door:
    def __init__(self, desk: Desk, pages: Pages, seals: Seals) -> None:
        self._desk, self._pages, self._seals = desk, pages, seals

    async def show(self, request: Request) -> Response:
        try:
            return await self._look(request, {})
        except (SQLAlchemyError, OSError):
            return self._out_of_order("Please load this page again in a minute.")

    async def answer(self, request: Request) -> Response:
        try:
            typed = _typed(await read_form(request))
        except UnreadableForm as unreadable:
            return self._pages.notice(unreadable.status, *UNREADABLE[unreadable.status])
        try:
            return await self._answered(request, typed)
        except (SQLAlchemyError, OSError):
            return self._out_of_order("Please load the page again in a minute: it says whether your answer arrived.")

    async def _answered(self, request: Request, typed: dict[str, str]) -> Response:
        practice = await self._practice(request)
        if practice is None:
            return self._nowhere()
        if not self._seals.holds(typed.get("seal", ""), digest_of(request.path_params["token"])):
            return await self._look(request, typed, 409, _STALE)
        answer = _answer(typed)
        if answer is None:
            return await self._again(request, typed)
        outcome = await self._desk.do(practice.id, decide, request.path_params["token"], answer)
        match outcome:
            case Missing():
                return self._nowhere()
            case Asks():
                errors = {"confirm": "Please tick this box if you want to accept all the same."}
                return await self._look(request, typed, 422, _UNANSWERED, errors)
            case Refused():
                words = (f"You cannot accept {outcome.code}", refused(outcome.reason, practice))
                return await self._look(request, typed, 403, words)
            case Reserved():
                return self._pages.notice(403, "This referral is reserved for somebody else", "Nothing has changed.")
            case Asked(needless=needless):
                return await self._look(request, typed, 200, _ALLOWED if needless else _ASKED)
            case Spent():
                return await self._look(request, typed)
        slug, token = (quote(request.path_params[name], safe="") for name in ("slug", "token"))
        return RedirectResponse(f"/offer/{slug}/{token}", 303)

    async def _again(self, request: Request, typed: dict[str, str]) -> Response:
        if typed.get("decision") == "decline":
            errors = {"reason": "Please choose a reason."}
            return await self._look(request, typed, 422, _UNANSWERED, errors)
        return await self._look(request, typed, 422, _NEITHER)

    async def _look(
        self,
        request: Request,
        typed: dict[str, str],
        status: int = 200,
        problem: tuple[str, str] | None = None,
        errors: dict[str, str] | None = None,
    ) -> Response:
        """The page as it stands now. ``status`` and what follows: of a form that is shown again."""
        practice, token = await self._practice(request), request.path_params["token"]
        view = await self._desk.ask(practice.id, decision, token) if practice else None
        if practice is None or view is None:
            return self._nowhere()
        if isinstance(view, Refused):
            return self._refused(view, practice)
        if view.state is not LinkState.OPEN:
            gone = view.state is not LinkState.DECIDED
            return self._told(410 if gone else 200, practice, told(view, practice), view)
        if typed.get("confirm") != _confirming(view):  # the yes was to other questions than it would stand beside now
            typed = {name: value for name, value in typed.items() if name != "confirm"}
        form = Answers(self._seals.issue(digest_of(token)), typed, errors or {}, problem)
        return self._form(status, practice, view, form)

    def _form(self, status: int, practice: Practice, view: DecisionView, form: Answers) -> Response:
        return self._pages.page(
            "decide.html",
            status,
            practice=practice,
            view=view,
            form=form,
            deadline=moment(view.expires_at, view.time_zone),
            link_until=moment(view.link_until, view.time_zone),
            facts=_facts(view),
            hours=f"{practice.nudge_after / 3600:g}",
            refusal=refused(view.refusal, practice) if view.refusal else "",
            may_ask=view.refusal is Refusal.NO_LICENCE,
            questions=asked(view.questions),
            confirming=_confirming(view),
            reasons=REASONS,
            card=card_address(view),
            whom=whom(practice),
        )

    def _told(self, status: int, practice: Practice, words: Told, view: DecisionView | None = None) -> Response:
        code, card = (view.code, card_address(view)) if view else ("", "")
        return self._pages.page("decided.html", status, practice=practice, told=words, code=code, card=card)

    def _refused(self, outcome: Refused, practice: Practice) -> Response:
        """Whoever it was for may not act any more, and so sees nothing of the referral."""
        words = Told("You cannot answer referrals just now", (refused(outcome.reason, practice),))
        return self._told(403, practice, words)

    async def _practice(self, request: Request) -> Practice | None:
        slug: str = request.path_params["slug"]
        return await self._desk.database.read(lambda session: by_slug(session, slug))

    def _nowhere(self) -> Response:
        """One and the same for a token that was never issued, is another practice's, or was changed on its way."""
        return self._pages.notice(
            404, "There is no page at this address", "Please open the link in the email again, or copy all of it."
        )

    def _out_of_order(self, what_to_do: str) -> Response:
        return self._pages.notice(503, "This page is out of order for a moment", what_to_do)


def _typed(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """One text for each field that the page has, the last."""
    return {name: value for name, value in pairs if name in FIELDS}


def _answer(typed: dict[str, str]) -> Answer | None:
    """None for what is neither, or lacks its reason."""
    if typed.get("decision") == "ask":
        return AskLicence()
    if typed.get("decision") == "accept":
        known = set(Question)
        confirmed = frozenset(Question(one) for one in typed.get("confirm", "").split() if one in known)
        return Yes(confirmed, already_contacted=typed.get("already_contacted") == "yes")
    reason = typed.get("reason", "")
    if typed.get("decision") == "decline" and reason in BEFORE_CONTACT:
        return No(DeclineReason(reason))
    return None


def _confirming(view: DecisionView) -> str:
    """What a tick in the box says yes to."""
    return " ".join(view.questions)


def _facts(view: DecisionView) -> list[tuple[str, str]]:
    facts = view.facts
    rows = [
        ("Client is in", facts.state),
        ("Insurance", facts.insurer),
        ("Service", facts.service),
        ("Sessions", facts.delivery),
        ("Age", facts.age_band),
        ("Concerns", ", ".join(facts.concerns)),
    ]
    return [(label, value) for label, value in rows if value]
