"""Who may not, what they are told to do about it, and that it is recorded; and requests that nobody of ours sent."""

from typing import Any

import pytest

from sandbox import payloads
from store.vocabulary import DeclineReason

from .at_work import COORDINATOR
from .running import Running

pytestmark = pytest.mark.anyio

STRANGERS = {
    "robin": ("not on the roster", "unlinked"),  # a coordinator who is no provider accepts nothing for herself
    "gus": ("Guests of the workspace", "guest"),
    "petra": ("practice's own workspace", "other_workspace"),
}


async def test_strangers_are_refused_with_what_to_do_and_recorded(desk: Running) -> None:
    done = await desk.submit()
    card = await desk.card(done.code)
    for name, (words, reason) in STRANGERS.items():
        answer = await desk.person(name).click(card, "referral.accept")
        assert answer.ok and words in answer.text, name
        assert ("<@U0ROBIN>" in answer.text) == (name != "robin"), "nobody is told to ask themselves"
        recorded = await desk.history(done.referral_id) + await desk.history(desk.practice)
        assert [result for _, result in recorded].count(reason) == 1, name
    assert (await desk.referral(done.code)).status == "pending"


async def test_whoever_is_deactivated_is_refused_even_while_slack_still_shows_the_button(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit()
    card = await desk.card(done.code)
    await desk.person("maya").change(deleted=True)
    answer = await desk.person("maya").click(card, "referral.accept")
    assert "deactivated" in answer.text and "<@U0ROBIN>" in answer.text
    assert ("refuse", "deactivated") in await desk.history(desk.practice)
    assert (await desk.referral(done.code)).status == "pending"


async def test_somebody_who_is_not_on_the_roster_is_refused_everywhere(socket_desk: Running) -> None:
    desk = socket_desk
    gus = desk.person("gus")
    await gus.change(is_restricted=False, email="gus@elsewhere.example.com")
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    for button in ("referral.accept", "referral.decline"):
        answer = await gus.click(card, button)
        assert answer.view is None and "not on the roster" in answer.text and "<@U0ROBIN>" in answer.text
    for line in ("open", "mine", "status", "pause", "resume"):
        answer = await gus.command(f"/referrals {line}")
        assert "not on the roster" in answer.text, line
    assert "not on the roster" in str((await gus.open_home()).view)
    results = [result for _, result in await desk.history(desk.practice)]
    assert results.count("unlinked") == 8


@pytest.mark.parametrize("button", ["referral.reopen", "referral.assign", "referral.close"])
async def test_coordinating_is_for_coordinators(socket_desk: Running, button: str) -> None:
    desk = socket_desk
    done = await desk.submit()
    await desk.card(done.code)
    payload = await _clicked_on_card(desk, done.code, button, done.referral_id)
    await desk.slack.delivery.interaction(payload)
    assert "Only a coordinator" in desk.person("maya").ephemerals[-1].all_text
    assert (button.partition(".")[2], "not_coordinator") in await desk.history(done.referral_id)


TAMPERED = {
    "an action of no version": ("referral.explode", None, "another version of the desk"),
    "an offer that never was": ("referral.accept", "01nosuchoffer", "not on this desk"),
    "something that is no id": ("referral.accept", "x' OR 1=1 --" + "y" * 500, "not on this desk"),
    "a referral's id for an offer": ("referral.accept", "REFERRAL", "not on this desk"),
    "an offer's id for a referral": ("referral.contacted", "OFFER", "not on this desk"),
    "nothing": ("referral.pass", "", "not on this desk"),
}


@pytest.mark.parametrize("case", TAMPERED)
async def test_what_is_tampered_with_is_refused_and_changes_nothing(desk: Running, case: str) -> None:
    button, value, words = TAMPERED[case]
    done = await desk.submit()
    await desk.card(done.code)
    values: dict[Any, Any] = {"REFERRAL": done.referral_id, "OFFER": done.offer_id}
    payload = await _clicked_on_card(desk, done.code, button, values.get(value, value))
    answer = await desk.slack.delivery.interaction(payload)
    assert answer.ok
    assert words in desk.person("maya").ephemerals[-1].all_text
    assert done.code not in desk.person("maya").ephemerals[-1].all_text, "nothing of another referral is told"
    assert (await desk.referral(done.code)).status == "pending"


async def test_another_workspaces_requests_are_refused(desk: Running) -> None:
    done = await desk.submit()
    await desk.card(done.code)
    payload = await _clicked_on_card(desk, done.code, "referral.accept", done.offer_id)
    payload["team"]["id"] = payload["user"]["team_id"] = "T0ELSEWHERE"
    payload["message"].pop("team", None)
    await desk.slack.delivery.interaction(payload)
    assert (await desk.referral(done.code)).status == "pending"
    assert [event for event, _ in await desk.history(done.referral_id)] == ["submit"]


async def test_a_form_that_was_tampered_with_asks_again_or_is_refused(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    opened = await desk.person("maya").click(await desk.card(done.code), "referral.decline")
    assert opened.view is not None
    view = opened.view
    state = {"form.reason": {"referral.reason": {"type": "radio_buttons", "selected_option": {"value": "because"}}}}
    answer = await desk.slack.delivery.interaction(
        payloads.submission(desk.slack, desk.person("maya").user, view, state, "1.2"), accepts=True
    )
    assert answer.body["response_action"] == "errors"
    state["form.reason"]["referral.reason"]["selected_option"]["value"] = DeclineReason.SCHEDULE
    forged = view | {"private_metadata": "01nosuchoffer"}
    answer = await desk.slack.delivery.interaction(
        payloads.submission(desk.slack, desk.person("maya").user, forged, state, "1.2"), accepts=True
    )
    assert "not on this desk" in str(answer.body)
    forged = view | {"callback_id": "referral.explode"}
    answer = await desk.slack.delivery.interaction(
        payloads.submission(desk.slack, desk.person("maya").user, forged, state, "1.2"), accepts=True
    )
    assert "another version" in str(answer.body)
    assert (await desk.offers(done.referral_id))[0].outcome is None


STALE_AFTER: dict[str, str] = {
    "accepted": "<@U0MAYA> accepted",
    "declined": "has moved on",
    "contacted": "contacted the client",
    "scheduled": "it is scheduled since",
    "expired": "moved on",
    "closed": "was closed",
}


@pytest.mark.parametrize("what", STALE_AFTER)
async def test_a_stale_button_answers_with_what_has_happened_since(socket_desk: Running, what: str) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    stale = (await desk.card(done.code)).snapshot()
    await _happens(desk, done.code, what)
    for button in ("referral.accept", "referral.decline"):
        answer = await desk.person("tomas").click(stale, button)
        assert answer.ok and answer.view is None
        assert STALE_AFTER[what] in answer.text and done.code in answer.text and "<!date^" in answer.text


async def _happens(desk: Running, code: str, what: str) -> None:
    card = desk.cards(code)[-1]
    if what == "declined":
        await desk.decline("maya", card, DeclineReason.SCHEDULE)
    elif what == "expired":
        await desk.turn(48)
    else:
        await desk.person("maya").click(card, "referral.accept")
        card = await desk.card(code, "*Accepted*")
        if what in ("contacted", "scheduled"):
            await desk.person("maya").click(card, f"referral.{what}")
        elif what == "closed":
            await desk.release(COORDINATOR, card, DeclineReason.NO_LONGER_WANTS)
    await desk.quiet()


async def _clicked_on_card(desk: Running, code: str, button: str, value: str | None) -> dict[str, Any]:
    """Slack's payload of a click that nobody can make on the card: any action with any value."""
    box, card = desk.slack, await desk.card(code)
    action: dict[str, Any] = {
        "type": "button",
        "action_id": button,
        "block_id": "card.actions",
        "action_ts": "1",
        "text": {"type": "plain_text", "text": "?"},
    }
    if value is not None:
        action["value"] = value
    user = desk.person("maya").user
    return payloads.message_action(box, user, card, action, {}, box.views.trigger(user.id))
