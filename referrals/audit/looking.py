"""Looks at a practice's rows, some at a time, and collects what breaks a rule. It only reads.

``audit`` does it all in one transaction. For a database of any size, jobs/auditing.py calls the parts, each in a
transaction of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from store.ids import first_id
from store.tables import Attention, Delivery, History, Provider, Referral

from ..audit import chains, due
from ..notices import Template
from ..tx import Tx
from .answers import answered
from .dossier import Dossier, read_page
from .doubts import Doubts
from .due import Bounds
from .expected import OF_DAY, OF_PRACTICE, OF_PROVIDER
from .finding import Audit, Finding, Rule
from .replay import retell
from .standing import clocks, lost, rounds, standing
from .tale import Impossible
from .told import Notices, alarmed

#: Referrals of one read. Judging them takes tens of milliseconds, and a click must not wait longer.
PAGE = 25
#: Ids of several processes are only roughly in order, and a transaction may take seconds to its commit.
OVERLAP = timedelta(minutes=5)
_ORPHANS = 2000


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose history has grown."""

    referrals: tuple[str, ...]
    providers: tuple[str, ...]
    practice: bool


def audit(tx: Tx, since: str | None = None, bounds: Bounds | None = None) -> Audit:
    """Everything, or (``since``: ``Audit.up_to`` of a run before) what has happened since and whatever is due now."""
    done = Audit(whole=since is None, up_to=beginning_of_next())
    if since is None:
        after = ""
        while ids := referral_ids(tx, after):
            look_at_referrals(tx, done, ids)
            after = ids[-1]
        look_at_providers(tx, done, provider_ids(tx))
        link: tuple[str, int] | None = ("", 0)
        last: str | None = ""
        while last is not None:
            last = look_for_orphans(tx, done, last)
    else:
        changed = touched(tx, since)
        for few in pages(changed.referrals):
            look_at_referrals(tx, done, few)
        look_at_providers(tx, done, changed.providers)
        link = chains.before(tx, since) if changed.practice else None
    while link is not None:
        link = look_at_practice(tx, done, link)
    look_at_notices_of_practice(tx, done)
    done.add(*due.overdue(tx, bounds or Bounds()))
    return done


def beginning_of_next() -> str:
    """For a look that begins now: where the one after it begins. Ids are made of the machine's clock, turned or not."""
    return first_id(datetime.now(UTC) - OVERLAP)


def pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + PAGE] for at in range(0, len(ids), PAGE))


def referral_ids(tx: Tx, after: str) -> Sequence[str]:
    """The next page of them."""
    ids = select(Referral.id).where(tx.ours(Referral), col(Referral.id) > after)
    return tx.session.exec(ids.order_by(col(Referral.id)).limit(PAGE)).all()


def how_many(tx: Tx) -> int:
    count = select(func.count()).select_from(Referral).where(Referral.practice_id == tx.practice_id)
    return tx.session.exec(count).one()


def provider_ids(tx: Tx) -> Sequence[str]:
    ids = select(Provider.id).where(Provider.practice_id == tx.practice_id)
    return tx.session.exec(ids.order_by(Provider.id)).all()


def touched(tx: Tx, since: str) -> Touched:
    """By the primary key alone: other practices' rows are passed over here, because no index knows both."""
    rows = select(History.practice_id, History.subject, History.subject_id).where(col(History.id) >= since).distinct()
    ours = sorted((subject, id) for practice_id, subject, id in tx.session.exec(rows) if practice_id == tx.practice_id)
    of = {kind: tuple(id for subject, id in ours if subject == kind) for kind in ("referral", "provider", "practice")}
    return Touched(of["referral"], of["provider"], bool(of["practice"]))


def look_at_referrals(tx: Tx, done: Audit, ids: Sequence[str]) -> None:
    page = read_page(tx, ids)
    doubts = Doubts(tx, page.providers)
    heard: set[str] = set()
    for dossier in page.dossiers:
        done.count(
            referrals=1,
            offers=len(dossier.offers),
            events=len(dossier.history),
            deliveries=len(dossier.deliveries),
            items=len(dossier.items),
        )
        done.add(*_judge(tx, dossier, doubts, page.practice.coordinators, heard))


