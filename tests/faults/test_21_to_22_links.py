"""Rows 21 and 22 of the fault table: the links in offers' mails, and every other address that anybody may ask for."""

import html
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlmodel import select

from store.tables import Client, Delivery, History, Link, Offer, Referral
from tests.canary import somebody

from .house import LIMIT, SLUG, House, Sent

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

PUBLIC = (f"/refer/{SLUG}", f"/refer/{SLUG}/", f"/refer/{SLUG}/thanks", f"/refer/{SLUG}/thanks?code=R-7K3QM&by=email")
PUBLIC += ("/refer/nowhere", "/healthz", "/readyz", "/metrics", "/slack/events", "/clock", "/")


# 21


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_21_link_fetched_by_a_scanner(house: House, method: str) -> None:
    """Every public address, every address in a mail, each twice, and whatever a page links to: nothing changes."""
    done, card = await house.posted(preferred="maya")
    link = _link(house, done)
    mailed = {
        url
        for mail in (*house.client_mail(done.code), *house.mail("maya", done.code))
        for url in re.findall(r"https?://[^\s\"'<>]+", mail.text + mail.html)
        if url.startswith(house.env["PUBLIC_URL"])
    }
    assert mailed == {link}
    path = link.removeprefix(house.env["PUBLIC_URL"])
    before = await _rows(house)
    for bot in house.bots:
        for url in [bot.base + one for one in (*PUBLIC, path)] * 2:
            async with house.web.request(method, url) as page:
                text = await page.text()
                assert page.status < 500 and "Traceback" not in text
                assert page.status == 200 or url != bot.base + path
                if method == "GET" and "text/html" in page.headers.get("content-type", ""):
                    assert "<script" not in text, "nothing on a page decides by itself"
    assert await _rows(house) == before
    assert (await house.person("maya").click(card, "referral.accept")).ok


async def test_21_link_sent_by_a_script(house: House) -> None:
    """It posts what forms have, without having read the page."""
    done, card = await house.posted(preferred="maya")
    path = _link(house, done).removeprefix(house.env["PUBLIC_URL"])
    before = await _rows(house)
    for bot in house.bots:
        for fields in ({}, {"decision": "accept"}, {"decision": "decline", "reason": "schedule"}, {"seal": path}):
            async with house.web.post(bot.base + path, data=fields | {"seal": fields.get("seal", "")}) as answer:
                assert answer.status == 409 and "Nothing has been decided yet" in await answer.text()
        async with house.web.options(bot.base + path) as answer:
            assert answer.status == 405
    assert await _rows(house) == before
    assert (await house.person("maya").click(card, "referral.accept")).ok


def _link(house: House, done: Sent, saying: str = "") -> str:
    """That of the newest mail to Maya about it."""
    mail = [one for one in house.mail("maya", done.code) if saying in one.text][-1]
    (link,) = re.findall(rf"{re.escape(house.env['PUBLIC_URL'])}/offer/\S+", mail.text)
    return str(link)


async def _rows(house: House) -> dict[str, list[str]]:
    """What a decision would change."""
    found = {}
    for table in (Referral, Offer, Delivery, Client, Link):
        found[table.__tablename__] = sorted(repr(row) for row in await house.all(select(table)))
    found["history"] = sorted(row.hash for row in await house.all(select(History).where(History.subject != "provider")))
    return found


# 22


async def test_22_link_tampered_reused_and_of_another(house: House) -> None:
    """Refused, or it shows the outcome. The page of one bot may be answered to any."""
    done, _ = await house.posted(preferred="maya")
    other, _ = await house.posted(preferred="maya")
    path = _link(house, done).removeprefix(house.env["PUBLIC_URL"])
    seal = await _seal(house, path)
    before = await _rows(house)
    for wrong in (path[:-1], path + "x", path[:-2] + ("aa" if path[-2:] != "aa" else "bb"), f"/offer/{SLUG}/x"):
        assert (await _answer(house, wrong, seal, decision="accept"))[0] == 404
    elsewhere = _link(house, other).removeprefix(house.env["PUBLIC_URL"])
    assert (await _answer(house, elsewhere, seal, decision="accept"))[0] == 409, "a page decides on its own offer alone"
    assert await _rows(house) == before

    status, page = await _answer(house, path, seal, decision="decline", reason="schedule")
    assert status == 200 and f"You declined {done.code}" in page
    await house.quiet()
    after = await _rows(house)
    for fields in ({"decision": "accept"}, {"decision": "decline", "reason": "insurer"}):
        status, page = await _answer(house, path, seal, **fields)
        assert status == 200 and f"You declined {done.code}" in page, "shows the outcome"
    assert await _rows(house) == after
    assert [event for event, _ in await house.history(done.referral_id)].count("decline") == 1
    assert (await house.referral(other.code)).status == "pending"


