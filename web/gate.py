"""The way to a public page: each address so many times a minute, and whoever has to wait loses nothing by it."""

from collections.abc import Awaitable, Callable, Collection

from starlette.requests import Request
from starlette.responses import Response

from .form_words import LABELS
from .limits import Visits
from .pages import Pages, UnreadableForm, read_form

Endpoint = Callable[[Request], Awaitable[Response]]

UNREADABLE = {
    400: ("That did not arrive in one piece", "Please go back and send the form again."),
    413: ("That is more than we can take", "Please go back, shorten what you wrote, and send the form again."),
    415: ("That is not our form", "Please send the form from this page with your browser."),
}


def uploads(request: Request) -> bool:
    """Whether the form comes as those with a file do."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


#: What the public form may send.
FORM_FIELDS = frozenset(LABELS) | {"nonce"}


class Gate:
    """Stands in front of endpoints, before anything is read from the database. ``fields``: what is handed back.

    None: every field of a form, for pages of many forms; an upload cannot be handed back.
    """

    def __init__(self, pages: Pages, visits: Visits, fields: Collection[str] | None = FORM_FIELDS) -> None:
        self._pages, self._visits, self._fields = pages, visits, fields

    def looking(self, door: Endpoint) -> Endpoint:
        async def enter(request: Request) -> Response:
            if seconds := self._visits.look(request):
                return self._wait(seconds, "Please wait a moment, then load this page again.")
            return await door(request)

        return enter

    def sending(self, door: Endpoint) -> Endpoint:
        async def enter(request: Request) -> Response:
            if seconds := self._visits.send(request):
                return await self._hand_back(request, seconds)
            return await door(request)

        return enter

    async def _hand_back(self, request: Request, seconds: int) -> Response:
        """A page that holds what was typed, and sends it again; without a look at the database."""
        if not self._visits.may_have_it_back(request):
            return self._wait(seconds, "Please wait a moment, then go back and send the form again.")
        if self._fields is None and uploads(request):
            return self._wait(seconds, "Nothing was saved. Please wait a moment, go back, and choose the file again.")
        try:
            typed = [
                (name, value)
                for name, value in await read_form(request)
                if self._fields is None or name in self._fields
            ]
        except UnreadableForm as unreadable:
            return self._pages.notice(unreadable.status, *UNREADABLE[unreadable.status])
        response = self._pages.page("wait.html", 429, typed=typed, seconds=seconds)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _wait(self, seconds: int, what_to_do: str) -> Response:
        response = self._pages.notice(
            429, "A moment, please", "This page was asked for very often just now.", what_to_do
        )
        response.headers.update({"Retry-After": str(seconds), "Connection": "close"})
        return response
