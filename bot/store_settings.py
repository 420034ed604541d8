"""The settings that every command needs, and reading them: from the environment or ``.env``."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

from cryptography.fernet import Fernet
from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .setting_checks import split, words
from .setting_errors import SettingsError, problems

Words = Annotated[tuple[str, ...], NoDecode]


class StoreSettings(BaseSettings):
    """What every command needs: the database and the keys."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = "sqlite+aiosqlite:///referrals.db"
    redis_url: str | None = None  # None: a server of our own beside the database
    encryption_keys: Words
    index_key: str
    history_key: str
    signing_key: str

    @field_validator("encryption_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return words(value)

    @field_validator("encryption_keys")
    @classmethod
    def _fernet_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for position, key in enumerate(keys, 1):
            try:
                Fernet(key)
            except ValueError as error:
                raise ValueError(f"key {position} is not a Fernet key; `referrals keys` makes one") from error
        return keys

    @field_validator("index_key", "history_key", "signing_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if len(key) < 32:
            raise ValueError("is shorter than 32 characters; `referrals keys` makes one")
        return key

    @field_validator("database_url")
    @classmethod
    def _engine(cls, url: str) -> str:
        scheme, _, rest = url.partition("://")
        drivers = {
            "sqlite": "sqlite+aiosqlite",
            "sqlite+aiosqlite": "sqlite+aiosqlite",
            "postgres": "postgresql+asyncpg",
            "postgresql": "postgresql+asyncpg",
            "postgresql+asyncpg": "postgresql+asyncpg",
        }
        if scheme not in drivers:
            raise ValueError("use sqlite:///path/to/file.db or postgresql://user:password@host/name")
        if scheme.startswith("sqlite") and not rest.strip("/"):
            raise ValueError("names no file; use sqlite:///referrals.db")
        if not scheme.startswith("sqlite"):
            split(url)
        return f"{drivers[scheme]}://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str | None) -> str | None:
        if url is not None and split(url).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("use redis://host:6379/0, or leave it out for a server of our own")
        return url

    @property
    def on_sqlite(self) -> bool:
        """One file, and so one process."""
        return self.database_url.startswith("sqlite")

    @property
    def data_folder(self) -> Path:
        """Where this process keeps files of its own: beside the SQLite file, else the working directory."""
        if self.on_sqlite:
            return Path(self.database_url.partition(":///")[2]).absolute().parent
        return Path.cwd()


T = TypeVar("T", bound=StoreSettings)


def load(kind: type[T]) -> T:
    """Raises SettingsError with one line for every variable that is wrong or missing."""
    try:
        return kind()  # type: ignore[call-arg]  # the environment fills it
    except ValidationError as error:
        raise SettingsError(problems(error)) from error
