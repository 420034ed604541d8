"""Rows 21 and 22 of the fault table, for the addresses that there are now: the public form, health and metrics.

Links in mails that decide something do not exist yet; their scanners, expiry and reuse come with them.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlmodel import select

from store.tables import Client, Delivery, History, Offer, Referral
from tests.canary import somebody

from .house import LIMIT, SLUG, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

PUBLIC = (f"/refer/{SLUG}", f"/refer/{SLUG}/", f"/refer/{SLUG}/thanks", f"/refer/{SLUG}/thanks?code=R-7K3QM&by=email")
PUBLIC += ("/refer/nowhere", "/healthz", "/readyz", "/metrics", "/slack/events", "/clock", "/")


# 21


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_21_link_fetched_by_a_scanner(house: House, method: str) -> None:
    """Every public address, every address in a mail, each twice, and whatever a page links to: nothing changes."""
    done, card = await house.posted(preferred="maya")
    mailed = {
        url
        for mail in (*house.client_mail(done.code), *house.mail("maya", done.code))
        for url in re.findall(r"https?://[^\s\"'<>]+", mail.text + mail.html)
        if url.startswith(house.bots[0].base)
    }
    before = await _rows(house)
    for bot in house.bots:
        for url in [*(bot.base + path for path in PUBLIC), *mailed] * 2:
            async with house.web.request(method, url) as page:
                text = await page.text()
                assert page.status < 500 and "Traceback" not in text
                if method == "GET" and "text/html" in page.headers.get("content-type", ""):
                    assert "<script" not in text, "nothing on a page decides by itself"
    assert await _rows(house) == before
    assert (await house.person("maya").click(card, "referral.accept")).ok


async def _rows(house: House) -> dict[str, list[str]]:
    """What a decision would change."""
    found = {}
    for table in (Referral, Offer, Delivery, Client):
        found[table.__tablename__] = sorted(repr(row) for row in await house.all(select(table)))
    found["history"] = sorted(row.hash for row in await house.all(select(History).where(History.subject != "provider")))
    return found


# 22


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
