"""Who is alerted by what."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.mentions import alerted_by
from sandbox.workspace import Channel, Message, User
from tests.sandbox.conftest import actions, button, section

PEOPLE = {u: User(u, u.lower()) for u in ("U0A", "U0B", "U0OUT")} | {
    "U0GONE": User("U0GONE", "gone", deleted=True),
    "U0BOT": User("U0BOT", "bot", is_bot=True),
}
ROOM = Channel("C1", "referrals", members={"U0A", "U0B", "U0GONE", "U0BOT"})
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0B"}]}],
}


def plain_header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


@pytest.mark.parametrize(
    ("text", "blocks", "alerted"),
    [
        ("hello <@U0A>", [], ["U0A"]),
        ("hello <@U0A|ann> and <@U0B>", [], ["U0A", "U0B"]),
        ("hello <@U0OUT> and <@U0GONE>", [], []),
        ("<!channel>", [], ["U0A", "U0B"]),
        ("<!here|here>", [], ["U0A", "U0B"]),
        ("in code `<@U0A>` ```<!channel>```", [], []),
        ("&lt;!channel&gt; &lt;@U0A&gt;", [], []),
        ("fallback <@U0A>", [section("card")], []),
        ("fallback", [section("card <@U0A>")], ["U0A"]),
        ("fallback", [plain_header("<!channel> <@U0A>")], []),
        ("fallback", [actions(button("b", "<!channel>", value="<@U0A>"))], []),
        ("fallback", [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U0B>"}]}], ["U0B"]),
        ("fallback", [RICH], ["U0B"]),
    ],
)
def test_alerted(text: str, blocks: list[dict[str, Any]], alerted: list[str]) -> None:
    message = Message("2.0", "C1", "U0BOT", text, blocks)
    assert alerted_by(message, ROOM, PEOPLE) == alerted


def test_nobody_alerts_themselves_and_ephemerals_alert_nobody() -> None:
    assert alerted_by(Message("2.0", "C1", "U0A", "<!channel>"), ROOM, PEOPLE) == ["U0B"]
    private = Message("2.0", "C1", "U0BOT", "<@U0A>", ephemeral_for="U0A")
    assert alerted_by(private, ROOM, PEOPLE) == []


def test_a_direct_message_alerts_its_person() -> None:
    dm = Channel("D1", dm_user="U0A", members={"U0A", "U0BOT"})
    assert alerted_by(Message("2.0", "D1", "U0BOT", "hello"), dm, PEOPLE) == ["U0A"]
