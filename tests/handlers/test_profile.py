"""The profile's form through Slack: what is wrong stands beside its field, and two windows do not undo each other."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from tests.handlers.conftest import Stage


async def opened(stage: Stage, name: str = "maya") -> Any:
    person = stage.person(name)
    await person.open_home()
    answer = await person.click(person.home, "referral.profile")
    assert answer.view is not None and answer.view["callback_id"] == "referral.profile"
    return answer.view


def typed(view: Any, **values: Any) -> dict[str, Any]:
    """By the field's name: the id of its block carries what the form showed, too."""
    blocks = {
        block["block_id"].split(".")[1]: block["block_id"] for block in view["blocks"] if block["type"] == "input"
    }
    return {blocks[name]: {"referral.field": value} for name, value in values.items()}


async def test_a_profile_is_edited_and_home_shows_it_at_once(stage: Stage) -> None:
    maya, view = stage.person("maya"), await opened(stage)
    values = typed(
        view,
        services=["individual", "couples"],
        languages="English, Igbo",
        booking_link="https://book.example.org/maya",
        work_phone="212 555 0111",
    )
    sent = await maya.submit(view, values)
    assert sent.ok and sent.closed
    home = str(maya.home)
    assert "Individual therapy, Couples therapy" in home and "English, Igbo" in home and "(212) 555-0111" in home
    assert "`https://book.example.org/maya`" in home
    now = await stage.provider("maya")
    assert (now.services, now.work_phone) == (["individual", "couples"], "+12125550111")
    assert await stage.history("maya") == [("profile", "done")]
    assert (await stage.provider("tomas")).services == []


async def test_what_will_not_do_is_said_beside_its_field_and_the_form_stays(stage: Stage) -> None:
    maya, view = stage.person("maya"), await opened(stage)
    values = typed(view, booking_link="http://book.example.org", mobile="12", languages="Igbo")
    sent = await maya.submit(view, values)
    assert not sent.closed
    errors = {block.split(".")[1]: text for block, text in sent.errors.items()}
    assert set(errors) == {"booking_link", "mobile"}
    assert "https://" in errors["booking_link"] and "(512) 555-0142" in errors["mobile"]
    assert (await stage.provider("maya")).languages == [] and await stage.history("maya") == []


async def test_the_second_window_sees_what_the_first_has_saved(stage: Stage) -> None:
    """On a phone and at a desk: the sandbox has one screen a person, so the other one is a change to the row."""
    maya, view = stage.person("maya"), await opened(stage)
    await stage.change("maya", languages=["Igbo"], styles=["CBT"])
    late = await maya.submit(view, typed(view, languages="Spanish", identity="Latina"))
    assert not late.closed and late.view is not None
    text = str(late.view["blocks"])
    assert "While this form was open" in text and "Languages: *Igbo*" in text
    assert "'initial_value': 'Spanish'" in text and "'initial_value': 'Latina'" in text, "what was typed is kept"
    assert "'initial_value': 'CBT'" in text, "and what it did not touch is what is now"
    assert (await stage.provider("maya")).languages == ["Igbo"]
    assert (await maya.submit(maya.view)).closed
    now = await stage.provider("maya")
    assert (now.languages, now.identity, now.styles) == (["Spanish"], ["Latina"], ["CBT"])


async def test_who_has_become_a_guest_since_is_told_so_and_nothing_is_saved(stage: Stage) -> None:
    view = await opened(stage)
    await stage.person("maya").change(is_restricted=True)
    sent = await stage.person("maya").submit(view, typed(view, languages="Igbo"))
    assert "Guests" in str(sent.view)
    assert (await stage.provider("maya")).languages == []


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"profile": {}, "profile.nonsense.1": {"referral.field": {"value": "x"}}, "form.reason": None},
        {"profile.languages.": None, "profile.services.0": "x", "profile.mobile.0": {"referral.field": []}},
        {"profile.services.0": {"referral.field": {"selected_options": [{"value": 5}, "x", None]}}},
        {"profile.booking_link.0": {"referral.field": {"value": ["https://example.org"]}}},
    ],
)
async def test_a_forged_form_empties_at_most_what_it_names(stage: Stage, values: dict[str, Any]) -> None:
    """Whatever its shape: it is answered, and what is no text is none."""
    await stage.change("maya", styles=["CBT"], specialties=["grief"])
    person, view = stage.person("maya"), await opened(stage)
    body = {
        "type": "view_submission",
        "user": {"id": person.id, "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX"},
        "view": view | {"state": {"values": values}},
    }
    form = {"payload": json.dumps(body)}
    answer = await stage.app.async_dispatch(
        AsyncBoltRequest(body=urlencode(form), headers={"content-type": ["application/x-www-form-urlencoded"]})
    )
    assert answer.status == 200
    now = await stage.provider("maya")
    assert (now.styles, now.specialties, now.booking_link) == (["CBT"], ["grief"], None)
