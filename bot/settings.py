"""Settings from the environment or ``.env``, checked before anything starts. Errors name the variable and its cure."""

import re
from email.utils import getaddresses
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from jobs.mail.smtp import parse_smtp_url
from jobs.sms import TWILIO_API_URL
from referrals.practices import SLUG

from .setting_checks import LOOPBACK, starting, web_address, words
from .setting_errors import CURES, SettingsError
from .store_settings import StoreSettings, Words, load

__all__ = ["CURES", "IsolatedSettings", "Settings", "SettingsError", "StoreSettings", "load"]

SLACK_API = "https://slack.com/api/"

_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_ADDRESS = re.compile(rf"[^\s@<>,;:\"]+@{_DOMAIN.pattern}")


class Settings(StoreSettings):
    """What ``referrals run`` needs as well. The PRACTICE_ and SUPPORT_ values only seed the first start."""

    slack_bot_token: str
    slack_signing_secret: str | None = None
    slack_app_token: str | None = Field(default=None, validate_default=True)  # after the secret, which may replace it
    slack_api_url: str = SLACK_API
    referrals_channel: str
    coordinators: Words = ()
    smtp_url: str
    mail_from: str | None = None  # an address, or "Name <address>"
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = None
    twilio_from: str | None = None
    twilio_api_url: str = TWILIO_API_URL
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    trusted_proxies: Words = ("127.0.0.1", "::1")  # whose X-Forwarded-For is believed
    pages_per_minute: int = Field(default=120, ge=0)  # of one address; 0: no limit
    forms_per_minute: int = Field(default=30, ge=0)  # the same
    metrics_token: str | None = None  # None: /metrics answers on this machine only
    practice_name: str | None = None
    practice_slug: str | None = None
    practice_time_zone: str | None = None
    work_domains: Words = ()
    support_phone: str = ""
    support_email: str = ""
    support_hours: str = ""

    @field_validator("coordinators", "work_domains", "trusted_proxies", mode="before")
    @classmethod
    def _split_words(cls, value: Any) -> Any:
        return words(value)

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: str) -> str:
        return starting(token, "xoxb-", CURES["SLACK_BOT_TOKEN"])

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: str | None, info: ValidationInfo) -> str | None:
        if token is not None:
            return starting(token, "xapp-", CURES["SLACK_APP_TOKEN"])
        if info.data.get("slack_signing_secret") is None:
            raise ValueError(f"is missing: {CURES['SLACK_APP_TOKEN']}")
        return None

    @field_validator("slack_api_url")
    @classmethod
    def _api(cls, url: str) -> str:
        return web_address(url).rstrip("/") + "/"  # the client appends the method's name

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _base(cls, url: str) -> str:
        return web_address(url).rstrip("/")

    @field_validator("referrals_channel")
    @classmethod
    def _channel(cls, channel: str) -> str:
        if not re.fullmatch(r"[CG][A-Z0-9]{2,}", channel):
            raise ValueError(f"is not a channel id; {CURES['REFERRALS_CHANNEL']}")
        return channel

    @field_validator("coordinators")
    @classmethod
    def _users(cls, users: tuple[str, ...]) -> tuple[str, ...]:
        for user in users:
            if not re.fullmatch(r"[UW][A-Z0-9]{2,}", user):
                raise ValueError("takes Slack user ids separated by commas (profile > ⋮ > Copy member ID, U…)")
        return users

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, url: str) -> str:
        try:
            parse_smtp_url(url)
        except ValueError as error:
            raise ValueError(f"{error}: {CURES['SMTP_URL']}") from None
        return url

    @field_validator("mail_from", "support_email")
    @classmethod
    def _mailbox(cls, text: str | None) -> str | None:
        found = getaddresses([text]) if text else []
        if text and (not text.isprintable() or len(found) != 1 or not _ADDRESS.fullmatch(found[0][1])):
            raise ValueError("is not one mail address; e.g. hello@yourpractice.org")
        return text

    @field_validator("work_domains")
    @classmethod
    def _domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_DOMAIN.fullmatch, domains)):
            raise ValueError("takes domains separated by commas, without the @; e.g. yourpractice.org")
        return tuple(domain.casefold() for domain in domains)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network, strict=False)
            except ValueError:
                raise ValueError(
                    f"takes addresses or networks separated by commas, e.g. 10.0.0.0/8, not {network!r}"
                ) from None
        return networks

    @field_validator("metrics_token")
    @classmethod
    def _guarded(cls, token: str | None) -> str | None:
        if token is not None and (len(token) < 16 or not token.isascii() or not token.isprintable() or " " in token):
            raise ValueError("is shorter than 16 characters, or not plain ones; `openssl rand -hex 32` makes one")
        return token

    @field_validator("practice_slug")
    @classmethod
    def _slug(cls, slug: str | None) -> str | None:
        if slug is not None and not SLUG.fullmatch(slug):
            raise ValueError("is not a part of an address: small letters, digits and dashes, 63 at most")
        return slug

    @field_validator("practice_time_zone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            return name if name is None else ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is not a time zone; e.g. America/Chicago") from error

    @field_validator("port")
    @classmethod
    def _port(cls, port: int) -> int:
        if not 1 <= port <= 65535:
            raise ValueError("is not a port; 1 to 65535")
        return port

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        twilio = {
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token,
            "TWILIO_FROM": self.twilio_from,
        }
        missing = [name for name, value in twilio.items() if value is None]
        if missing and len(missing) < len(twilio):
            raise ValueError(f"{missing[0]} is missing: set all three of {', '.join(twilio)}, or none to send no SMS")
        return self

    @property
    def sandboxed(self) -> bool:
        """The workspace is a local stand-in: only then may the desk's clock be turned."""
        return urlsplit(self.slack_api_url).hostname in LOOPBACK

    @property
    def twilio_can_call(self) -> bool:
        """Whether our addresses lead anywhere for whom texts are handed to."""
        public, twilio = urlsplit(self.public_url).hostname, urlsplit(self.twilio_api_url).hostname
        return public not in LOOPBACK or twilio in LOOPBACK

    @property
    def sends_sms(self) -> bool:
        return self.twilio_account_sid is not None


class IsolatedSettings(Settings):
    """From its arguments alone: neither the environment nor a file gets in. For the demo, the bench and tests."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)
