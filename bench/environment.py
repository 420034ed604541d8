"""The settings of a desk under measure: in a sandbox at its default tokens, with the practice of the demo."""

import os
from typing import Any

from cryptography.fernet import Fernet

from bot.settings import IsolatedSettings, Settings


def environment(sandbox: str, smtp: int, port: int, **more: str) -> dict[str, str]:
    """The desk's own variables, and of this process's only what a program needs to run. ``more`` adds or replaces."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return (
        inherited
        | {
            "DATABASE_URL": "sqlite:///desk.db",
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "INDEX_KEY": "i" * 32,
            "HISTORY_KEY": "h" * 32,
            "SIGNING_KEY": "s" * 32,
            "SLACK_BOT_TOKEN": "xoxb-sandbox-bot",
            "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            "SLACK_API_URL": f"{sandbox}/api/",
            "REFERRALS_CHANNEL": "C0REFERRALS",
            "COORDINATORS": "U0ROBIN",
            "SMTP_URL": f"smtp://127.0.0.1:{smtp}",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "WORK_DOMAINS": "junipergrove.example.org",
            "SUPPORT_PHONE": "(212) 555-0100",
        }
        | more
    )


def settings(variables: dict[str, str]) -> Settings:
    """The same variables, read by this process."""
    fields = {name.lower(): value for name, value in variables.items()}
    known: dict[str, Any] = {name: fields[name] for name in IsolatedSettings.model_fields if name in fields}
    return IsolatedSettings(**known)
