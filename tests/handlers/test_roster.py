"""The roster through Slack: Home's room, the form, pausing, inactive with its warning, linking by email."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlmodel import select

from store.tables import Attention, Provider
from store.vocabulary import AttentionKind, ProviderStatus, SlackStanding
from tests.handlers.conftest import Stage


async def room(stage: Stage) -> Any:
    """Robin, who coordinates, in the room of the roster."""
    robin = stage.person("robin")
    await robin.open_home()
    await robin.click(robin.home, "referral.room.roster")
    assert "Add a provider" in str(robin.home)
    return robin


def fields(view: Any, **values: Any) -> dict[str, Any]:
    blocks = {one["block_id"].split(".")[1]: one["block_id"] for one in view["blocks"] if one["type"] == "input"}
    return {blocks[name]: {"referral.field": value} for name, value in values.items()}


async def choose(stage: Stage, robin: Any, action: str, provider_id: str) -> Any:
    """From the menu of a line."""
    return await robin.click(
        robin.home, "referral.more", f"referral.{action}:{provider_id}", block_id=f"roster.{provider_id}"
    )


async def by_name(stage: Stage, name: str) -> Provider:
    return await stage.desk.ask("p", lambda tx: tx.session.exec(select(Provider).where(Provider.name == name)).one())


async def test_somebody_is_added_found_in_slack_by_email_and_stands_on_the_list(stage: Stage) -> None:
    robin = await room(stage)
    form = (await robin.click(robin.home, "referral.roster_add")).view
    assert form["title"]["text"] == "Add a provider"
    values = fields(
        form,
        name="Noor Bakshi",
        credential="PhD",
        work_email="noor@junipergrove.example.org",
        npi="1234567893",
        licences="NY 2027-03-01\nTexas",
        insurers=["aetna", "cigna"],
        mobile="212 555 0155",
    )
    sent = await robin.submit(form, values)
    assert "is on the roster" in str(sent.view) and "is linked now: <@U0NOOR>" in str(sent.view)
    noor = await by_name(stage, "Noor Bakshi")
    assert (noor.slack_user, noor.slack_standing, noor.npi) == ("U0NOOR", SlackStanding.MEMBER, "1234567893")
    assert noor.licences == [{"state": "NY", "expires": "2027-03-01"}, {"state": "TX"}]
    assert noor.mobile == "+12125550155" and [one["insurer"] for one in noor.insurers] == ["aetna", "cigna"]
    assert await stage.history(noor.id) == [("roster_create", "done"), ("link", "done")]
    assert "*Noor Bakshi, PhD*  ·  Receiving referrals" in str(robin.home)
    assert "Texas" in str(robin.home)


async def test_what_will_not_do_is_said_beside_its_field_with_an_example(stage: Stage) -> None:
    robin = await room(stage)
    form = (await robin.click(robin.home, "referral.roster_add")).view
    values = fields(
        form, name="…", work_email="maya@junipergrove.example.org", npi="1234567890", licences="NY 3/1/27", mobile="12"
    )
    sent = await robin.submit(form, values)
    assert not sent.closed
    errors = {block.split(".")[1]: text for block, text in sent.errors.items()}
    assert set(errors) == {"name", "work_email", "npi", "licences", "mobile"}
    assert "Maya's work email" in errors["work_email"] and "check digit" in errors["npi"]
    assert "NY 2027-03-01" in errors["licences"] and "(512) 555-0142" in errors["mobile"]
    people = await stage.desk.ask("p", lambda tx: len(tx.roster()))
    assert people == 3, "nobody was added"


async def test_the_second_coordinator_sees_what_changed_and_by_whom(stage: Stage) -> None:
    """The other one is Maya herself, in the form of her own profile."""
    robin = await room(stage)
    form = (await choose(stage, robin, "roster_edit", "maya")).view
    maya = stage.person("maya")
    await maya.open_home()
    own = (await maya.click(maya.home, "referral.profile")).view
    assert (await maya.submit(own, fields(own, languages="Igbo", styles="CBT"))).closed
    late = await robin.submit(form, fields(form, languages="Spanish", credential="LCSW"))
    assert not late.closed
    text = str(late.view["blocks"])
    assert "While this form was open, <@U0MAYA> has changed: Languages" in text and "Languages: *Igbo*" in text
    assert "'initial_value': 'Spanish'" in text and "'initial_value': 'LCSW'" in text, "what was typed is kept"
    assert (await stage.provider("maya")).credential == ""
    assert (await robin.submit(robin.view)).closed
    now = await stage.provider("maya")
    assert (now.languages, now.styles, now.credential) == (["Spanish"], ["CBT"], "LCSW")
    assert await stage.history("maya") == [("profile", "done"), ("roster_update", "done")]


async def test_inactive_is_confirmed_with_its_warning_and_taken_back(stage: Stage) -> None:
    done, _ = await stage.refer("maya")
    robin = await room(stage)
    form = (await choose(stage, robin, "roster_inactive", "maya")).view
    text = str(form)
    assert "unlisted and not routable" in text
    assert "does not change their status with any insurance company's directory" in text
    assert "1 open offer waits" in text and (await stage.provider("maya")).status is ProviderStatus.ACTIVE
    assert (await robin.submit(form, {})).closed
    assert (await stage.provider("maya")).status is ProviderStatus.INACTIVE
    assert (await stage.referral(done.referral_id)).offer_id != done.offer_id, "offered to everyone"
    assert "Inactive: unlisted" in str(robin.home)
    await choose(stage, robin, "roster_reactivate", "maya")
    assert (await stage.provider("maya")).status is ProviderStatus.ACTIVE
    assert [event for event, _ in await stage.history("maya")] == ["make_inactive", "make_active"]


async def test_pausing_somebody_asks_about_what_waits_for_them(stage: Stage) -> None:
    done, _ = await stage.refer("maya")
    robin = await room(stage)
    form = (await choose(stage, robin, "roster_pause", "maya")).view
    day = (stage.desk.clock.now().date().replace(day=1)).isoformat()
    late = await robin.submit(
        form,
        {
            "form.pause_until": {"referral.field": day},
            "form.waiting": {"referral.field": "keep"},
        },
    )
    assert "past" in str(late.errors)
    await robin.close(robin.view)
    form = (await choose(stage, robin, "roster_pause", "maya")).view
    assert (await robin.submit(form, {"form.waiting": {"referral.field": "keep"}})).closed
    assert (await stage.provider("maya")).status is ProviderStatus.PAUSED
    assert (await stage.referral(done.referral_id)).offer_id == done.offer_id, "kept"
    assert "Paused until resumed" in str(robin.home)
    await choose(stage, robin, "roster_resume", "maya")
    assert (await stage.provider("maya")).status is ProviderStatus.ACTIVE


@pytest.mark.parametrize(
    ("email", "says", "standing"),
    [
        ("nobody@junipergrove.example.org", "Slack finds no active account", SlackStanding.MISSING),
        ("tomas@junipergrove.example.org", "belongs to Tomas", SlackStanding.UNLINKED),
        ("noor@junipergrove.example.org", "is linked now", SlackStanding.MEMBER),
    ],
)
async def test_linking_says_what_was_found(stage: Stage, email: str, says: str, standing: SlackStanding) -> None:
    await stage.change("dara", slack_user=None, slack_standing=SlackStanding.UNLINKED, slack_email=email)
    robin = await room(stage)
    answer = await choose(stage, robin, "roster_link", "dara")
    assert says in str(answer.view)
    assert (await stage.provider("dara")).slack_standing is standing


async def test_who_has_left_is_told_as_having_left(stage: Stage) -> None:
    """Slack finds nobody by the address of an account that is deactivated."""
    email = "nobody@junipergrove.example.org"
    await stage.change("dara", slack_standing=SlackStanding.DEACTIVATED, slack_email=email)
    robin = await room(stage)
    words = str((await choose(stage, robin, "roster_link", "dara")).view)
    assert "have left Slack: their account is deactivated" in words and "finds no active account" not in words
    assert (await stage.provider("dara")).slack_standing is SlackStanding.DEACTIVATED


async def test_guests_are_not_linked_and_silence_is_told(stage: Stage) -> None:
    await stage.person("noor").change(is_restricted=True)
    email = "noor@junipergrove.example.org"
    await stage.change("dara", slack_user=None, slack_standing=SlackStanding.UNLINKED, slack_email=email)
    robin = await room(stage)
    assert "guests cannot take referrals" in str((await choose(stage, robin, "roster_link", "dara")).view)
    assert (await stage.provider("dara")).slack_user is None


async def test_the_list_is_filtered_and_paged_where_it_stood(stage: Stage) -> None:
    def crowd(tx: Any) -> None:
        for number in range(20):
            tx.add(
                Provider(
                    id=f"x{number:02}",
                    practice_id="p",
                    name=f"Zed {number:02}",
                    work_email=f"zed{number}@junipergrove.example.org",
                    licences=[{"state": "NY"}],
                    created_at=tx.now,
                )
            )

    await stage.desk.do("p", crowd)
    robin = await room(stage)
    assert "Zed 11" in str(robin.home) and "Zed 12" not in str(robin.home)
    assert "home.roster.which.all" in str(robin.home)
    await robin.click(robin.home, "referral.home_page", "which free,roster 0")
    assert "Maya" in str(robin.home) and "Zed" not in str(robin.home)
    assert "home.roster.which.free" in str(robin.home), "another block: Slack keeps what stood in one it knows"
    assert "home.roster.which.all" not in str(robin.home)
    await robin.click(robin.home, "referral.home_page", "which not_in_slack,roster 0")
    await robin.click(robin.home, "referral.home_page", "roster 1")
    assert "Zed 19" in str(robin.home) and "Zed 00" not in str(robin.home)
    await choose(stage, robin, "roster_inactive", "x19")
    assert (await robin.submit(robin.view, {})).closed
    assert "Zed 18" in str(robin.home) and "Zed 19" not in str(robin.home), "the same filter and page"


BUTTONS = ("add", "edit", "pause", "resume", "inactive", "reactivate", "link")


@pytest.mark.parametrize("button", BUTTONS)
async def test_nobody_else_keeps_the_roster(stage: Stage, button: str) -> None:
    """Tomás has an old view, or forges one."""
    tomas = stage.person("tomas")
    await tomas.open_home()
    body = {
        "type": "block_actions",
        "user": {"id": "U0TOMAS", "team_id": "T0SANDBOX"},
        "team": {"id": "T0SANDBOX"},
        "trigger_id": "1.2.3",
        "view": {"id": "V1", "type": "home", "private_metadata": "room:roster"},
        "actions": [{"action_id": f"referral.roster_{button}", "block_id": "b", "value": "maya", "type": "button"}],
    }
    before = await stage.provider("maya")
    answer = await stage.app.async_dispatch(
        AsyncBoltRequest(
            body=urlencode({"payload": json.dumps(body)}),
            headers={"content-type": ["application/x-www-form-urlencoded"]},
        )
    )
    assert answer.status == 200
    after = await stage.provider("maya")
    assert (after.status, after.slack_user) == (before.status, before.slack_user)
    recorded = [*await stage.history("maya"), *await stage.history("p")]
    assert [result for _, result in recorded] == ["not_coordinator"]


async def test_a_licence_is_warned_of_at_once_and_settled_when_renewed(stage: Stage) -> None:
    robin = await room(stage)
    form = (await choose(stage, robin, "roster_edit", "maya")).view
    soon = (stage.desk.clock.now().date()).isoformat()
    assert (await robin.submit(form, fields(form, licences=f"NY {soon}\nTX"))).closed
    items = [one for one in await stage.items() if one.kind is AttentionKind.LICENCE_ENDING]
    assert [one.detail for one in items] == ["maya"] and items[0].settled_at is None
    assert (await stage.deliveries()).count("provider_licence") == 1
    await robin.click(robin.home, "referral.home_page", "which licence,roster 0")
    assert "New York ends" in str(robin.home)
    form = (await choose(stage, robin, "roster_edit", "maya")).view
    assert (await robin.submit(form, fields(form, licences="NY 2099-01-01\nTX"))).closed
    items = [one for one in await stage.items() if one.kind is AttentionKind.LICENCE_ENDING]
    assert len(items) == 1 and isinstance(items[0], Attention) and items[0].settled_at is not None
    assert (await stage.deliveries()).count("provider_licence") == 1, "and nothing more was told"
