"""The public form by a source's link: it says by whom, records it, and falls back to the plain form without a word."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import select

from referrals.sources.edit import retire
from referrals.sources.links import SourceLink, link_of, replace_link
from referrals.tx import Tx
from store.database import Database
from store.tables import Delivery, Referral, Source
from tests.desk import CORA
from tests.neighbour import ours
from tests.web.test_form import GOOD, Answer, House, open_house
from web.limits import Callers, Visits

CLINIC = "Cedar & <Street> Medicine"


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with open_house(database, Visits(Callers(), 0, 0)) as house:
        row = Source(
            id="s1", practice_id="p", name=CLINIC, email="office@cedar.example.com", created_at=house.desk.clock.now()
        )
        await house.desk.do("p", Tx.add, row)
        yield house


async def link(house: House, use_case: Any = link_of) -> str:
    found = await house.desk.do("p", use_case, CORA, "s1")
    assert isinstance(found, SourceLink)
    return f"/refer/juniper/{found.token}"


async def fill(house: House, path: str, **changes: str) -> Answer:
    page = await house.get(path)
    return await house._ask("POST", path, data={**GOOD, **changes, "nonce": page.nonce})


async def referrals(house: House) -> list[Referral]:
    return await house.desk.ask("p", lambda tx: list(tx.session.exec(ours(select(Referral).order_by(Referral.id)))))


async def test_it_says_by_whom_and_records_it(house: House) -> None:
    path = await link(house)
    page = await house.get(path)
    assert page.status == 200 and "Cedar &amp; &lt;Street&gt; Medicine" in page.text
    assert f'action="{path}"' in page.text
    assert "How did you hear about us?" not in page.text and "tell_source" in page.text
    sent = await fill(house, path)
    assert sent.status == 303 and "/refer/juniper/thanks" in sent.headers["Location"]
    [referral] = await referrals(house)
    assert (referral.source_id, referral.channel, referral.outcome_consent_at) == ("s1", "link", None)
    told = await house.desk.ask("p", lambda tx: [one.recipient for one in tx.session.exec(deliveries(referral.id))])
    assert "source:s1" in told


def deliveries(referral_id: str) -> Any:
    return select(Delivery).where(Delivery.referral_id == referral_id)


async def test_the_person_may_say_that_they_may_be_told(house: House) -> None:
    await fill(house, await link(house), tell_source="yes")
    [referral] = await referrals(house)
    assert referral.outcome_consent_at is not None


async def test_what_was_typed_and_ticked_stays_when_something_is_missing(house: House) -> None:
    path = await link(house)
    page = await house.get(path)
    answer = await house._ask("POST", path, data={**GOOD, "client_name": "", "tell_source": "yes", "nonce": page.nonce})
    assert answer.status == 422 and f'action="{path}"' in answer.text
    assert 'name="tell_source" value="yes" checked' in answer.text
    assert await referrals(house) == []


@pytest.mark.parametrize("how", ["unknown", "replaced", "retired", "nonsense", "another practice's"])
async def test_a_link_that_leads_nowhere_is_the_plain_form(house: House, how: str) -> None:
    path = await link(house)
    if how == "replaced":
        await link(house, replace_link)
    elif how == "retired":
        await house.desk.do("p", retire, CORA, "s1")
    else:
        path = {
            "unknown": "/refer/juniper/0123456789abcdef",
            "nonsense": "/refer/juniper/%3Cb%3E",
            "another practice's": path.replace("juniper", "other"),
        }[how]
    page = await house.get(path)
    assert page.status == 200 and "How did you hear about us?" in page.text
    assert "Referred by" not in page.text and "Cedar" not in page.text and "tell_source" not in page.text
    if how != "another practice's":
        assert (await fill(house, path, tell_source="yes")).status == 303
        [referral] = await referrals(house)
        assert (referral.source_id, referral.channel, referral.outcome_consent_at) == (None, "form", None)


async def test_retired_while_the_form_was_open_it_is_sent_all_the_same(house: House) -> None:
    path = await link(house)
    page = await house.get(path)
    await house.desk.do("p", retire, CORA, "s1")
    sent = await house._ask("POST", path, data={**GOOD, "tell_source": "yes", "nonce": page.nonce})
    assert sent.status == 303
    [referral] = await referrals(house)
    assert (referral.source_id, referral.channel, referral.outcome_consent_at) == (None, "form", None)


async def test_the_plain_form_asks_for_no_permission_and_takes_none(house: House) -> None:
    assert "tell_source" not in (await house.get()).text
    assert (await house.fill(tell_source="yes", source=CLINIC)).status == 303
    [referral] = await referrals(house)
    assert (referral.source_id, referral.outcome_consent_at) == ("s1", None)
