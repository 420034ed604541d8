"""The page behind an offer's link, over real HTTP on a real database: what it shows, and what decides."""

import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from referrals.accept import accept
from referrals.close import close
from referrals.coordinate import assign
from referrals.deadlines import expire
from referrals.decline import decline, release
from referrals.licences import Grounds, allow
from referrals.links import decision_link, digest_of
from referrals.outcomes import Done, Question
from referrals.pausing.availability import make_inactive, pause, release_waiting
from referrals.tx import Tx
from store.database import Database
from store.tables import Attention, Client, Delivery, History, Link, Offer, Pass, Practice, Provider, Referral
from store.vocabulary import CloseReason, DeclineReason, OfferOutcome, ProviderStatus, SlackStanding, Status
from tests.desk import CORA, Office, by, new_office, new_vault
from web.decide import decide_routes
from web.edge import edged
from web.limits import Callers, Visits
from web.pages import MAX_FORM_BYTES, Pages

from .serving import served

KEY = "a signing key"
NO_LIMIT = Visits(Callers(), 0, 0)
TABLES = (Referral, Offer, Delivery, History, Link, Client, Attention, Provider, Practice)
CLIENT = ("Canary", "Quill", "ada@", "555-0142", "2025550142")


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text.partition("<body>")[2])).split())

    @property
    def seal(self) -> str:
        found = re.search(r'name="seal" value="([^"]+)"', self.text)
        assert found, self.text[:2000]
        return found[1]


@dataclass
class Site:
    """The page of one practice, served; ``maya`` is whom clients ask for."""

    office: Office
    http: aiohttp.ClientSession
    base: str
    slug: str
    maya: Provider
    noor: Provider

    async def offered(self, provider: Provider | None = None, **facts: Any) -> tuple[Done, str]:
        """A referral reserved for them, and the path of a link to it."""
        provider = provider or self.maya
        done = await self.office.submit(provider, **facts)
        return done, await self.link(done.offer_id, provider)

    async def link(self, offer_id: str, provider: Provider) -> str:
        def issue(tx: Tx) -> str:
            offer, whose = tx.get(Offer, offer_id), tx.get(Provider, provider.id)
            assert offer and whose
            return decision_link(tx, offer, whose)[0]

        return f"/offer/{self.slug}/{await self.office.do(issue)}"

    async def ask(self, path: str, method: str = "GET", **options: Any) -> Answer:
        url = self.base + path
        async with self.http.request(method, url, allow_redirects=False, **options) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def answer(self, path: str, **fields: str) -> Answer:
        """Loads the page and sends its form."""
        return await self.ask(path, "POST", data={"seal": (await self.ask(path)).seal, **fields})

    async def told(self, path: str, **fields: str) -> str:
        """The same, and what the page says after it."""
        sent = await self.answer(path, **fields)
        assert (sent.status, sent.headers["Location"]) == (303, path)
        after = await self.ask(path)
        assert after.status == 200
        assert_private(after)
        return after.words

    async def events(self, done: Done) -> list[str]:
        return await self.office.history(await self.office.referral(done.referral_id))


async def rows(office: Office) -> dict[str, list[str]]:
    """Everything that the practice has, as text."""
    found = {one.__tablename__: [repr(row) for row in await office.rows(one)] for one in TABLES if one is not Practice}
    practice = await office.desk.ask(office.practice_id, lambda tx: repr(tx.practice()))
    passes = sorted(repr(one) for one in await office.rows(Pass))
    return found | {"practice": [practice], "pass": passes}


def assert_private(answer: Answer) -> None:
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text and " style=" not in answer.text and '<html lang="en">' in answer.text
    assert not any(one in answer.text for one in CLIENT)


@asynccontextmanager
async def open_site(
    office: Office, maya: Provider, noor: Provider, *, key: str = KEY, visits: Visits = NO_LIMIT
) -> AsyncIterator[Site]:
    pages = Pages()
    routes = [*decide_routes(office.desk, pages, key, visits), pages.style_route()]
    slug = (await office.desk.ask(office.practice_id, Tx.practice)).slug
    async with served(edged(routes, pages, https=False)) as port, aiohttp.ClientSession() as http:
        yield Site(office, http, f"http://127.0.0.1:{port}", slug, maya, noor)


