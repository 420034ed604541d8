"""The secure page served over real HTTP on a real database, and browsers at it that keep their cookies."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp

from referrals.accept import accept
from referrals.details import Ticket
from referrals.outcomes import Done
from store.database import Database
from store.tables import History, Provider
from tests.canary import Identity, somebody
from tests.desk import Office, by, new_office
from web.client import client_routes
from web.edge import edged
from web.limits import Callers, Visits
from web.pages import Pages

from .serving import served


@dataclass
class Page:
    status: int
    text: str
    headers: Any

    @property
    def words(self) -> str:
        """As people read it."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)^.*<main[^>]*>", "", self.text))).split())

    @property
    def key(self) -> str:
        found = re.search(r'name="key" value="([^"]+)"', self.text)
        assert found, self.words
        return found[1]


@dataclass
class Browser:
    """One browser at the desk's pages; it keeps its cookies."""

    office: Office
    http: aiohttp.ClientSession
    base: str
    slug: str

    async def get(self, path: str = "", method: str = "GET") -> Page:
        return await self._ask(method, path)

    async def post(self, path: str = "", **fields: Any) -> Page:
        return await self._ask("POST", path, data=fields)

    async def enter(self, ticket: Any) -> Page:
        """Opens a link as a person does."""
        assert isinstance(ticket, Ticket), ticket
        assert (await self.confirm(ticket)).status == 303
        return await self.get()

    async def confirm(self, ticket: Any) -> Page:
        """Loads the link's page, and presses its button where there is one."""
        sealed = await self.get(f"/{ticket.token}")
        return await self.post(f"/{ticket.token}", key=sealed.key) if sealed.status == 200 else sealed

    async def press(self, page: Page, do: str, **fields: Any) -> Page:
        referral = re.search(r'name="referral" value="([^"]*)"', page.text)
        assert referral
        sent = [("do", do), ("key", page.key), ("referral", referral[1])]
        for name, value in fields.items():
            sent += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return await self._ask("POST", "", data=aiohttp.FormData(sent))

    async def _ask(self, method: str, path: str, **options: Any) -> Page:
        url = f"{self.base}/client/{self.slug}{path}"
        async with self.http.request(method, url, allow_redirects=False, **options) as answer:
            return Page(answer.status, await answer.text(), answer.headers)


@dataclass
class Stage:
    office: Office
    base: str
    slug: str
    browsers: list[aiohttp.ClientSession] = field(default_factory=list)

    def browser(self) -> Browser:
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.browsers.append(http)
        return Browser(self.office, http, self.base, self.slug)

    async def accepted(self, provider: Provider, **facts: Any) -> tuple[str, Identity]:
        """A referral that this provider has accepted, and its client."""
        who = somebody()
        told: dict[str, Any] = {
            "client_name": who.name,
            "client_email": who.email,
            "client_phone": who.phone,
            "notes": who.notes,
        }
        done = await self.office.submit(**told | facts)
        assert isinstance(await self.office.do(accept, by(provider), done.offer_id), Done)
        return done.referral_id, who

    async def views(self, referral_id: str) -> list[tuple[str, str, str]]:
        """(result, surface, actor) of every look at this client."""
        rows = await self.office.rows(History, subject_id=referral_id, event="view")
        return [(row.result, row.surface, row.actor) for row in rows]


@asynccontextmanager
async def open_stage(database: Database, forms_per_minute: int = 0) -> AsyncIterator[Stage]:
    """``forms_per_minute``: of one address; 0 for as many as it likes."""
    office = await new_office(database)
    [practice] = await office.do(lambda tx: [tx.practice()])
    pages = Pages()
    routes = [
        *client_routes(office.desk, pages, "a signing key", Visits(Callers(), 0, forms_per_minute), https=False),
        pages.style_route(),
    ]
    async with served(edged(routes, pages, https=False)) as port:
        stage = Stage(office, f"http://127.0.0.1:{port}", practice.slug)
        yield stage
        for http in stage.browsers:
            await http.close()
