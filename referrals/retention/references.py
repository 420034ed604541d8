"""How another system's id of a referral is kept once its client is erased: as a keyed digest. Pure.

An id elsewhere would lead whoever has that system back to the client. As a digest it leads nowhere, and an old file
that is imported again still brings nobody back.
"""

from store.vault import Vault

_MARK = "erased:"


def erased(vault: Vault, external_id: str) -> str:
    """Written in hexadecimal first, because the digest of a text does not tell capitals from small letters."""
    return _MARK + vault.index("external", external_id.encode().hex())