@pytest.fixture
async def site(shared_database: Database) -> AsyncIterator[Site]:
    office = await new_office(shared_database)
    maya = await office.provider("Maya Chen", credential="LCSW", time_zone="America/Los_Angeles")
    async with open_site(office, maya, await office.provider("Noor Haddad")) as found:
        yield found


async def test_the_page_shows_what_is_being_decided(site: Site) -> None:
    done, path = await site.offered(concerns=("anxiety", "substance_use"))
    page = await site.ask(path)
    assert page.status == 200
    assert_private(page)
    for words in (
        "Harbor Therapy",
        f"Referral {done.code}",
        "For Maya Chen, LCSW",
        "Sun, Nov 16, 3:00 PM PST (America/Los_Angeles)",  # 48 hours after 23:00 UTC on Friday
        "works until Sat, Nov 15, 3:00 AM PST (America/Los_Angeles)",
        "New York",
        "Aetna",
        "Individual therapy",
        "Telehealth",
        "18–64",
        "Anxiety",
        "Accepting means agreeing to contact the client within 12 hours, not to work with them",
        "Nothing happens until you press a button",
        "I have already contacted the client",
    ):
        assert words in page.words, words
    assert "ubstance" not in page.words, "Part 2 hides it"
    assert "accept all the same" not in page.words and 'name="confirm"' not in page.text
    token = path.rpartition("/")[2]
    assert token not in page.text and digest_of(token) not in page.text
    assert not any(token in repr(row) for row in await site.office.rows(Link)), "only its digest is kept"


async def test_looking_and_blind_posts_change_nothing(site: Site) -> None:
    done, path = await site.offered()
    other, other_path = await site.offered()
    stranger = (await site.ask(other_path)).seal
    before = await rows(site.office)
    for method in ("GET", "HEAD", "OPTIONS", "GET", "PUT", "DELETE", "PATCH"):
        answer = await site.ask(path, method)
        assert answer.status == (200 if method in ("GET", "HEAD") else 405), method
    own = (await site.ask(path)).seal
    for status, fields in (
        (409, {}),
        (409, {"decision": "accept"}),
        (409, {"decision": "decline", "reason": "no_availability"}),
        (409, {"seal": "", "decision": "accept"}),
        (409, {"seal": own + "x", "decision": "accept"}),
        (409, {"seal": "x" + own[1:], "decision": "accept"}),
        (409, {"seal": stranger, "decision": "accept"}),
        (422, {"seal": own}),
        (422, {"seal": own, "decision": ""}),
        (422, {"seal": own, "decision": "maybe"}),
        (422, {"seal": own, "decision": "decline"}),
        (422, {"seal": own, "decision": "decline", "reason": "client_no_longer_wants_care"}),
        (422, {"seal": own, "decision": "decline", "reason": "<b>"}),
    ):
        answer = await site.ask(path, "POST", data=fields)
        assert answer.status == status, fields
        assert_private(answer)
        assert "Nothing has been decided yet" in answer.words and "<b>" not in answer.text
        assert answer.seal, "the page is there again, with a value that decides"
    assert await rows(site.office) == before
    assert (await site.office.referral(done.referral_id)).status is Status.PENDING
    assert (await site.office.referral(other.referral_id)).status is Status.PENDING


