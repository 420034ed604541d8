"""A provider whom the workspace does not know is offered a referral by mail and SMS, untagged."""

import pytest

from .at_work import COORDINATOR, WORK
from .running import Running

pytestmark = pytest.mark.anyio

HEADER = "name,credential,email,mobile,slack_email,states,insurers,services,delivery,status"
LINE = f"Lior Ben-Ami,LCSW,lior{WORK},202-555-0149,lior{WORK},NY,aetna,individual,telehealth,active"


async def test_a_provider_who_is_not_in_slack_gets_mail_and_sms(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.hire(HEADER, LINE)
    done = await desk.submit(preferred="lior")
    card = await desk.card(done.code)
    await desk.quiet()
    assert "Reserved for Lior Ben-Ami" in card.all_text and not card.alerted and "<@" not in card.all_text
    (mail,) = desk.mail("lior", done.code)
    assert 'reply to this email with "accept" or "decline"' in mail.text
    assert len(desk.slack.sms.to("+12025550149")) == 1
    assert len(desk.client_mail(done.code, "Lior Ben-Ami")) == 1
    late = await desk.person("maya").click(card, "referral.accept")
    assert "reserved for Lior Ben-Ami" in late.text

    asked = await desk.person(COORDINATOR).click(card, "referral.accept")
    assert asked.view is not None
    assert (await desk.person(COORDINATOR).submit(asked.view, {})).ok
    await desk.card(done.code, "*Accepted*")
    await desk.quiet()
    client = desk.clients[done.code]
    assert len(desk.mail("lior", client.email)) == 1, "contact details by mail, since there is no Slack"
    assert await desk.notices(done.referral_id, "suppressed") == {"acceptor_dm": 1}


async def test_their_reminder_is_a_mail_and_the_thread_names_them(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.hire(HEADER, LINE)
    done = await desk.submit(preferred="lior")
    await desk.card(done.code)
    await desk.turn(24)
    assert len(desk.mail("lior", "left to answer")) == 1
    (reply,) = desk.thread(done.code)
    assert "Lior Ben-Ami" in reply.all_text and not reply.alerted


async def test_outside_the_work_domains_a_mail_carries_the_link_alone(socket_desk: Running) -> None:
    desk = socket_desk
    await desk.hire(HEADER, LINE.replace(f"lior{WORK},202", "lior@private.example.com,202"))
    done = await desk.submit(preferred_provider_id=(await desk.provider("lior@private.example.com")).id)
    card = await desk.card(done.code)
    await desk.quiet()
    (mail,) = desk.mail("lior@private.example.com")
    assert "Aetna" not in mail.text and "New York" not in mail.text
    asked = await desk.person(COORDINATOR).click(card, "referral.accept")
    assert (await desk.person(COORDINATOR).submit(asked.view, {})).ok
    await desk.card(done.code, "*Accepted*")
    await desk.quiet()
    (accepted,) = desk.mail("lior@private.example.com", "Thank you for accepting")
    assert "contact details are not in this email" in accepted.text


async def test_an_sms_says_one_sentence_and_no_more(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    await desk.card(done.code)
    await desk.quiet()
    (sms,) = desk.slack.sms.messages
    assert sms.body == (
        "Juniper Grove Therapy: a referral is waiting for you. Check Slack or work email. Reply STOP to opt out."
    )
