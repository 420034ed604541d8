"""The loop, told end to end over both of Slack's transports."""

import pytest

from tests.loop.running import CANARY_EMAIL, Running

pytestmark = pytest.mark.anyio


async def test_a_preferred_provider_accepts_and_everyone_who_must_know_is_told(desk: Running) -> None:
    done = await desk.submit(preferred="U0MAYA")
    card = await desk.card(done.code)
    assert "<@U0MAYA>" in card.blocks[0]["text"]["text"]
    assert card.alerted == ["U0MAYA"]
    await desk.quiet()
    assert desk.mail("maya@junipergrove.example.org", done.code)
    assert desk.slack.sms.to("+12025550140")
    assert desk.mail(CANARY_EMAIL, done.code)

    late = await desk.slack.person("tomas").click(card, "referral.accept")
    assert "reserved" in late.text.casefold()

    stale = card.snapshot()
    answer = await desk.slack.person("maya").click(card, "referral.accept")
    assert answer.ok and answer.elapsed < 3
    await desk.card(done.code, "Contacted")
    await desk.quiet()
    assert (await desk.referral(done.code)).status == "accepted"
    assert any("Maya" in reply.all_text or "U0MAYA" in reply.all_text for reply in card.replies)
    assert len(desk.mail("maya@junipergrove.example.org", CANARY_EMAIL)) == 1  # the one place for contact details

    again = await desk.slack.person("maya").click(stale, "referral.accept")
    assert "accepted" in again.text.casefold()
    other = await desk.slack.person("tomas").click(stale, "referral.accept")
    assert "Maya" in other.text or "U0MAYA" in other.text
    assert not desk.slack.traffic.search("zzyzx", medium="slack")