async def test_accepted_once(site: Site) -> None:
    done, path = await site.offered()
    second = await site.link(done.offer_id, site.maya)
    first_page, second_page = await site.ask(path), await site.ask(second)
    site.office.clock.turn(hours=1)
    words = await site.told(path, decision="accept")
    for said in (
        f"You accepted {done.code}",
        "Fri, Nov 14, 4:00 PM PST",
        "within 12 hours",
        "sent to your work address",
    ):
        assert said in words, said
    assert "Client details" in words and "Accept R-" not in words
    referral = await site.office.referral(done.referral_id)
    assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, site.maya.id)
    (event,) = [row for row in await site.office.rows(History, subject_id=done.referral_id) if row.event == "accept"]
    assert (event.actor, event.surface, event.on_behalf_of) == (f"provider:{site.maya.id}", "email_link", None)
    told = await site.office.told(done.referral_id)
    assert {("acceptor_mail", f"provider:{site.maya.id}"), ("thread_accepted", "channel")} <= set(told)

    site.office.clock.turn(minutes=1)
    before = await rows(site.office)
    for where, seal in ((path, first_page.seal), (second, second_page.seal)):
        for fields in ({"decision": "accept"}, {"decision": "decline", "reason": "schedule"}):
            again = await site.ask(where, "POST", data={"seal": seal, **fields})
            assert (again.status, again.headers["Location"]) == (303, where)
        assert (await site.ask(where)).words == words, "used or not, every link to it shows the outcome"
    assert await rows(site.office) == before, "used twice, decided once"


async def test_declined(site: Site) -> None:
    done, path = await site.offered()
    words = await site.told(path, decision="decline", reason="no_availability")
    assert f"You declined {done.code}" in words and "open to everyone now" in words and "but not why" in words
    assert "availability" not in words
    first, second = await site.office.offers(done.referral_id)
    assert (first.outcome, second.provider_id, second.outcome) == (OfferOutcome.DECLINED, None, None)
    assert await site.events(done) == ["submit", "decline"]
    (client,) = await site.office.rows(Client)
    assert ("client_declined", f"client:{client.id}") in await site.office.told(done.referral_id)
    (link,) = await site.office.rows(Link)
    assert link.used_at == site.office.clock.now()


async def test_already_contacted(site: Site) -> None:
    done, path = await site.offered()
    words = await site.told(path, decision="accept", already_contacted="yes")
    assert f"You accepted {done.code}" in words and "has been contacted" in words
    assert (await site.office.referral(done.referral_id)).status is Status.CONTACTED
    assert await site.events(done) == ["submit", "accept", "contacted"]


@pytest.mark.parametrize(
    ("issued", "waited", "good"),
    [
        (0, 12 * 3600 - 1, True),
        (0, 12 * 3600, False),
        (0, 12 * 3600 + 1, False),
        (40 * 3600, 8 * 3600 - 1, True),
        (40 * 3600, 8 * 3600, False),
    ],
)
async def test_to_the_second(site: Site, issued: int, waited: int, good: bool) -> None:
    """12 hours, or the offer's deadline if that comes first."""
    done = await site.office.submit(site.maya)
    site.office.clock.turn(seconds=issued)
    path = await site.link(done.offer_id, site.maya)
    seal = (await site.ask(path)).seal
    site.office.clock.turn(seconds=waited)
    before = await rows(site.office)
    page = await site.ask(path)
    assert page.status == (200 if good else 410)
    assert await rows(site.office) == before
    sent = await site.ask(path, "POST", data={"seal": seal, "decision": "accept"})
    if good:
        assert sent.status == 303 and await site.events(done) == ["submit", "accept"]
        return
    assert sent.status == 410 and sent.words == page.words
    assert "This link has expired" in page.words and 'name="decision"' not in page.text
    assert await site.events(done) == ["submit", "accept:link_spent"], "the refusal is in history"
    after = await rows(site.office)
    for table in ("offer", "delivery", "link", "client", "attention", "provider", "pass"):
        assert after[table] == before[table]
    assert (await site.office.referral(done.referral_id)).status is Status.PENDING


async def test_an_expired_link_points_to_the_card(site: Site) -> None:
    done, path = await site.offered()
    await site.office.change(Offer, done.offer_id, card_link="https://harbor.slack.example.com/archives/C0/p1")
    outside = await site.office.provider("Ines Solis", slack_user=None, slack_standing=SlackStanding.MISSING)
    _, outsiders = await site.offered(outside)
    site.office.clock.turn(hours=13)
    page = await site.ask(path)
    assert 'href="https://harbor.slack.example.com/archives/C0/p1"' in page.text
    assert "until Sun, Nov 16, 3:00 PM PST" in page.words and "on the card" in page.words
    page = await site.ask(outsiders)
    assert "slack" not in page.text.casefold() and "answer the email with “accept” or “decline”" in page.words
    site.office.clock.turn(hours=36)
    assert "goes to your colleagues" in (await site.ask(path)).words


