"""Every action and form of a referral × everybody who can press it, as one table.

Whoever is refused is told so, the refusal is recorded, and no row of the referral changes.
"""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlmodel import col, select

from blocks.coordinators import SHOWN
from blocks.ids import ActionId, BlockId, CallbackId, plan_block, setting_block, shown_block
from blocks.modals import asked_note, subject
from blocks.privacy import ON
from handlers import actions, commands, views
from referrals.accept import accept
from referrals.actor import Actor, Surface
from referrals.close import close
from referrals.coordinators import coordinators
from referrals.deadlines import expire
from referrals.decline import release
from referrals.licences import Grounds, allow, ask
from referrals.outcomes import Done, Question
from referrals.profile_fields import digest
from referrals.settings.names import Setting
from referrals.sources.fields import SourceField
from referrals.sources.ideal import Fact
from sandbox import payloads
from sandbox.answer import Answer
from store.tables import Attention, Delivery, History, Offer, Pass, Provider, Referral, Source
from store.vocabulary import (
    AttentionKind,
    CloseReason,
    DeclineReason,
    ProviderStatus,
    SlackStanding,
    SourceKind,
    Urgency,
)
from tests.handlers.conftest import CHANNEL, PUBLIC_URL, Stage
from tests.neighbour import ours

PEOPLE = {
    "acceptor": "maya",
    "other": "tomas",
    "preferred": "dara",
    "paused": "yuki",
    "inactive": "samir",
    "inactive_acceptor": "maya",
    "coordinator": "robin",
    "guest": "gus",
    "deactivated": "ines",
    "unlinked": "noor",
    "elsewhere": "petra",
}
#: Whatever they press, wherever: refused, and recorded with the practice.
OUTSIDE = {
    "guest": "guest",
    "deactivated": "deactivated",
    "unlinked": "unlinked",
    "elsewhere": "other_workspace",
}

