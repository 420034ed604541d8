"""What coordinators do from their direct messages: reopen, assign, phoned, close."""

from typing import Any

import pytest
from sqlmodel import select

from blocks.notices import notice
from referrals.composing import compose
from referrals.letters import Letter
from referrals.notices import Template
from referrals.tx import Tx
from store.tables import Delivery
from store.vocabulary import CloseReason, ProviderStatus, Status
from tests.handlers.conftest import Stage
from tests.neighbour import ours


async def alert(stage: Stage, template: Template) -> Any:
    """The coordinator's direct message, written and sent as the jobs would."""

    def read(tx: Tx) -> Letter:
        delivery = tx.session.exec(ours(select(Delivery)).where(Delivery.template == template)).one()
        written = compose(tx, delivery)
        assert isinstance(written, Letter)
        return written

    return await stage.dm("robin", notice(await stage.desk.ask("p", read), "d").arguments())


async def expired(stage: Stage) -> tuple[Any, Any]:
    done, _ = await stage.refer()
    await stage.later(49)
    await stage.expire(done.offer_id)
    return done, await alert(stage, Template.COORDINATOR_EXPIRED)


async def test_an_expired_referral_is_reopened_from_the_message(stage: Stage) -> None:
    done, message = await expired(stage)
    answer = await stage.person("robin").click(message, "referral.reopen")
    assert "is open again" in answer.text
    referral = await stage.referral(done.referral_id)
    assert referral.status is Status.PENDING and referral.offer_id != done.offer_id
    again = await stage.person("robin").click(message, "referral.reopen")
    assert "offered to everyone" in again.text
    assert (await stage.referral(done.referral_id)).offer_id == referral.offer_id


async def test_it_is_assigned_to_one_provider_with_what_to_know_about_each(stage: Stage) -> None:
    done, message = await expired(stage)
    await stage.change("dara", status=ProviderStatus.PAUSED)
    robin = stage.person("robin")
    answer = await robin.click(message, "referral.assign")
    assert answer.view is not None and "Dara (paused)" in str(answer.view["blocks"])
    sent = await robin.submit(values={"referral.provider": "tomas"})
    assert sent.ok
    referral = await stage.referral(done.referral_id)
    card = await stage.post(referral.offer_id)
    assert (card.blocks or [])[0]["text"]["text"].startswith("<@U0TOMAS> ")


async def test_out_of_network_needs_a_reason_which_is_kept(stage: Stage) -> None:
    done, card = await stage.refer(insurer="cigna")
    robin = stage.person("robin")
    await robin.click(card, "referral.more", value=f"referral.assign:{done.referral_id}")
    asked = await robin.submit(values={"referral.provider": "tomas"})
    assert not asked.ok and asked.errors == {"form.network": "Tomas is out of network. Why all the same?"}
    assert ("assign", "done") not in await stage.history(done.referral_id)
    given: dict[str, Any] = {"referral.provider": "tomas", "form.network": {"referral.reason": "single_case_agreement"}}
    assert (await robin.submit(values=given)).ok
    assert ("assign", "done") in await stage.history(done.referral_id)
    await robin.click(card, "referral.more", value=f"referral.timeline:{done.referral_id}")
    shown = str(robin.view)
    assert "Assigned to Tomas, out of network. A single-case agreement" in shown
    assert "Cigna" in shown and "Close referral…" in shown, "its head says what it is; one Close closes the window"


async def test_nobody_else_can_reopen_assign_or_close(stage: Stage) -> None:
    done, _ = await expired(stage)
    referral = await stage.referral(done.referral_id)
    buttons = notice_buttons(referral.id)
    message = await stage.dm("maya", buttons)
    for action in ("referral.reopen", "referral.assign", "referral.close"):
        answer = await stage.person("maya").click(message, action)
        assert answer.view is None and "Only a coordinator" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.EXPIRED
    assert [r for _, r in await stage.history(done.referral_id)].count("not_coordinator") == 3


def notice_buttons(referral_id: str) -> dict[str, Any]:
    from blocks.buttons import attention_buttons
    from blocks.layout import actions

    found = attention_buttons(None, Status.EXPIRED, referral_id, None, "R-1")
    return {"text": "forwarded", "blocks": [actions("notice.actions", *found)]}


async def test_a_client_without_email_is_phoned_and_that_is_recorded(stage: Stage) -> None:
    done, _ = await stage.refer(client_email=None)
    message = await alert(stage, Template.COORDINATOR_PHONE)
    answer = await stage.person("robin").click(message, "referral.phoned")
    assert "was phoned" in answer.text and done.code in answer.text
    assert (await stage.referral(done.referral_id)).answered_at is not None
    assert [item.settled_by for item in await stage.items()] == ["slack:U0ROBIN"]
    await stage.person("robin").click(message, "referral.phoned")
    assert [event for event, _ in await stage.history(done.referral_id)].count("phoned") == 1


@pytest.mark.parametrize("reason", CloseReason)
async def test_a_coordinator_closes_it_with_a_reason(stage: Stage, reason: CloseReason) -> None:
    done, message = await expired(stage)
    robin = stage.person("robin")
    await robin.click(message, "referral.close")
    sent = await robin.submit(values={"referral.reason": reason.value})
    assert sent.ok
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.close_reason) == (Status.CLOSED, reason)


async def test_assigning_a_referral_that_somebody_took_meanwhile_says_so(stage: Stage) -> None:
    done, message = await expired(stage)
    robin = stage.person("robin")
    await robin.click(message, "referral.assign")
    other = await stage.dm("robin", notice_buttons(done.referral_id))
    await robin.click(other, "referral.reopen")
    offer = (await stage.referral(done.referral_id)).offer_id
    await stage.person("maya").click(await stage.post(offer), "referral.accept")
    sent = await robin.submit(values={"referral.provider": "tomas"})
    assert sent.ok and "<@U0MAYA> accepted" in str(sent.view)
    assert (await stage.referral(done.referral_id)).accepted_by == "maya"


async def test_a_withdrawal_is_recorded_from_the_menu_of_an_open_card(stage: Stage) -> None:
    """The confirmation mail invites clients to withdraw: that must not wait until something needs attention."""
    done, card = await stage.refer()
    await stage.person("robin").click(card, "referral.more", value=f"referral.close:{done.referral_id}")
    sent = await stage.person("robin").submit(values={"referral.reason": "withdrawn"})
    assert sent.ok
    assert (await stage.referral(done.referral_id)).close_reason is CloseReason.WITHDRAWN


async def test_the_menu_is_for_coordinators(stage: Stage) -> None:
    done, card = await stage.refer()
    for action in ("referral.close", "referral.assign"):
        answer = await stage.person("maya").click(card, "referral.more", value=f"{action}:{done.referral_id}")
        assert answer.view is None and "Only a coordinator" in answer.text
    assert (await stage.referral(done.referral_id)).status is Status.PENDING


async def test_the_acceptor_closes_when_nobody_answers_and_for_no_other_reason(stage: Stage) -> None:
    done, card = await stage.refer()
    await stage.person("maya").click(card, "referral.accept")
    card = await stage.redraw(done.offer_id)
    opened = await stage.person("maya").click(card, "referral.close")
    shown = str(opened.view["blocks"] if opened.view else "")
    assert "unreachable" in shown and "withdrawn" not in shown and "duplicate" not in shown
    sent = await stage.person("maya").submit(values={"referral.reason": "unreachable"})
    assert sent.ok
    referral = await stage.referral(done.referral_id)
    assert (referral.status, referral.close_reason) == (Status.CLOSED, CloseReason.UNREACHABLE)
