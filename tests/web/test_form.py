"""The public form over real HTTP, on a real database."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import aiohttp
import pytest
from cryptography.fernet import Fernet
from itsdangerous import TimestampSigner
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from referrals.clock import Clock
from referrals.desk import Desk
from referrals.tx import Tx
from store.database import Database
from store.tables import Client, Delivery, Offer, Practice, Provider, Referral, Source
from store.vault import Vault
from store.vocabulary import Kind, ProviderStatus, SlackStanding
from tests.neighbour import ours
from web.edge import edged
from web.form import form_routes
from web.form_words import LABELS
from web.limits import Callers, Visits
from web.pages import MAX_FORM_BYTES, Pages

from .serving import served

GOOD = {
    "client_name": "Zoë Canary-Smith",
    "age_band": "18-64",
    "client_email": "zoe.canary@example.com",
    "email_ok": "yes",
    "state": "TX",
    "service": "individual",
    "delivery": "telehealth",
    "insurer": "aetna",
}


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]

    @property
    def nonce(self) -> str:
        found = re.search(r'name="nonce" value="([^"]+)"', self.text)
        assert found, self.text[:500]
        return found[1]


@dataclass
class House:
    desk: Desk
    http: aiohttp.ClientSession
    base: str

    async def get(self, path: str = "/refer/juniper", method: str = "GET") -> Answer:
        return await self._ask(method, path)

    async def send(self, fields: dict[str, str] | list[tuple[str, str]] | bytes, **options: object) -> Answer:
        return await self._ask("POST", "/refer/juniper", data=fields, **options)

    async def fill(self, **changes: str) -> Answer:
        """Opens the form, fills it in and sends it."""
        return await self.send({**GOOD, **changes, "nonce": (await self.get()).nonce})

    async def referrals(self) -> list[Referral]:
        return await self.desk.ask("p", lambda tx: list(tx.session.exec(ours(select(Referral)))))

    async def client(self) -> tuple[Client, dict[str, str | None]]:
        def only(tx: Tx) -> tuple[Client, dict[str, str | None]]:
            row = tx.session.exec(ours(select(Client))).one()
            sealed = ("name", "preferred_name", "email", "phone", "guardian", "notes")
            return row, {name: tx.vault.open(getattr(row, name)) for name in sealed}

        return await self.desk.ask("p", only)

    async def _ask(self, method: str, path: str, **options: object) -> Answer:
        async with self.http.request(method, self.base + path, allow_redirects=False, **options) as answer:  # type: ignore[arg-type]
            return Answer(answer.status, await answer.text(), dict(answer.headers))


def seed(tx: Tx) -> None:
    now = datetime.now(UTC)
    for practice, slug in (("p", "juniper"), ("q", "other")):
        tx.add(
            Practice(
                id=practice,
                team_id=practice.upper(),
                slug=slug,
                name="Juniper & Co",
                channel_id="C",
                support_phone="(512) 555-0100",
                created_at=now,
            )
        )
    for id, name, status in (
        ("maya", "Maya Chen", ProviderStatus.ACTIVE),
        ("aisha", "Aisha Okafor", ProviderStatus.PAUSED),
        ("ingrid", "Ingrid Solberg", ProviderStatus.INACTIVE),
    ):
        tx.add(
            Provider(
                id=id,
                practice_id="p",
                name=name,
                status=status,
                slack_user=id.upper(),
                slack_standing=SlackStanding.MEMBER,
                licences=[{"state": "TX"}],
                insurers=[{"insurer": "aetna", "accepting": True}],
                created_at=now,
            )
        )


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with open_house(database, Visits(Callers(), 0, 0)) as house:
        yield house


@asynccontextmanager
async def open_house(database: Database, visits: Visits) -> AsyncIterator[House]:
    async def wake(_: object) -> None: ...

    desk = Desk(database, Vault([Fernet.generate_key().decode()], "index", "history"), Clock(), wake)
    await desk.do("p", seed)
    pages = Pages()
    routes = [*form_routes(desk, pages, "a signing key", visits), pages.style_route()]
    async with served(edged(routes, pages, https=False)) as port, aiohttp.ClientSession() as http:
        yield House(desk, http, f"http://127.0.0.1:{port}")


def assert_private(answer: Answer) -> None:
    headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text and " style=" not in answer.text


async def test_the_form_shows_and_changes_nothing(house: House) -> None:
    answer = await house.get()
    assert answer.status == 200
    assert_private(answer)
    for text in (
        "988",
        "911",
        "not monitored 24/7",
        "988lifeline.org",
        "Juniper &amp; Co",
        "does not reach anyone at once",
    ):
        assert text in answer.text
    assert '<option value="maya">Maya Chen</option>' in answer.text
    assert '<option value="" disabled>Aisha Okafor (not taking new clients)</option>' in answer.text
    assert "aisha" not in answer.text and "Ingrid" not in answer.text
    head = await house.get(method="HEAD")
    assert (head.status, head.text) == (200, "")
    assert await house.referrals() == []


async def test_sent_once_it_is_a_referral_with_its_round(house: House) -> None:
    sent = await house.fill(
        preferred_name="Zo",
        client_phone="(512) 555-0142",
        voicemail_ok="yes",
        preferred_provider="maya",
        source="Dr. Finch",
        urgency="urgent",
        notes="After\r\nfive.",
    )
    assert sent.status == 303
    [referral] = await house.referrals()
    assert sent.headers["Location"] == f"/refer/juniper/thanks?code={referral.code}&by=email"
    assert sent.headers["Cache-Control"] == "no-store"
    assert (referral.kind, referral.channel, referral.urgency) == (Kind.PREFERRED, "form", "urgent")
    client, opened = await house.client()
    assert opened == {
        "name": "Zoë Canary-Smith",
        "preferred_name": "Zo",
        "email": "zoe.canary@example.com",
        "phone": "+15125550142",
        "guardian": None,
        "notes": "After\nfive.\n\nHow they heard about us: Dr. Finch",
    }
    assert (client.email_ok, client.voicemail_ok) == (True, True)

    thanks = await house.get(sent.headers["Location"])
    assert thanks.status == 200
    assert_private(thanks)
    for text in (referral.code, "Within 48 hours", "confirm by email", "(512) 555-0100", "988", "911"):
        assert text in thanks.text
    assert "Zoë" not in thanks.text and "already" not in thanks.text


async def test_several_concerns_and_boxes_left_alone(house: House) -> None:
    pairs = [*GOOD.items(), ("concerns", "anxiety"), ("concerns", "sleep"), ("nonce", (await house.get()).nonce)]
    sent = await house.send(
        [pair for pair in pairs if pair[0] not in ("client_email", "email_ok")] + [("client_phone", "5125550142")]
    )
    assert sent.status == 303 and "by=phone" in sent.headers["Location"]
    [referral] = await house.referrals()
    assert referral.concerns == ["anxiety", "sleep"]
    client, _ = await house.client()
    assert (client.email_ok, client.voicemail_ok) == (False, False)


async def test_sending_twice_is_one_referral(house: House) -> None:
    fields = {**GOOD, "nonce": (await house.get()).nonce}
    answers = await asyncio.gather(*(house.send(fields) for _ in range(6)))
    assert {answer.status for answer in answers} == {303}
    [referral] = await house.referrals()
    again = await house.send({**fields, "client_name": "Somebody Else"})
    assert f"code={referral.code}" in again.headers["Location"] and "again=1" in again.headers["Location"]
    assert len(await house.referrals()) == 1
    assert "as you sent it the first time" in (await house.get(again.headers["Location"])).text
    mails = await house.desk.ask("p", lambda tx: tx.session.exec(ours(select(Delivery))).all())
    assert [mail.template for mail in mails].count("client_confirmation") == 1

    assert (await house.fill()).status == 303  # a form opened anew is another request
    assert len(await house.referrals()) == 2


async def test_errors_stand_beside_their_fields_and_what_was_typed_is_kept(house: House) -> None:
    nonce = (await house.get()).nonce
    typed = {
        "nonce": nonce,
        "client_name": 'Zoë "Z" <b>',
        "client_email": "zoe@nowhere",
        "email_ok": "yes",
        "age_band": "13-17",
        "service": "couples",
        "concerns": "grief",
        "preferred_provider": "maya",
        "urgency": "urgent",
        "notes": "line\r\n</textarea><script>",
    }
    answer = await house.send(typed)
    assert answer.status == 422
    assert_private(answer)
    assert answer.nonce == nonce, "the same request still"
    assert "<title>Error: " in answer.text
    wrong = ["guardian", "client_email", "state", "delivery", "insurer"]
    linked = re.findall(r'<li><a href="#(\w+)">', answer.text)
    assert linked == wrong
    for name in wrong:
        assert f'id="{name}"' in answer.text and f'id="{name}-error"' in answer.text
        described = re.search(rf'aria-describedby="[^"]*\b{name}-error"', answer.text)
        assert described, name
    assert answer.text.count('aria-invalid="true"') == len(wrong) + 1  # both radio buttons of one
    text = unescape(answer.text)
    assert 'value="Zoë "Z" <b>"' in text and 'value="zoe@nowhere"' in text and "line\n</textarea><script>" in text
    for chosen in (
        'value="13-17" checked',
        'value="couples" selected',
        'value="grief" checked',
        'value="maya" selected',
        'value="urgent" checked',
    ):
        assert chosen in answer.text, chosen
    assert re.search(r'id="email_ok"[^>]* checked', answer.text)
    assert not re.search(r'id="voicemail_ok"[^>]* checked', answer.text)
    assert await house.referrals() == []

    mended = {**GOOD, "nonce": answer.nonce}
    assert (await house.send(mended)).status == 303
    assert len(await house.referrals()) == 1


async def test_every_field_with_an_error_can_be_linked_to(house: House) -> None:
    nonsense = {name: "\u2603" * 5000 if name in ("notes",) else "x" * 300 for name in LABELS}
    answer = await house.send({**nonsense, "nonce": (await house.get()).nonce})
    assert answer.status == 422
    linked = re.findall(r'<li><a href="#(\w+)">', answer.text)
    assert set(linked) == set(LABELS) - {"tell_source"}, "a tick, which cannot be wrong"
    assert all(f'id="{name}"' in answer.text for name in linked)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("<!channel> & <@U1>", "<!channel> & <@U1>"),
        ("Eve\r\nBcc: all@example.com", "Eve Bcc: all@example.com"),
        ("\u202egnorts\u202c Name", "gnorts Name"),
        ("Nul\x00a", "Nula"),
        ("محمد الأمين", "محمد الأمين"),
        ("{{ 7 * 7 }}", None),
        ("x" * 10_000, None),
        ("\x00", None),
    ],
)
async def test_hostile_names(house: House, name: str, kept: str | None) -> None:
    answer = await house.fill(client_name=name)
    if kept is None:
        assert answer.status == 422 and '<a href="#client_name">' in answer.text and "49" not in answer.text[:3000]
        assert await house.referrals() == []
        return
    assert answer.status == 303
    _, opened = await house.client()
    assert opened["name"] == kept
    assert "name" not in answer.headers["Location"].casefold()


async def test_a_form_open_too_long_is_shown_again_with_what_was_typed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda _self: int(time.time()) - 24 * 3600 - 5)
        nonce = (await house.get()).nonce
        also = (await house.get()).nonce
        assert (await house.send({**GOOD, "nonce": also})).status == 303  # sent in time
    late = await house.send({**GOOD, "nonce": nonce})
    assert late.status == 409 and "send it once more" in late.text and "Zoë Canary-Smith" in late.text
    assert len(await house.referrals()) == 1
    repeated = await house.send({**GOOD, "nonce": also})
    assert repeated.status == 303 and "again=1" in repeated.headers["Location"], "no second referral out of lateness"
    assert late.nonce != nonce and (await house.send({**GOOD, "nonce": late.nonce})).status == 303
    assert len(await house.referrals()) == 2


@pytest.mark.parametrize("nonce", ["", "forged", "WyJwIiwibiJd.aaaa.bbbb", "\x00", "é" * 500])
async def test_a_nonce_that_was_never_issued(house: House, nonce: str) -> None:
    answer = await house.send({**GOOD, "nonce": nonce})
    assert answer.status == 409 and "Zoë Canary-Smith" in answer.text
    assert await house.referrals() == []


async def test_a_nonce_of_another_practice(house: House) -> None:
    assert (await house.send({**GOOD, "nonce": (await house.get("/refer/other")).nonce})).status == 409


async def test_what_only_staff_may_say_does_not_come_in_here(house: House) -> None:
    first = await house.fill(external_id="e1", source="Dr. Finch", source_email="victim@example.com", channel="csv")
    second = await house.fill(external_id="e1")
    assert first.headers["Location"] != second.headers["Location"]
    assert [(one.external_id, one.channel) for one in await house.referrals()] == [(None, "form")] * 2
    sources = await house.desk.ask("p", lambda tx: tx.session.exec(ours(select(Source))).all())
    assert [source.email for source in sources] == [None]


async def test_a_provider_who_paused_meanwhile_becomes_a_general_round(house: House) -> None:
    assert (await house.fill(preferred_provider="aisha")).status == 303
    [referral] = await house.referrals()
    assert (referral.preferred_provider_id, referral.unroutable) == ("aisha", "paused")
    [offer] = await house.desk.ask("p", lambda tx: tx.session.exec(ours(select(Offer))).all())
    assert offer.kind is Kind.GENERAL
    assert (await house.fill(preferred_provider="ingrid")).status == 422


async def test_a_forged_provider_learns_nothing(house: House) -> None:
    for forged in ("Maya Chen", "Ingrid", "INGRID", "Maja"):
        answer = await house.fill(preferred_provider=forged)
        assert answer.status == 422
        assert "Did you mean" not in answer.text and "Solberg" not in answer.text
    assert await house.referrals() == []


@pytest.mark.parametrize(
    "path", ["/refer/nobody", "/refer/JUNIPER", "/refer/%00", "/refer/nobody/thanks", "/refer/'--"]
)
async def test_no_such_practice(house: House, path: str) -> None:
    answer = await house.get(path)
    assert answer.status == 404
    assert_private(answer)
    assert "Juniper" not in answer.text and "nobody" not in answer.text and "988" in answer.text


async def test_what_is_no_form_of_ours(house: House) -> None:
    nonce = (await house.get()).nonce
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    for status, data, headers in (
        (413, b"notes=" + b"x" * MAX_FORM_BYTES, urlencoded),
        (413, b"x" * 10_000_000, urlencoded),
        (415, b"{}", {"Content-Type": "application/json"}),
        (415, b"", {"Content-Type": ""}),
        (415, b"--a--", {"Content-Type": "multipart/form-data; boundary=a"}),
        (400, b"&".join(b"a=b" for _ in range(500)), urlencoded),
        (409, b"\xff\xfe%ff%00=%zz&&&==", urlencoded),
    ):
        try:
            answer = await house.send(data, headers=headers)
        except aiohttp.ClientError:
            assert len(data) > 2_000_000, "only what is absurdly long may find the door shut"
            continue
        assert answer.status == status
        assert_private(answer)
    assert (await house.get(method="PUT")).status == 405
    assert (await house.get(method="DELETE")).status == 405
    assert await house.referrals() == []
    assert (await house.send({**GOOD, "nonce": nonce}, headers={})).status == 303


@pytest.mark.parametrize("code", ["R-7K3QM", "<script>", "R-7K3QM<b>", "Zoe", ""])
async def test_the_thanks_page_repeats_nothing_but_a_code(house: House, code: str) -> None:
    answer = await house.get(f"/refer/juniper/thanks?code={code}&by=pigeon")
    assert answer.status == 200
    assert ("R-7K3QM</strong>" in answer.text) is (code == "R-7K3QM")
    assert "<script" not in answer.text and "pigeon" not in answer.text and "Zoe" not in answer.text


async def test_a_database_that_cannot_write_loses_nothing_typed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    nonce = (await house.get()).nonce

    async def locked(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(house.desk.database, "write", locked)
        answer = await house.send({**GOOD, "nonce": nonce})
    assert answer.status == 503 and "could not save" in answer.text and "Zoë Canary-Smith" in answer.text
    assert answer.nonce == nonce
    with monkeypatch.context() as broken:
        broken.setattr(house.desk.database, "read", locked)
        assert (await house.get()).status == 503
    assert await house.referrals() == []
    assert (await house.send({**GOOD, "nonce": nonce})).status == 303


async def test_the_style_sheet_may_be_kept(house: House) -> None:
    path = re.search(r'href="(/static/pages-[0-9a-f]{12}\.css)"', (await house.get()).text)
    assert path
    answer = await house.get(path[1])
    assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("slug", ["juniper", "nobody", "%5C%5Cevil.example.org", "a%0D%0ASet-Cookie:x"])
async def test_an_address_with_a_slash_too_many_leads_to_the_form_and_nowhere_else(house: House, slug: str) -> None:
    async with house.http.get(
        f"{house.base}/refer/{slug}/", headers={"Host": "evil.example.org"}, allow_redirects=False
    ) as answer:
        assert answer.status in (308, 404)
        assert answer.headers.get("Location", "/refer/").startswith("/refer/")
        assert "Set-Cookie" not in answer.headers
    assert (await house.get("/refer/juniper/")).headers["Location"] == "/refer/juniper"
