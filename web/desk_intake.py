"""The coordinators' page "New referral": what was told by phone or at the desk, through the one intake (DOMAIN.md B1).

What is typed is shown again only where it has to be mended; nothing on this page shows a client who is there already.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from referrals.actor import Actor
from referrals.intake.checks import check_intake
from referrals.intake.choices import Choices, load_choices
from referrals.intake.fields import FieldError
from referrals.intake.form import Received, received
from referrals.intake.heard import other_source
from referrals.intake.request import Intake
from referrals.sources.edit import offered
from referrals.submit import submit
from referrals.tx import Tx

from .desk_visit import DeskVisit, Sent
from .form_words import LABELS, Form, form_values
from .nonces import Nonces

_CODE = re.compile(r"R-[0-9A-Z]{5}")
#: Chosen where the list does not have the source: a name typed here could be a client's, and would stand in Slack.
OTHER = "other"
_BOXES = ("email_ok", "voicemail_ok")
#: Of the public form, but for what only the person themselves can be asked there.
_FIELDS = frozenset(LABELS) - {"tell_source"}


class IntakeRoom:
    name, title = "new", "New referral"

    def __init__(self, signing_key: str) -> None:
        self._nonces = Nonces(signing_key)

    async def show(self, visit: DeskVisit) -> Response:
        if visit.path:
            return visit.nowhere()
        choices = await visit.ask(_choices)
        form = Form(self._nonces.issue(visit.practice.id))
        return _page(visit, choices, form, taken=visit.asked("taken"))

    async def send(self, visit: DeskVisit) -> Response:
        """One referral for one showing of the page. Sent again it may be somebody else, so nothing is thrown away."""
        if visit.path:
            return visit.nowhere()
        choices, typed = await visit.ask(_choices), _typed(visit.sent)
        nonce = self._nonces.read(typed["nonce"], visit.practice.id)
        anew = self._nonces.issue(visit.practice.id)
        if known := await visit.ask(_received, nonce.value if nonce else None):
            return _page(visit, choices, Form(anew, typed), 409, known=known.code)
        if nonce is None or nonce.stale:
            return _page(visit, choices, Form(anew, typed, late=True), 409)
        checked = check_intake({**typed, "nonce": nonce.value}, choices.choices, channel="staff")
        if not isinstance(checked, Intake):
            return _page(visit, choices, Form(typed["nonce"], typed, _by_field(checked)), 422)
        if checked.source not in {None, OTHER, *(id for id, _ in choices.sources)}:
            error = {"source": "Choose a source from the list."}
            return _page(visit, choices, Form(typed["nonce"], typed, error), 422)
        try:
            done = await visit.do(_submit, checked)
        except (SQLAlchemyError, OSError):
            return _page(visit, choices, Form(typed["nonce"], typed, failed=True), 503)
        if done.again:
            return _page(visit, choices, Form(anew, typed), 409, known=done.code)
        return visit.to(taken=done.code)


@dataclass(frozen=True, slots=True)
class _Offered:
    """``sources``: id and name of those that are not retired."""

    choices: Choices
    sources: tuple[tuple[str, str], ...]


def _choices(tx: Tx, _actor: Actor) -> _Offered:
    return _Offered(load_choices(tx), tuple(offered(tx)))


def _received(tx: Tx, _actor: Actor, nonce: str | None) -> Received | None:
    return received(tx, nonce)


def _submit(tx: Tx, actor: Actor, intake: Intake) -> Received:
    """Asks again whether it has been taken in: of two at once, the second is told of the first."""
    if known := received(tx, intake.nonce):
        return known
    if intake.source == OTHER:
        intake = replace(intake, source=None, source_id=other_source(tx, intake).id)
    else:
        intake = replace(intake, source=None, source_id=intake.source)
    return Received(submit(tx, actor, intake).code, again=False)


def _page(
    visit: DeskVisit, at: _Offered, form: Form, status: int = 200, *, taken: str = "", known: str = ""
) -> Response:
    """``taken``: what has just been; ``known``: what this showing of the page has been taken in as."""
    listed = [one for one in at.choices.providers if one.listed]
    named = [(one.id, one.title if one.taking else f"{one.title} (paused)") for one in listed]
    values = form_values(at.choices) | {"staff_choices": named, "sources": at.sources, "other": OTHER, "known": known}
    return visit.page("desk_intake.html", status, form=form, taken=taken if _CODE.fullmatch(taken) else "", **values)


def _typed(sent: Sent) -> dict[str, str]:
    """One text for each field: the last, but all the concerns ticked; a box that is not ticked says no."""
    typed = dict.fromkeys(_BOXES, "no") | {"nonce": ""}
    typed |= {name: values[-1] for name, values in sent.fields.items() if values and name in _FIELDS | {"nonce"}}
    return typed | {"concerns": ";".join(sent.all("concerns"))}


def _by_field(errors: Sequence[FieldError]) -> Mapping[str, str]:
    return {error.field: error.message for error in errors}
