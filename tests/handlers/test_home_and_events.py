"""Home, and what Slack tells unasked."""

from typing import Any

import pytest

from referrals import links, slack_trouble
from referrals.actor import Actor, Surface
from referrals.tx import Tx
from store.vocabulary import AttentionKind, LinkPurpose, ProviderStatus, SlackStanding, Status
from tests.handlers.conftest import Stage


async def test_a_providers_home_shows_what_is_theirs_and_its_buttons_work(stage: Stage) -> None:
    mine, _ = await stage.refer("maya")
    other, _ = await stage.refer("tomas")
    maya = stage.person("maya")
    home = (await maya.open_home()).view
    assert mine.code in str(home) and other.code not in str(home) and "Needs a person" not in str(home)
    assert (await maya.click(home, "referral.accept")).ok
    assert (await stage.referral(mine.referral_id)).accepted_by == "maya"
    assert "Accepted, not yet contacted" in str(maya.home) and "Waiting for me" not in str(maya.home)
    await maya.click(maya.home, "referral.contacted")
    assert "In progress" in str(maya.home)


async def test_a_page_is_turned_and_stays_turned_after_what_is_done_on_it(stage: Stage) -> None:
    asked = [await stage.refer("maya") for _ in range(7)]
    maya = stage.person("maya")
    codes = [done.code for done, _ in asked]
    await maya.open_home()
    assert shown(maya, codes) == codes[:5] and "*Waiting for me*  7" in str(maya.home)
    await maya.click(maya.home, "referral.home_page", block_id="home.next.waiting")
    assert shown(maya, codes) == codes[5:] and maya.home["private_metadata"] == "waiting:1"
    await maya.click(maya.home, "referral.accept", value=asked[5][0].offer_id)
    assert shown(maya, codes) == codes[5:] and "*Waiting for me*  6" in str(maya.home)
    await maya.click(maya.home, "referral.decline", value=asked[6][0].offer_id)
    assert (await maya.submit(values={"referral.reason": "schedule"})).closed
    assert shown(maya, codes) == codes[:6], "a page that is gone gives way to the last, and what was accepted stays"
    await maya.click(maya.home, "referral.pause_now", value="insurer=aetna")
    assert "Aetna  ·  *paused* until you resume" in str(maya.home)


async def test_a_form_opened_from_a_later_page_leads_back_to_it(stage: Stage) -> None:
    asked = [await stage.refer("maya") for _ in range(7)]
    maya = stage.person("maya")
    await maya.open_home()
    menu = next(one for one in maya.home["blocks"] if "static_select" in str(one.get("accessory")))
    await maya.click(maya.home, "referral.home_page", "waiting 1", block_id=menu["block_id"])
    await maya.click(maya.home, "referral.decline", value=asked[5][0].offer_id)
    assert (await maya.submit(values={"referral.reason": "schedule"})).closed
    assert shown(maya, [done.code for done, _ in asked]) == [asked[6][0].code]
    assert maya.home["private_metadata"] == "waiting:1"


async def test_giving_back_is_in_the_menu_and_what_comes_next_beside_it(stage: Stage) -> None:
    mine, message = await stage.refer("maya")
    maya = stage.person("maya")
    await maya.click(message, "referral.accept")
    await maya.open_home()
    (row,) = [one["elements"] for one in maya.home["blocks"] if one["block_id"] == f"home.line.{mine.offer_id}"]
    assert "referral.release" not in [one["action_id"] for one in row]
    opened = await maya.click(maya.home, "referral.more", f"referral.release:{mine.referral_id}")
    assert opened.view is not None and opened.view["callback_id"] == "referral.release"
    assert (await stage.referral(mine.referral_id)).accepted_by == "maya", "asking gives nothing back"


def shown(person: Any, codes: list[str]) -> list[str]:
    return [code for code in codes if code in str(person.home["blocks"])]


async def test_forms_opened_from_home_draw_it_anew(stage: Stage) -> None:
    mine, _ = await stage.refer("maya")
    maya = stage.person("maya")
    await maya.open_home()
    await maya.click(maya.home, "referral.decline")
    sent = await maya.submit(values={"referral.reason": "schedule"})
    assert sent.ok and sent.closed
    assert mine.code not in str(maya.home)


async def test_pausing_on_home_asks_about_what_waits(stage: Stage) -> None:
    waiting, _ = await stage.refer("maya")
    maya = stage.person("maya")
    await maya.open_home()
    answer = await maya.click(maya.home, "referral.pause")
    assert answer.view is not None and "Release them now" in str(answer.view)
    assert "Resume referrals" in str(maya.home)
    assert (await stage.provider("maya")).status is ProviderStatus.PAUSED
    await maya.click(answer.view, "referral.release_waiting")
    assert "now open to everyone" in str(maya.view)
    assert (await stage.referral(waiting.referral_id)).offer_id != waiting.offer_id
    await maya.close()
    await maya.click(maya.home, "referral.resume")
    assert (await stage.provider("maya")).status is ProviderStatus.ACTIVE


