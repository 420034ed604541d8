"""The coordinators' pages, ``/desk/{practice}``: the door. Which pages there are is handed in by ``bot``.

A link's GET changes nothing and its POST opens a session; then every request asks again who it is, and every form
carries a value that only this session's pages have. No page here shows who a client is.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import wraps

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from referrals import desk_page
from referrals.actor import Actor
from referrals.client_page import Shut
from referrals.desk import Desk
from referrals.intake.fields import printable
from referrals.links import DESK_SESSION, digest_of
from referrals.outcomes import Refused
from referrals.practices import by_slug
from referrals.tx import Tx
from store.tables import Practice

from .desk_visit import DeskRoom, DeskVisit, Sent, TurnedAway
from .desk_words import CLOSED, OUT_OF_ORDER, SHUT, TOO_LONG, TOO_SLOW, UPLOAD_AGAIN, refusal
from .gate import UNREADABLE, Endpoint, Gate, uploads
from .limits import Visits
from .pages import Pages, UnreadableForm, read_form
from .seals import Seals

COOKIE = "desk_page"
_MOST_FIELDS, _MOST_FILES = 200, 1
_KEY = "key"
_UNREAD = UNREADABLE | {408: TOO_SLOW, 413: TOO_LONG}

AtPractice = Callable[["_Door", Request, Practice], Awaitable[Response]]


def desk_routes(
    desk: Desk, pages: Pages, signing_key: str, visits: Visits, rooms: Sequence[DeskRoom], *, https: bool
) -> list[Route]:
    """``rooms``: in the order of the menu; the first is where a link without a page leads."""
    door = _Door(desk, pages, signing_key, rooms, https=https)
    gate = Gate(pages, visits, None)
    look, send = gate.looking, gate.sending
    return [
        Route("/desk/{slug}/open/{token}", look(door.at(_Door.ask)), methods=["GET"]),
        Route("/desk/{slug}/open/{token}", send(door.at(_Door.open)), methods=["POST"]),
        Route("/desk/{slug}/close", send(door.at(_Door.close)), methods=["POST"]),
        Route("/desk/{slug}/{room}", look(door.at(_Door.show)), methods=["GET"]),
        Route("/desk/{slug}/{room}", send(door.at(_Door.send)), methods=["POST"]),
        Route("/desk/{slug}/{room}/{path:path}", look(door.at(_Door.show)), methods=["GET"]),
        Route("/desk/{slug}/{room}/{path:path}", send(door.at(_Door.send)), methods=["POST"]),
    ]


class _Door:
    def __init__(self, desk: Desk, pages: Pages, signing_key: str, rooms: Sequence[DeskRoom], *, https: bool) -> None:
        self._desk, self._pages, self._https = desk, pages, https
        self._rooms = {room.name: room for room in rooms}
        self._menu = [(room.name, room.title) for room in rooms]
        self._links, self._forms = Seals(signing_key, "desk-link"), Seals(signing_key, "desk-page")

    def at(self, endpoint: AtPractice) -> Endpoint:
        """The endpoint at the practice of the address, and what to say when that cannot be."""

        @wraps(endpoint)
        async def enter(request: Request) -> Response:
            slug: str = request.path_params["slug"]
            practice = None
            try:
                practice = await self._desk.database.read(lambda session: by_slug(session, slug))
                return await endpoint(self, request, practice) if practice else self._shut(None, Shut.UNKNOWN)
            except TurnedAway as away:
                return await self._turned_away(request, practice, away.why)
            except UnreadableForm as unreadable:
                return self._pages.notice(unreadable.status, *_UNREAD[unreadable.status])
            except (SQLAlchemyError, OSError):
                return await self._held(request, 503, *OUT_OF_ORDER)

        return enter

    async def ask(self, request: Request, practice: Practice) -> Response:
        """Says for whom the link was made, and asks to be told that it is them. Changes nothing."""
        token: str = request.path_params["token"]
        found = await self._desk.ask(practice.id, desk_page.look, token)
        if isinstance(found, Shut):
            return self._shut(practice, found)
        key = self._links.issue(digest_of(token))
        return self._pages.page("desk_open.html", practice=practice, sealed=found, key=key)

    async def open(self, request: Request, practice: Practice) -> Response:
        """Uses the link up; who has not loaded its page is shown that first."""
        token: str = request.path_params["token"]
        keys = [value for name, value in await _pairs(request) if name == _KEY]
        if not any(self._links.holds(key, digest_of(token)) for key in keys[:1]):
            return await self.ask(request, practice)
        found = await self._desk.do(practice.id, desk_page.enter, token)
        if isinstance(found, (Refused, Shut)):
            return self._shut(practice, found)
        room, _, below = request.query_params.get("to", "").partition("/")
        path = f"{room}/{below}".rstrip("/") if room in self._rooms and _plain(below) else self._menu[0][0]
        response = RedirectResponse(f"/desk/{practice.slug}/{path}", 303)
        response.set_cookie(
            COOKIE,
            found.cookie,
            int(DESK_SESSION.total_seconds()),
            path=f"/desk/{practice.slug}",
            secure=self._https,
            httponly=True,
            samesite="strict",
        )
        return response

    async def show(self, request: Request, practice: Practice) -> Response:
        """A HEAD is no look."""
        if request.method == "HEAD":
            return Response(media_type="text/html")
        visit = await self._visit(request, practice)  # nobody learns from an answer which pages there are
        room = self._rooms.get(visit.room)
        return await room.show(visit) if room else visit.nowhere()

    async def send(self, request: Request, practice: Practice) -> Response:
        visit = await self._sent(request, practice)
        if visit is None:
            return self._shut(practice, Shut.MOVED)
        room = self._rooms.get(visit.room)
        return await room.send(visit) if room else visit.nowhere()

    async def close(self, request: Request, practice: Practice) -> Response:
        """Only by the button of a page: whoever else sends it closes nothing."""
        visit = await self._sent(request, practice)
        if visit is None:
            return self._shut(practice, Shut.MOVED)
        await self._desk.do(practice.id, desk_page.leave, visit.cookie)
        return self._without_cookie(practice, self._last(practice, 200, *CLOSED))

    async def _sent(self, request: Request, practice: Practice) -> DeskVisit | None:
        """None where the form's seal is not this person's. Who it is, is asked before the form is read."""
        visit = await self._visit(request, practice)
        sent = await _read(request)
        if not self._forms.holds(sent.one(_KEY), await visit.ask(_subject)):
            return None
        return replace(visit, sent=sent)

    async def _visit(self, request: Request, practice: Practice) -> DeskVisit:
        """Raises TurnedAway. A form's key is the person's, so that a page opened anew spoils none in another tab."""
        visit = DeskVisit(
            practice=practice,
            cookie=request.cookies.get(COOKIE, ""),
            key="",
            room=request.path_params.get("room", ""),
            path=request.path_params.get("path", ""),
            request=request,
            sent=Sent(),
            desk=self._desk,
            pages=self._pages,
            menu=self._menu,
        )
        return replace(visit, key=self._forms.issue(await visit.ask(_subject)))

    async def _turned_away(self, request: Request, practice: Practice | None, why: Shut | Refused) -> Response:
        """A session that is over takes its cookie with it. Without one, a click elsewhere may have led here."""
        cookie = COOKIE in request.cookies
        here = "" if cookie or request.method != "GET" else _address(request)
        if request.method == "POST" and why is Shut.OVER:
            status, title, sentences = SHUT[why]
            response = await self._held(request, status, title, *sentences)
        else:
            response = self._shut(practice, why, here)
        return self._without_cookie(practice, response) if practice is not None and cookie else response

    async def _held(self, request: Request, status: int, title: str, *sentences: str) -> Response:
        """What was typed, in a page that sends it again; a file stays where it is."""
        if request.method != "POST":
            return self._pages.notice(status, title, *sentences)
        if uploads(request):
            return self._pages.notice(status, title, *sentences, UPLOAD_AGAIN)
        try:
            typed = await _pairs(request)
        except UnreadableForm as unreadable:
            return self._pages.notice(unreadable.status, *_UNREAD[unreadable.status])
        return self._pages.page("desk_held.html", status, title=title, sentences=sentences, typed=typed)

    def _shut(self, practice: Practice | None, why: Shut | Refused, here: str = "") -> Response:
        status, title, sentences = (403, *refusal(why)) if isinstance(why, Refused) else SHUT[why]
        return self._last(practice, status, title, sentences, here)

    def _last(
        self, practice: Practice | None, status: int, title: str, sentences: Sequence[str], here: str = ""
    ) -> Response:
        """``here``: this page's own address; asked for from it, the cookie goes along."""
        slack = ""
        if practice is not None:
            slack = f"https://slack.com/app_redirect?channel={practice.channel_id}&team={practice.team_id}"
        values = {"title": title, "sentences": sentences, "onward": False, "slack": slack, "here": here}
        return self._pages.page("client_shut.html", status, practice=practice, **values)

    def _without_cookie(self, practice: Practice, response: Response) -> Response:
        path = f"/desk/{practice.slug}"
        response.delete_cookie(COOKIE, path=path, secure=self._https, httponly=True, samesite="strict")
        return response


