"""Sources through Slack: the room, the form, the link, ideal clients and consent; and none of it for anybody else."""

from typing import Any

import pytest
from sqlmodel import select

from referrals.intake.form import receive
from referrals.intake.request import Intake
from referrals.tx import Tx
from store.tables import Source
from tests.handlers.conftest import CANARY, PUBLIC_URL, Stage

ROOM = "referral.room.sources"


async def entered(stage: Stage) -> Any:
    robin = stage.person("robin")
    await robin.open_home()
    await robin.click(robin.home, ROOM)
    return robin


async def sources(stage: Stage) -> dict[str, Source]:
    ours = select(Source).where(Source.practice_id == "p")
    return {one.name: one for one in await stage.desk.ask("p", lambda tx: list(tx.session.exec(ours)))}


def typed(view: Any, **values: Any) -> dict[str, Any]:
    blocks = {one["block_id"].split(".")[1]: one["block_id"] for one in view["blocks"] if one["type"] == "input"}
    return {blocks[name]: {"referral.field": value} for name, value in values.items()}


async def add(robin: Any, **values: Any) -> Any:
    await robin.click(robin.home, "referral.add_source")
    given = {"name": "Cedar Street Family Medicine", "kind": "physician", "email": "office@cedar.example.com"}
    return await robin.submit(values=typed(robin.view, **given | values))


async def pick(robin: Any, source: Source, action: str) -> Any:
    """From the source's menu."""
    value = f"referral.{action}:{source.id}"
    block = next(one for one in robin.home["blocks"] if value in str(one))
    return await robin.click(robin.home, "referral.more", value, block_id=block["block_id"])


async def test_a_source_is_added_and_stands_on_home(stage: Stage) -> None:
    robin = await entered(stage)
    assert "No sources yet" in str(robin.home)
    assert (await add(robin)).closed
    home = str(robin.home)
    assert "*Cedar Street Family Medicine*  Physician\\nNo referral yet" in home
    await stage.refer(source="Cedar Street Family Medicine", channel="staff")
    await robin.click(robin.home, ROOM)
    assert "1 referred, 0 accepted, 0 contacted, 0 scheduled" in str(robin.home)


