"""Whether the keys are those with which this database was written: asked at the start, not at the first old client."""

import hashlib
from collections.abc import Sequence

from store.tables import Practice
from store.vault import UnreadableSecret, Vault

from .settings import SettingsError

_PURPOSE = "key_check"


def key_check(vault: Vault) -> bytes | None:
    """For a new practice's row: sealed with the encryption key, saying what the two other keys make of a word."""
    return vault.seal(f"{_indexed(vault)} {_linked(vault)}")


def check_keys(practice: Practice, vault: Vault) -> None:
    """Raises SettingsError naming each key that does not fit."""
    check_sealed(practice.key_check, vault)


def check_sealed(sealed: bytes | None, vault: Vault) -> None:
    """The same, of what ``key_check`` made. Any of the encryption keys will do, so a rotation does not matter."""
    try:
        kept = vault.open(sealed)
    except UnreadableSecret as error:
        raise SettingsError([_line("ENCRYPTION_KEYS", "do not open")]) from error
    if kept is None:  # a row that was not made by this desk's first start
        return
    indexed, _, linked = kept.partition(" ")
    wrong = [_line("INDEX_KEY", "does not fit")] if indexed != _indexed(vault) else []
    wrong += [_line("HISTORY_KEY", "does not fit")] if linked != _linked(vault) else []
    if wrong:
        raise SettingsError(wrong)


def fingerprint(encryption_keys: Sequence[str]) -> str:
    """Tells two lists of keys apart, and nothing of them: they are too long and too random to be guessed."""
    return hashlib.sha256(",".join(encryption_keys).encode()).hexdigest()[:16]


def _indexed(vault: Vault) -> str:
    return vault.index(_PURPOSE, _PURPOSE)


def _linked(vault: Vault) -> str:
    return vault.link("", _PURPOSE.encode())


def _line(name: str, verb: str) -> str:
    return f"{name} {verb} what this database holds: put back what it was written with (new encryption keys in front)"
