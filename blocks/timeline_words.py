"""The entries of a referral's timeline in words, for Slack and pages alike. Plain, not escaped; without a client."""

from collections.abc import Callable, Mapping
from datetime import datetime

from referrals.acting.hold import HoldReason
from referrals.licences import Grounds, NetworkGrounds
from referrals.notices import Template
from referrals.outcomes import Person
from referrals.views.timeline import Happened, Told
from store.vocabulary import AttentionKind, DeliveryChannel, DeliveryState

from .event_people import ROLES, SURFACES
from .event_words import DONE, words
from .grounds import GROUNDS, HOLD_REASONS, NETWORK_GROUNDS
from .labels import ATTENTION, NOTICES

_CHANNELS = {
    DeliveryChannel.EMAIL: "Email",
    DeliveryChannel.SLACK: "Slack message",
    DeliveryChannel.SMS: "Text message",
}
#: Where ``NOTICES`` names the channel or the reader, which stand before it here.
_ABOUT: dict[Template, str] = {
    Template.PROVIDER_OFFER: "the offer",
    Template.PROVIDER_OFFER_SMS: "the offer",
    Template.PROVIDER_REMINDER: "the reminder",
    Template.ACCEPTOR_MAIL: "the client's contact details",
    Template.ACCEPTOR_DM: "what to do now that they have accepted",
    Template.ACCEPTOR_NUDGE_DM: "has the client been reached?",
    Template.ACCEPTOR_NUDGE_MAIL: "has the client been reached?",
    Template.ACCEPTOR_STOP_MAIL: "not to contact the client",
    Template.ACCEPTOR_STOP_DM: "not to contact the client",
    Template.LICENCE_DENIED: "it cannot be taken without a licence",
    Template.THREAD_REMINDER: "the reminder",
    Template.THREAD_ACCEPTED: "who has accepted",
    Template.SOURCE_ACKNOWLEDGEMENT: "the acknowledgement",
    Template.SOURCE_THANKS: "the thanks",
    Template.SOURCE_OUTCOME: "the outcome",
    Template.COORDINATOR_PHONE_MAIL: "the client's phone number",
}
#: A notice that nobody has is not told as one that somebody read.
_SENDING = {
    DeliveryState.SUPPRESSED: "{channel} not sent to {to}",
    DeliveryState.FAILED: "{channel} that did not reach {to}",
}
_WHOM = {"client": "the client", "source": "the referral source", "channel": "the channel"}
_ALERTS: dict[str, AttentionKind] = {
    Template.COORDINATOR_EXPIRED: AttentionKind.EXPIRED,
    Template.COORDINATOR_NOBODY: AttentionKind.NOBODY_ELIGIBLE,
    Template.COORDINATOR_PHONE: AttentionKind.PHONE_TASK,
    Template.COORDINATOR_FAILED: AttentionKind.DELIVERY_FAILED,
    Template.COORDINATOR_ACCEPTOR_GONE: AttentionKind.ACCEPTOR_GONE,
    Template.COORDINATOR_URGENT: AttentionKind.URGENT,
    Template.COORDINATOR_NOT_CONTACTED: AttentionKind.NOT_CONTACTED,
    Template.COORDINATOR_LICENCE: AttentionKind.LICENCE,
}
_STATES = {
    DeliveryState.PENDING: "not sent yet",
    DeliveryState.SENDING: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "could not be delivered",
    DeliveryState.UNKNOWN: "may or may not have arrived",
    DeliveryState.SUPPRESSED: "not sent",
}
_TROUBLES = {
    "no_longer_true": "it was no longer true",
    "not_mailable": "they take no email",
    "erased": "the client's details were erased",
    "no_address": "there is no address",
    "no_card_yet": "its card is not posted yet",
}


def what(entry: Happened | Told, names: Mapping[str, str]) -> tuple[str, datetime | None]:
    """What happened; and the moment that ends the sentence, to be written as the surface writes moments."""
    if isinstance(entry, Told):
        template = Template(entry.template) if entry.template in set(Template) else None
        about = _ABOUT.get(template) or NOTICES.get(template) if template else None
        alert = _ALERTS.get(entry.template)
        about = about or (ATTENTION[alert][:1].lower() + ATTENTION[alert][1:] if alert else "")
        going = _SENDING.get(entry.state, "{channel} to {to}").format(channel=_CHANNELS[entry.channel], to=_to(entry))
        return going + (f": {about}" if about else ""), None
    if entry.event == "extend" and entry.result == DONE:
        return "Deadline moved to", datetime.fromisoformat(str(entry.data["after"]))
    return words(entry.event, entry.result, entry.data, names) + _grounds(entry), None


def who(entry: Happened | Told, name: Callable[[Person], str]) -> str:
    """By whom, on whose behalf and from where; of a notice, what became of it. ``name``: how people are named here."""
    if isinstance(entry, Told):
        why = _TROUBLES.get(entry.trouble or "", (entry.trouble or "").replace("_", " "))
        return _STATES[entry.state] + (f": {why}" if why and entry.state is not DeliveryState.SENT else "")
    by = name(entry.by) if entry.by else ROLES.get(entry.role, "somebody")
    whose = f", for {name(entry.whose)}" if entry.whose else ""
    where = SURFACES.get(entry.surface, "") if entry.by else ""
    return f"{by}{whose}" + (f", {where}" if where else "")


def _to(told: Told) -> str:
    if told.to == "slack":
        return "a coordinator" if told.count == 1 else f"{told.count} coordinators"
    return told.who.name if told.who else _WHOM.get(told.to, "somebody")


def _grounds(entry: Happened) -> str:
    """Why somebody was accepted for, or it is kept, that the roster or the rules would not have."""
    found = []
    if (code := entry.data.get("override")) in set(Grounds):
        found.append(GROUNDS[Grounds(code)])
    if (code := entry.data.get("network")) in set(NetworkGrounds):
        found.append(("" if entry.event == "assign" else "Out of network: ") + NETWORK_GROUNDS[NetworkGrounds(code)])
    if entry.event == "hold" and (code := entry.data.get("reason")) in set(HoldReason):
        found.append(HOLD_REASONS[HoldReason(code)])
    return "".join(f". {one}" for one in found)
