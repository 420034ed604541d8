"""From the mail to the decision, with the whole desk at work: what the link opens, and what follows from the answer."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from sqlmodel import Session, select

from store.tables import Delivery, Link
from store.vocabulary import DeliveryState
from tests import canary

from .running import Running
from .test_outside_slack import HEADER, LINE

pytestmark = pytest.mark.anyio

_HIDDEN = re.compile(r'name="seal" value="([^"]+)"')


class Reader:
    """A person with their mail and a browser without scripts."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def open(self, link: str) -> tuple[int, str]:
        async with self._http.get(link) as page:
            return page.status, html.unescape(await page.text())

    async def press(self, link: str, **fields: str) -> str:
        """Fills in the form of the page and sends it; what the next page says."""
        return await self.send(link, await self.form(link), **fields)

    async def form(self, link: str) -> str:
        """What the page hides in its form."""
        seal = _HIDDEN.search((await self.open(link))[1])
        assert seal is not None
        return seal[1]

    async def send(self, link: str, seal: str, **fields: str) -> str:
        async with self._http.post(link, data={"seal": seal, **fields}) as answer:
            assert answer.status == 200 and str(answer.url) == link and len(answer.history) == 1
            return html.unescape(await answer.text())


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession() as http:
        yield Reader(http)


def link_in(desk: Running, name: str, saying: str) -> str:
    """The link of the one mail to them that says so, the same in both of its forms."""
    (mail,) = desk.mail(name, saying)
    base = desk.house.settings.public_url
    (link,) = re.findall(rf"{re.escape(base)}/offer/\S+", mail.text)
    assert f'href="{link}"' in mail.html
    return link


@asynccontextmanager
async def kept_to_the_mail(desk: Running) -> AsyncIterator[None]:
    """Tokens are in mails alone: neither in Slack nor in a text message, a log or the database."""
    yield
    mails = "\n".join(one.text for one in desk.slack.mailbox.messages)
    tokens = set(re.findall(r"/offer/[a-z0-9-]+/([\w-]{43})", mails))
    assert tokens
    elsewhere = [place for token in tokens for place in desk.slack.traffic.search(token, "slack")]
    written = [repr(row) for row in await desk.all(select(Link))]
    written += [one.body for one in desk.slack.sms.messages]
    written += [line for line in canary.watch().log.lines if not line.startswith("uvicorn.access")]
    assert not elsewhere and not [one for one in written if any(token in one for token in tokens)]


async def test_yes_by_the_link(socket_desk: Running, reader: Reader) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    link, stale = link_in(desk, "maya", "waiting for your answer"), card.snapshot()
    client = desk.clients[done.code]
    async with kept_to_the_mail(desk):
        status, page = await reader.open(link)
        assert status == 200 and done.code in page and "Maya Okonkwo-Reyes, LCSW" in page
        assert client.name not in page and client.email not in page
        assert (await desk.referral(done.code)).status == "pending"

        told = await reader.press(link, decision="accept")
        assert f"You accepted {done.code}" in told and client.name not in told
        card = await desk.card(done.code, "Contacted")
        await desk.quiet()
    assert "<@U0MAYA>" in card.all_text and len(desk.cards(done.code)) == 1
    assert [reply.reply_broadcast for reply in card.replies] == [True]
    told_to = [mail.to for mail in desk.slack.mailbox.messages if client.email in mail.text]
    assert told_to == [["maya@junipergrove.example.org"]]
    assert len(desk.told("maya", done.code)) == 1
    assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1

    late = await desk.person("maya").click(stale, "referral.accept")
    assert "you accepted" in late.text.casefold()
    assert f"You accepted {done.code}" in (await reader.open(link))[1]
    assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1


async def test_by_the_link_and_by_the_button_at_once(socket_desk: Running, reader: Reader) -> None:
    """One wins; the page and whoever pressed the button are both told the same."""
    desk = socket_desk
    for _ in range(5):
        done = await desk.submit(preferred="maya")
        card = await desk.card(done.code)
        await desk.quiet()
        (mail,) = desk.mail("maya", done.code)
        (link,) = set(re.findall(r"http\S+/offer/[a-z0-9-]+/[\w-]{43}", mail.text))
        stale, seal = card.snapshot(), await reader.form(link)
        page, answer = await asyncio.gather(
            reader.send(link, seal, decision="accept"), desk.person("maya").click(stale, "referral.accept")
        )
        assert answer.ok and f"You accepted {done.code}" in page
        again = await desk.person("maya").click(stale, "referral.accept")
        assert "you accepted" in again.text.casefold()
        await desk.quiet()
        assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1
        assert len(desk.told("maya", done.code)) == 1 and len(desk.cards(done.code)) == 1