def _subject(tx: Tx, actor: Actor) -> str:
    """Whose form it is, and where."""
    return digest_of(f"{tx.practice_id} {actor.slack_user} {actor.provider_id}")


def _address(request: Request) -> str:
    """As the browser asked for it, without a host."""
    asked = request.url.query
    return request.url.path + (f"?{asked}" if asked else "")


def _plain(path: str) -> bool:
    return all(letter.isascii() and (letter.isalnum() or letter in "/_-") for letter in path)


async def _pairs(request: Request) -> list[tuple[str, str]]:
    """Kept with the request: a body comes once, and what was typed may have to be handed back."""
    if not hasattr(request.state, "pairs"):
        request.state.pairs = await read_form(request)
    pairs: list[tuple[str, str]] = request.state.pairs
    return pairs


async def _read(request: Request) -> Sent:
    """A form, with a file where it has one. Raises UnreadableForm."""
    if not uploads(request):
        fields: dict[str, list[str]] = {}
        for name, value in await _pairs(request):
            fields.setdefault(name, []).append(printable(value))
        return Sent(fields)
    try:
        form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
    except HTTPException as error:
        raise UnreadableForm(error.status_code if error.status_code in _UNREAD else 400) from error
    fields, files = {}, {}
    for name, given in form.multi_items():
        if isinstance(given, UploadFile):
            files[name] = (printable(given.filename or ""), await given.read())
        else:
            fields.setdefault(name, []).append(printable(given))
    return Sent(fields, files)