#: done: it happened. form, asks: a form opened, or the question before accepting, and nothing has happened yet. link:
#: the one-time link to a page. closes: a form in which nothing was changed. since: too late, told what has happened.
#: reserved: for somebody else. Anything else is the refusal's code. In "open" rounds nobody has been asked for or has
#: accepted: "." there.
BUTTONS = """
                             acceptor        other           preferred       paused          inactive        coordinator
accept             open      .               done            .               asks            inactive        unlinked
accept             reserved  .               reserved        done            reserved        reserved        asks
accept             held      since           since           since           since           since           since
accept             elsewhere .               no_licence      .               no_licence      inactive        unlinked
accept             returned  gave_it_back    done            .               asks            inactive        unlinked
accept             closed    since           since           since           since           since           since
already_contacted  open      .               done            .               asks            inactive        unlinked
already_contacted  reserved  .               reserved        done            reserved        reserved        asks
already_contacted  held      since           since           since           since           since           since
decline            open      .               form            .               form            form            form
decline            reserved  .               reserved        form            reserved        reserved        form
decline            held      since           since           since           since           since           since
pass               open      .               done            .               done            done            unlinked
pass               reserved  .               reserved        reserved        reserved        reserved        reserved
pass               held      since           since           since           since           since           since
contacted          open      .               since           .               since           since           since
contacted          held      done            not_theirs      not_theirs      not_theirs      not_theirs      done
contacted          closed    since           since           since           since           since           since
scheduled          held      done            not_theirs      not_theirs      not_theirs      not_theirs      done
no_answer          held      form            not_theirs      not_theirs      not_theirs      not_theirs      form
no_answer          closed    since           since           since           since           since           since
plan               held      done            not_theirs      not_theirs      not_theirs      not_theirs      done
plan               closed    since           since           since           since           since           since
release            held      form            not_theirs      not_theirs      not_theirs      not_theirs      form
release            closed    since           since           since           since           since           since
close              open      .               not_coordinator .               not_coordinator not_coordinator form
close              held      form            not_coordinator not_coordinator not_coordinator not_coordinator form
close              closed    since           since           since           since           since           since
reopen             expired   .               not_coordinator .               not_coordinator not_coordinator done
reopen             open      .               not_coordinator .               not_coordinator not_coordinator since
reopen             closed    not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
assign             open      .               not_coordinator .               not_coordinator not_coordinator form
assign             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
details            open      .               not_theirs      .               not_theirs      not_theirs      link
details            reserved  .               not_theirs      link            not_theirs      not_theirs      link
details            held      link            not_theirs      not_theirs      not_theirs      not_theirs      link
details            closed    link            not_theirs      not_theirs      not_theirs      not_theirs      link
ask_licence        elsewhere .               done            .               done            inactive        unlinked
ask_licence        reserved  .               reserved        told            reserved        reserved        told
ask_licence        held      since           since           since           since           since           since
ask_licence        returned  gave_it_back    told            .               told            inactive        unlinked
allow_licence      asked     .               not_coordinator .               not_coordinator not_coordinator form
deny_licence       asked     .               not_coordinator .               not_coordinator not_coordinator done
phoned             phone     .               not_coordinator .               not_coordinator not_coordinator done
seen               urgent    .               not_coordinator .               not_coordinator not_coordinator done
timeline           open      .               not_coordinator .               not_coordinator not_coordinator told
timeline           held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator told
timeline_page      open      .               not_coordinator .               not_coordinator not_coordinator told
act_for            open      .               not_coordinator .               not_coordinator not_coordinator form
act_for            reserved  .               not_coordinator not_coordinator not_coordinator not_coordinator form
act_for            held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
extend             reserved  .               not_coordinator not_coordinator not_coordinator not_coordinator form
extend             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
withdraw           open      .               not_coordinator .               not_coordinator not_coordinator form
withdraw           held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
withdraw           closed    not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
urgent             open      .               not_coordinator .               not_coordinator not_coordinator done
urgent             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
urgent             closed    not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
not_urgent         open      .               not_coordinator .               not_coordinator not_coordinator since
hold               closed    not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
lift_hold          held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
consent            held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator told
"""

#: The same for what is sent with a form, by whoever may or may not have opened it.
FORMS = """
                             acceptor        other           preferred       paused          inactive        coordinator
decline            reserved  .               reserved        done            reserved        reserved        done
decline            open      .               done            .               done            done            unlinked
confirm            open      .               done            .               done            inactive        unlinked
confirm            reserved  .               reserved        done            reserved        reserved        done
confirm            elsewhere .               no_licence      .               no_licence      inactive        unlinked
release            held      done            not_theirs      not_theirs      not_theirs      not_theirs      done
release            closed    since           since           since           since           since           since
no_answer          held      done            not_theirs      not_theirs      not_theirs      not_theirs      done
close              held      done            not_coordinator not_coordinator not_coordinator not_coordinator done
close              closed    since           since           since           since           since           since
assign             open      .               not_coordinator .               not_coordinator not_coordinator done
allow_licence      asked     .               not_coordinator .               not_coordinator not_coordinator done
allow_licence      taken     .               not_coordinator .               not_coordinator not_coordinator since
act_for            open      .               not_coordinator .               not_coordinator not_coordinator done
act_for            reserved  .               not_coordinator not_coordinator not_coordinator not_coordinator reserved
act_for            held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
grounds            elsewhere .               not_coordinator .               not_coordinator not_coordinator done
extend             reserved  .               not_coordinator not_coordinator not_coordinator not_coordinator done
extend             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
withdraw           open      .               not_coordinator .               not_coordinator not_coordinator done
withdraw           held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
withdraw           closed    since           since           since           since           since           since
hold               held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
lift_hold          held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator since
consent            held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
"""

