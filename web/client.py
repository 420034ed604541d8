"""The secure page, ``/client/{practice}``: a client's details and the search, for whom a link from Slack was made.

A link's GET changes nothing and its POST opens a short session; then every request asks again what it may show. What is
typed comes by POST only, and every form carries a value that only this session's pages have.
"""

from collections.abc import Awaitable, Callable
from functools import wraps

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from referrals.client_page import Shut, look_at_link, open_by_link
from referrals.desk import Desk
from referrals.intake.fields import printable
from referrals.outcomes import Refused
from referrals.practices import by_slug
from store.tables import Practice

from . import client_acting, client_words
from .client_answers import COOKIE, Answers, Keys, Visit
from .client_forms import FIELDS, ITEM, Forms
from .gate import UNREADABLE, Endpoint, Gate
from .limits import Visits
from .pages import Pages, UnreadableForm, read_form

AtPractice = Callable[["_Door", Request, Practice], Awaitable[Response]]


def client_routes(desk: Desk, pages: Pages, signing_key: str, visits: Visits, *, https: bool) -> list[Route]:
    """``https``: whether people reach these pages by https only."""
    keys = Keys(signing_key)
    door = _Door(desk, pages, keys, Answers(desk, pages, keys, https=https))
    gate = Gate(pages, visits, {*FIELDS, ITEM})
    return [
        Route("/client/{slug}", gate.looking(door.at(_Door.show)), methods=["GET"]),
        Route("/client/{slug}", gate.sending(door.at(_Door.send)), methods=["POST"]),
        Route("/client/{slug}/{token}", gate.looking(door.at(_Door.ask)), methods=["GET"]),
        Route("/client/{slug}/{token}", gate.sending(door.at(_Door.open)), methods=["POST"]),
    ]


_SAID = client_words.SAID | client_acting.SAID


def _page(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0


class _Door:
    def __init__(self, desk: Desk, pages: Pages, keys: Keys, answers: Answers) -> None:
        self._desk, self._pages, self._keys, self._answers = desk, pages, keys, answers
        self._forms = Forms(desk, answers)

    def at(self, endpoint: AtPractice) -> Endpoint:
        """The endpoint at the practice of the address, and what to say when that cannot be."""

        @wraps(endpoint)
        async def enter(request: Request) -> Response:
            slug: str = request.path_params["slug"]
            try:
                practice = await self._desk.database.read(lambda session: by_slug(session, slug))
                return await endpoint(self, request, practice) if practice else self._answers.shut(None, Shut.UNKNOWN)
            except UnreadableForm as unreadable:
                return self._pages.notice(unreadable.status, *UNREADABLE[unreadable.status])
            except (SQLAlchemyError, OSError):
                return self._answers.out_of_order()

        return enter

    async def ask(self, request: Request, practice: Practice) -> Response:
        """Says for whom the link was made, and asks to be told that it is them. Changes nothing."""
        token: str = request.path_params["token"]
        found = await self._desk.ask(practice.id, look_at_link, token)
        if isinstance(found, Shut):
            return self._shut(practice, found)
        return self._answers.sealed(practice, found, token)

    async def open(self, request: Request, practice: Practice) -> Response:
        """Uses the link up; who has not loaded its page is shown that first."""
        token: str = request.path_params["token"]
        keys = [value for name, value in await read_form(request) if name == "key"]
        if not any(self._keys.fits_link(key, token) for key in keys[:1]):
            return await self.ask(request, practice)
        found = await self._desk.do(practice.id, open_by_link, token)
        if isinstance(found, Refused):
            return self._answers.refused(practice, found)
        return self._shut(practice, found) if isinstance(found, Shut) else self._answers.opened(practice, found)

    async def show(self, request: Request, practice: Practice) -> Response:
        """A HEAD is no look."""
        if request.method == "HEAD":
            return Response(media_type="text/html")
        visit = Visit(practice, request.cookies.get(COOKIE, ""), earlier=_page(request.query_params.get("earlier", "")))
        return await self._answers.page(visit, said=_SAID.get(request.query_params.get("said", ""), ""))

    async def send(self, request: Request, practice: Practice) -> Response:
        pairs = await read_form(request)
        fields = dict.fromkeys(FIELDS, "") | {name: printable(text) for name, text in pairs if name in FIELDS}
        items = [text for name, text in pairs if name == ITEM]
        visit = Visit(practice, request.cookies.get(COOKIE, ""), fields, items)
        if not visit.cookie:
            return self._shut(practice, Shut.OVER)
        if not self._keys.fits_form(fields["key"], visit.cookie, visit.referral_id):
            return self._shut(practice, Shut.MOVED)
        return await self._forms.do(visit)

    def _shut(self, practice: Practice, shut: Shut) -> Response:
        return self._answers.shut(practice, shut)
