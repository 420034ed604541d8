"""What a message may contain: text, blocks and metadata as they come in, checked as Slack checks them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.block_rules import MESSAGE, MOST_BLOCK_CHARACTERS, characters_of, check_blocks, with_ids
from sandbox.checking import Check
from sandbox.slack_error import SlackError, invalid

#: Slack cuts a posted text at 40,000 characters; refusing it instead lets no test overlook the loss.
MOST_POSTED_TEXT = 40_000
MOST_UPDATED_TEXT = 4_000
MOST_METADATA_BYTES = 16_000
FALLBACK = "This content can't be displayed."


@dataclass(frozen=True, slots=True)
class Content:
    """None means "not given", which differs from empty when a message is updated."""

    text: str | None
    blocks: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None


def read_content(args: Mapping[str, Any], most_text: int = MOST_POSTED_TEXT) -> Content:
    """Raises SlackError: no_text, msg_too_long, msg_blocks_too_long, invalid_blocks(_format), …"""
    text = args.get("text")
    if text is not None and not isinstance(text, str):
        text = str(text)
    blocks = _blocks(args.get("blocks"))
    if args.get("attachments") and blocks is None and not text:
        raise SlackError("invalid_attachments")
    if not text and not blocks:
        raise SlackError("no_text")
    if text and len(text) > most_text:
        raise SlackError("msg_too_long")
    return Content(text, blocks, _metadata(args.get("metadata")))


def _blocks(given: Any) -> list[dict[str, Any]] | None:
    if given is None or given == "":
        return None
    blocks = parse_json(given, "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    check = Check()
    check_blocks(check, blocks, "/blocks", MESSAGE)
    if check.errors:
        raise invalid("invalid_blocks", check.errors)
    if characters_of(blocks) > MOST_BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def _metadata(given: Any) -> dict[str, Any] | None:
    if given is None or given == "":
        return None
    metadata = parse_json(given, "invalid_metadata_format")
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def parse_json(given: Any, error: str) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise SlackError(error) from None