#: On one's own record as a provider, or the practice's: no referral is touched but by releasing what waits.
OWN = """
                             acceptor        other           preferred       paused          inactive        coordinator
pause              held      done            done            done            done            inactive        unlinked
resume             held      done            done            done            done            inactive        unlinked
pause_now          held      done            done            done            done            inactive        unlinked
resume_one         held      done            done            done            done            inactive        unlinked
pause_for          held      form            form            form            form            told            unlinked
limit              held      form            form            form            form            told            unlinked
profile            held      form            form            form            form            form            unlinked
release_waiting    reserved  .               told            done            told            told            unlinked
attest             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
settings           held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
coordinators       held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
roster_add         held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
roster_edit        held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
roster_pause       held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
roster_resume      held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
roster_inactive    held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
roster_reactivate  held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator told
roster_link        held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator told
add_source         held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
edit_source        held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
source_link        held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
new_source_link    held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
retire_source      held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
revive_source      held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
ideal              held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator form
desk_page          held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator link
"""

#: The same for what is sent with a form of the practice's, which a coordinator alone may send.
OWN_FORMS = """
                             acceptor        other           preferred       paused          inactive        coordinator
attest             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
coordinators       held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
roster             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
roster_pause       held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
roster_inactive    held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
settings           held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
source             held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
source             known     not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
ideal              held      not_coordinator not_coordinator not_coordinator not_coordinator not_coordinator done
"""

#: Made inactive after they had accepted it: it stays in their hands, and nothing new gets there.
MADE_INACTIVE_BUTTONS = """
                             inactive_acceptor
accept             held      since
accept             returned  gave_it_back
contacted          held      done
contacted          closed    since
scheduled          held      done
no_answer          held      form
plan               held      done
release            held      form
close              held      form
details            held      link
details            closed    link
pause              held      inactive
assign             held      not_coordinator
"""
MADE_INACTIVE_FORMS = """
                             inactive_acceptor
release            held      done
no_answer          held      done
close              held      done
assign             held      not_coordinator
"""

#: Inputs and a menu, which stand for other buttons: nothing is done when they are touched.
INPUTS = {ActionId.REASON, ActionId.PROVIDER, ActionId.FIELD, ActionId.WANTS_CARE, ActionId.NEXT_TRY, ActionId.MORE}
#: Links and answers that only change what is shown.
SHOWING = {ActionId.OPEN_PAGE, ActionId.KEEP_WAITING, ActionId.NEVER_MIND, ActionId.HOME_PAGE}
SHOWING |= {one for one in ActionId if one.startswith(("referral.room.", "referral.queue."))}
#: Of one's own record as a provider: nobody else's can be reached by them.
NO_REFERRAL = {CallbackId.PAUSE, CallbackId.LIMIT, CallbackId.PROFILE}

ROLES = ("acceptor", "other", "preferred", "paused", "inactive", "coordinator")


def lines(table: str) -> list[tuple[str, str, dict[str, str]]]:
    rows = [line.split() for line in table.strip().splitlines()[1:]]
    roles = table.split("\n")[1].split()
    outside = OUTSIDE if tuple(roles) == ROLES else {}
    return [(action, scene, dict(zip(roles, cells, strict=True)) | outside) for action, scene, *cells in rows]


def named(*tables: str) -> Any:
    found = [line for table in tables for line in lines(table)]
    names = [f"{action}-{scene}{'-inactive' if len(roles) == 1 else ''}" for action, scene, roles in found]
    return pytest.mark.parametrize(("action", "scene", "expected"), found, ids=names)


