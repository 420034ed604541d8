"""Settings of one local workspace, and what it takes from the app's manifest. Reads no environment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.limits import RateLimits

DEFAULT_SCOPES = (
    "chat:write",
    "commands",
    "im:write",
    "users:read",
    "users:read.email",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
)
DEFAULT_EVENTS = ("app_home_opened", "app_uninstalled", "tokens_revoked", "user_change")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    name: str
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a Slack app manifest that decide what Slack allows and delivers."""

    name: str = "Referral desk"
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    events: tuple[str, ...] = DEFAULT_EVENTS
    commands: tuple[SlashCommand, ...] = (SlashCommand("/referrals", should_escape=True),)
    home_tab: bool = True
    interactivity: bool = True
    messages_tab_read_only: bool = True

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read manifest YAML (or JSON, which is YAML too); a missing key means what Slack means by it."""
        raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        features = raw.get("features", {})
        settings = raw.get("settings", {})
        home = features.get("app_home", {})
        commands = tuple(
            SlashCommand(item["command"], bool(item.get("should_escape", False)))
            for item in features.get("slash_commands", [])
        )
        return cls(
            name=features.get("bot_user", {}).get("display_name", raw["display_information"]["name"]),
            scopes=tuple(raw.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=tuple(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands=commands,
            home_tab=bool(home.get("home_tab_enabled", False)),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        )


@dataclass(slots=True)
class SandboxConfig:
    """Everything that a test or the command line may choose.

    Ports: 0 takes a free one. Windows are in seconds of the real clock. `people` are dicts with the fields of
    `workspace.User` (at least `id` and `name`); None means the default practice of `cast.py`. `links` (text and
    url) are shown on the page.
    """

    host: str = "127.0.0.1"
    port: int = 0
    smtp_port: int = 0
    manifest: Manifest = field(default_factory=Manifest)
    team_id: str = "T0SANDBOX"
    team_name: str = "Juniper Grove Therapy"
    team_domain: str = "juniper-grove"
    people: Sequence[Mapping[str, Any]] | None = None
    referrals_private: bool = False
    app_id: str = "A0SANDBOX"
    bot_user_id: str = "U0DESK"
    bot_id: str = "B0DESK"
    bot_token: str = "xoxb-sandbox-bot"  # noqa: S105
    app_token: str = "xapp-sandbox-app"  # noqa: S105
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - a stand-in's secret protects nothing
    verification_token: str = "sandbox-verification"  # noqa: S105
    mode: str = "socket"
    request_url: str = ""
    clock_url: str = ""
    answer_seconds: float = 3.0
    trigger_seconds: float = 3.0
    event_retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    home_wait_seconds: float = 1.0
    limits: RateLimits = field(default_factory=RateLimits)
    twilio_sid: str = "ACsandbox"
    twilio_token: str = "sandbox-twilio-token"  # noqa: S105
    sms_inbound_url: str = ""
    links: Sequence[Mapping[str, str]] = ()
    sms_status_steps: tuple[str, ...] = ("queued", "sent", "delivered")


def read_people(path: Path) -> list[dict[str, Any]]:
    """People as a JSON list of objects, for `--people FILE.json`."""
    people = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(people, list):
        raise ValueError(f"{path}: expected a JSON list of people")
    return people
