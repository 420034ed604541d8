"""One request to the coordinators' pages: who it is, what was asked for, and how it is answered.

What a page of theirs (a ``DeskRoom``) gets to see. The session, the seal of a form and refusals are not its business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from referrals import desk_page
from referrals.actor import Actor
from referrals.client_page import Shut
from referrals.desk import Desk
from referrals.outcomes import Refused
from referrals.tx import Tx
from store.tables import Practice

from .pages import Pages

P = ParamSpec("P")
T = TypeVar("T")


class TurnedAway(Exception):
    """The session is over, or whoever has it coordinates no more. The door answers it; no page has to."""

    def __init__(self, why: Shut | Refused) -> None:
        super().__init__(str(why))
        self.why = why


class DeskRoom(Protocol):
    """One of the coordinators' pages, at ``/desk/{practice}/{name}`` and whatever lies below.

    ``show`` answers a GET and changes nothing but what records the look; ``send`` a POST whose seal has been checked.
    Both answer 404 (``visit.nowhere()``) for a path below that they do not have. ``title`` stands in the menu.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    async def show(self, visit: "DeskVisit") -> Response: ...
    async def send(self, visit: "DeskVisit") -> Response: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a POST. ``files``: by field, what was uploaded, with the name it had there."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The field's first value; "" where it was not sent."""
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def all(self, name: str) -> Sequence[str]:
        return self.fields.get(name, ())


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """``path``: what stands below the room's own address, such as ``csv``; "" for the room itself.

    ``key``: for the hidden field of that name, which every form of these pages carries; ``page`` hands it to templates.
    """

    practice: Practice
    cookie: str
    key: str
    room: str
    path: str
    request: Request
    sent: Sent
    desk: Desk
    pages: Pages
    menu: Sequence[tuple[str, str]]

    async def do(self, use_case: Callable[Concatenate[Tx, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a use case as the coordinator, in one transaction. Raises TurnedAway."""

        def work(tx: Tx) -> T | Shut | desk_page.Denied:
            return desk_page.act(tx, self.cookie, use_case, *args, **kwargs)

        found = await self.desk.do(self.practice.id, work)
        if isinstance(found, Shut):
            raise TurnedAway(found)
        if isinstance(found, desk_page.Denied):
            raise TurnedAway(found.refused)
        return found

    async def ask(self, query: Callable[Concatenate[Tx, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Reads as the coordinator, where no writer is kept waiting. Raises TurnedAway, and records a refusal."""

        def work(tx: Tx) -> T | Shut | desk_page.Denied:
            return desk_page.read(tx, self.cookie, query, *args, **kwargs)

        found = await self.desk.ask(self.practice.id, work)
        if isinstance(found, desk_page.Denied):
            await self.do(lambda _tx, _actor: None)
            raise TurnedAway(found.refused)
        if isinstance(found, Shut):
            raise TurnedAway(found)
        return found

    def asked(self, name: str) -> str:
        """A value of the address, after the question mark."""
        return self.request.query_params.get(name, "")

    def address(self, path: str = "", **values: str) -> str:
        """Within these pages: ``roster/import``. Without a path, this room's own."""
        asked = f"?{urlencode(values)}" if values else ""
        return f"/desk/{self.practice.slug}/{path or self.room}{asked}"

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page that extends ``desk.html``, which has the menu."""
        about = {"practice": self.practice, "menu": self.menu, "room": self.room, "key": self.key, "visit": self}
        return self.pages.page(template, status, **about, **values)

    def to(self, path: str = "", **values: str) -> Response:
        """After a POST: a page anew, so that loading it again sends nothing again."""
        return RedirectResponse(self.address(path, **values), 303)

    def nowhere(self) -> Response:
        return self.page("desk_notice.html", 404, title="There is no such page", sentences=["Use the menu above."])

    def file(self, content: str | bytes, name: str, media_type: str = "text/csv; charset=utf-8") -> Response:
        """Something to keep: the browser saves it under ``name``."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=headers)