#: The rules are Python's; that both engines keep to them is shown with the use cases.
ON_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def test_no_button_and_no_form_is_left_out() -> None:
    listed = {ActionId(f"referral.{action}") for table in (BUTTONS, OWN) for action, _, _ in lines(table)}
    without = INPUTS | SHOWING
    assert listed | without == set(ActionId) and not listed & without
    assert set(actions.HANDLERS) - SHOWING == listed, set(actions.HANDLERS) - SHOWING ^ listed
    assert not INPUTS & set(actions.HANDLERS)
    sent = {CallbackId(f"referral.{form}") for table in (FORMS, OWN_FORMS) for form, _, _ in lines(table)}
    assert sent | NO_REFERRAL == set(views.HANDLERS) == set(CallbackId) and not sent & NO_REFERRAL
    assert {name for name in commands.HANDLERS if name != "help"} == {one.split()[0] for one in COMMANDS}


@dataclass
class Scene:
    """A referral as somebody finds it. ``item``: the coordinators' task that it has. ``source``: one to be edited."""

    done: Done
    item: str = ""
    source: str = ""


async def scene_of(stage: Stage, kind: str) -> Scene:
    if kind in ("elsewhere", "asked", "taken"):
        done, _ = await stage.refer(state="CA")
    elif kind == "urgent":
        done, _ = await stage.refer(urgency=Urgency.URGENT)
    elif kind == "phone":
        done, _ = await stage.refer(client_email=None)
    else:
        done, _ = await stage.refer("dara" if kind == "reserved" else None)
    if kind in ("held", "returned", "closed"):
        assert isinstance(await stage.desk.do("p", accept, by("maya"), done.offer_id), Done)
    elif kind == "expired":
        await stage.later(49)
        assert await stage.desk.do("p", expire, done.offer_id)
    elif kind in ("asked", "taken"):
        await stage.desk.do("p", ask, by("tomas"), done.offer_id)
    if kind == "returned":
        await stage.desk.do("p", release, by("maya"), done.referral_id, DeclineReason.SCHEDULE)
        done = replace(done, offer_id=(await stage.referral(done.referral_id)).offer_id)
    elif kind == "closed":
        await stage.desk.do("p", close, COORDINATING, done.referral_id, CloseReason.OTHER)
    wanted = TASKS.get(kind)
    items = [one for one in await stage.items() if one.referral_id == done.referral_id and one.kind == wanted]
    if kind == "taken":
        await stage.desk.do("p", allow, COORDINATING, items[0].id, Grounds.COMPACT)
    return Scene(done, items[0].id if items else "", SOURCE if kind == "known" else "")


#: Which task a scene has for coordinators.
TASKS = {
    "asked": AttentionKind.LICENCE,
    "taken": AttentionKind.LICENCE,
    "phone": AttentionKind.PHONE_TASK,
    "urgent": AttentionKind.URGENT,
}
COORDINATING = Actor("slack:U0ROBIN", Surface.BUTTON, slack_user="U0ROBIN", coordinator=True)


def by(key: str) -> Actor:
    return Actor(f"provider:{key}", Surface.BUTTON, key, f"U0{key.upper()}")


@pytest.fixture
async def cast(stage: Stage) -> Stage:
    """The seed's three, and those whom something keeps from taking part."""
    others: dict[str, dict[str, Any]] = {
        "yuki": {"status": ProviderStatus.PAUSED},
        "samir": {"status": ProviderStatus.INACTIVE},
        "ines": {},
    }

    def hire(tx: Any) -> None:
        for key, values in others.items():
            row = Provider(
                id=key,
                practice_id="p",
                slack_user=f"U0{key.upper()}",
                slack_standing=SlackStanding.MEMBER,
                name=key.title(),
                licences=[{"state": "NY"}, {"state": "TX"}],
                insurers=[{"insurer": "aetna", "accepting": True}],
                created_at=tx.now,
            )
            for name, value in values.items():
                setattr(row, name, value)
            tx.add(row)

        tx.add(Source(id=SOURCE, practice_id="p", name="Dr. Reed", created_at=tx.now))
        tx.add(Source(id=RETIRED, practice_id="p", name="Dr. Kim", created_at=tx.now, retired_at=tx.now))

    await stage.desk.do("p", hire)
    stage.person("ines").user.deleted = True
    return stage


