"""What was so at the moment of an event and may have changed since. Asked only where a notice is missing, so seldom."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from store.tables import History, Provider, Referral

from ..tx import Tx
from .dossier import Dossier
from .expected import Expected, Given


@dataclass(slots=True)
class Doubts:
    """``providers``: those of whom the referrals at hand speak."""

    tx: Tx
    providers: dict[str, Provider]
    _changes: dict[str, list[History]] = field(default_factory=dict)
    _restored: list[datetime] | None = None

    def excused(self, expected: Expected, dossier: Dossier) -> bool:
        """Whether this notice may rightly be missing. A client's is not asked about here."""
        if expected.given is Given.SOURCE_EMAIL:
            source = dossier.source
            return source is None or not source.email or self._email_may_be_newer(dossier.referral, expected.at)
        provider = self.providers.get(expected.recipient.partition(":")[2])
        if expected.given is Given.WORK_EMAIL:
            return provider is None or not provider.work_email or self._changed(provider, "work_email", expected.at)
        if expected.given is Given.MOBILE:
            without = provider is None or not provider.mobile or provider.sms_opted_out
            return without or (provider is not None and self._changed(provider, "mobile", expected.at))
        return False

    def restored_since(self, at: datetime) -> bool:
        """A restored backup gives up the reminders that were due: nobody knows whether they went out."""
        if self._restored is None:
            self._restored = [row.at for row in self._history(self.tx.practice_id, "restored")]
        return any(at <= moment for moment in self._restored)

    def _changed(self, provider: Provider, column: str, since: datetime) -> bool:
        if provider.id not in self._changes:
            self._changes[provider.id] = self._history(provider.id, "roster_update")
        return any(row.at >= since and column in row.data.get("fields", ()) for row in self._changes[provider.id])

    def _email_may_be_newer(self, referral: Referral, than: datetime) -> bool:
        """A source without an address is given one by another line of a file of referrals, and by nothing else."""
        later = select(Referral.id).where(
            Referral.practice_id == self.tx.practice_id,
            Referral.source_id == referral.source_id,
            Referral.id != referral.id,
            Referral.channel == "csv",
            col(Referral.created_at) >= than,
        )
        return self.tx.session.exec(later.limit(1)).first() is not None

    def _history(self, subject_id: str, event: str) -> list[History]:
        rows = select(History).where(
            History.practice_id == self.tx.practice_id, History.subject_id == subject_id, History.event == event
        )
        return list(self.tx.session.exec(rows))
