"""The settings' room and its forms through Slack: changed, refused beside the field, never overwriting each other."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from blocks.ids import ActionId
from referrals.tx import Tx
from sandbox.workspace import Channel
from store.tables import Practice
from tests.handlers.conftest import CHANNEL, Stage

SETTINGS, FIELD = "referral.settings", "referral.field"


async def room(stage: Stage, name: str = "robin") -> Any:
    person = stage.person(name)
    await person.open_home()
    await person.click(person.home, ActionId.ROOM_SETTINGS)
    return person


async def opened(stage: Stage, group: str) -> tuple[Any, Any]:
    robin = await room(stage)
    answer = await robin.click(robin.home, SETTINGS, group)
    assert answer.view is not None and answer.view["callback_id"] == SETTINGS
    return robin, answer.view


def typed(view: Any, **values: Any) -> dict[str, Any]:
    blocks = {one["block_id"].split(".")[1]: one["block_id"] for one in view["blocks"] if one["type"] == "input"}
    return {blocks[name]: {FIELD: value} for name, value in values.items()}


def beside(answer: Any) -> dict[str, str]:
    return {block.split(".")[1]: words for block, words in answer.errors.items()}


async def practice(stage: Stage) -> Practice:
    return await stage.desk.ask("p", Tx.practice)


async def set_to(stage: Stage, **values: Any) -> None:
    def work(tx: Tx) -> None:
        row = tx.locked_practice()
        for name, value in values.items():
            setattr(row, name, value)

    await stage.desk.do("p", work)


def channel(stage: Stage, id: str, name: str, *, member: bool, **more: Any) -> Channel:
    members = {"U0ROBIN", *(["U0DESK"] if member else [])}
    return stage.box.workspace.add_channel(Channel(id=id, name=name, members=members, **more))


async def test_the_room_says_each_setting_in_plain_words(stage: Stage) -> None:
    await set_to(stage, support_phone="+12125550100", digest_hour=7, brand_line="12 Pine Street")
    home = str((await room(stage)).home["blocks"])
    for words in (
        "Reminder: *24 hours*",
        "Offer ends: *48 hours*",
        f"Referrals channel: *<#{CHANNEL}>*",
        "Acceptances: *announced in the channel*",
        "Support phone: *(212) 555-0100*",
        "Work mail domains: *junipergrove.example.org*",
        "Time zone: *America/New_York*",
        "Clients are kept for: *180 days*",
        "Daily digest: *at 7:00 AM*",
        "Address line below mails and pages: *12 Pine Street*",
        "Client information in Slack: *off*",
        "all in our words",
    ):
        assert words in home, words
    assert "zoraqvist" not in home.casefold()


async def test_a_change_is_saved_shown_and_recorded(stage: Stage) -> None:
    robin, view = await opened(stage, "times")
    sent = await robin.submit(view, typed(view, expire_after="72 hours", link_after="24"))
    assert sent.ok and sent.closed
    assert "Offer ends: *72 hours*" in str(robin.home) and "Email link works for: *24 hours*" in str(robin.home)
    now = await practice(stage)
    assert (now.expire_after, now.link_after, now.remind_after) == (72 * 3600, 24 * 3600, 24 * 3600)
    assert [row for row in await stage.history("p") if row[0] == "setting"] == [("setting", "done")] * 2


@pytest.mark.parametrize(
    ("group", "values", "wrong"),
    [
        ("times", {"link_after": "49"}, {"link_after": "longer than the offer is open, 48 hours"}),
        ("times", {"expire_after": "10"}, {"expire_after": "would"}),
        ("times", {"remind_after": "48"}, {"remind_after": "when the offer has ended"}),
        ("times", {"escalate_after": "12"}, {"escalate_after": "when you have been told already"}),
        ("times", {"nudge_after": "0"}, {"nudge_after": "from 1 to 168"}),
        ("times", {"remind_after": "1.5"}, {"remind_after": "whole number"}),
        ("times", {"expire_after": "1000000"}, {"expire_after": "from 2 to 336"}),
        ("times", {"expire_after": ""}, {"expire_after": "complete this required field"}),
        ("support", {"work_domains": "gmail.com"}, {"work_domains": "open to anybody"}),
        ("support", {"work_domains": "not a domain"}, {"work_domains": "no mail domain"}),
        ("support", {"support_phone": "12"}, {"support_phone": "area code"}),
        ("practice", {"brand_colour": "#ffd700"}, {"brand_colour": "hard to read"}),
        ("practice", {"brand_colour": "teal"}, {"brand_colour": "#rrggbb"}),
        ("practice", {"name": "123"}, {"name": "letters"}),
        ("keeping", {"retain_days": "3"}, {"retain_days": "from 30 to 3,650"}),
    ],
)
async def test_what_will_not_do_is_said_beside_its_field(
    stage: Stage, group: str, values: dict[str, str], wrong: dict[str, str]
) -> None:
    robin, view = await opened(stage, group)
    before = (await practice(stage)).model_dump()
    sent = await robin.submit(view, typed(view, **values))
    assert not sent.closed
    told = beside(sent)
    assert set(told) == set(wrong)
    for name, words in wrong.items():
        assert words in told[name], told
    assert (await practice(stage)).model_dump() == before, "nothing was changed"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"member": False}, "/invite @Referral desk"),
        ({"member": False, "is_private": True}, "/invite @Referral desk"),
        ({"member": True, "is_archived": True}, "archived"),
        ({"member": True, "is_ext_shared": True}, "another organisation"),
    ],
)
async def test_a_channel_that_will_not_do_is_refused_with_what_to_do(
    stage: Stage, more: dict[str, Any], words: str
) -> None:
    channel(stage, "C0OTHER", "intake", **more)
    robin, view = await opened(stage, "channel")
    sent = await robin.submit(view, typed(view, channel_id="C0OTHER"))
    assert not sent.closed and words in beside(sent)["channel_id"]
    assert (await practice(stage)).channel_id == CHANNEL and await stage.history("p") == []


async def test_once_the_app_is_invited_the_same_form_works(stage: Stage) -> None:
    other = channel(stage, "C0OTHER", "intake", member=False)
    robin, view = await opened(stage, "channel")
    assert not (await robin.submit(view, typed(view, channel_id="C0OTHER"))).closed
    other.members.add("U0DESK")
    assert (await robin.submit(view, typed(view, channel_id="C0OTHER", announce_in_channel="no"))).closed
    now = await practice(stage)
    assert (now.channel_id, now.announce_in_channel) == ("C0OTHER", False)
    assert "<#C0OTHER>" in str(robin.home) and "in the card's thread only" in str(robin.home)


async def test_when_slack_does_not_answer_nothing_is_changed(stage: Stage) -> None:
    channel(stage, "C0OTHER", "intake", member=True)
    robin, view = await opened(stage, "channel")
    stage.box.fault("internal_error", "conversations.info", times=0)
    sent = await robin.submit(view, typed(view, channel_id="C0OTHER"))
    assert "save again in a moment" in beside(sent)["channel_id"]
    assert (await practice(stage)).channel_id == CHANNEL


async def test_the_second_coordinator_sees_what_the_first_has_saved_and_who_it_was(stage: Stage) -> None:
    await set_to(stage, coordinators=["U0ROBIN", "U0MAYA"])
    robin, view = await opened(stage, "support")
    maya = await room(stage, "maya")
    theirs = (await maya.click(maya.home, SETTINGS, "support")).view
    assert (await maya.submit(theirs, typed(theirs, support_hours="Mon–Thu", support_email="maya@example.org"))).closed
    late = await robin.submit(view, typed(view, support_hours="Weekends", support_phone="212 555 0111"))
    assert not late.closed and late.view is not None
    text = str(late.view["blocks"])
    assert "While this form was open" in text and "Support hours: *Mon–Thu*, by <@U0MAYA>" in text
    assert "'initial_value': 'Weekends'" in text and "'initial_value': 'maya@example.org'" in text
    assert (await practice(stage)).support_hours == "Mon–Thu" and (await practice(stage)).support_phone == ""
    assert (await robin.submit(robin.view)).closed
    now = await practice(stage)
    assert (now.support_hours, now.support_phone, now.support_email) == ("Weekends", "+12125550111", "maya@example.org")


async def test_two_halves_of_a_contradiction_do_not_both_get_in(stage: Stage) -> None:
    robin, view = await opened(stage, "times")
    await set_to(stage, expire_after=30 * 3600)
    sent = await robin.submit(view, typed(view, link_after="40"))
    assert "30 hours" in beside(sent)["link_after"]
    assert (await practice(stage)).link_after == 12 * 3600


async def test_the_zones_are_searched_and_one_is_chosen(stage: Stage) -> None:
    robin, view = await opened(stage, "practice")
    assert (await robin.submit(view, typed(view, time_zone="Europe/Berlin", brand_colour="7A4F9A"))).closed
    now = await practice(stage)
    assert (now.time_zone, now.brand_colour) == ("Europe/Berlin", "#7a4f9a")


async def test_who_does_not_coordinate_opens_and_changes_nothing(stage: Stage) -> None:
    robin, view = await opened(stage, "channel")
    await set_to(stage, coordinators=["U0MAYA"])
    channel(stage, "C0OTHER", "intake", member=True)
    sent = await robin.submit(view, typed(view, channel_id="C0OTHER"))
    assert not sent.errors and "not on the roster" in str(sent.view)
    assert (await practice(stage)).channel_id == CHANNEL
    tomas = stage.person("tomas")
    await forged(stage, tomas.id, view | {"callback_id": SETTINGS})
    assert ("setting", "not_coordinator") in await stage.history("p")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"setting.nonsense.1": {FIELD: {"value": "x"}}, "setting.": None},
        {"setting.channel_id.0": {FIELD: {"selected_conversation": 5}}},
        {"setting.channel_id.0": {FIELD: {"selected_conversation": "../etc"}}},
        {"setting.retain_days.0": {FIELD: {"value": ["9"]}}},
        {"setting.coordinators.0": {FIELD: {"value": "U0TOMAS"}}},
    ],
)
async def test_a_forged_form_changes_nothing(stage: Stage, values: dict[str, Any]) -> None:
    robin, view = await opened(stage, "channel")
    before = (await practice(stage)).model_dump()
    await forged(stage, robin.id, view | {"state": {"values": values}})
    assert (await practice(stage)).model_dump() == before


async def forged(stage: Stage, user: str, view: Any) -> None:
    body = {
        "type": "view_submission",
        "user": {"id": user, "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX"},
        "view": view,
    }
    form = {"payload": json.dumps(body)}
    answer = await stage.app.async_dispatch(
        AsyncBoltRequest(body=urlencode(form), headers={"content-type": ["application/x-www-form-urlencoded"]})
    )
    assert answer.status == 200
