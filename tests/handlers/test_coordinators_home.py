"""A coordinator's Home through Slack: items settled on it, the queue narrowed, and who coordinates set."""

from typing import Any

import pytest
from sqlmodel import select

from referrals import links
from referrals.actor import Actor, Surface
from referrals.outbox import alert_practice, need_attention
from referrals.outcomes import Missing
from referrals.seen import seen
from referrals.tx import Tx
from store.tables import History, Offer, Practice, Referral
from store.vocabulary import AttentionKind, LinkPurpose, Status
from tests.handlers.conftest import CANARY, Stage

pytestmark = pytest.mark.anyio

ROBIN = Actor("slack:U0ROBIN", Surface.HOME, slack_user="U0ROBIN", coordinator=True)


async def failed(stage: Stage, referral_id: str) -> None:
    def work(tx: Tx) -> None:
        referral = tx.get(Referral, referral_id)
        assert referral is not None
        offer = tx.get(Offer, referral.offer_id)
        need_attention(tx, referral, offer, AttentionKind.DELIVERY_FAILED, "provider_offer:550")

    await stage.desk.do("p", work)


async def open_items(stage: Stage) -> list[str]:
    return sorted(item.kind for item in await stage.items() if item.settled_at is None)


async def users(stage: Stage) -> list[str]:
    def read(tx: Tx) -> list[str]:
        return list(tx.practice().coordinators)

    return await stage.desk.ask("p", read)


async def of_practice(stage: Stage, event: str) -> list[tuple[str, str, Any]]:
    def read(tx: Tx) -> list[tuple[str, str, Any]]:
        rows = tx.session.exec(select(History).where(History.subject_id == "p", History.event == event)).all()
        return [(row.actor, row.result, dict(row.data)) for row in rows]

    return await stage.desk.ask("p", read)


async def test_a_failed_notice_is_taken_off_once_it_was_told_otherwise(stage: Stage) -> None:
    done, _ = await stage.refer()
    await failed(stage, done.referral_id)
    robin = stage.person("robin")
    home = (await robin.open_home()).view
    assert "It was the offer by email." in str(home) and "Done, told otherwise" in str(home)
    assert CANARY not in str(home)
    (item,) = await stage.items()
    await robin.click(home, "referral.seen", value=item.id)
    assert await open_items(stage) == [] and "Nothing needs you" in str(robin.home)
    assert ("seen", "done") in await stage.history(done.referral_id)
    await robin.click(home, "referral.seen", value=item.id)  # the old view, pressed twice
    assert [one for one in await stage.history(done.referral_id) if one[0] == "seen"] == [("seen", "done")]
    assert (await stage.referral(done.referral_id)).status is Status.PENDING, "and nothing else has changed"


async def test_trouble_with_slack_is_tried_again_and_others_are_refused(stage: Stage) -> None:
    await stage.desk.do("p", alert_practice, AttentionKind.SLACK, "is_archived")
    robin, maya = stage.person("robin"), stage.person("maya")
    (item,) = await stage.items()
    home = (await robin.open_home()).view
    refused = await maya.click(home, "referral.seen", value=item.id)
    assert "Only a coordinator" in str(refused.view or refused.text)
    assert await open_items(stage) == ["slack"]
    assert [row[1] for row in await of_practice(stage, "seen")] == ["not_coordinator"]
    await robin.click(home, "referral.seen", value=item.id)
    assert await open_items(stage) == []


@pytest.mark.parametrize("kind", [AttentionKind.AUDIT, AttentionKind.SWEEP])
async def test_what_the_desk_itself_finds_cannot_be_waved_away(stage: Stage, kind: AttentionKind) -> None:
    await stage.desk.do("p", alert_practice, kind, "two_open_offers")
    robin = stage.person("robin")
    home = (await robin.open_home()).view
    (item,) = await stage.items()
    assert "referral.seen" not in str(home)
    assert isinstance(await stage.desk.do("p", seen, ROBIN, item.id), Missing), "nor with a forged button"
    assert await open_items(stage) == [str(kind)]


