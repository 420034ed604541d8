"""What was not foreseen: a reference in the log and for the person, and nothing of the payload or the error's text."""

import asyncio
import contextlib
import json
import logging
import secrets
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slack_bolt.response import BoltResponse
from sqlalchemy.exc import SQLAlchemyError

from blocks.availability import answer
from blocks.kept import kept_form
from blocks.modals import notice_view
from blocks.replies import TOO_SLOW, database_away, went_wrong

from .answers import tell
from .click import read_click, table
from .deps import SlackDeps
from .views import update

log = logging.getLogger(__name__)

_FRAMES = 6
#: What else Slack sends and would be told of a failure; anything else is no request of Slack's.
_SENT = frozenset({"event_callback", "view_closed", "block_suggestion", "shortcut", "message_action"})

#: Seconds of Slack's three: what a listener may take, and what telling that it took longer may.
IN_TIME = 2.0
_TO_TELL = 0.7


async def on_error(deps: SlackDeps, error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """Tells the person, within what is left of their 3 s; a form stays as it was filled in.

    An event answers 500, so that Slack sends it again.
    """
    reference = secrets.token_hex(4)
    kind = str(body.get("type") or ("command" if "command" in body else "unknown"))
    # An error's text may quote what was being written: only its type and where it was raised.
    log.error("error %s in %s: %s at %s", reference, kind[:40], type(error).__name__, _where(error))
    words = _words(error, reference)
    if kind == "block_actions":
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_TO_TELL):
                await tell(deps, read_click(body), answer(words))
        return BoltResponse(status=200, body="")
    if kind == "view_submission":
        return _json(update(kept_form(table(body.get("view")), words) or notice_view(words)))
    if kind == "command":
        return _json({"response_type": "ephemeral", "text": words})
    return BoltResponse(status=500 if kind in _SENT else 400, body="")


def _words(error: Exception, reference: str) -> str:
    if isinstance(error, TimeoutError):
        return TOO_SLOW
    return database_away(reference) if isinstance(error, (SQLAlchemyError, OSError)) else went_wrong(reference)


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
