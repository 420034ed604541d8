"""The hidden field that makes sending a form twice one request: signed, for one practice, good for a day."""

import secrets
from dataclasses import dataclass

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

#: How long a form may stay open before it has to be sent again (real clock).
LIFETIME_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Nonce:
    """``value`` is kept with the referral; ``stale``: issued too long ago."""

    value: str
    stale: bool


class Nonces:
    def __init__(self, key: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="refer-form")

    def issue(self, practice_id: str) -> str:
        """A new one, as the form carries it."""
        return self._serializer.dumps([practice_id, secrets.token_urlsafe(18)])

    def read(self, signed: str, practice_id: str) -> Nonce | None:
        """None for one that was never issued, or for another practice."""
        stale = False
        try:
            content = self._serializer.loads(signed, max_age=LIFETIME_SECONDS)
        except SignatureExpired:
            stale = True
            content = self._serializer.loads(signed)  # the signature holds; only its time is up
        except BadData:
            return None
        practice, value = content
        return Nonce(value, stale) if practice == practice_id else None