async def test_the_queue_is_narrowed_and_widened_again(stage: Stage) -> None:
    texan, _ = await stage.refer(state="TX")
    mine, _ = await stage.refer("maya")
    robin = stage.person("robin")
    await robin.open_home()
    await robin.click(robin.home, "referral.room.queue")
    assert texan.code in str(robin.home) and mine.code in str(robin.home) and "*2* open" in str(robin.home)
    await robin.click(robin.home, "referral.queue.state", "state TX,queue 0")
    assert texan.code in str(robin.home) and mine.code not in str(robin.home)
    assert "Shown: *Texas*" in str(robin.home)
    await robin.click(robin.home, "referral.queue.provider", "provider maya,queue 0")
    assert "Nothing in the queue fits" in str(robin.home) and "Shown: *Texas, Maya*" in str(robin.home)
    await robin.click(robin.home, "referral.queue.state", block_id="queue.active")
    assert mine.code in str(robin.home) and robin.home["private_metadata"] == "provider:maya,room:queue"
    await robin.click(robin.home, "referral.more", f"referral.close:{mine.referral_id}")
    await robin.submit(values={"referral.reason": "withdrawn"})
    assert "Nothing in the queue fits" in str(robin.home), "after what was done the queue stands where it stood"
    assert CANARY not in str(robin.home)


async def test_a_provider_finds_no_queue_even_with_its_button(stage: Stage) -> None:
    done, _ = await stage.refer()
    robin, maya = stage.person("robin"), stage.person("maya")
    await robin.open_home()
    await maya.click(robin.home, "referral.room.queue")
    assert done.code not in str(maya.home) and "Your referrals" in str(maya.home)


async def form_of(stage: Stage, name: str = "robin") -> Any:
    person = stage.person(name)
    await person.open_home()
    await person.click(person.home, "referral.room.settings")
    return await person.click(person.home, "referral.coordinators")


async def test_coordinators_are_added_and_removed_and_it_is_recorded(stage: Stage) -> None:
    robin, maya = stage.person("robin"), stage.person("maya")
    assert (await form_of(stage)).view is not None
    sent = await robin.submit(values={"referral.coordinators": ["U0ROBIN", "U0MAYA"]})
    assert sent.closed and await users(stage) == ["U0ROBIN", "U0MAYA"]
    assert "<@U0MAYA>" in str(robin.home), "and Home says so at once"
    assert "Needs a person" in str((await maya.open_home()).view)
    await form_of(stage)
    await robin.submit(values={"referral.coordinators": ["U0ROBIN"]})
    assert await users(stage) == ["U0ROBIN"] and "Needs a person" not in str((await maya.open_home()).view)
    rows = await of_practice(stage, "coordinators")
    assert [data for _, _, data in rows] == [
        {"before": ["U0ROBIN"], "after": ["U0ROBIN", "U0MAYA"]},
        {"before": ["U0ROBIN", "U0MAYA"], "after": ["U0ROBIN"]},
    ]
    await form_of(stage)
    await robin.submit(values={"referral.coordinators": ["U0ROBIN"]})
    assert len(await of_practice(stage, "coordinators")) == 2, "nothing changed, nothing to record"


