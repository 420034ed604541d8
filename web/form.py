"""The public form, ``/refer/{practice}``: a request for care from somebody without an account or JavaScript.

``/refer/{practice}/{token}`` is the same by a source's own link (referrals/sources/links.py). GET and HEAD change
nothing. Nothing that a client typed is logged or put into an address.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from referrals.desk import Desk
from referrals.intake.checks import check_intake
from referrals.intake.choices import Choices, load_choices
from referrals.intake.fields import FieldError, printable
from referrals.intake.form import Received, receive, received
from referrals.intake.request import Intake
from referrals.practices import by_slug
from referrals.sources.links import source_of_link
from referrals.tx import Tx
from store.tables import Practice

from .form_words import LABELS, Form, form_values
from .gate import UNREADABLE, Gate
from .limits import Visits
from .nonces import Nonces
from .pages import Pages, UnreadableForm, read_form

_CODE = re.compile(r"R-[0-9A-Z]{5}")
_SENT_BY = ("email", "phone")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TELL_SOURCE = "tell_source"


def form_routes(desk: Desk, pages: Pages, signing_key: str, visits: Visits) -> list[Route]:
    """The form and its thank-you page; ``pages.style_route()`` has to be mounted as well."""
    door = _Door(desk, pages, Nonces(signing_key))
    gate = Gate(pages, visits)
    return [
        Route("/refer/{slug}", gate.looking(door.show), methods=["GET"]),
        Route("/refer/{slug}", gate.sending(door.send), methods=["POST"]),
        Route("/refer/{slug}/thanks", gate.looking(door.thanks), methods=["GET"]),
        Route("/refer/{slug}/", gate.looking(_without_slash), methods=["GET"]),
        Route("/refer/{slug}/{token}", gate.looking(door.show), methods=["GET"]),
        Route("/refer/{slug}/{token}", gate.sending(door.send), methods=["POST"]),
    ]


async def _without_slash(request: Request) -> Response:
    """To a path of our own, never to a host that the request names."""
    return RedirectResponse(f"/refer/{quote(request.path_params['slug'], safe='')}", 308)


class _Door:
    def __init__(self, desk: Desk, pages: Pages, nonces: Nonces) -> None:
        self._desk, self._pages, self._nonces = desk, pages, nonces

    async def show(self, request: Request) -> Response:
        try:
            practice = await self._practice(request)
            if practice is None:
                return self._nowhere()
            at = await self._desk.ask(practice.id, _at, practice, _token(request))
        except (SQLAlchemyError, OSError):
            return self._out_of_order()
        return self._form(at, Form(nonce=self._nonces.issue(practice.id)))

    async def send(self, request: Request) -> Response:
        try:
            pairs = await read_form(request)
        except UnreadableForm as unreadable:
            return self._pages.notice(unreadable.status, *UNREADABLE[unreadable.status])
        try:
            practice = await self._practice(request)
            if practice is None:
                return self._nowhere()
            at = await self._desk.ask(practice.id, _at, practice, _token(request))
            return await self._receive(at, _typed(pairs))
        except (SQLAlchemyError, OSError):
            return self._out_of_order()

    async def thanks(self, request: Request) -> Response:
        """Says nothing about the referral: whoever guesses a code learns nothing by it."""
        try:
            practice = await self._practice(request)
        except (SQLAlchemyError, OSError):
            return self._out_of_order()
        if practice is None:
            return self._nowhere()
        code, by = request.query_params.get("code", ""), request.query_params.get("by", "")
        return self._pages.page(
            "thanks.html",
            practice=practice,
            code=code if _CODE.fullmatch(code) else None,
            by=by if by in _SENT_BY else None,
            again="again" in request.query_params,
            hours=practice.expire_after // 3600,
        )

    async def _receive(self, at: "_At", typed: Mapping[str, str]) -> Response:
        practice = at.practice
        nonce = self._nonces.read(typed["nonce"], practice.id)
        if nonce is None or nonce.stale:
            known = await self._desk.ask(practice.id, received, nonce.value) if nonce else None
            if known:
                return self._thank(practice, known, None)
            return self._form(at, Form(self._nonces.issue(practice.id), typed, late=True), 409)
        checked = check_intake({**typed, "nonce": nonce.value}, at.choices.public(), channel="form")
        if not isinstance(checked, Intake):
            return self._form(at, Form(typed["nonce"], typed, _by_field(checked)), 422)
        checked = replace(checked, outcome_consent=typed[_TELL_SOURCE] == "yes")
        try:
            sent = await self._desk.do(practice.id, receive, checked, at.token)
        except (SQLAlchemyError, OSError):
            return self._form(at, Form(typed["nonce"], typed, failed=True), 503)
        return self._thank(practice, sent, checked)

    def _thank(self, practice: Practice, sent: Received, intake: Intake | None) -> Response:
        query = {"code": sent.code}
        if intake:
            query["by"] = "email" if intake.client_email and intake.email_ok else "phone"
        if sent.again:
            query["again"] = "1"
        return RedirectResponse(f"/refer/{practice.slug}/thanks?{urlencode(query)}", 303)

    def _form(self, at: "_At", form: Form, status: int = 200) -> Response:
        shown = form_values(at.choices)
        return self._pages.page(
            "refer.html", status, practice=at.practice, form=form, token=at.token, by=at.by, **shown
        )

    async def _practice(self, request: Request) -> Practice | None:
        slug: str = request.path_params["slug"]
        return await self._desk.database.read(lambda session: by_slug(session, slug))

    def _nowhere(self) -> Response:
        return self._pages.notice(404, "There is no page at this address", "Please check the link you were given.")

    def _out_of_order(self) -> Response:
        return self._pages.notice(
            503, "This page is out of order for a moment", "Nothing was sent. Please try again in a minute."
        )


@dataclass(frozen=True, slots=True)
class _At:
    """The form of a practice. ``by``: the source whose link led here; a link that leads nowhere counts as none."""

    practice: Practice
    choices: Choices
    token: str = ""
    by: str = ""


def _at(tx: Tx, practice: Practice, token: str) -> _At:
    source = source_of_link(tx, token)
    return _At(practice, load_choices(tx), token if source else "", source.name if source else "")


def _token(request: Request) -> str:
    """Of a source's link; "" for what cannot be one."""
    token: str = request.path_params.get("token", "")
    return token if _TOKEN.fullmatch(token) else ""


def _typed(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """One text for each field: the last, but all the concerns ticked; a box that is not ticked says no."""
    typed = {"nonce": "", "email_ok": "no", "voicemail_ok": "no", _TELL_SOURCE: "no"}
    typed |= {name: printable(value) for name, value in pairs if name in LABELS or name == "nonce"}
    typed["concerns"] = ";".join(value for name, value in pairs if name == "concerns")
    return typed


def _by_field(errors: Sequence[FieldError]) -> dict[str, str]:
    return {error.field: error.message for error in errors}
