"""A coordinator's part of the secure page: the same use cases as in Slack, on the same page as the client."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from referrals.acting.extend import extend
from referrals.coordinate import assign
from referrals.details import ask_for_details
from store.database import Database
from store.tables import Attention, Delivery, History
from store.vocabulary import CloseReason, Kind, Status, Urgency
from tests.canary import Identity, somebody
from tests.desk import CORA, by
from web.client_acting import DEEDS

from .client_stage import Browser, Page, Stage, open_stage

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stage(shared_database: Database) -> AsyncIterator[Stage]:
    async with open_stage(shared_database) as stage:
        yield stage


async def waiting(stage: Stage, preferred: object = None, **facts: object) -> tuple[str, Identity]:
    who = somebody()
    told = {"client_name": who.name, "client_email": who.email, "client_phone": who.phone, "notes": who.notes}
    done = await stage.office.submit(preferred, **told | facts)  # type: ignore[arg-type]
    return done.referral_id, who


async def as_cora(stage: Stage, referral_id: str) -> tuple[Browser, Page]:
    browser = stage.browser()
    return browser, await browser.enter(await stage.office.do(ask_for_details, CORA, referral_id))


def hidden(page: Page, name: str) -> str:
    return page.text.partition(f'name="{name}" value="')[2].partition('"')[0]


async def test_only_coordinators_see_it_and_the_story_names_no_client(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, who = await stage.accepted(maya)
    browser = stage.browser()
    page = await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
    assert "For coordinators" not in page.text and "What has happened" not in page.text
    tried = await browser.press(page, "withdraw")
    assert tried.status == 403 and (await stage.office.referral(id)).status is Status.ACCEPTED
    assert (await stage.office.history(await stage.office.referral(id)))[-1] == "close:not_coordinator"
    _, page = await as_cora(stage, id)
    story = page.words.partition("What has happened")[2].partition("Close this page")[0]
    assert "Accepted by Maya Lin" in story and "Email to Maya Lin" in story and "Came in by the web form" in story
    assert who.name not in story and who.email not in story


DEEDS_AND_FIELDS: list[tuple[str, dict[str, str]]] = [
    ("extend", {"by": "12"}),
    ("act_for", {"answer": "takes"}),
    ("act_for", {"answer": "passes"}),
    ("assign", {}),
    ("reopen", {}),
    ("withdraw", {}),
    ("end", {"why": "other"}),
    ("urgent", {}),
    ("not_urgent", {}),
    ("hold", {"why": "complaint"}),
    ("lift_hold", {}),
    ("decline_for", {"why": "schedule"}),  # last: whoever is asked may do it, and is out then
]


def test_every_deed_stands_in_the_table() -> None:
    assert {deed for deed, _ in DEEDS_AND_FIELDS} == set(DEEDS)


@pytest.mark.parametrize("role", ["acceptor", "pending_preferred"])
async def test_what_coordinators_do_is_refused_to_providers_and_changes_nothing(stage: Stage, role: str) -> None:
    maya, noor = await stage.office.provider("Maya Lin"), await stage.office.provider("Noor Haddad")
    id = (await stage.accepted(maya))[0] if role == "acceptor" else (await waiting(stage, maya))[0]
    offer = (await stage.office.offers(id))[-1].id

    async def rows() -> object:
        found = [*await stage.office.offers(id), *await stage.office.rows(Delivery, referral_id=id)]
        found += await stage.office.rows(Attention, referral_id=id)
        referral = (await stage.office.referral(id)).model_dump()
        of_history = ("version", "history_head", "history_count")
        return {name: value for name, value in referral.items() if name not in of_history}, [
            one.model_dump() for one in found
        ]

    for deed, fields in DEEDS_AND_FIELDS:
        browser = stage.browser()
        page = await browser.enter(await stage.office.do(ask_for_details, by(maya), id))
        before, told = await rows(), len(await stage.office.history(await stage.office.referral(id)))
        answer = await browser.press(page, deed, offer=offer, provider=noor.id, **fields)
        if deed == "decline_for":
            assert answer.status == OWN_ANSWER[role]
            continue
        fresh = (await stage.office.history(await stage.office.referral(id)))[told:]
        assert answer.status == 403, (deed, answer.words)
        assert await rows() == before, deed
        assert fresh and all(one.endswith(":not_coordinator") for one in fresh if not one.startswith("view")), fresh


#: Declining is a provider's own: too late for whoever has it, and rightly done by whoever is asked.
OWN_ANSWER = {"acceptor": 409, "pending_preferred": 303}


async def test_the_deadline_is_extended_and_a_second_form_is_told_so(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, _ = await waiting(stage, maya)
    browser, page = await as_cora(stage, id)
    shown, before = hidden(page, "shown"), (await stage.office.offers(id))[0].expires_at
    later = await browser.press(page, "extend", by="12", shown=shown)
    assert later.status == 303 and "later deadline" in (await browser.get("?said=extend")).words
    after = (await stage.office.offers(id))[0].expires_at
    assert (after - before).total_seconds() == 12 * 3600
    again = await browser.press(page, "extend", by="48", shown=shown)
    assert again.status == 409 and "You have moved the deadline since" in again.words
    wrong = await browser.press(page, "extend", by="day", day="2020-01-01", shown=hidden(again, "shown"))
    assert wrong.status == 422 and "Please choose a day from" in wrong.words
    assert (await stage.office.offers(id))[0].expires_at == after


async def test_accepting_for_somebody_asks_for_grounds_first(stage: Stage) -> None:
    noor = await stage.office.provider("Noor Haddad", licences=[], insurers=[])
    id, _ = await waiting(stage)
    browser, page = await as_cora(stage, id)
    assert "Noor Haddad (no licence there, out of network)" in page.words
    given = {"offer": hidden(page, "offer"), "provider": noor.id, "answer": "takes"}
    asked = await browser.press(page, "act_for", **given)
    assert (
        asked.status == 422 and "Why may they see this client?" in asked.words and "Why out of network?" in asked.words
    )
    assert (await stage.office.referral(id)).status is Status.PENDING
    half = await browser.press(page, "act_for", **given, grounds="compact")
    assert half.status == 422 and (await stage.office.referral(id)).status is Status.PENDING
    done = await browser.press(page, "act_for", **given, grounds="compact", network="single_case_agreement")
    assert done.status == 303 and (await stage.office.referral(id)).accepted_by == noor.id
    row = (await stage.office.rows(History, subject_id=id, event="accept"))[0]
    assert (row.surface, row.on_behalf_of, row.data["override"], row.data["network"]) == (
        "page",
        noor.id,
        "compact",
        "single_case_agreement",
    )
    late = await browser.press(page, "act_for", **given)
    assert late.status == 409 and (await stage.office.referral(id)).accepted_by == noor.id


async def test_everything_else_is_there_too(stage: Stage) -> None:
    maya, noor = await stage.office.provider("Maya Lin"), await stage.office.provider("Noor Haddad")
    id, _ = await waiting(stage, maya)
    browser, page = await as_cora(stage, id)
    for deed, fields in (("urgent", {}), ("hold", {"why": "complaint"}), ("assign", {"provider": noor.id})):
        assert (await browser.press(page, deed, **fields)).status == 303, deed
    referral = await stage.office.referral(id)
    assert (referral.urgency, referral.legal_hold) == (Urgency.URGENT, True)
    assert (await stage.office.offers(id))[-1].provider_id == noor.id
    page = await browser.get()
    assert "On legal hold" in page.words and "No longer urgent" in page.words
    passed = await browser.press(page, "decline_for", offer=hidden(page, "offer"), why="schedule")
    assert passed.status == 303 and (await stage.office.offers(id))[-1].kind is Kind.GENERAL
    for deed in ("not_urgent", "lift_hold"):
        assert (await browser.press(page, deed)).status == 303
    for deed in ("hold", "end", "decline_for", "assign", "extend", "act_for"):
        empty = await browser.press(page, deed)
        assert empty.status == 422 and "Please" in empty.words, deed
    assert (await browser.press(page, "withdraw")).status == 303
    assert (await stage.office.referral(id)).close_reason is CloseReason.WITHDRAWN
    late = await browser.press(page, "urgent")
    assert late.status == 409 and "moved on" in late.words


async def test_what_another_coordinator_did_meanwhile_is_told_with_their_name(stage: Stage) -> None:
    maya = await stage.office.provider("Maya Lin")
    id, _ = await waiting(stage, maya)
    browser, page = await as_cora(stage, id)
    await stage.office.do(extend, by(maya, coordinator=True), id, timedelta(hours=24))
    late = await browser.press(page, "extend", by="12", shown=hidden(page, "shown"))
    assert late.status == 409 and "Maya Lin has moved the deadline since" in late.words


async def test_what_was_chosen_is_given_back_where_it_was_overtaken(stage: Stage) -> None:
    maya, noor = await stage.office.provider("Maya Lin"), await stage.office.provider("Noor Haddad")
    id, _ = await waiting(stage, maya)
    browser, page = await as_cora(stage, id)
    nothing = await browser.press(page, "decline_for", offer=hidden(page, "offer"), why="no such reason")
    assert nothing.status == 422 and " selected" not in nothing.text
    await stage.office.do(assign, CORA, id, noor.id)
    late = await browser.press(page, "decline_for", offer=hidden(page, "offer"), why="schedule")
    assert late.status == 409 and "Decline for Noor Haddad" in late.words
    assert '<option value="schedule" selected>' in late.text and late.text.count(" selected") == 1
    assert (await stage.office.referral(id)).status is Status.PENDING