async def test_whoever_is_removed_loses_links_and_pages_at_once(stage: Stage) -> None:
    maya = Actor("provider:maya", Surface.BUTTON, "maya", "U0MAYA", coordinator=True)

    def make(tx: Tx) -> tuple[str, str]:
        tx.locked_practice().coordinators = ["U0ROBIN", "U0MAYA"]
        used, unused = links.desk_link(tx, maya), links.desk_link(tx, maya)
        link = links.link_of(tx, used, LinkPurpose.DESK)
        assert link is not None and links.use(tx, link)
        return links.open_session(tx, link).cookie, unused

    def standing(tx: Tx) -> tuple[bool, bool]:
        link = links.link_of(tx, unused, LinkPurpose.DESK)
        assert link is not None
        return links.session_of(tx, cookie, LinkPurpose.DESK) is not None, link.expires_at > tx.now

    cookie, unused = await stage.desk.do("p", make)
    assert await stage.desk.ask("p", standing) == (True, True)
    await form_of(stage)
    await stage.person("robin").submit(values={"referral.coordinators": ["U0ROBIN", "U0DARA"]})
    assert await stage.desk.ask("p", standing) == (False, False)


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("U0DESK", "only people coordinate"),
        ("U0GUS", "is a guest"),
        ("U0INES", "has left the workspace"),
        ("U0PETRA", "belongs to another workspace"),
        ("U0NOBODY", "is not known to Slack"),
    ],
)
async def test_who_cannot_coordinate_is_said_beside_the_field(stage: Stage, user: str, words: str) -> None:
    await stage.person("ines").change(deleted=True)
    await form_of(stage)
    sent = await stage.person("robin").submit(values={"referral.coordinators": ["U0ROBIN", user]})
    (said,) = sent.errors.values()
    assert not sent.closed and words in said and "Please take them out" in said
    assert await users(stage) == ["U0ROBIN"] and await of_practice(stage, "coordinators") == []


async def test_leaving_yourself_out_is_asked_about_first(stage: Stage) -> None:
    robin = stage.person("robin")
    await form_of(stage)
    asked = await robin.submit(values={"referral.coordinators": ["U0MAYA"]})
    assert not asked.closed and "You have left yourself out" in str(robin.view)
    assert await users(stage) == ["U0ROBIN"], "nothing has happened yet"
    assert (await robin.submit()).closed
    assert await users(stage) == ["U0MAYA"]
    assert "not on the roster" in str(robin.home), "Robin is no provider either"


async def test_the_second_of_two_is_shown_what_changed_and_by_whom(stage: Stage) -> None:
    robin, maya = stage.person("robin"), stage.person("maya")
    await form_of(stage)
    await robin.submit(values={"referral.coordinators": ["U0ROBIN", "U0MAYA"]})
    await form_of(stage, "maya")
    await form_of(stage)
    await robin.submit(values={"referral.coordinators": ["U0ROBIN", "U0MAYA", "U0DARA"]})
    late = await maya.submit(values={"referral.coordinators": ["U0ROBIN", "U0MAYA", "U0TOMAS"]})
    assert not late.closed and "<@U0ROBIN> has changed this" in str(maya.view)
    assert await users(stage) == ["U0ROBIN", "U0MAYA", "U0DARA"], "nothing was overwritten"
    again = await maya.submit(values={"referral.coordinators": ["U0ROBIN", "U0MAYA", "U0DARA", "U0TOMAS"]})
    assert again.closed and await users(stage) == ["U0ROBIN", "U0MAYA", "U0DARA", "U0TOMAS"]


async def test_somebody_else_can_neither_open_nor_send_it(stage: Stage) -> None:
    robin, maya = stage.person("robin"), stage.person("maya")
    opened = await form_of(stage)
    refused = await maya.click(robin.home, "referral.coordinators")
    assert "Only a coordinator" in str(refused.view or refused.text)
    assert opened.view is not None and await users(stage) == ["U0ROBIN"]
    assert [row[1] for row in await of_practice(stage, "coordinators")] == ["not_coordinator"]


async def test_where_nobody_was_chosen_the_admins_stand_in_and_it_is_said(stage: Stage) -> None:
    def nobody(tx: Tx) -> None:
        practice: Practice = tx.locked_practice()
        practice.coordinators, practice.admins = [], ["U0ROBIN"]

    await stage.desk.do("p", nobody)
    opened = await form_of(stage)
    assert "the workspace's admins stand in" in str(opened.view)
    assert (await stage.person("robin").submit(values={"referral.coordinators": ["U0ROBIN"]})).closed
    assert await users(stage) == ["U0ROBIN"], "from now on whoever was chosen, whoever becomes an admin"
