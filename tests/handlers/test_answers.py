"""What Slack's refusal of an answer is called in the log, whatever shape it came in."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.answers import _code


def refused(data: Any, status: int) -> SlackApiError:
    response = AsyncSlackResponse(
        client=AsyncWebClient(), http_verb="POST", api_url="x", req_args={}, data=data, headers={}, status_code=status
    )
    return SlackApiError("refused", response)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused({"ok": False, "error": "expired_trigger_id"}, 200), "expired_trigger_id"),
        (refused("<html>Bad Gateway</html>", 502), "502"),
        (TimeoutError("Ada Canary-Quill"), "TimeoutError"),
    ],
)
def test_a_code_and_never_the_answer_itself(error: Exception, code: str) -> None:
    assert _code(error) == code