# What a click or a form did


@dataclass
class Seen:
    """All that the database holds of a referral, and how much history there is."""

    rows: list[Any]
    history: list[tuple[str, str, str]]


async def look(stage: Stage, referral_id: str) -> Seen:
    def read(tx: Any) -> Seen:
        rows = [_plain(tx.session.get(Referral, referral_id))]
        offers = tx.session.exec(select(Offer).where(Offer.referral_id == referral_id)).all()
        rows += [_plain(one) for one in offers]
        rows += [_plain(one) for one in tx.session.exec(ours(select(Pass))) if one.offer_id in {o.id for o in offers}]
        for table in (Delivery, Attention):
            found: Any = table
            rows += [_plain(one) for one in tx.session.exec(select(table).where(found.referral_id == referral_id))]
        history = tx.session.exec(ours(select(History)).order_by(col(History.id)))
        return Seen(rows, [(row.subject_id, row.event, row.result) for row in history])

    return await stage.desk.ask("p", read)


def _plain(row: Any) -> dict[str, Any]:
    """Recording a refusal touches the row that it is recorded with, and nothing else of it."""
    return {name: value for name, value in row.model_dump().items() if name not in _OF_HISTORY}


_OF_HISTORY = ("version", "history_head", "history_count")


def what_came(before: Seen, after: Seen, answer: Answer) -> str:
    fresh = after.history[len(before.history) :]
    unchanged = before.rows == after.rows
    results = [result for _, _, result in fresh]
    if any(result != "done" for result in results):
        (refused,) = results
        assert unchanged, "whoever is refused changes nothing"
        assert answer.text or answer.view, "and is told so"
        return refused
    if "done" in results:
        return "done"
    assert unchanged
    if answer.view is not None and answer.view["callback_id"]:
        return "asks" if answer.view["callback_id"] == CallbackId.CONFIRM else "form"
    told = str([one.blocks for one in answer.ephemerals]) * bool(answer.ephemerals)
    told += str(answer.view["blocks"]) if answer.view else ""
    if PUBLIC_URL in told:
        return "link"
    if "not on the roster as a provider" in told:
        return "unlinked"
    if " accepted " in told or "has moved on" in told or " expired" in told or " was closed" in told:
        return "since"
    assert told, "everybody is answered"
    return "told"


# Pressing and sending


def value_of(action: str, scene: Scene) -> str:
    if action in OF_OFFERS:
        return scene.done.offer_id
    if action in ("allow_licence", "deny_licence", "phoned", "seen"):
        return scene.item
    if action.startswith("roster"):
        return "" if action == "roster" else "tomas"
    if action == "revive_source":
        return RETIRED
    if action.endswith(("_source", "source_link")):
        return SOURCE
    own = {"pause_now": "insurer=aetna", "resume_one": "insurer=aetna", "release_waiting": "all"}
    own |= {
        "attest": ON,
        "source": "",
        "timeline_page": f"{scene.done.referral_id} 0",
        "settings": "times",
        "desk_page": "roster",
    }
    return own.get(action, scene.done.referral_id)


OF_OFFERS = {"accept", "already_contacted", "decline", "pass", "ask_licence", "confirm", "grounds"}
#: Sources of the practice, of which one is retired.
SOURCE, RETIRED = "s1", "s2"


async def press(stage: Stage, role: str, action: str, scene: Scene) -> str:
    element: dict[str, Any] = {
        "type": "button",
        "action_id": f"referral.{action}",
        "text": {"type": "plain_text", "text": "Press"},
        "value": value_of(action, scene),
    }
    block_id, chosen = "b", None
    if action == "plan":
        option = {"text": {"type": "plain_text", "text": "Consultation"}, "value": "consultation"}
        element = {"type": "checkboxes", "action_id": ActionId.PLAN, "options": [option]}
        block_id, chosen = plan_block(scene.done.referral_id, (), 1), ["consultation"]
    blocks = [{"type": "actions", "block_id": block_id, "elements": [element]}]
    answer = await stage.deps.client.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    message = stage.box.message(answer["ts"])
    before = await look(stage, scene.done.referral_id)
    answered = await stage.person(PEOPLE[role]).click(message, f"referral.{action}", chosen)
    assert answered.ok, answered
    return what_came(before, await look(stage, scene.done.referral_id), answered)


