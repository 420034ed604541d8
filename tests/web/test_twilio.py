"""Twilio's webhook over real HTTP: signed with its own library's scheme, and as hostile as the open net."""

import base64
import hmac
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from twilio.request_validator import RequestValidator

from store.tables import Delivery, History, Practice, Provider
from store.vocabulary import DeliveryState
from tests.desk import Office, office
from web.edge import edged
from web.pages import MAX_FORM_BYTES, Pages
from web.twilio import TwilioDoor, signed

from .serving import served

__all__ = ["office"]

TOKEN, PUBLIC = "a token of Twilio's", "https://desk.example.com"
MOBILE, SID = "+12025550101", "SM" + "0a" * 16
SECRET = "Zoe Canary-Smith"


@dataclass
class Line:
    """Twilio's end of it."""

    office: Office
    http: aiohttp.ClientSession
    base: str
    slug: str

    async def post(self, path: str, form: dict[str, str], *, url: str | None = None, **headers: str) -> tuple[int, str]:
        """``url``: our address as Twilio believes it to be, if that is another; ``headers`` replace the right ones."""
        right = RequestValidator(TOKEN).compute_signature(url or PUBLIC + path, form)
        sent = {"X-Twilio-Signature": right} | {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(self.base + path, data=form, headers=sent) as answer:
            return answer.status, await answer.text()

    async def message(self, body: str, sid: str = SID, **more: str) -> tuple[int, str]:
        form = {"MessageSid": sid, "AccountSid": "ACdesk", "From": MOBILE, "To": "+12025550100", "Body": body}
        return await self.post(f"/twilio/{self.slug}/message", form | more)

    async def status(self, status: str, query: str = "", **more: str) -> tuple[int, str]:
        form = {"MessageSid": SID, "AccountSid": "ACdesk", "MessageStatus": status, "To": MOBILE}
        return await self.post(f"/twilio/{self.slug}/status{query}", form | more)

    async def provider(self) -> Provider:
        return (await self.office.rows(Provider))[0]

    async def untouched(self) -> bool:
        rows = await self.office.rows(Delivery)
        return not await self.office.rows(History) and not any(one.receipt for one in rows)


@pytest.fixture
async def line(office: Office) -> AsyncIterator[Line]:
    await office.provider("Maya Chen")
    (practice,) = await office.do(lambda tx: [tx.session.get(Practice, office.practice_id)])
    app = edged(TwilioDoor(office.desk, TOKEN, PUBLIC).routes(), Pages(), https=True)
    async with served(app) as port, aiohttp.ClientSession() as http:
        yield Line(office, http, f"http://localhost:{port}", practice.slug)


async def text(line: Line, **values: Any) -> Delivery:
    done = await line.office.submit(await line.provider())
    (row,) = await line.office.rows(Delivery, referral_id=done.referral_id, template="provider_offer_sms")
    await line.office.change(Delivery, row.id, **({"state": DeliveryState.SENT, "reference": SID} | values))
    return row


async def test_stop_is_honoured_and_answered_with_no_text_of_ours(line: Line) -> None:
    status, answer = await line.message(" Stop! ")
    assert status == 200 and answer.endswith("<Response/>")
    assert (await line.provider()).sms_opted_out
    (row,) = await line.office.rows(History)
    assert (row.event, row.surface, row.actor) == ("sms_stop", "sms", f"provider:{row.subject_id}")
    assert await line.message("START", "SM" + "0b" * 16) == (200, answer)
    assert not (await line.provider()).sms_opted_out
    assert await line.message("Stop!") == (200, answer), "the first one once more"
    assert not (await line.provider()).sms_opted_out and len(await line.office.rows(History)) == 2


@pytest.mark.parametrize("body", ["HELP", "", "who is this?"])
async def test_anything_else_changes_nothing(line: Line, body: str) -> None:
    assert (await line.message(body))[0] == 200
    assert await line.untouched() and not (await line.provider()).sms_opted_out


@pytest.mark.parametrize("sender", ["+12025550177", "12025550101", "whatsapp:+12025550101", "", "+1\x00", "25392"])
async def test_a_number_that_is_nobodys_changes_nothing(line: Line, sender: str) -> None:
    assert (await line.message("STOP", From=sender))[0] == 200
    assert await line.untouched() and not (await line.provider()).sms_opted_out


async def test_a_status_is_written_down_and_one_that_comes_late_is_not(line: Line) -> None:
    row = await text(line)
    for told in ("queued", "delivered", "sent", "queued"):
        assert (await line.status(told, f"?delivery={row.id}"))[0] == 204
    assert (await line.office.rows(Delivery, id=row.id))[0].receipt == "delivered"


async def test_a_status_that_overtakes_twilios_own_answer_finds_its_text(line: Line) -> None:
    row = await text(line, state=DeliveryState.SENDING, reference=None)
    assert (await line.status("sent", f"?delivery={row.id}"))[0] == 204
    (found,) = await line.office.rows(Delivery, id=row.id)
    assert (found.receipt, found.reference, found.state) == ("sent", SID, DeliveryState.SENT)


async def test_an_error_code_tells_the_coordinators(line: Line) -> None:
    await text(line)
    assert (await line.status("undelivered", ErrorCode="30006"))[0] == 204
    assert (await line.provider()).sms_trouble == "30006"
    assert len(await line.office.rows(Delivery, template="coordinator_trouble")) == 1


@pytest.mark.parametrize("query", ["", "?delivery=", "?delivery=%00", "?delivery=" + "x" * 500, "?a=b&delivery=%FF"])
@pytest.mark.parametrize("status", ["sent", "", "nonsense", "x" * 900])
async def test_a_signed_status_of_nothing_we_know_is_taken_and_changes_nothing(
    line: Line, query: str, status: str
) -> None:
    assert (await line.status(status, query, ErrorCode="abc"))[0] == 204
    assert await line.untouched()


FORGED = {
    "none": {"X_Twilio_Signature": ""},
    "made up": {"X_Twilio_Signature": "c2lnbmVk"},
    "not ASCII": {"X_Twilio_Signature": "é" * 20},
    "very long": {"X_Twilio_Signature": "a" * 5000},
    "of another token": {
        "X_Twilio_Signature": base64.b64encode(hmac.digest(b"other", b"https://desk.example.com", "sha1")).decode()
    },
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("where", ["status", "message"])
async def test_a_forgery_changes_nothing_and_nothing_of_it_is_logged(
    line: Line, where: str, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = await text(line)
    form = {"MessageSid": SID, "MessageStatus": "delivered", "From": MOBILE, "Body": "STOP", "Extra": SECRET}
    status, answer = await line.post(f"/twilio/{line.slug}/{where}", form, **headers)
    assert (status, answer) == (403, "")
    assert (await line.office.rows(Delivery, id=row.id))[0].receipt is None
    assert not (await line.provider()).sms_opted_out
    logged = " ".join(str(vars(one)) for one in caplog.records)
    assert SECRET not in logged and MOBILE not in logged


async def test_a_signature_holds_for_one_address_and_one_form_only(line: Line) -> None:
    path = f"/twilio/{line.slug}/message"
    form = {"MessageSid": SID, "From": MOBILE, "Body": "STOP"}
    for elsewhere in (
        PUBLIC + path + "?x=1",
        "http://desk.example.com" + path,
        PUBLIC + path.replace("message", "status"),
    ):
        assert (await line.post(path, form, url=elsewhere))[0] == 403
    right = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    for changed in (form | {"Body": "START"}, form | {"More": "x"}, {"MessageSid": SID, "From": MOBILE}):
        assert (await line.post(path, changed, X_Twilio_Signature=right))[0] == 403
    assert await line.untouched()


async def test_twilio_may_sign_our_address_with_its_port(line: Line) -> None:
    path = f"/twilio/{line.slug}/message"
    form = {"MessageSid": SID, "From": MOBILE, "Body": "STOP"}
    assert (await line.post(path, form, url=f"{PUBLIC}:443{path}"))[0] == 200
    assert (await line.provider()).sms_opted_out


@pytest.mark.parametrize("sid", ["", "SM1", "SM" + "g" * 32, "SM" + "0" * 33, "'; --"])
async def test_without_a_sid_it_is_malformed(line: Line, sid: str) -> None:
    assert (await line.message("STOP", sid))[0] == 400
    assert await line.untouched()


async def test_another_practices_address_leads_nowhere(line: Line) -> None:
    form = {"MessageSid": SID, "From": MOBILE, "Body": "STOP"}
    for slug in ("nobody", "x" * 200, "UPPER", "%00"):
        assert (await line.post(f"/twilio/{slug}/message", form))[0] == 404
    assert await line.untouched()


async def test_bodies_that_are_no_form_of_twilios(line: Line) -> None:
    url = f"{line.base}/twilio/{line.slug}/message"
    signature = {"X-Twilio-Signature": "x"}
    for body, kind, expected in (
        (b"{}", "application/json", 415),
        (b"a=" + b"b" * MAX_FORM_BYTES, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=%ff%00&&&==", "application/x-www-form-urlencoded", 403),
        (b"", "application/x-www-form-urlencoded", 403),
    ):
        async with line.http.post(url, data=body, headers=signature | {"Content-Type": kind}) as answer:
            assert answer.status == expected
    for method in ("GET", "PUT", "DELETE"):
        async with line.http.request(method, url) as answer:
            assert answer.status == 405
    assert await line.untouched()


async def test_a_database_that_is_away_is_told_as_such(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise OperationalError("select 1", {}, OSError())

    monkeypatch.setattr(type(line.office.desk.database), "write", away)
    status, answer = await line.message("STOP")
    assert (status, answer) == (503, "")


@given(
    form=st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=8),
    path=st.text(st.characters(codec="ascii", exclude_characters="#?", exclude_categories=["C"]), max_size=12),
)
def test_it_signs_as_twilios_own_library_does(form: dict[str, str], path: str) -> None:
    url = f"{PUBLIC}/{path}"
    assert signed(TOKEN, url, form.items()) == RequestValidator(TOKEN).compute_signature(url, form)
