"""How a Web API method says no."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """Becomes `{"ok": false, "error": …}`; `extra` holds needed, provided, response_metadata and the like."""

    def __init__(self, error: str, status: int = 200, retry_after: int | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.retry_after = retry_after
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.extra}


def invalid(error: str, complaints: list[str]) -> SlackError:
    """An error that lists what is wrong with the arguments, as Slack does for blocks and views."""
    messages = [f"[ERROR] {text}" for text in complaints]
    extra: dict[str, Any] = {"response_metadata": {"messages": messages}}
    if error == "invalid_blocks":
        extra["errors"] = complaints
    return SlackError(error, **extra)