def option(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


VALUES: dict[str, dict[str, Any]] = {
    "decline": {BlockId.REASON: {ActionId.REASON: option("schedule")}},
    "release": {
        BlockId.REASON: {ActionId.REASON: option("schedule")},
        BlockId.WANTS_CARE: {ActionId.WANTS_CARE: option("yes")},
    },
    "close": {BlockId.REASON: {ActionId.REASON: option("unreachable")}},
    "assign": {BlockId.PROVIDER: {ActionId.PROVIDER: option("dara")}},
    "allow_licence": {BlockId.REASON: {ActionId.REASON: option("compact")}},
    "act_for": {
        BlockId.PROVIDER: {ActionId.PROVIDER: option("tomas")},
        BlockId.ACT_WHAT: {ActionId.REASON: option("takes")},
    },
    "grounds": {BlockId.GROUNDS: {ActionId.REASON: option("compact")}},
    "extend": {BlockId.EXTEND_BY: {ActionId.REASON: option("12")}},
    "hold": {BlockId.REASON: {ActionId.REASON: option("complaint")}},
    "consent": {BlockId.CONSENT: {ActionId.FIELD: option("given")}},
    "attest": {BlockId.ATTEST: {ActionId.ATTEST: {"selected_options": [{"value": ON}]}}},
    "coordinators": {
        f"{BlockId.COORDINATORS}.shown": {ActionId.COORDINATORS: {"selected_users": ["U0ROBIN", "U0MAYA"]}}
    },
    "roster": {
        shown_block("roster", field, digest(field, "")): {ActionId.FIELD: {"value": text}}
        for field, text in {"name": "Ida New", "work_email": "ida@junipergrove.example.org"}.items()
    },
    "settings": {setting_block(Setting.REMIND, digest(Setting.REMIND, "24")): {ActionId.FIELD: {"value": "30"}}},
    "source": {
        shown_block("source", field, digest(field, stands)): {ActionId.FIELD: typed}
        for field, stands, typed in (
            (SourceField.NAME, "Dr. Reed", {"value": "Elm School"}),
            (SourceField.KIND, SourceKind.OTHER, option("school")),
        )
    },
    "ideal": {
        shown_block("ideal", Fact.STATE, digest(Fact.STATE, "")): {
            ActionId.FIELD: {"selected_options": [{"value": "NY"}]}
        }
    },
}


#: What the forms were opened with.
NOTES: dict[str, dict[str, str]] = {"no_answer": {"tries": "0"}, "confirm": asked_note(Question)}
NOTES["grounds"] = {"provider": "tomas", **asked_note(Question)}


async def send(stage: Stage, role: str, form: str, scene: Scene) -> str:
    """As Slack would hand over a form that this person has somehow got hold of."""
    user = stage.person(PEOPLE[role]).user
    about = scene.done.offer_id if form == "act_for" else value_of(form, scene)
    notes = NOTES.get(form, {})
    if form == "coordinators":
        notes = {SHOWN: (await stage.desk.ask("p", coordinators, COORDINATING)).digest}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": f"referral.{form}",
        "private_metadata": subject(about, **notes),
        "state": {"values": VALUES.get(form, {})},
    }
    team = user.team_id or "T0SANDBOX"
    payload = {"type": "view_submission", "user": {"id": user.id, "team_id": team}, "team": {"id": "T0SANDBOX"}}
    before = await look(stage, scene.done.referral_id)
    answer = await stage.box.delivery.interaction(payload | {"view": view}, accepts=True)
    assert answer.ok, answer
    body: Any = answer.body or {}
    after = await look(stage, scene.done.referral_id)
    if body.get("errors"):
        assert before == after, "what is wrong in a form changes nothing"
        return "told"
    if not body and before == after:
        return "closes"
    shown = Answer(ok=True, view={"callback_id": "", "blocks": [], **body["view"]} if body.get("view") else None)
    return what_came(before, after, shown)


