"""From the button in Slack to the page and back, on the whole running desk; and where a client's name goes."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bench.canaries import in_entry
from store.vocabulary import Status
from tests.canary import Identity, Watch, must_be_clean

from .running import Running

pytestmark = pytest.mark.anyio


class Browser:
    """Keeps its cookies, follows what it is told, and presses buttons."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http, self.text, self.url = http, "", ""

    async def open(self, url: str, **fields: Any) -> int:
        method = "POST" if fields else "GET"
        async with self.http.request(method, url, data=fields or None) as answer:
            self.text, self.url = await answer.text(), str(answer.url)
            return answer.status

    async def confirm(self, url: str) -> int:
        """The link, then its button."""
        assert await self.open(url) == 200 and "Open the page" in self.text
        key = re.search(r'name="key" value="([^"]*)"', self.text)
        assert key
        return await self.open(url, key=key[1])

    async def press(self, do: str, **fields: str) -> int:
        hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', self.text) for name in ("key", "referral")}
        assert all(hidden.values()), self.text
        return await self.open(self.url.partition("?")[0], do=do, **{n: m[1] for n, m in hidden.items() if m}, **fields)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Browser(http)


def url_in(message: Any) -> str:
    [found] = [one["url"] for block in message.blocks for one in block.get("elements", []) if one.get("url")]
    return str(found)


def assert_shows(text: str, who: Identity) -> None:
    for part in (who.name, who.email, who.phone, who.notes):
        assert part in text


async def test_a_provider_opens_the_page_from_the_card_and_says_what_came_of_it(
    desk: Running, browser: Browser, watch: Watch
) -> None:
    done = await desk.accepted("tomas")
    who = desk.clients[done.code]
    answer = await desk.person("tomas").click(desk.cards(done.code)[-1], "referral.details")
    [told] = answer.ephemerals
    assert url_in(told).startswith(f"{desk.house.settings.public_url}/client/")
    assert (await desk.person("tomas").click(told, "referral.open_page")).ok
    assert await browser.confirm(url_in(told)) == 200
    assert_shows(browser.text, who)
    assert ("view", "done") in await desk.history(done.referral_id)

    assert await browser.press("plan", item="consultation", shown="") == 200
    assert await browser.press("contacted") == 200 and "you have reached the client" in browser.text
    await desk.card(done.code, "Client contacted")
    assert await browser.press("scheduled") == 200
    await desk.card(done.code, "*Scheduled*")
    assert await browser.press("close") == 200 and who.name not in browser.text
    referral = await desk.referral(done.code)
    assert referral.status is Status.SCHEDULED and referral.plan == ["consultation"]

    assert await browser.open(url_in(told)) == 410 and "press Client details again" in browser.text
    await desk.quiet()
    must_be_clean(watch)


async def test_the_search_finds_by_name_without_a_name_in_slack(desk: Running, browser: Browser, watch: Watch) -> None:
    mine, theirs = await desk.accepted("tomas"), await desk.submit()
    first, _, last = desk.clients[mine.code].name.partition(" ")
    answer = await desk.person("tomas").command("/referrals find")
    assert await browser.confirm(url_in(answer.ephemerals[0])) == 200
    assert await browser.press("find", first=first, last=last) == 200
    assert mine.code in browser.text and theirs.code not in browser.text
    other_first, _, other_last = desk.clients[theirs.code].name.partition(" ")
    assert await browser.press("find", first=other_first, last=other_last) == 200 and "Nobody found" in browser.text
    assert await browser.press("turn", hit=mine.referral_id) == 200
    assert_shows(browser.text, desk.clients[mine.code])
    assert "?" not in browser.url and first not in browser.url
    await desk.quiet()
    must_be_clean(watch)


async def test_with_the_attested_setting_a_client_stands_in_modals_and_nowhere_else(
    socket_desk: Running, watch: Watch
) -> None:
    desk = socket_desk
    robin, tomas = desk.person("robin"), desk.person("tomas")
    await robin.click((await robin.open_home()).view, "referral.room.settings")
    opened = await robin.click(robin.home, "referral.attest")
    assert (await robin.submit(opened.view, {"referral.attest": ["on"]})).ok
    done = await desk.accepted("tomas")
    who = desk.clients[done.code]
    must_be_clean(watch)
    answer = await tomas.click(desk.cards(done.code)[-1], "referral.details")
    assert answer.view is not None and who.name in str(answer.view) and answer.ephemerals == []
    found = await tomas.command(f"/referrals find {who.name}")
    assert done.code in found.text and who.name not in found.text
    await tomas.click(desk.cards(done.code)[-1], "referral.contacted")
    await desk.card(done.code, "Client contacted")
    await desk.quiet()
    places = {leak.where for entry in desk.slack.traffic for leak in in_entry(entry)}
    assert places == {"slack views.open"}, "the modal, and nothing else that the desk has sent"
    assert not [leak for leak in watch.leaks() if not leak.where.startswith("slack ")]
    watch.forgive()
