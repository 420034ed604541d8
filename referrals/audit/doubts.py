"""What was so at the moment of an event and may have changed since. Asked only where a notice is missing, so seldom."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from store.tables import History, Provider, Referral
from store.vocabulary import DeliveryState, SlackStanding

from ..notices import Template
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
        if expected.given is Given.OUTCOME_UNTOLD and _outcome_told(expected, dossier):
            return True
        if expected.given in (Given.SOURCE_EMAIL, Given.OUTCOME_UNTOLD):
            source = dossier.source
            if source is None or not source.mailable or self._source_changed(source.id, expected.at):
                return True
            return self._email_may_be_newer(dossier.referral, expected.at)
        provider = self.providers.get(expected.recipient.partition(":")[2])
        if expected.given is Given.WORK_EMAIL:
            return provider is None or not provider.work_email or self._changed(provider, "work_email", expected.at)
        if expected.given is Given.MOBILE:
            if provider is None or not provider.mobile or provider.sms_opted_out or provider.sms_trouble:
                return True
            return self._changed(provider, "mobile", expected.at) or self._texts_stopped(provider, expected.at)
        if expected.given is Given.NUDGED:
            return _nudged_otherwise(expected, dossier) or self._out_of_reach(provider, expected.at)
        return False

    def restored_since(self, at: datetime) -> bool:
        """A restored backup gives up the reminders that were due: nobody knows whether they went out."""
        if self._restored is None:
            self._restored = [row.at for row in self._history(self.tx.practice_id, "restored")]
        return any(at <= moment for moment in self._restored)

    def _out_of_reach(self, provider: Provider | None, at: datetime) -> bool:
        """Neither in Slack nor with an address, or not until something about them changed."""
        if provider is None:
            return True
        in_slack = provider.slack_user is not None and provider.slack_standing is SlackStanding.MEMBER
        without = not in_slack and not provider.work_email
        moved = any(row.at >= at for event in ("link", "standing") for row in self._history(provider.id, event))
        return without or moved or self._changed(provider, "work_email", at)

    def _changed(self, provider: Provider, column: str, since: datetime) -> bool:
        if provider.id not in self._changes:
            by_hand = self._history(provider.id, "profile")
            self._changes[provider.id] = self._history(provider.id, "roster_update") + by_hand
        return any(row.at >= since and column in row.data.get("fields", ()) for row in self._changes[provider.id])

    def _texts_stopped(self, provider: Provider, since: datetime) -> bool:
        """Whether texts have been switched on or off since, by an answer or by what became of one."""
        events = ("sms_stop", "sms_start", "sms_failing", "sms_works")
        return any(row.at >= since for event in events for row in self._history(provider.id, event))

    def _source_changed(self, source_id: str, since: datetime) -> bool:
        """Whether a coordinator has edited, retired or brought back the source since."""
        rows = self._history(self.tx.practice_id, "source")
        return any(row.at >= since and row.data.get("source") == source_id for row in rows)

    def _email_may_be_newer(self, referral: Referral, than: datetime) -> bool:
        """A source without an address is given one by another line of a file of referrals, too."""
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


def _nudged_otherwise(expected: Expected, dossier: Dossier) -> bool:
    """One of the two ways is enough."""
    ways = {Template.ACCEPTOR_NUDGE_DM, Template.ACCEPTOR_NUDGE_MAIL}
    sent = (one for one in dossier.deliveries if one.template in ways and one.template != expected.template)
    return any((one.recipient, one.offer_id) == (expected.recipient, expected.offer_id) for one in sent)


def _outcome_told(expected: Expected, dossier: Dossier) -> bool:
    """Another mail of it has gone out, or may have: given again, consent does not have it told twice."""
    what = (expected.template, expected.recipient)
    told = (one for one in dossier.deliveries if (one.template, one.recipient) == what)
    return any(one.state is not DeliveryState.SUPPRESSED for one in told)
