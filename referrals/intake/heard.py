"""Who sent somebody, as the public form learns of it: by a source's link, or from what the client typed.

What a client types may be anybody's name, their own mother's or another client's, and sources' names stand in Slack.
So only a source that the practice keeps already is found by its name; anything else stays sealed with the client's
notes, and is counted under one source, "Other (from the form)".
"""

from dataclasses import replace

from store.ids import new_id
from store.tables import Provider, Source
from store.vocabulary import SourceKind

from ..sources.edit import named
from ..sources.fields import FROM_THE_FORM
from ..sources.links import source_of_link
from ..tx import Tx
from .request import Intake


def with_source(tx: Tx, intake: Intake, link: str = "") -> Intake:
    """The request with its source's id instead of a typed name. ``link``: a source's token, if it came by one.

    A link that no longer leads anywhere counts as none, and nobody can agree to tell a source that there is not.
    """
    if by_link := source_of_link(tx, link):
        return replace(intake, source=None, source_id=by_link.id, channel="link")
    intake = replace(intake, outcome_consent=False)
    if not intake.source:
        return intake
    known = named(tx, intake.source)
    if known is not None and known.name != FROM_THE_FORM:
        return replace(intake, source=None, source_id=known.id)
    return replace(intake, source=None, source_id=other_source(tx, intake).id, notes=_noted(intake))


def _noted(intake: Intake) -> str:
    """Sealed with the notes; only the provider who takes the request and the coordinators read it."""
    heard = f"How they heard about us: {intake.source}"
    return f"{intake.notes}\n\n{heard}" if intake.notes else heard


def other_source(tx: Tx, intake: Intake) -> Source:
    """What counts everybody whose source the practice does not keep."""
    if known := named(tx, FROM_THE_FORM):
        return known
    tx.lock(Provider, intake.preferred_provider_id)  # as submit does: providers before the practice, always
    tx.locked_practice()  # of two who come at once, the second sees the first one's
    if known := named(tx, FROM_THE_FORM):
        return known
    other = Source(
        id=new_id(),
        practice_id=tx.practice_id,
        name=FROM_THE_FORM,
        kind=SourceKind.CLIENT,
        mail_ok=False,
        created_at=tx.now,
    )
    tx.add(other)
    return other