async def outcomes(how: Any, stage: Stage, action: str, scene: str, roles: dict[str, str]) -> dict[str, str]:
    found = dict.fromkeys(roles, ".")
    for role, wanted in roles.items():
        if wanted != ".":
            found_there = await scene_of(stage, scene)
            if role == "inactive_acceptor":
                await stage.change("maya", status=ProviderStatus.INACTIVE)
            found[role] = await how(stage, role, action, found_there)
            await as_they_were(stage)
    return found


async def as_they_were(stage: Stage) -> None:
    def restore(tx: Any) -> None:
        for provider in tx.session.exec(ours(select(Provider))):
            status = {"yuki": ProviderStatus.PAUSED, "samir": ProviderStatus.INACTIVE}
            provider.status = status.get(provider.id, ProviderStatus.ACTIVE)
            provider.insurers = [{"insurer": "aetna", "accepting": True}]

    await stage.desk.do("p", restore)


@ON_ONE_ENGINE
@named(BUTTONS, OWN, MADE_INACTIVE_BUTTONS)
async def test_a_button_does_this_for_them(cast: Stage, action: str, scene: str, expected: dict[str, str]) -> None:
    assert await outcomes(press, cast, action, scene, expected) == expected


@ON_ONE_ENGINE
@named(FORMS, OWN_FORMS, MADE_INACTIVE_FORMS)
async def test_a_form_does_this_for_them(cast: Stage, action: str, scene: str, expected: dict[str, str]) -> None:
    assert await outcomes(send, cast, action, scene, expected) == expected


# Commands

#: As typed: those that switch and those that show, with and without more behind them.
COMMANDS = (
    *("open", "mine", "status", "find", "find Ada Quill", "report", "report last week"),
    *("new", "show", "show R-7K3QM"),
    *("pause", "pause aetna", "resume", "resume all", "resume aetna"),
)


@ON_ONE_ENGINE
@pytest.mark.parametrize("role", OUTSIDE)
@pytest.mark.parametrize("typed", COMMANDS)
async def test_a_command_of_somebody_outside_is_refused_and_recorded(cast: Stage, typed: str, role: str) -> None:
    done, _ = await cast.refer()
    user, box = cast.person(PEOPLE[role]).user, cast.box
    before, roster = await look(cast, done.referral_id), await everybody(cast)
    form = payloads.command_form(box, user, box.channel("referrals"), "/referrals", typed)
    answer = await box.delivery.command(form)
    after = await look(cast, done.referral_id)
    assert answer.ok and TOLD[role] in str(answer.body), "and is told so"
    assert done.code not in str(answer.body) and PUBLIC_URL not in str(answer.body)
    assert after.history[len(before.history) :] == [("p", "refuse", OUTSIDE[role])]
    assert after.rows == before.rows and await everybody(cast) == roster


TOLD = {
    "guest": "Guests of the workspace",
    "deactivated": "deactivated",
    "unlinked": "not on the roster",
    "elsewhere": "own workspace",
}


async def everybody(stage: Stage) -> list[dict[str, Any]]:
    """What could have been switched; an account's standing is noted by whoever meets it."""

    def read(tx: Any) -> list[dict[str, Any]]:
        rows = [_plain(one) for one in tx.session.exec(ours(select(Provider)).order_by(col(Provider.id)))]
        return [{name: value for name, value in row.items() if name != "slack_standing"} for row in rows]

    return await stage.desk.ask("p", read)