async def test_a_coordinators_home_shows_what_needs_attention(stage: Stage) -> None:
    done, _ = await stage.refer()
    await stage.later(49)
    await stage.expire(done.offer_id)
    robin = stage.person("robin")
    home = (await robin.open_home()).view
    assert "Nobody took it in time" in str(home) and done.code in str(home) and "1 item" in str(home)
    await robin.click(home, "referral.reopen")
    assert "Nothing needs you" in str(robin.home)
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


@pytest.mark.parametrize(("name", "words"), [("noor", "not on the roster"), ("gus", "Guests")])
async def test_home_tells_anybody_else_whom_to_ask(stage: Stage, name: str, words: str) -> None:
    done, _ = await stage.refer()
    home = (await stage.person(name).open_home()).view
    assert words in str(home) and "<@U0ROBIN>" in str(home) and done.code not in str(home)


async def test_whoever_leaves_hands_over_what_was_theirs(stage: Stage) -> None:
    waiting, _ = await stage.refer("maya")
    accepted, message = await stage.refer()
    await stage.person("maya").click(message, "referral.accept")
    await stage.person("maya").change(deleted=True)
    assert (await stage.provider("maya")).slack_standing is SlackStanding.DEACTIVATED
    assert (await stage.referral(waiting.referral_id)).offer_id != waiting.offer_id
    found = {(item.kind, item.referral_id, item.detail) for item in await stage.items()}
    assert found == {("acceptor_gone", accepted.referral_id, None), ("not_in_slack", None, "maya")}
    assert (await stage.referral(accepted.referral_id)).accepted_by == "maya"
    await stage.person("maya").change(deleted=False)
    left = [item.kind for item in await stage.items() if item.settled_at is None]
    assert left == ["acceptor_gone"], "whoever is back is not missing any more"
    assert (await stage.provider("maya")).slack_standing is SlackStanding.MEMBER


@pytest.mark.parametrize("change", [{"deleted": True}, {"is_restricted": True}])
async def test_a_coordinator_who_leaves_keeps_no_page_open(stage: Stage, change: dict[str, Any]) -> None:
    """Robin is not on the roster: nothing else is known of the account."""
    robin = Actor("slack:U0ROBIN", Surface.BUTTON, slack_user="U0ROBIN", coordinator=True)

    def look_up(tx: Tx) -> tuple[str, str]:
        opening, unused = links.page_link(tx, robin, None), links.page_link(tx, robin, None)
        link = links.link_of(tx, opening, LinkPurpose.FIND)
        assert link is not None and links.use(tx, link)
        return links.open_session(tx, link).cookie, unused

    def standing(tx: Tx) -> tuple[bool, bool]:
        link = links.link_of(tx, unused, LinkPurpose.FIND)
        session = links.session_of(tx, cookie, LinkPurpose.FIND)
        return session is not None, link is not None and link.expires_at > tx.now

    cookie, unused = await stage.desk.do("p", look_up)
    await stage.person("tomas").change(**change)
    assert await stage.desk.ask("p", standing) == (True, True), "somebody else's going ends nothing of theirs"
    await stage.person("robin").change(**change)
    assert await stage.desk.ask("p", standing) == (False, False)


async def test_a_guest_made_of_a_provider_keeps_nothing_waiting(stage: Stage) -> None:
    waiting, _ = await stage.refer("maya")
    await stage.person("maya").change(is_restricted=True)
    assert (await stage.provider("maya")).slack_standing is SlackStanding.GUEST
    assert (await stage.referral(waiting.referral_id)).offer_id != waiting.offer_id


async def test_a_move_to_another_time_zone_is_taken_over_and_nothing_else(stage: Stage) -> None:
    waiting, _ = await stage.refer("maya")
    await stage.person("maya").change(tz="Europe/Lisbon")
    maya = await stage.provider("maya")
    assert (maya.time_zone, maya.slack_standing) == ("Europe/Lisbon", SlackStanding.MEMBER)
    assert (await stage.referral(waiting.referral_id)).offer_id == waiting.offer_id


async def test_a_change_counts_at_the_next_click_and_not_after_ten_minutes(stage: Stage) -> None:
    done, message = await stage.refer()
    await stage.person("maya").click(message, "referral.pass")
    await stage.person("maya").change(is_restricted=True)
    assert "Guests" in (await stage.person("maya").click(message, "referral.accept")).text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


@pytest.mark.parametrize("how", ["revoke_tokens", "uninstall"])
async def test_a_lost_token_is_recorded_and_stops_the_sending(stage: Stage, how: str) -> None:
    await getattr(stage.box, how)()  # answers once the event has been handled
    assert ("token_lost", "done") in await stage.history("p")
    (item,) = await stage.items()
    assert item.kind is AttentionKind.SLACK and item.settled_at is None
    assert not await stage.desk.ask("p", slack_trouble.may_post)
