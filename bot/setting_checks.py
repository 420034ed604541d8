"""What a setting has to look like, whatever it is for. Each check raises ValueError with the rest of a sentence."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def words(value: Any) -> Any:
    """A list as it stands in the environment: separated by commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def starting(value: str, prefix: str, cure: str) -> str:
    if not value.startswith(prefix):
        raise ValueError(f"does not start with {prefix}: {cure}")
    return value


def split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # its text quotes the address, which may hold a password
        raise ValueError("is not an address with a port number") from None
    return parts


def web_address(url: str) -> str:
    parts = split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not a web address (https://…)")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be https, except on this machine")
    return url