def look_at_providers(tx: Tx, done: Audit, ids: Sequence[str]) -> None:
    rows = select(Provider).where(tx.ours(Provider), col(Provider.id).in_(ids))
    providers = tx.session.exec(rows.order_by(Provider.id)).all()
    done.count(providers=len(providers))
    done.add(*chains.of_providers(tx, providers))


def look_at_practice(tx: Tx, done: Audit, after: tuple[str, int]) -> tuple[str, int] | None:
    """One piece of the practice's own history; answers where the next begins."""
    following, broken = chains.of_practice(tx, after)
    if broken is not None:
        done.add(broken)
    return following


def look_for_orphans(tx: Tx, done: Audit, after: str) -> str | None:
    following, found = chains.orphans(tx, after, _ORPHANS)
    done.add(*found)
    return following


def look_at_notices_of_practice(tx: Tx, done: Audit) -> None:
    """What is about the practice as a whole is explained by its item, and told each recipient once.

    What is told to a provider about themselves is explained by the event in their own history, and a digest by the
    day's event in the practice's, which names who gets it.
    """
    items = select(Attention.id).where(Attention.practice_id == tx.practice_id, col(Attention.referral_id).is_(None))
    known = set(tx.session.exec(items))
    events = select(History).join(Delivery, col(Delivery.subject_id) == col(History.id)).where(*_of_nothing(tx))
    own = {row.id: row for row in tx.session.exec(events.where(History.practice_id == tx.practice_id))}
    sent = select(Delivery).where(*_of_nothing(tx))
    seen = set()
    for one in tx.session.exec(sent.order_by(col(Delivery.id))):
        event = own.get(one.subject_id or "")
        asked_for = event is not None and _asks_for(event, one)
        day = event.data["day"] if event is not None and asked_for and one.template in OF_DAY else one.subject_id
        key = (one.template, one.recipient, day)
        if not asked_for and (one.subject_id not in known or one.template not in OF_PRACTICE):
            done.add(Finding(Rule.UNEXPLAINED, "delivery", one.id, f"nothing asks for {one.template}"))
        elif key in seen:
            done.add(Finding(Rule.TWICE, "delivery", one.id, f"{one.template} stands twice for one recipient"))
        seen.add(key)


def _asks_for(event: History, one: Delivery) -> bool:
    template = Template(one.template)
    if event.event == OF_DAY.get(template):
        return event.subject == "practice" and one.recipient.removeprefix("slack:") in event.data["to"]
    return event.event == OF_PROVIDER.get(template) and one.recipient == f"provider:{event.subject_id}"


def _of_nothing(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    """Deliveries that concern no referral."""
    return col(Delivery.practice_id) == tx.practice_id, col(Delivery.referral_id).is_(None)


def _judge(tx: Tx, dossier: Dossier, doubts: Doubts, coordinators: list[str], heard: set[str]) -> Iterator[Finding]:
    """In the order in which a rule can be trusted: a history that is broken says nothing of the rest."""
    if broken := chains.unbroken(tx.vault, dossier.referral, dossier.history):
        yield broken
        return
    try:
        tale = retell(dossier.referral, dossier.history)
    except Impossible as error:
        table, id = ("history", error.row.id) if error.row else ("referral", dossier.referral.id)
        yield Finding(error.rule, table, id, error.words, dossier.referral.code)
        return
    wrong = [*rounds(dossier, tale, doubts)]
    yield from wrong
    if not wrong:
        yield from standing(dossier, tale)
        yield from clocks(dossier, tale, doubts)
        yield from lost(dossier)
        yield from Notices(dossier, tale, doubts, coordinators, heard).findings()
        yield from answered(dossier, tale)
        yield from alarmed(dossier)