async def test_made_up_links_and_other_practices(site: Site) -> None:
    done, path = await site.offered()
    seal = (await site.ask(path)).seal
    other = await new_office(site.office.desk.database)
    await other.provider("Maya Chen")
    slug = (await other.desk.ask(other.practice_id, Tx.practice)).slug
    token = path.rpartition("/")[2]
    before, pages = await rows(site.office), set()
    for wrong in (
        path + "x",
        path[:-1],
        path[:-1] + ("a" if path[-1] != "a" else "b"),
        f"/offer/{site.slug}/x",
        f"/offer/{site.slug}/%00%ff",
        f"/offer/{slug}/{token}",
        f"/offer/nobody/{token}",
        f"/offer/%00/{token}",
    ):
        for options in ({}, {"method": "POST", "data": {"seal": seal, "decision": "accept"}}):
            answer = await site.ask(wrong, **options)
            assert answer.status == 404, wrong
            pages.add(answer.text)
    (page,) = pages
    assert done.code not in page and "Maya" not in page and "Harbor" not in page
    assert await rows(site.office) == before


async def test_anothers_link_acts_for_them_alone(site: Site) -> None:
    done, _ = await site.offered()
    path = await site.link(done.offer_id, site.noor)
    answer = await site.answer(path, decision="accept")
    assert answer.status == 403 and "reserved for somebody else" in answer.words
    answer = await site.answer(path, decision="decline", reason="schedule")
    assert answer.status == 403
    assert await site.events(done) == ["submit", "accept:reserved", "decline:reserved"]
    assert (await site.office.referral(done.referral_id)).status is Status.PENDING
    assert all(one.used_at is None for one in await site.office.rows(Link))


Elsewhere = Callable[[Site, Done], Awaitable[Any]]


async def _given_back(site: Site, done: Done) -> None:
    await site.office.do(accept, by(site.maya), done.offer_id)
    site.office.clock.turn(hours=1)
    await site.office.do(release, by(site.maya), done.referral_id, DeclineReason.SCHEDULE)
    latest = (await site.office.referral(done.referral_id)).offer_id
    site.office.clock.turn(hours=1)
    await site.office.do(accept, by(site.noor), latest)


async def _expired(site: Site, done: Done) -> None:
    site.office.clock.turn(hours=48)
    assert await site.office.do(expire, done.offer_id)


async def _declined_and_taken(site: Site, done: Done) -> None:
    await site.office.do(decline, by(site.maya), done.offer_id, DeclineReason.SCHEDULE)
    site.office.clock.turn(hours=1)
    await site.office.do(accept, by(site.noor), (await site.office.referral(done.referral_id)).offer_id)


