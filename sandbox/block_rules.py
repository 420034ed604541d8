"""Block Kit's limits for messages, modals and Home: which block where, how many, how long.

Source: https://docs.slack.dev/reference/block-kit/blocks and each block's page. Raises nothing: the callers
turn the complaints into `invalid_blocks` (messages) or `invalid_arguments` (views).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from sandbox.checking import ANY_TEXT, PLAIN, Check
from sandbox.data_rules import check_chart, check_data_table, check_rows
from sandbox.element_rules import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    check_element,
    check_image_element,
)
from sandbox.workspace import interactive, texts_in

Block = dict[str, Any]
MESSAGE, MODAL, HOME = "message", "modal", "home"
_ALL = frozenset({MESSAGE, MODAL, HOME})
_MESSAGES = frozenset({MESSAGE})

MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
#: Slack documents no figure; 13,200 was measured by others (bolt-js issue 2509).
MOST_BLOCK_CHARACTERS = 13_200

#: type -> (surfaces, required fields, optional fields)
_BLOCKS: dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {
    "section": (_ALL, frozenset(), frozenset({"text", "fields", "accessory", "expand"})),
    "divider": (_ALL, frozenset(), frozenset()),
    "header": (_ALL, frozenset({"text"}), frozenset({"level"})),
    "image": (_ALL, frozenset({"alt_text"}), frozenset({"image_url", "slack_file", "title"})),
    "context": (_ALL, frozenset({"elements"}), frozenset()),
    "actions": (_ALL, frozenset({"elements"}), frozenset()),
    "input": (_ALL, frozenset({"label", "element"}), frozenset({"hint", "optional", "dispatch_action"})),
    "rich_text": (_ALL, frozenset({"elements"}), frozenset()),
    "video": (
        _ALL,
        frozenset({"alt_text", "title", "thumbnail_url", "video_url"}),
        frozenset({"author_name", "description", "provider_icon_url", "provider_name", "title_url"}),
    ),
    "markdown": (_MESSAGES, frozenset({"text"}), frozenset()),
    "context_actions": (_MESSAGES, frozenset({"elements"}), frozenset()),
    "table": (_MESSAGES, frozenset({"rows"}), frozenset({"column_settings"})),
    "data_table": (
        _MESSAGES,
        frozenset({"rows", "caption"}),
        frozenset({"page_size", "row_header_column_index"}),
    ),
    "data_visualization": (_MESSAGES, frozenset({"title", "chart"}), frozenset()),
    "alert": (frozenset({MODAL}), frozenset({"text"}), frozenset({"level"})),
}


def check_blocks(check: Check, blocks: list[Any], at: str, surface: str) -> None:
    """All blocks of one surface, with what must be unique or rare among them."""
    check.items(blocks, at, MOST_BLOCKS[surface], least=0)
    seen: set[str] = set()
    counts: dict[str, int] = {}
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        if not check.obj(block, place):
            continue
        kind = str(block.get("type"))
        counts[kind] = counts.get(kind, 0) + 1
        _check_block(check, block, kind, place, surface)
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                check.fail(f"`block_id` {block_id} already exists", f"{place}/block_id")
            seen.add(block_id)
    if counts.get("data_visualization", 0) > 2:
        check.fail("no more than 2 data_visualization blocks allowed", at)
    if counts.get("table", 0) > 1:
        check.fail("only one table allowed", at)


def _check_block(check: Check, block: Block, kind: str, at: str, surface: str) -> None:
    if kind not in _BLOCKS or surface not in _BLOCKS[kind][0]:
        check.fail(f"unsupported type: {kind}", f"{at}/type")
        return
    _, required, optional = _BLOCKS[kind]
    if "block_id" in block:
        check.string(block["block_id"], f"{at}/block_id", 255)
    if not check.fields(block, at, required | {"type"}, optional | {"block_id"}):
        return
    rule = _RULES.get(kind)
    if rule:
        rule(check, block, at)
    ids = [element["action_id"] for _, element in interactive([block])]
    for action_id in {i for i in ids if ids.count(i) > 1}:
        check.fail(f"`action_id` {action_id} already exists", at)


def _section(check: Check, block: Block, at: str) -> None:
    if "text" not in block and "fields" not in block:
        check.fail("missing required field: text or fields", at)
    if "text" in block:
        check.text(block["text"], f"{at}/text", 3000)
    if "fields" in block:
        for index, field in enumerate(check.items(block["fields"], f"{at}/fields", 10)):
            check.text(field, f"{at}/fields/{index}", 2000)
    if "accessory" in block:
        check_element(check, block["accessory"], f"{at}/accessory", IN_SECTION)


def _image(check: Check, block: Block, at: str) -> None:
    if "title" in block:
        check.text(block["title"], f"{at}/title", 2000, PLAIN)
    bare = {key: value for key, value in block.items() if key not in {"title", "block_id"}}
    check_image_element(check, bare, at)


def _context(check: Check, block: Block, at: str) -> None:
    for index, element in enumerate(check.items(block["elements"], f"{at}/elements", 10)):
        place = f"{at}/elements/{index}"
        if isinstance(element, dict) and element.get("type") == "image":
            check_image_element(check, element, place)
        else:
            check.text(element, place, 3000)


def _elements(most: int, allowed: frozenset[str]) -> Callable[[Check, Block, str], None]:
    def rule(check: Check, block: Block, at: str) -> None:
        for index, element in enumerate(check.items(block["elements"], f"{at}/elements", most)):
            check_element(check, element, f"{at}/elements/{index}", allowed)

    return rule


def _input(check: Check, block: Block, at: str) -> None:
    check.text(block["label"], f"{at}/label", 2000, PLAIN)
    if "hint" in block:
        check.text(block["hint"], f"{at}/hint", 2000, PLAIN)
    for name in ("optional", "dispatch_action"):
        if name in block:
            check.boolean(block[name], f"{at}/{name}")
    check_element(check, block["element"], f"{at}/element", IN_INPUT)


def _rich_text(check: Check, block: Block, at: str) -> None:
    kinds = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for index, element in enumerate(check.items(block["elements"], f"{at}/elements", 100)):
        if check.obj(element, f"{at}/elements/{index}"):
            check.one_of(element.get("type"), f"{at}/elements/{index}/type", kinds)
            check.items(element.get("elements"), f"{at}/elements/{index}/elements", 1000, least=0)


def _alert(check: Check, block: Block, at: str) -> None:
    check.text(block["text"], f"{at}/text", 3000, ANY_TEXT)
    if "level" in block:
        check.one_of(block["level"], f"{at}/level", {"default", "info", "warning", "error", "success"})


def _header(check: Check, block: Block, at: str) -> None:
    check.text(block["text"], f"{at}/text", 150, PLAIN)


def _markdown(check: Check, block: Block, at: str) -> None:
    check.string(block["text"], f"{at}/text", 12_000, least=1)


def _table(check: Check, block: Block, at: str) -> None:
    rows = check.items(block["rows"], f"{at}/rows", 100)
    check_rows(check, rows, f"{at}/rows", frozenset({"rich_text", "raw_text"}))


_RULES: dict[str, Callable[[Check, Block, str], None]] = {
    "section": _section,
    "header": _header,
    "image": _image,
    "context": _context,
    "actions": _elements(25, IN_ACTIONS),
    "context_actions": _elements(5, IN_CONTEXT_ACTIONS),
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "alert": _alert,
    "table": _table,
    "data_table": check_data_table,
    "data_visualization": check_chart,
}


def characters_of(blocks: list[Block]) -> int:
    return sum(map(len, texts_in(blocks)))


def size_of(view: dict[str, Any]) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode())


def with_ids(blocks: list[Block]) -> list[Block]:
    """The blocks as Slack stores them: every block and element without an id gets a random one."""
    stored: list[Block] = json.loads(json.dumps(blocks))
    for block in stored:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and element.get("type") in IN_ACTIONS | IN_INPUT | IN_CONTEXT_ACTIONS:
                element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return stored
