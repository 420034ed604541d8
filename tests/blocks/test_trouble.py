"""The words for what is wrong with the desk as a whole: within Slack's limits, and each says what to do."""

import pytest

from blocks.home import home
from blocks.labels import ATTENTION
from blocks.needs_item import item_blocks
from blocks.notices import notice
from blocks.trouble import trouble
from referrals.letters import PracticeLetter
from referrals.notices import Template
from referrals.views.needs import AttentionLine
from sandbox.views import check_view
from store.vocabulary import AttentionKind, DeliveryChannel
from tests.blocks.examples import HOSTILE, NOW, all_text, complaints, practice

AUDIT, SWEEP, SLACK = AttentionKind.AUDIT, AttentionKind.SWEEP, AttentionKind.SLACK

#: kind, code, what must be said
TABLE = [
    (AUDIT, "two_open_offers", ("two_open_offers", "referrals audit")),
    (SWEEP, "stands_still", ("stopped looking for what is due", "a worker runs")),
    (SLACK, "is_archived", ("is archived", "unarchive", "go out by themselves")),
    (SLACK, "not_in_channel", ("has been removed", "/invite")),
    (SLACK, "channel_not_found", ("cannot find", "/invite")),
    (SLACK, "restricted_action", ("may not post", "posting permissions")),
    (SLACK, "token_revoked", ("does not let the referral desk in", "install the app again")),
    (SLACK, "account_inactive", ("does not let the referral desk in", "install the app again")),
    (SLACK, "something_new", ("refuses", "something_new")),
    (SLACK, HOSTILE, ("refuses",)),
    (AUDIT, HOSTILE, ("check has found",)),
]


@pytest.mark.parametrize(("kind", "code", "words"), TABLE)
def test_the_message_says_what_is_wrong_and_what_to_do(kind: AttentionKind, code: str, words: tuple[str, ...]) -> None:
    template = Template.COORDINATOR_TROUBLE
    message = notice(PracticeLetter(template, DeliveryChannel.SLACK, practice(), kind, code, NOW, "U0ROBIN"), "d1")
    assert complaints(message.blocks) == []
    text = all_text(message.blocks)
    assert all(one in text for one in words), text
    assert message.metadata == {"event_type": "referral_notice", "event_payload": {"delivery_id": "d1"}}
    assert not any(bad in message.text + text for bad in ("<!channel", "<@U0BOSS", "\u202e"))
    assert "actions" not in [block["type"] for block in message.blocks]


@pytest.mark.parametrize(("kind", "code", "words"), TABLE)
def test_home_shows_it_without_a_referral(kind: AttentionKind, code: str, words: tuple[str, ...]) -> None:
    line = AttentionLine("i1", kind, None, None, None, None, NOW, code)
    view = home(item_blocks(line))
    assert check_view(view, "home") == []
    text = all_text(view)
    assert all(one in text for one in words) and "None" not in text
    buttons = [one["text"]["text"] for block in view["blocks"] for one in block.get("elements", [])]
    settled = {SLACK: ["Try again now"], AUDIT: ["Open the audit"]}
    assert buttons == settled.get(kind, []), "the others go by themselves"


#: Of the practice as a whole; the others are a referral's, and worded in the list itself.
OF_THE_PRACTICE = list(AttentionKind)[list(AttentionKind).index(AttentionKind.SMS) :]


@pytest.mark.parametrize("kind", OF_THE_PRACTICE)
def test_every_kind_of_the_practice_has_words_of_its_own(kind: AttentionKind) -> None:
    fallback, found = trouble(AttentionKind.URGENT, None), trouble(kind, None, "Maya")
    assert found.what != fallback.what and found.remedy != fallback.remedy
    assert len({trouble(one, None, "Maya").what for one in OF_THE_PRACTICE}) == len(OF_THE_PRACTICE)


@pytest.mark.parametrize("kind", AttentionKind)
def test_every_kind_has_a_heading_of_its_own(kind: AttentionKind) -> None:
    assert ATTENTION[kind] and list(ATTENTION.values()).count(ATTENTION[kind]) == 1


def test_somebody_whom_slack_does_not_know_is_named_with_the_reason_and_the_way_out() -> None:
    found = trouble(AttentionKind.NOT_IN_SLACK, "provider-1", "Ines Park")
    assert "Ines Park" in found.what and "guest" in found.remedy and "left" in found.remedy
    assert "address" in found.remedy and "provider-1" not in found.what + found.remedy