async def test_22_link_past_its_time_by_a_second(house: House) -> None:
    done, card = await house.posted(preferred="maya")
    path = _link(house, done).removeprefix(house.env["PUBLIC_URL"])
    seal = await _seal(house, path)
    (link,) = await house.all(select(Link).where(Link.offer_id == done.offer_id))
    left = (link.expires_at - house.house.desk.clock.now()).total_seconds()
    await house.turn((math.ceil(left) + 1) / 3600)
    status, page = await _answer(house, path, seal, decision="accept")
    assert status == 410 and "This link has expired" in page and "Open the card in Slack" in page
    assert (await house.referral(done.code)).status == "pending"
    assert ("accept", "link_spent") in await house.history(done.referral_id)
    assert (await house.person("maya").click(card, "referral.accept")).ok
    await house.card(done.code, "Accepted")
    status, page = await _answer(house, path, seal, decision="accept")
    assert status == 200 and f"You accepted {done.code}" in page


async def test_22_link_after_a_change_of_keys(house: House) -> None:
    """The link lives on; a page from before has to be looked at once more, and keeps what was chosen."""
    done, _ = await house.posted(preferred="maya")
    path = _link(house, done).removeprefix(house.env["PUBLIC_URL"])
    old = await _seal(house, path)
    async with _another_signing_key(house):
        before = await _rows(house)
        status, page = await _answer(house, path, old, decision="decline", reason="insurer")
        assert status == 409 and "Please answer once more" in page and 'value="insurer" selected' in page
        assert await _rows(house) == before
        fresh = await _seal(house, path)
        status, page = await _answer(house, path, fresh, decision="decline", reason="insurer")
        assert status == 200 and f"You declined {done.code}" in page
    await house.quiet()
    assert len(house.client_mail(done.code, "not available at this time")) == 1


async def _seal(house: House, path: str) -> str:
    """What the page at the first bot holds."""
    async with house.web.get(house.bots[0].base + path) as page:
        found = re.search(r'name="seal" value="([^"]+)"', await page.text())
    assert found is not None
    return found[1]


async def _answer(house: House, path: str, seal: str, **fields: str) -> tuple[int, str]:
    """Sent to the last bot; what the person sees in the end."""
    async with house.web.post(house.bots[-1].base + path, data={"seal": seal, **fields}) as answer:
        return answer.status, html.unescape(await answer.text())


async def test_22_form_token_tampered_reused_and_after_a_change_of_keys(house: House) -> None:
    who = somebody()
    fields = {"client_name": who.name, "client_email": who.email, "email_ok": "yes", "client_phone": who.phone}
    fields |= {"state": "NY", "insurer": "aetna", "service": "individual", "delivery": "telehealth"}
    fields |= {"age_band": "18-64"}
    before = len(await house.all(select(Referral)))
    nonce = await _nonce(house)
    for wrong in ("", "x", nonce[:-3] + "abc", nonce.replace(".", ".x", 1), nonce + "x"):
        status, place = await _send(house, fields | {"nonce": wrong})
        assert status == 409 and not place, wrong
    assert len(await house.all(select(Referral))) == before, "refused, with what was typed kept"

    status, first = await _send(house, fields | {"nonce": nonce})
    assert status == 303
    status, second = await _send(house, fields | {"nonce": nonce, "client_name": somebody().name})
    assert status == 303 and "again=1" in second and _code(second) == _code(first), "shows the outcome"
    assert len(await house.all(select(Referral))) == before + 1

    async with _another_signing_key(house):
        status, place = await _send(house, fields | {"nonce": nonce})
        assert status == 409 and not place, "after a change of keys it is a form to be sent again"
        fresh = await _nonce(house)
    assert len(await house.all(select(Referral))) == before + 1
    status, place = await _send(house, fields | {"nonce": fresh})
    assert status == 409 and not place
    card = await house.card(_code(first))
    assert (await house.person("maya").click(card, "referral.accept")).ok


@asynccontextmanager
async def _another_signing_key(house: House) -> AsyncIterator[None]:
    """All bots started again with it, and again with the old one."""
    bots = [one.role for one in house.bots]
    for more in ({"SIGNING_KEY": "k" * 32}, {}):
        for one in house.bots:
            assert await one.stop() == 0
        house.forget()
        await house.launch(*bots, **more)
        if more:
            yield


async def _nonce(house: House) -> str:
    async with house.web.get(f"{house.bots[0].base}/refer/{SLUG}") as page:
        found = re.search(r'name="nonce" value="([^"]+)"', await page.text())
    assert found is not None
    return found[1]


async def _send(house: House, fields: dict[str, str]) -> tuple[int, str]:
    address = f"{house.bots[-1].base}/refer/{SLUG}"
    async with house.web.post(address, data=fields, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location", "")


def _code(place: str) -> str:
    found = re.search(r"R-[0-9A-Z]{5}", place)
    assert found is not None
    return found[0]