async def test_what_will_not_do_is_said_beside_its_field(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    again = await add(robin, name="cedar street family medicine", phone="12")
    assert not again.closed
    errors = {block.split(".")[1]: words for block, words in again.errors.items()}
    assert set(errors) == {"phone"} or "already" in errors["name"]
    assert "(512) 555-0142" in errors["phone"]
    named = await robin.submit(values=typed(robin.view, phone=""))
    assert "There is a source of that name already" in next(iter(named.errors.values()))
    assert len(await sources(stage)) == 1


async def test_the_second_coordinator_is_shown_what_was_changed(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    source = (await sources(stage))["Cedar Street Family Medicine"]
    await pick(robin, source, "edit_source")

    def elsewhere(tx: Tx) -> None:
        row = tx.lock(Source, source.id)
        assert row is not None
        row.contact = "Dr. Okoye"

    await stage.desk.do("p", elsewhere)
    late = await robin.submit(values=typed(robin.view, contact="Ms. Reed", mail_ok=[]))
    assert not late.closed and "While this form was open" in str(late.view)
    assert "Contact person: *Dr. Okoye*" in str(late.view) and "'initial_value': 'Ms. Reed'" in str(late.view)
    assert (await sources(stage))[source.name].contact == "Dr. Okoye"
    assert (await robin.submit(robin.view)).closed
    now = (await sources(stage))[source.name]
    assert (now.contact, now.mail_ok) == ("Ms. Reed", False)


async def test_its_link_is_shown_to_copy_and_a_new_one_replaces_it(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    source = (await sources(stage))["Cedar Street Family Medicine"]
    await pick(robin, source, "source_link")
    first = (await sources(stage))[source.name].link_token
    assert f"{PUBLIC_URL}/refer/juniper/{first}" in str(robin.view)
    button = next(one for block in robin.view["blocks"] for one in block.get("elements", []) if "confirm" in one)
    assert "plain form" in button["confirm"]["text"]["text"], "it asks first"
    await robin.click(robin.view, "referral.new_source_link")
    second = (await sources(stage))[source.name].link_token
    assert second != first
    assert f"/refer/juniper/{second}" in str(robin.view) and str(first) not in str(robin.view)


async def test_retired_and_brought_back(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    source = (await sources(stage))["Cedar Street Family Medicine"]
    await pick(robin, source, "retire_source")
    assert "·  retired" in str(robin.home) and "source_link" not in str(robin.home)
    await pick(robin, source, "revive_source")
    assert "·  retired" not in str(robin.home)


async def test_filters_and_pages_stay_after_a_form(stage: Stage) -> None:
    def many(tx: Tx) -> None:
        for number in range(23):
            kind = "school" if number % 2 else "physician"
            tx.add(Source(id=f"s{number}", practice_id="p", name=f"Place {number:02}", kind=kind, created_at=tx.now))

    await stage.desk.do("p", many)
    robin = await entered(stage)
    assert "Place 09" in str(robin.home) and "Place 10" not in str(robin.home)
    await robin.click(
        robin.home, "referral.home_page", "kind school,sources 0", block_id=block_of(robin, "kind school")
    )
    assert "Place 19" in str(robin.home) and "Place 02" not in str(robin.home)
    await robin.click(robin.home, "referral.home_page", block_id="home.next.sources")
    assert "Place 21" in str(robin.home) and "Place 19" not in str(robin.home)
    await pick(robin, (await sources(stage))["Place 21"], "edit_source")
    assert (await robin.submit(values=typed(robin.view, contact="Ms. Reed"))).closed
    assert "Place 21" in str(robin.home) and "Place 19" not in str(robin.home), "and it stays on its page"
    await robin.click(
        robin.home, "referral.home_page", "which quiet,sources 0", block_id=block_of(robin, "which quiet")
    )
    assert "No source is like that" in str(robin.home)


def block_of(robin: Any, value: str) -> str:
    return next(one["block_id"] for one in robin.home["blocks"] if value in str(one))


async def test_ideal_clients_are_chosen_from_lists(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    await robin.click(robin.home, "referral.ideal")
    assert (await robin.submit(values=typed(robin.view, state=["NY", "TX"], concern=["anxiety"]))).closed
    practice = await stage.desk.ask("p", Tx.practice)
    assert practice.ideal == {"state": ["NY", "TX"], "concern": ["anxiety"]}
    await stage.refer(source="Cedar Street Family Medicine", channel="staff")
    await robin.click(robin.home, ROOM)
    assert "100% ideal clients" in str(robin.home)
    await robin.click(robin.home, "referral.ideal")
    assert "'value': 'TX'" in str(robin.view) and "initial_options" in str(robin.view)


async def test_consent_is_noted_from_the_timeline(stage: Stage) -> None:
    robin = await entered(stage)
    await add(robin)
    done, _ = await stage.refer(source="Cedar Street Family Medicine", channel="staff", concerns=("substance_use",))
    other, _ = await stage.refer()
    answered = (await robin.command(f"/referrals show {other.code}")).ephemerals[-1]
    assert other.code in str(answered.blocks) and "referral.consent" not in str(answered.blocks), "nobody to tell"
    told = (await robin.command(f"/referrals show {done.code}")).ephemerals[-1]
    await robin.click(told, "referral.consent")
    assert "*Cedar Street Family Medicine*" in str(robin.view) and "42 CFR Part 2" in str(robin.view)
    assert "ubstance" not in str(robin.view)
    await robin.submit(values={"referral.field": "given"})
    assert (await stage.referral(done.referral_id)).outcome_consent_at is not None
    assert ("consent", "done") in await stage.history(done.referral_id)


@pytest.mark.parametrize("typed_as", [f"{CANARY} Mother", "cedar street family medicine"])
async def test_what_a_client_types_never_stands_on_home(stage: Stage, typed_as: str) -> None:
    robin = await entered(stage)
    await add(robin)
    facts = {"state": "NY", "insurer": "aetna", "service": "individual", "delivery": "telehealth"}
    asked = Intake(client_name=f"{CANARY} X", age_band="18-64", channel="form", source=typed_as, nonce="1", **facts)
    await stage.desk.do("p", receive, asked)
    await robin.click(robin.home, ROOM)
    home = str(robin.home)
    assert CANARY not in home
    assert ("Other (from the form)" in home) is (CANARY in typed_as)


ACTIONS = [
    ("referral.add_source", "add"),
    ("referral.edit_source", "s1"),
    ("referral.source_link", "s1"),
    ("referral.new_source_link", "s1"),
    ("referral.retire_source", "s1"),
    ("referral.revive_source", "s1"),
    ("referral.ideal", "ideal"),
]
