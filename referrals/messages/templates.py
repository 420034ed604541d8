"""The practice's own words for its mails: reading, keeping and giving them up; which mail has which.

Two coordinators at once never undo each other: what is kept carries a digest of what its form had shown. History says
which mail was changed by whom, with digests of the words before and after, and never the words themselves.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.ids import new_id
from store.tables import History, MessageTemplate
from store.vocabulary import AttentionKind

from ..actor import Actor
from ..changes import whoever
from ..notices import Template
from ..outbox import alert_practice, settle_practice
from ..outcomes import Person, Refusal, Refused
from ..tx import Tx
from .filling import Fault, Words
from .mails import MAILS
from .words import Office, cleaned, faults, ours

EVENT, TEST_EVENT = "message", "message_test"
#: Test mails to a practice's own people, so that a button held down fills nobody's mailbox.
MOST_TESTS, TESTS_WITHIN = 6, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Kept:
    """``words``: what is sent now. ``own``: the practice's. ``by`` and ``at``: of the last change; None while ours."""

    template: Template
    words: Words
    own: bool
    by: Person | None
    at: datetime | None

    @property
    def digest(self) -> str:
        return digest_of(self.words)


@dataclass(frozen=True, slots=True)
class Faulty:
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Words that work in every case: made by ``check`` and nobody else, and all that ``keep`` takes."""

    template: Template
    words: Words


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody else has changed it since the form was shown. Nothing is written."""

    now: Kept


@dataclass(frozen=True, slots=True)
class TooMany:
    """``again``: when the next test may go."""

    again: datetime


def digest_of(words: Words) -> str:
    return hashlib.sha256(f"{words.subject}\n{words.body}".encode()).hexdigest()[:16]


def all_mails(tx: Tx, actor: Actor) -> list[Kept] | Refused:
    if not actor.coordinator:
        return _refuse(tx, actor, EVENT)
    rows = {row.template: row for row in tx.session.exec(_rows(tx))}
    return [_kept(tx, template, rows.get(template)) for template in MAILS]


def one_mail(tx: Tx, actor: Actor, template: Template) -> Kept | Refused:
    return _kept(tx, template, _row(tx, template)) if actor.coordinator else _refuse(tx, actor, EVENT)


def check(template: Template, words: Words, office: Office) -> Checked | Faulty:
    """Tries them in every case, which takes a while: outside any transaction. ``office``: see ``words.faults``."""
    words = cleaned(words)
    wrong = faults(template, words, office)
    return Faulty(tuple(wrong)) if wrong else Checked(template, words)


def keep(tx: Tx, actor: Actor, checked: Checked, shown: str) -> Kept | Overtaken | Refused:
    """``shown``: the digest of what the form was opened with."""
    if not actor.coordinator:
        return _refuse(tx, actor, EVENT)
    template, words = checked.template, checked.words
    practice = tx.locked_practice()  # of two at once, the second waits here and sees the first one's words
    row = _row(tx, template)
    before = _kept(tx, template, row)
    if words == before.words:
        return before
    if before.digest != shown:
        return Overtaken(before)
    if row is None:
        row = MessageTemplate(
            id=new_id(),
            practice_id=tx.practice_id,
            template=template,
            subject=words.subject,
            body=words.body,
            changed_by=actor.name,
            changed_at=tx.now,
        )
        tx.add(row)
    row.subject, row.body, row.changed_by, row.changed_at = words.subject, words.body, actor.name, tx.now
    settle_practice(tx, AttentionKind.OWN_WORDS, template)
    after = _kept(tx, template, row)
    tx.record(practice, EVENT, actor, template=str(template), before=before.digest, after=after.digest, own=True)
    return after


def give_up(tx: Tx, actor: Actor, template: Template, shown: str) -> Kept | Overtaken | Refused:
    """Back to our words."""
    if not actor.coordinator:
        return _refuse(tx, actor, EVENT)
    practice = tx.locked_practice()
    row = _row(tx, template)
    if row is None:
        return _kept(tx, template, None)
    before = _kept(tx, template, row)
    if before.digest != shown:
        return Overtaken(before)
    tx.session.delete(row)
    settle_practice(tx, AttentionKind.OWN_WORDS, template)
    after = _kept(tx, template, None)
    tx.record(practice, EVENT, actor, template=str(template), before=before.digest, after=after.digest, own=False)
    return after


def may_test(tx: Tx, actor: Actor, template: Template) -> TooMany | Refused | None:
    """None: a test may go, and is on record."""
    if not actor.coordinator:
        return _refuse(tx, actor, TEST_EVENT)
    practice = tx.locked_practice()
    lately = tx.session.exec(
        select(History.at)
        .where(
            History.practice_id == tx.practice_id,
            col(History.at) > tx.now - TESTS_WITHIN,
            History.event == TEST_EVENT,
        )
        .order_by(col(History.at))
    ).all()
    if len(lately) >= MOST_TESTS:
        return TooMany(lately[-MOST_TESTS] + TESTS_WITHIN)
    tx.record(practice, TEST_EVENT, actor, template=str(template))
    return None


def own_words(tx: Tx, template: Template) -> Words | None:
    """For composing a mail: None where ours are sent."""
    row = _row(tx, template) if template in MAILS else None
    return Words(row.subject, row.body) if row else None


def failing(tx: Tx, template: Template) -> None:
    """They cannot be filled in (any more), and ours went out instead: the coordinators hear of it, once."""
    alert_practice(tx, AttentionKind.OWN_WORDS, template)


def how_many_own(tx: Tx) -> int:
    counted = select(func.count()).where(MessageTemplate.practice_id == tx.practice_id)
    return int(tx.session.exec(counted).one())


def _kept(tx: Tx, template: Template, row: MessageTemplate | None) -> Kept:
    if row is None:
        return Kept(template, cleaned(ours(template)), own=False, by=None, at=None)
    return Kept(template, Words(row.subject, row.body), own=True, by=whoever(tx, row.changed_by), at=row.changed_at)


def _rows(tx: Tx) -> SelectOfScalar[MessageTemplate]:
    return select(MessageTemplate).where(MessageTemplate.practice_id == tx.practice_id)


def _row(tx: Tx, template: Template) -> MessageTemplate | None:
    return tx.session.exec(_rows(tx).where(MessageTemplate.template == template)).first()


def _refuse(tx: Tx, actor: Actor, event: str) -> Refused:
    tx.record(tx.locked_practice(), event, actor, result=Refusal.NOT_COORDINATOR)
    return Refused(Refusal.NOT_COORDINATOR)