ELSEWHERE: dict[str, tuple[Elsewhere, tuple[str, ...], tuple[str, ...]]] = {
    "accepted by button": (
        lambda s, d: s.office.do(accept, by(s.maya), d.offer_id),
        ("You accepted", "Fri, Nov 14, 3:00 PM PST", "within 12 hours"),
        ("declined",),
    ),
    "accepted by a coordinator for them": (
        lambda s, d: s.office.do(accept, CORA, d.offer_id, confirmed=frozenset(Question)),
        ("A coordinator accepted", "for you", "Fri, Nov 14, 3:00 PM PST", "contact the client within 12 hours"),
        ("You accepted",),
    ),
    "accepted by a coordinating colleague": (
        lambda s, d: s.office.do(accept, by(s.noor, coordinator=True), d.offer_id, confirmed=frozenset(Question)),
        ("Noor Haddad accepted", "for you"),
        ("You accepted",),
    ),
    "declined by button": (
        lambda s, d: s.office.do(decline, by(s.maya), d.offer_id, DeclineReason.CONFLICT),
        ("You declined", "open to everyone now"),
        ("onflict",),
    ),
    "declined by a coordinator": (
        lambda s, d: s.office.do(decline, CORA, d.offer_id, DeclineReason.CONFLICT),
        ("A coordinator declined", "for you"),
        ("You declined", "onflict"),
    ),
    "declined, then taken by another": (
        _declined_and_taken,
        ("You declined", "Noor Haddad accepted it on Fri, Nov 14, 4:00 PM PST"),
        ("still accept",),
    ),
    "expired": (
        _expired,
        ("is over", "Nobody had answered", "Sun, Nov 16, 3:00 PM PST", "everyone"),
        ("You declined", "for you"),
    ),
    "released by their pause": (
        lambda s, d: _paused(s),
        ("not reserved for you any more", "You let everyone have it"),
        ("declined",),
    ),
    "offered to somebody else": (
        lambda s, d: s.office.do(assign, CORA, d.referral_id, s.noor.id),
        ("was offered to somebody else", "A coordinator did so", "one of your colleagues"),
        ("Noor",),
    ),
    "closed": (
        lambda s, d: s.office.do(close, CORA, d.referral_id, CloseReason.WITHDRAWN),
        ("is closed", "A coordinator closed it", "do not contact the client"),
        ("withdr",),
    ),
    "accepted, given back, taken by another": (
        _given_back,
        ("You accepted", "Noor Haddad accepted it on Fri, Nov 14, 5:00 PM PST"),
        ("within 12 hours", "contact details"),
    ),
}


async def _paused(site: Site) -> None:
    await site.office.do(pause, by(site.maya), site.maya.id)
    await site.office.do(release_waiting, by(site.maya), site.maya.id)


@pytest.mark.parametrize("how", ELSEWHERE)
async def test_decided_elsewhere(site: Site, how: str) -> None:
    """By each route: the page says who and when, and a late answer changes nothing."""
    elsewhere, must, must_not = ELSEWHERE[how]
    done, path = await site.offered()
    seal = (await site.ask(path)).seal
    await elsewhere(site, done)
    before = await rows(site.office)
    page = await site.ask(path)
    assert page.status == 200 and done.code in page.words
    assert_private(page)
    assert all(one in page.words for one in must), page.words
    assert not any(one in page.words for one in must_not), page.words
    assert 'name="decision"' not in page.text
    for fields in ({"decision": "accept"}, {"decision": "decline", "reason": "schedule"}):
        assert (await site.ask(path, "POST", data={"seal": seal, **fields})).status == 303
    assert await rows(site.office) == before
    site.office.clock.turn(days=30)
    assert (await site.ask(path)).words == page.words, "also when the link's time is over"


async def test_keys_change_and_links_live(site: Site) -> None:
    done, path = await site.offered()
    old = (await site.ask(path)).seal
    moved = replace(site.office, desk=replace(site.office.desk, vault=new_vault()))
    async with open_site(moved, site.maya, site.noor, key="another signing key") as after:
        before = await rows(site.office)
        fields = {"seal": old, "decision": "decline", "reason": "conflict_of_interest"}
        page = await after.ask(path, "POST", data=fields)
        assert page.status == 409 and "Please answer once more" in page.words
        assert '<option value="conflict_of_interest" selected>' in page.text, "nothing that was chosen is lost"
        assert await rows(site.office) == before
        again = await after.ask(path, "POST", data=fields | {"seal": page.seal})
        assert again.status == 303 and "You declined" in (await after.ask(path)).words
    assert (await site.office.offers(done.referral_id))[0].outcome is OfferOutcome.DECLINED


