"""The coordinators' pages served over real HTTP on a real database, and a browser at them that keeps its cookies."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from referrals import desk_page
from referrals.details import Ticket
from store.database import Database
from tests.desk import CORA, Office, new_office
from web.desk import desk_routes
from web.desk_visit import DeskRoom
from web.edge import edged
from web.limits import Callers, Visits
from web.pages import Pages

from .client_stage import Page
from .serving import served


@dataclass
class DeskStage:
    """``base``: the address of the practice's pages, without a slash at its end."""

    office: Office
    base: str
    http: list[aiohttp.ClientSession] = field(default_factory=list)

    def browser(self) -> "DeskBrowser":
        self.http.append(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
        return DeskBrowser(self, self.http[-1])

    async def entered(self, to: str = "") -> "DeskBrowser":
        """A coordinator's browser that has opened its link."""
        browser = self.browser()
        ticket = await self.office.do(desk_page.ask, CORA)
        assert isinstance(ticket, Ticket)
        assert (await browser.confirm(ticket, to)).status == 303
        return browser


@dataclass
class DeskBrowser:
    stage: DeskStage
    http: aiohttp.ClientSession

    async def get(self, path: str, method: str = "GET") -> Page:
        """``path``: below the practice's, such as ``roster/import?x=1``."""
        return await self._ask(method, path)

    async def confirm(self, ticket: Ticket, to: str = "") -> Page:
        """Loads the link's page, and presses its button where there is one."""
        path = f"open/{ticket.token}" + (f"?to={to}" if to else "")
        sealed = await self.get(path)
        return await self._ask("POST", path, data={"key": sealed.key}) if sealed.status == 200 else sealed

    async def send(
        self, page: Page, path: str, file: tuple[str, str, bytes] | None = None, **fields: str | list[str]
    ) -> Page:
        """A form of this page. ``file``: its field, its name and what is in it; then the form goes as multipart."""
        pairs = [("key", page.key)]
        for name, value in fields.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        data = aiohttp.FormData(pairs)
        if file is not None:
            data.add_field(file[0], file[2], filename=file[1], content_type="text/csv")
        return await self._ask("POST", path, data=data)

    async def follow(self, answered: Page) -> Page:
        """Where a sent form leads."""
        assert answered.status == 303, answered.words
        where = re.sub(r"^/desk/[^/]+/", "", answered.headers["Location"])
        return await self.get(where)

    async def _ask(self, method: str, path: str, **options: Any) -> Page:
        async with self.http.request(method, f"{self.stage.base}/{path}", allow_redirects=False, **options) as answer:
            return Page(answer.status, await answer.text(), answer.headers)


@asynccontextmanager
async def open_desk(
    database: Database, rooms: Sequence[DeskRoom], visits: Visits | None = None
) -> AsyncIterator[DeskStage]:
    """``visits``: without it nobody ever has to wait."""
    office = await new_office(database)
    practice = await office.do(lambda tx: tx.practice())
    pages = Pages()
    routes = [
        *desk_routes(office.desk, pages, "a signing key", visits or Visits(Callers(), 0, 0), rooms, https=False),
        pages.style_route(),
    ]
    async with served(edged(routes, pages, https=False)) as port:
        stage = DeskStage(office, f"http://127.0.0.1:{port}/desk/{practice.slug}")
        yield stage
        for http in stage.http:
            await http.close()
