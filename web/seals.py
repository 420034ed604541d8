"""The hidden value of a page that decides: only who has loaded the page has it, so a blind POST decides nothing."""

from itsdangerous import BadData, URLSafeTimedSerializer

#: How long a page may stand open before it has to be looked at again (real clock).
LIFETIME_SECONDS = 24 * 3600


class Seals:
    """``purpose``: which page, so that one page's seal is none on another."""

    def __init__(self, key: str, purpose: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt=f"seal-{purpose}")

    def issue(self, subject: str) -> str:
        """For what the page is about; nothing secret, since the value can be read."""
        return self._serializer.dumps(subject)

    def holds(self, signed: str, subject: str) -> bool:
        """False for one that was never issued, for another subject, under another key, or too long ago."""
        try:
            return bool(self._serializer.loads(signed, max_age=LIFETIME_SECONDS) == subject)
        except BadData:
            return False
