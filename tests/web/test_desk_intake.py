"""The page that takes in what came by phone: the same checks as the public form, once however often it is sent."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.exc import OperationalError

from referrals.sources.fields import FROM_THE_FORM
from referrals.tx import Tx
from store.database import Database
from store.tables import History, Referral, Source
from store.vocabulary import Kind
from tests.canary import somebody
from web.desk_intake import IntakeRoom

from .desk_stage import DeskStage, open_desk

WANTED = {
    "state": "NY",
    "service": "individual",
    "delivery": "telehealth",
    "insurer": "aetna",
    "age_band": "18-64",
    "email_ok": "yes",
}


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DeskStage]:
    async with open_desk(database, [IntakeRoom("a signing key")]) as stage:
        yield stage


def nonce_of(text: str) -> str:
    return text.partition('name="nonce" value="')[2].partition('"')[0]


async def test_a_phone_call_becomes_a_referral_once(stage: DeskStage) -> None:
    maya, who = await stage.office.provider("Maya Chen"), somebody()
    browser = await stage.entered("new")
    page = await browser.get("new")
    told = WANTED | {"client_name": who.name, "client_phone": who.phone, "preferred_provider": maya.id}
    sent = await browser.send(page, "new", nonce=nonce_of(page.text), concerns=["anxiety", "grief"], **told)
    again = await browser.send(page, "new", nonce=nonce_of(page.text), **told)
    [referral] = await stage.office.rows(Referral)
    assert (referral.channel, referral.kind, referral.concerns) == ("staff", Kind.PREFERRED, ["anxiety", "grief"])
    [row] = await stage.office.rows(History, subject_id=referral.id, event="submit")
    assert row.actor == "slack:U0CORA" and row.surface == "page"
    assert sent.status == 303 and referral.code in sent.headers["Location"]
    assert again.status == 409 and f"{referral.code} was taken in from this page already" in again.words
    after = await browser.follow(sent)
    assert referral.code in after.words and who.name not in after.text
    assert await stage.office.attention(referral.id) == ["phone_task"], "without an address the client is phoned"


async def test_a_second_client_from_the_same_page_is_not_swallowed(stage: DeskStage) -> None:
    first, second = somebody(), somebody()
    browser = await stage.entered("new")
    page = await browser.get("new")
    nonce = nonce_of(page.text)
    await browser.send(page, "new", nonce=nonce, client_name=first.name, client_phone=first.phone, **WANTED)
    told = WANTED | {"client_name": second.name, "client_phone": second.phone, "notes": "After five"}
    held = await browser.send(page, "new", nonce=nonce, **told)
    assert held.status == 409 and "is on its way" not in held.words
    assert second.name in held.text and "After five" in held.text and first.name not in held.text
    assert nonce_of(held.text) != nonce and len(await stage.office.rows(Referral)) == 1
    assert (await browser.send(held, "new", nonce=nonce_of(held.text), **told)).status == 303
    assert len(await stage.office.rows(Referral)) == 2


async def test_a_phone_calls_notes_outlive_a_database_that_is_away(
    stage: DeskStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody()
    browser = await stage.entered("new")
    page = await browser.get("new")

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    told = WANTED | {"client_name": who.name, "client_phone": who.phone, "notes": "After five"}
    with monkeypatch.context() as patched:
        patched.setattr("web.desk_intake.submit", away)
        failed = await browser.send(page, "new", nonce=nonce_of(page.text), **told)
    assert failed.status == 503 and "After five" in failed.text and "could not save" in failed.words
    assert nonce_of(failed.text) == nonce_of(page.text), "sent again it counts once"
    assert not await stage.office.rows(Referral)


async def test_a_source_is_chosen_and_never_typed(stage: DeskStage) -> None:
    office, who = stage.office, somebody()
    at = office.clock.at
    for name, retired in (("Cedar Clinic", None), ("Old Clinic", at)):
        await office.do(
            Tx.add, Source(id=name, practice_id=office.practice_id, name=name, created_at=at, retired_at=retired)
        )
    browser = await stage.entered("new")
    page = await browser.get("new")
    assert "Cedar Clinic" in page.text and "Old Clinic" not in page.text
    told = WANTED | {"client_name": who.name, "client_phone": who.phone}
    typed = await browser.send(page, "new", nonce=nonce_of(page.text), source="Ada Canary-Quill", **told)
    assert typed.status == 422 and "Choose a source from the list." in typed.words
    assert len(await office.rows(Source)) == 2 and not await office.rows(Referral)
    for source in ("Cedar Clinic", "other"):
        page = await browser.get("new")
        sent = await browser.send(page, "new", nonce=nonce_of(page.text), source=source, **told)
        assert sent.status == 303, sent.words
    [other] = await office.rows(Source, name=FROM_THE_FORM)
    assert [one.source_id for one in await office.rows(Referral)] == ["Cedar Clinic", other.id]
    assert FROM_THE_FORM not in (await browser.get("new")).text


async def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(stage: DeskStage) -> None:
    who = somebody()
    browser = await stage.entered("new")
    page = await browser.get("new")
    told = WANTED | {"client_name": who.name, "state": "", "notes": "Call after five"}
    answered = await browser.send(page, "new", nonce=nonce_of(page.text), **told)
    assert answered.status == 422 and "Choose the state for the sessions." in answered.words
    assert "Give an email address or a phone number" in answered.words
    assert "Call after five" in answered.text and not await stage.office.rows(Referral)


async def test_a_form_that_was_never_shown_takes_nothing_in(stage: DeskStage) -> None:
    browser = await stage.entered("new")
    page = await browser.get("new")
    told = WANTED | {"client_name": "Ada Canary-Quill", "client_phone": "+12025550142"}
    assert (await browser.send(page, "new", nonce="made up", **told)).status == 409
    assert not await stage.office.rows(Referral)
