"""No licence where the client is: the way from the refusal over a coordinator to an accepted referral."""

from typing import Any

from sqlmodel import select

from blocks.notices import notice
from referrals.composing import compose
from referrals.letters import Letter
from referrals.outcomes import Done
from sandbox.workspace import Message
from store.tables import Delivery
from store.vocabulary import Status
from tests.handlers.conftest import CANARY, Stage
from tests.neighbour import ours


async def asked(stage: Stage) -> tuple[Done, Message]:
    """Maya asks; answers the referral and the coordinators' direct message."""
    done, message = await stage.refer(state="CA")
    refusal = await stage.person("maya").click(message, "referral.accept")
    await stage.person("maya").click(refusal.ephemerals[-1], "referral.ask_licence")
    return done, await coordinators_message(stage)


async def coordinators_message(stage: Stage) -> Message:
    def read(tx: Any) -> Any:
        (row,) = tx.session.exec(ours(select(Delivery)).where(Delivery.template == "coordinator_licence")).all()
        return compose(tx, row)

    letter = await stage.desk.ask("p", read)
    assert isinstance(letter, Letter)
    return await stage.dm("robin", notice(letter, "d1").arguments())


async def test_the_refusal_offers_to_ask_and_the_coordinators_are_asked_in_plain_words(stage: Stage) -> None:
    done, message = await stage.refer(state="CA")
    refusal = await stage.person("maya").click(message, "referral.accept")
    assert "no current licence" in refusal.text and "Ask a coordinator" in refusal.ephemerals[-1].all_text
    await stage.person("maya").click(refusal.ephemerals[-1], "referral.ask_licence")
    told = stage.person("maya").ephemerals[-1].all_text
    assert "have been asked whether you may take" in told and done.code in told and "Ask a coordinator" not in told
    assert await stage.history(done.referral_id) == [
        ("submit", "done"),
        ("accept", "no_licence"),
        ("ask_licence", "done"),
    ]
    told = (await coordinators_message(stage)).all_text
    assert f"<@U0MAYA> would take {done.code}, but has no licence for California on the roster" in told
    for words in ("Allow", "Assign"):
        assert words in told
    assert CANARY not in told
    again = await stage.person("maya").click(message, "referral.accept")
    await stage.person("maya").click(again.ephemerals[-1], "referral.ask_licence")
    assert "know already" in stage.person("maya").ephemerals[-1].all_text
    assert (await stage.deliveries()).count("coordinator_licence") == 1
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_a_coordinator_allows_it_with_a_reason_and_it_is_theirs(stage: Stage) -> None:
    done, message = await asked(stage)
    robin = stage.person("robin")
    opened = await robin.click(message, "referral.allow_licence")
    assert opened.view is not None and "<@U0MAYA>" in str(opened.view["blocks"]) and "California" in str(opened.view)
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    without = await robin.submit(opened.view, values={})
    assert not without.ok and (await stage.referral(done.referral_id)).status is Status.PENDING
    sent = await robin.submit(opened.view, values={"referral.reason": "compact"})
    assert sent.ok and sent.view is not None and "with the provider who asked" in str(sent.view["blocks"])
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.accepted_by) == (Status.ACCEPTED, "maya")
    assert {"acceptor_dm", "thread_accepted"} <= set(await stage.deliveries())
    assert all(item.settled_at for item in await stage.items() if item.kind == "licence")