async def test_questions_need_a_tick_of_their_own(site: Site) -> None:
    done, path = await site.offered(insurer="cigna")
    page = await site.ask(path)
    assert "not among your networks" in page.words and "accept all the same" in page.words
    unread = {"seal": page.seal, "decision": "accept", "already_contacted": "yes"}
    for confirm in ({}, {"confirm": ""}, {"confirm": "yes"}, {"confirm": "paused"}):
        answer = await site.ask(path, "POST", data=unread | confirm)
        assert answer.status == 422 and "Please tick this box" in answer.words
        assert re.search(r'name="already_contacted" value="yes" checked', answer.text)
        assert not re.search(r'name="confirm"[^>]* checked', answer.text)
    assert await site.events(done) == ["submit"]

    await site.office.change(Provider, site.maya.id, status=ProviderStatus.PAUSED)
    answer = await site.ask(path, "POST", data=unread | {"confirm": "out_of_network"})
    assert answer.status == 422 and "Referrals are paused" in answer.words, "that one had not been on the page"
    assert not re.search(r'name="confirm"[^>]* checked', answer.text)
    assert await site.events(done) == ["submit"]
    answer = await site.ask(path, "POST", data=unread | {"confirm": "paused out_of_network"})
    assert answer.status == 303
    (event,) = [row for row in await site.office.rows(History, subject_id=done.referral_id) if row.event == "accept"]
    assert set(event.data["confirmed"]) == {"paused", "out_of_network"}


@pytest.mark.parametrize(
    ("values", "saying"),
    [
        ({"slack_standing": SlackStanding.DEACTIVATED}, "Your account is deactivated"),
        ({"slack_standing": SlackStanding.GUEST}, "Guests of the workspace"),
    ],
)
async def test_who_may_not_act_any_more(site: Site, values: dict[str, Any], saying: str) -> None:
    done, path = await site.offered()
    seal = (await site.ask(path)).seal
    await site.office.change(Provider, site.maya.id, **values)
    page = await site.ask(path)
    assert page.status == 403 and saying in page.words
    assert done.code not in page.text and "Aetna" not in page.text, "it shows nothing any more"
    assert await site.events(done) == ["submit"]
    for fields in ({"decision": "accept"}, {"decision": "decline", "reason": "schedule"}):
        answer = await site.ask(path, "POST", data={"seal": seal, **fields})
        assert answer.status == 403 and saying in answer.words
    reason = (await site.office.rows(History, subject_id=done.referral_id))[-1].result
    assert await site.events(done) == ["submit", f"accept:{reason}", f"decline:{reason}"]
    assert (await site.office.referral(done.referral_id)).status is Status.PENDING


async def test_made_inactive_the_offer_goes_on_without_them(site: Site) -> None:
    _, path = await site.offered()
    await site.office.do(make_inactive, CORA, site.maya.id)
    page = await site.ask(path)
    assert page.status == 200 and "not reserved for you any more" in page.words and "<form" not in page.text
    assert "still accept" not in page.words


async def test_the_inactive_are_told_why_they_cannot_accept_and_may_decline(site: Site) -> None:
    done, path = await site.offered()
    await site.office.change(Provider, site.maya.id, status=ProviderStatus.INACTIVE)
    page = await site.ask(path)
    assert page.status == 200 and "marked as inactive" in page.words and 'value="accept"' not in page.text
    answer = await site.ask(path, "POST", data={"seal": page.seal, "decision": "accept"})
    assert answer.status == 403 and "marked as inactive" in answer.words
    assert (await site.office.referral(done.referral_id)).status is Status.PENDING
    answer = await site.ask(path, "POST", data={"seal": page.seal, "decision": "decline", "reason": "schedule"})
    assert answer.status == 303
    assert (await site.events(done))[1:] == ["accept:inactive", "decline"]


async def test_without_a_licence_there_is_only_no(site: Site) -> None:
    done, path = await site.offered()
    page = await site.ask(path)
    await site.office.change(Provider, site.maya.id, licences=[{"state": "NJ"}])
    answer = await site.ask(path, "POST", data={"seal": page.seal, "decision": "accept"})
    assert answer.status == 403 and "no current licence" in answer.words
    assert 'value="accept"' not in answer.text and 'value="decline"' in answer.text
    assert await site.events(done) == ["submit", "accept:no_licence"]
    for _ in range(2):
        asked = await site.answer(path, decision="ask")
        assert asked.status == 200 and "The coordinators have been asked" in asked.words
    assert await site.events(done) == ["submit", "accept:no_licence", "ask_licence"]
    assert await site.office.attention(done.referral_id) == ["licence"]
    assert not any(one.used_at for one in await site.office.rows(Link)), "asking decides nothing"
    assert "You declined" in await site.told(path, decision="decline", reason="location_or_licence")


