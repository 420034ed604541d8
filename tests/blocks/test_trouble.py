"""The words for what is wrong with the desk as a whole: within Slack's limits, and each says what to do."""

import pytest

from blocks.home import CoordinatorHome, home
from blocks.notices import notice
from blocks.trouble import trouble
from referrals.letters import PracticeLetter
from referrals.notices import Template
from referrals.views.coordinators import AttentionLine, Numbers
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
    view = home(None, CoordinatorHome(Numbers(0, 0, 0, 0, 1), [line]), None)
    assert check_view(view, "home") == []
    text = all_text(view)
    assert all(one in text for one in words) and "None" not in text
    assert "actions" not in [block["type"] for block in view["blocks"]], "it goes by itself"


def test_other_kinds_have_words_as_well() -> None:
    assert trouble(AttentionKind.URGENT, None).what