async def test_what_arose_since_the_form_was_opened_is_shown_before_it_is_allowed(stage: Stage) -> None:
    done, message = await asked(stage)
    robin = stage.person("robin")
    opened = await robin.click(message, "referral.allow_licence")
    await stage.change("maya", insurers=[])
    again = await robin.submit(opened.view, values={"referral.reason": "compact"})
    assert again.view is not None and again.view["callback_id"] == "referral.allow_licence"
    assert "networks" in str(again.view["blocks"]) and "networks" not in str(opened.view)
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    sent = await robin.submit(again.view, values={"referral.reason": "compact"})
    assert sent.view is not None and "with the provider who asked" in str(sent.view["blocks"])
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_a_coordinator_does_not_allow_it_and_the_reserved_one_can_decline_there(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya, robin = stage.person("maya"), stage.person("robin")
    await stage.change("maya", licences=[])
    refusal = await maya.click(message, "referral.accept")
    await maya.click(refusal.ephemerals[-1], "referral.ask_licence")
    answer = await robin.click(await coordinators_message(stage), "referral.deny_licence")
    assert answer.ok and "is told that it is not allowed" in answer.text
    assert all(item.settled_at for item in await stage.items() if item.kind == "licence")

    def read(tx: Any) -> Any:
        return compose(tx, tx.session.exec(ours(select(Delivery)).where(Delivery.template == "licence_denied")).one())

    letter = await stage.desk.ask("p", read)
    assert isinstance(letter, Letter) and letter.slack_user == "U0MAYA"
    told = await stage.dm("maya", notice(letter, "d2").arguments())
    assert f"did not allow {done.code}" in told.all_text and "Please decline it" in told.all_text
    assert CANARY not in told.all_text
    opened = await maya.click(told, "referral.decline")
    assert opened.view is not None and opened.view["callback_id"] == "referral.decline"
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_on_home_what_is_not_allowed_is_gone_from_the_list(stage: Stage) -> None:
    done, _ = await asked(stage)
    robin = stage.person("robin")
    await robin.open_home()
    assert "would take it" in str(robin.home)
    assert (await robin.click(robin.home, "referral.deny_licence")).ok
    assert "would take it" not in str(robin.home)
    assert (await stage.history(done.referral_id))[-1] == ("deny_licence", "done")
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_nobody_else_can_allow_it(stage: Stage) -> None:
    done, _ = await asked(stage)
    (item,) = [one for one in await stage.items() if one.kind == "licence"]
    button = {"type": "button", "action_id": "referral.allow_licence", "value": item.id}
    block = {"type": "actions", "elements": [button | {"text": {"type": "plain_text", "text": "Allow"}}]}
    for name in ("maya", "tomas"):
        answer = await stage.person(name).click(
            await stage.dm(name, {"text": "x", "blocks": [block]}), "referral.allow_licence"
        )
        assert answer.view is None and "Only a coordinator" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING
    assert [one for one in await stage.history(done.referral_id) if one[0] == "allow_licence"] == [
        ("allow_licence", "not_coordinator")
    ] * 2


async def test_a_form_sent_after_somebody_else_took_it_says_so(stage: Stage) -> None:
    done, message = await asked(stage)
    await stage.change("tomas", licences=[{"state": "CA"}])
    robin = stage.person("robin")
    opened = await robin.click(message, "referral.allow_licence")
    await stage.person("tomas").click(stage.box.channel("referrals").messages[-1], "referral.accept")
    sent = await robin.submit(opened.view, values={"referral.reason": "other"})
    assert sent.view is not None and "<@U0TOMAS> accepted" in str(sent.view["blocks"])
    assert (await stage.referral(done.referral_id)).accepted_by == "tomas"
    late = await robin.click(message, "referral.allow_licence")
    assert late.view is None and "<@U0TOMAS> accepted" in late.text


async def test_from_home_it_stands_on_the_list_and_is_gone_afterwards(stage: Stage) -> None:
    done, _ = await asked(stage)
    robin = stage.person("robin")
    await robin.open_home()
    assert robin.home is not None and "Maya" in str(robin.home["blocks"])
    opened = await robin.click(robin.home, "referral.allow_licence")
    assert opened.view is not None
    sent = await robin.submit(opened.view, values={"referral.reason": "licence_being_added"})
    assert sent.ok and (await stage.referral(done.referral_id)).accepted_by == "maya"
    assert robin.home is not None and "would take it" not in str(robin.home["blocks"])


async def test_on_home_the_refusal_is_a_modal_with_the_same_button(stage: Stage) -> None:
    done, message = await stage.refer("maya")
    maya = stage.person("maya")
    await stage.change("maya", licences=[])
    await maya.open_home()
    assert maya.home is not None
    refusal = await maya.click(maya.home, "referral.accept")
    assert refusal.view is not None and "no current licence" in str(refusal.view["blocks"])
    answer = await maya.click(refusal.view, "referral.ask_licence")
    assert answer.ok and maya.view is not None and "have been asked" in str(maya.view["blocks"])
    assert ("ask_licence", "done") in await stage.history(done.referral_id)
    assert message.ts and (await stage.referral(done.referral_id)).status is Status.PENDING