async def test_a_coordinator_allows_it(site: Site) -> None:
    done, path = await site.offered()
    licences = site.maya.licences
    await site.office.change(Provider, site.maya.id, licences=[])
    await site.answer(path, decision="ask")
    await site.office.change(Provider, site.maya.id, licences=licences)
    assert "You can accept it now" in (await site.answer(path, decision="ask")).words
    await site.office.change(Provider, site.maya.id, licences=[])
    (item,) = await site.office.rows(Attention, referral_id=done.referral_id)
    assert isinstance(await site.office.do(allow, CORA, item.id, Grounds.COMPACT), Done)
    assert f"A coordinator accepted {done.code} for you" in (await site.ask(path)).words
    assert (await site.ask(path, "POST", data={"decision": "ask"})).status == 200


async def test_somebody_outside_slack_decides_as_well(site: Site) -> None:
    values: dict[str, Any] = {"slack_user": None, "slack_standing": SlackStanding.MISSING}
    outside = await site.office.provider("Ines Solis", work_email="ines@elsewhere.example.org", **values)
    done, path = await site.offered(outside)
    assert "Slack" not in (await site.ask(path)).words
    words = await site.told(path, decision="accept")
    assert "You accepted" in words and "please ask" in words and "Slack" not in words
    assert (await site.office.referral(done.referral_id)).accepted_by == outside.id


async def test_nobodys_forms_and_a_database_that_is_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    done, path = await site.offered()
    seal = (await site.ask(path)).seal
    before = await rows(site.office)
    long = await site.ask(path, "POST", data={"seal": seal, "decision": "accept", "x": "y" * MAX_FORM_BYTES})
    assert long.status == 413
    json = await site.ask(path, "POST", json={"seal": seal, "decision": "accept"})
    assert json.status == 415
    many = await site.ask(path, "POST", data=[("decision", "accept")] * 300)
    assert many.status == 400
    assert await rows(site.office) == before

    async def away(*_: object) -> None:
        raise OperationalError("select secret", {}, Exception("host"))

    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", away)
        patch.setattr(type(site.office.desk.database), "read", away)
        for answer in (await site.ask(path), await site.ask(path, "POST", data={"seal": seal, "decision": "accept"})):
            assert answer.status == 503 and "secret" not in answer.text and "out of order" in answer.words
            assert_private(answer)
    assert (await site.answer(path, decision="accept")).status == 303
    assert await site.events(done) == ["submit", "accept"]


async def test_too_often(site: Site) -> None:
    """What was chosen is handed back, and nothing is decided until it is sent again."""
    visits = Visits(Callers(["127.0.0.1"]), pages_per_minute=60, forms_per_minute=1)
    async with AsyncExitStack() as stack:
        gated = await stack.enter_async_context(open_site(site.office, site.maya, site.noor, visits=visits))
        done, path = await gated.offered()
        seal = (await gated.ask(path)).seal
        assert (await gated.ask(path, "POST", data={})).status == 409
        fields = {"seal": seal, "decision": "decline", "reason": "schedule", "surprise": "x"}
        answer = await gated.ask(path, "POST", data=fields)
        assert answer.status == 429 and int(answer.headers["Retry-After"]) >= 1
        assert_private(answer)
        kept = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', answer.text))
        assert kept == {name: fields[name] for name in ("seal", "decision", "reason")}
        assert await gated.events(done) == ["submit"]
        again = await gated.ask(path, "POST", data=kept, headers={"X-Forwarded-For": "198.51.100.1"})
        assert again.status == 303 and await gated.events(done) == ["submit", "decline"]


async def test_no_log_has_the_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, path = await site.offered()
    await site.ask(path + "x")
    await site.told(path, decision="accept")
    told = [repr(vars(one)) for one in caplog.records if one.name != "uvicorn.access"]  # which bot.logs silences
    assert caplog.records and not [one for one in told if path.rpartition("/")[2] in one]
