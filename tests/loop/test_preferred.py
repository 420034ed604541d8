"""A client asks for one provider: the offer is theirs for 48 hours, whoever else may click."""

import re

import pytest

from store.vocabulary import DeclineReason

from .running import Running

pytestmark = pytest.mark.anyio

PRIVATE_REASONS = [
    DeclineReason.NO_AVAILABILITY,
    DeclineReason.NOT_MY_SPECIALTY,
    DeclineReason.INSURER,
    DeclineReason.SCHEDULE,
    DeclineReason.LOCATION,
    DeclineReason.CONFLICT,
    DeclineReason.OTHER,
]


async def test_a_preferred_provider_accepts_and_everyone_who_must_know_is_told(desk: Running) -> None:
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    assert "<@U0MAYA>" in card.blocks[0]["text"]["text"]
    assert card.alerted == ["U0MAYA"]
    await desk.quiet()
    assert len(desk.mail("maya", done.code)) == 1
    assert len(desk.slack.sms.to("+12025550140")) == 1
    assert len(desk.client_mail(done.code, "Maya")) == 1

    late = await desk.person("tomas").click(card, "referral.accept")
    assert "reserved" in late.text.casefold() and "<!date^" in late.text

    stale = card.snapshot()
    answer = await desk.person("maya").click(card, "referral.accept")
    assert answer.ok and answer.elapsed < 3 and not answer.ephemerals
    card = await desk.card(done.code, "Contacted")
    await desk.quiet()
    assert (await desk.referral(done.code)).status == "accepted"
    assert [reply.reply_broadcast for reply in card.replies] == [True]
    assert "<@U0MAYA>" in card.replies[0].all_text
    client = desk.clients[done.code]
    told = [mail for mail in desk.slack.mailbox.messages if client.email in mail.text]
    assert [mail.to for mail in told] == [["maya@junipergrove.example.org"]]  # the one place for contact details
    assert len(desk.told("maya", done.code)) == 1

    again = await desk.person("maya").click(stale, "referral.accept")
    assert "you accepted" in again.text.casefold()
    other = await desk.person("tomas").click(stale, "referral.accept")
    assert "<@U0MAYA>" in other.text
    assert (await desk.history(done.referral_id)).count(("accept", "done")) == 1


async def test_a_decline_opens_a_round_for_everyone_on_a_new_card(desk: Running) -> None:
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    answer = await desk.decline("maya", card, DeclineReason.SCHEDULE)
    assert answer.ok and answer.closed
    # Slack is asked for the new card's address after it is posted and recorded; only then the old one can link to it.
    await desk.slack.until(lambda: "see its new card" in desk.cards(done.code)[0].all_text)
    await desk.quiet()

    old, new = desk.cards(done.code)
    assert "Open to everyone" in new.all_text and new.edits == 0 and not new.alerted
    assert "referral.pass" in new.action_ids and "referral.decline" not in new.action_ids
    assert old.ts == card.ts and old.action_ids == [] and len(old.blocks) == 1
    assert f"p{new.ts.replace('.', '')}" in old.all_text, "the old card links to the new one"
    assert len(desk.client_mail(done.code, "not available at this time")) == 1
    first, second = await desk.offers(done.referral_id)
    assert (first.outcome, second.outcome) == ("declined", None)
    assert second.expires_at - second.opened_at == first.expires_at - first.opened_at

    other = await desk.person("tomas").click(new, "referral.accept")
    assert other.ok and not other.ephemerals
    assert "<@U0TOMAS>" in (await desk.card(done.code, "Accepted")).all_text


async def test_the_client_never_hears_why(socket_desk: Running) -> None:
    desk = socket_desk
    asked = {reason: await desk.submit(preferred="maya") for reason in PRIVATE_REASONS}
    for reason, done in asked.items():
        answer = await desk.decline("maya", await desk.card(done.code), reason)
        assert answer.ok and answer.closed
    await desk.quiet()
    told = []
    for done in asked.values():
        (mail,) = desk.client_mail(done.code, "not available at this time")
        told.append(mail.text.replace(done.code, "CODE"))
        assert ("decline", "done") in await desk.history(done.referral_id)
    plain = {"\n".join(line for line in text.splitlines() if not re.search("by |Hello", line)) for text in told}
    assert len(plain) == 1, "whatever the reason, the client reads the same"
    for word in ("specialty", "insurer", "insurance", "schedule", "licence", "conflict", "aetna", "anxiety"):
        assert all(word not in text.casefold() for text in told), word


async def test_a_decline_needs_a_reason(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    opened = await desk.person("maya").click(await desk.card(done.code), "referral.decline")
    assert opened.view is not None
    answer = await desk.person("maya").submit(opened.view, {})
    assert answer.errors and not answer.closed
    assert (await desk.offers(done.referral_id))[0].outcome is None


async def test_a_coordinator_may_decline_for_the_provider(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    card = await desk.card(done.code)
    refused = await desk.person("tomas").click(card, "referral.decline")
    assert refused.view is None and "reserved" in refused.text.casefold()
    answer = await desk.decline("robin", card, DeclineReason.NO_AVAILABILITY)
    assert answer.ok
    await desk.slack.until(lambda: len(desk.cards(done.code)) == 2)


async def test_a_coordinator_accepts_for_the_provider_after_a_question(socket_desk: Running) -> None:
    desk = socket_desk
    done = await desk.submit(preferred="maya")
    asked = await desk.person("robin").click(await desk.card(done.code), "referral.accept")
    assert asked.view is not None and "<@U0MAYA>" in str(asked.view["blocks"])
    assert (await desk.referral(done.code)).status == "pending"
    assert (await desk.person("robin").submit(asked.view, {})).ok
    await desk.card(done.code, "Accepted")
    await desk.quiet()
    assert (await desk.referral(done.code)).accepted_by == (await desk.provider("maya")).id
    assert len(desk.told("maya", done.code)) == 1
    assert len(desk.mail("maya", desk.clients[done.code].email)) == 1