async def test_no_by_the_link(socket_desk: Running, reader: Reader) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    told = await reader.press(link_in(desk, "maya", done.code), decision="decline", reason="conflict_of_interest")
    assert f"You declined {done.code}" in told
    new = await desk.card(done.code, "Open to everyone")
    await desk.quiet()
    assert len(desk.cards(done.code)) == 2 and "referral.pass" in new.action_ids
    (mail,) = desk.client_mail(done.code, "not available at this time")
    assert "onflict" not in mail.text + mail.html
    assert (await desk.history(done.referral_id)).count(("decline", "done")) == 1
    first, second = await desk.offers(done.referral_id)
    assert (first.outcome, second.outcome, second.provider_id) == ("declined", None, None)
    assert len(desk.mail("maya", done.code)) == 1, "no mail invites to an offer that has gone to everyone"

    answer = await desk.person("tomas").click(new, "referral.accept")
    assert answer.ok
    await desk.card(done.code, "<@U0TOMAS>")
    page = (await reader.open(link_in(desk, "maya", done.code)))[1]
    assert "Tomás Lindqvist accepted it" in page


async def test_the_reminder_has_a_link_of_its_own(socket_desk: Running, reader: Reader) -> None:
    """The first is past its time by then, and says so; after the decision both say who and when."""
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    first = link_in(desk, "maya", "waiting for your answer")
    await desk.turn(24)
    second = link_in(desk, "maya", "left to answer")
    assert first != second
    status, page = await reader.open(first)
    assert status == 410 and "This link has expired" in page
    (offer,) = await desk.offers(done.referral_id)
    assert offer.card_link is not None and f'href="{offer.card_link}"' in page
    assert "You accepted" in await reader.press(second, decision="accept", already_contacted="yes")
    await desk.quiet()
    assert (await desk.referral(done.code)).status == "contacted"
    assert all("You accepted" in page for _, page in [await reader.open(first), await reader.open(second)])


async def test_decided_in_slack_the_link_says_so(socket_desk: Running, reader: Reader) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    await desk.quiet()
    link = link_in(desk, "maya", done.code)
    assert (await desk.person("maya").click(card, "referral.accept")).ok
    await desk.card(done.code, "Accepted")
    status, page = await reader.open(link)
    assert status == 200 and f"You accepted {done.code}" in page and 'name="decision"' not in page


async def test_somebody_outside_slack_needs_nothing_but_the_mail(socket_desk: Running, reader: Reader) -> None:
    desk = socket_desk
    await desk.hire(HEADER, LINE)
    done = await desk.submit(preferred="lior")
    await desk.card(done.code)
    await desk.quiet()
    assert "You accepted" in await reader.press(link_in(desk, "lior", done.code), decision="accept")
    await desk.card(done.code, "Lior Ben-Ami")
    await desk.quiet()
    assert len(desk.mail("lior", desk.clients[done.code].email)) == 1


async def test_a_mail_that_is_sent_again_has_a_fresh_link(socket_desk: Running, reader: Reader) -> None:
    """The first may have arrived, though nobody knows: its link is as good until somebody decides."""
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    (mailed,) = [row for row in await desk.deliveries(done.referral_id) if row.template == "provider_offer"]

    def lose_sight(session: Session) -> None:
        row = session.get(Delivery, mailed.id)
        assert row is not None
        row.state, row.next_at = DeliveryState.UNKNOWN, desk.house.clock.real()

    await desk.house.database.write(lose_sight)
    await desk.swept(lambda: len(desk.mail("maya", done.code)) == 2)
    await desk.quiet()
    first, second = (re.findall(r"http\S+/offer/\S+", mail.text) for mail in desk.mail("maya", done.code))
    assert len(first) == len(second) == 1 and first != second
    told = await reader.press(first[0], decision="decline", reason="schedule")
    assert "You declined" in told and "You declined" in (await reader.open(second[0]))[1]
    assert len([one for one in await desk.all(select(Link)) if one.used_at]) == 1
