"""For every rule, rows spoiled on purpose: the auditor must name the rule and the row, and must name it first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from referrals.actor import SYSTEM
from referrals.audit import Audit, Finding, audit
from referrals.audit.finding import KEPT
from referrals.audit.looking import beginning_of_next, look_at_referrals
from referrals.notices import NOTICES, Template
from referrals.outbox import need_attention
from referrals.tx import Tx
from store.database import Database
from store.ids import new_id
from store.tables import Attention, Client, ClientName, Delivery, History, Offer, Provider, Referral
from store.vocabulary import AttentionKind, DeliveryState, Kind, OfferOutcome, Status, Urgency
from tests.desk import CORA, Office, new_office
from tests.referrals.audit.office_life import lived, look

DAY = timedelta(days=1)


@dataclass
class Spoiler:
    """Finds and spoils rows of an office. Every method answers the row that the auditor should name."""

    tx: Tx
    life: dict[str, str]

    def row(self, table: Any, **where: Any) -> Any:
        return self.rows(table, **where)[0]

    def rows(self, table: Any, **where: Any) -> Any:
        order = [col(table.seq)] if table is History else [col(table.id)]
        conditions = [getattr(table, name) == value for name, value in where.items()]
        statement = select(table).where(table.practice_id == self.tx.practice_id, *conditions)
        return self.tx.session.exec(statement.order_by(*order)).all()

    def referral(self, which: str, **values: Any) -> SQLModel:
        return self.set(self.row(Referral, id=self.life[which]), **values)

    def offer(self, which: str, number: int, **values: Any) -> SQLModel:
        return self.set(self.row(Offer, referral_id=self.life[which], round=number), **values)

    def delivery(self, which: str, template: Template, **values: Any) -> SQLModel:
        return self.set(self.rows(Delivery, referral_id=self.life[which], template=template)[-1], **values)

    def item(self, which: str, kind: AttentionKind, **values: Any) -> SQLModel:
        return self.set(self.row(Attention, referral_id=self.life[which], kind=kind), **values)

    def history(self, which: str, number: int, **values: Any) -> SQLModel:
        return self.set(self.rows(History, subject_id=self.life[which])[number], **values)

    def set(self, row: Any, **values: Any) -> SQLModel:
        for name, value in values.items():
            setattr(row, name, value)
        return row

    def without(self, row: Any) -> None:
        self.tx.session.delete(row)
        self.tx.session.flush()

    def record(self, which: str, event: str, **data: Any) -> SQLModel:
        """A row that fits into the chain: the chain alone says nothing of what happened."""
        self.tx.record(self.row(Referral, id=self.life[which]), event, SYSTEM, **data)
        self.tx.finish()
        self.tx._history.clear()
        return self.rows(History, subject_id=self.life[which])[-1]

    def moved(self, which: str, before: datetime, after: datetime) -> SQLModel:
        row = self.row(Referral, id=self.life[which])
        told = {"before": before.isoformat(), "after": after.isoformat()}
        return self.record(which, "extend", offer=row.offer_id, **told)

    def client_gone(self, which: str) -> SQLModel:
        referral = self.row(Referral, id=self.life[which])
        self.row(Client, id=referral.client_id).erased_at = self.tx.now
        return referral

    def client_left(self, **values: Any) -> SQLModel:
        referral = self.row(Referral, id=self.life["erased"])
        self.set(self.row(Client, id=referral.client_id), **values)
        return referral

    def name_left(self) -> SQLModel:
        referral = self.row(Referral, id=self.life["erased"])
        row = ClientName(client_id=referral.client_id, digest="left", practice_id=referral.practice_id)
        self.tx.session.add(row)
        return referral

    def later_pair(self, id: str) -> SQLModel:
        """Takes out the second row of a chain; the third is then named."""
        rows = self.rows(History, subject_id=id)
        self.without(rows[1])
        return rows[2]

    def end_of_chain(self, which: str) -> SQLModel:
        self.without(self.rows(History, subject_id=self.life[which])[-1])
        return self.referral(which)

    def gone(self, name: str) -> SQLModel:
        provider = self.row(Provider, name=name)
        history = self.row(History, subject_id=provider.id)
        self.without(provider)
        return history

    def another_round(self, which: str) -> SQLModel:
        referral = self.row(Referral, id=self.life[which])
        latest = self.row(Offer, id=referral.offer_id).model_dump()
        self.tx.session.add(Offer(**latest | {"id": new_id(), "round": latest["round"] + 1, "outcome": "closed"}))
        return referral

    def another_delivery(self, which: str, template: str, **values: Any) -> SQLModel:
        """A notice that nobody asked for. ``values`` change a copy of one that somebody did."""
        some = self.rows(Delivery, referral_id=self.life[which])[0].model_dump()
        row = Delivery(
            **some
            | {
                "id": new_id(),
                "dedupe_key": new_id(),
                "template": template,
                "channel": NOTICES[Template(template)].channel,
            }
            | values
        )
        self.tx.session.add(row)
        return row

    def copy_of(self, which: str, template: Template) -> SQLModel:
        row = self.rows(Delivery, referral_id=self.life[which], template=template)[0]
        return self.another_delivery(which, **row.model_dump(exclude={"id", "dedupe_key"}))

    def another_item(self, which: str, kind: AttentionKind, detail: str | None = None) -> SQLModel:
        referral = self.row(Referral, id=self.life[which])
        need_attention(self.tx, referral, self.tx.get(Offer, referral.offer_id), kind, detail)
        self.tx.finish()
        self.tx._deliveries.clear()
        self.tx.session.flush()
        for row in self.rows(Delivery, referral_id=referral.id, state=DeliveryState.PENDING):
            row.state = DeliveryState.SENT
        return self.rows(Attention, referral_id=referral.id, kind=kind)[-1]

    def item_of_slack_settled(self) -> None:
        self.row(Attention, kind=AttentionKind.SLACK).settled_at = self.tx.now

    def practice_item_gone(self) -> SQLModel:
        delivery = self.row(Delivery, referral_id=None)
        self.without(self.row(Attention, referral_id=None))
        return delivery

    def practice_copy(self) -> SQLModel:
        row = self.row(Delivery, referral_id=None).model_dump()
        copy = Delivery(**row | {"id": new_id(), "dedupe_key": new_id()})
        self.tx.session.add(copy)
        return copy


Spoil = Callable[[Spoiler], SQLModel]
LONG_AGO = timedelta(hours=1)

#: Rule -> name -> what is done to which row.
SPOILED: dict[str, dict[str, Spoil]] = {
    "chain_unbroken": {
        "an actor is changed": lambda s: s.history("open", 0, actor="slack:U0OTHER"),
        "the moment is changed": lambda s: s.history("scheduled", 1, at=s.tx.now),
        "the data are changed": lambda s: s.history("expired", 1, data={"offer": "another"}),
        "a refusal becomes a deed": lambda s: s.history("open", 1, result="done"),
        "a row is taken out": lambda s: s.later_pair(s.life["scheduled"]),
        "the last row is taken out": lambda s: s.end_of_chain("closed"),
        "the head is changed": lambda s: s.referral("expired", history_head="0" * 64),
        "the count is changed": lambda s: s.referral("expired", history_count=1),
        "a provider's row is changed": lambda s: s.set(s.row(History, subject="provider"), event="resume"),
        "a provider's head is changed": lambda s: s.set(s.row(Provider, name="Noor"), history_head=""),
        "the practice's row is changed": lambda s: s.set(s.row(History, subject="practice"), result="done"),
        "the practice's head is changed": lambda s: s.set(s.tx.practice(), history_count=7),
    },
    "rounds_as_recorded": {
        "a round is open beside another": lambda s: s.offer("withdrawn", 1, outcome=None),
        "another outcome": lambda s: s.offer("scheduled", 1, outcome=OfferOutcome.DECLINED),
        "closed at another moment": lambda s: s.offer("scheduled", 1, closed_at=s.tx.now),
        "opened at another moment": lambda s: s.offer("scheduled", 1, opened_at=s.tx.now - 40 * DAY),
        "somebody else's": lambda s: s.offer("open", 1, provider_id=s.row(Provider, name="Noor").id),
        "of another kind": lambda s: s.offer("open", 1, kind=Kind.GENERAL),
        "a deadline before the beginning": lambda s: s.offer("withdrawn", 1, expires_at=s.tx.now - 40 * DAY),
        "the reminder is gone": lambda s: s.offer("open", 1, remind_due=None),
        "the client's reminder is gone": lambda s: s.offer("open", 1, remind_client_due=None),
        "the reminder is due again": lambda s: s.offer("expired", 2, remind_due=s.tx.now + DAY),
        "the client's reminder is due again": lambda s: s.offer("closed", 1, remind_client_due=s.tx.now + DAY),
        "one round too many": lambda s: s.another_round("withdrawn"),
        "the referral points to an older round": lambda s: s.referral("expired", offer_id=s.offer("expired", 1).id),
        "the referral counts otherwise": lambda s: s.referral("expired", round=7),
        "an unknown event": lambda s: s.record("open", "teleport"),
        "an event at the wrong time": lambda s: s.record("open", "scheduled", offer=s.offer("open", 1).id),
        "an event of another round": lambda s: s.record("reopened", "pass", offer=s.offer("reopened", 1).id),
        "nudged before anybody accepted": lambda s: s.record("open", "nudge", offer=s.offer("open", 1).id),
        "nudged twice": lambda s: s.record("uncontacted", "nudge", offer=s.offer("uncontacted", 1).id),
        "escalated twice": lambda s: s.record("uncontacted", "escalate", offer=s.offer("uncontacted", 1).id),
        "a try left out": lambda s: s.record("uncontacted", "no_answer", tries=9, next_try=None),
        "the same try again, and no other day": lambda s: s.record("uncontacted", "no_answer", tries=2, next_try=None),
        "a try after contact": lambda s: s.record("already", "no_answer", tries=1, next_try=None),
        "an item done twice": lambda s: s.record("uncontacted", "plan", done=["cost"], undone=[]),
        "an item undone that was not done": lambda s: s.record("uncontacted", "plan", done=[], undone=["payment"]),
        "another deadline than it was moved to": lambda s: s.offer("acted", 1, expires_at=s.tx.now + 9 * DAY),
        "a deadline moved back": lambda s: s.moved("open", s.tx.now + 2 * DAY, s.tx.now + DAY),
        "a deadline moved into the past": lambda s: s.moved("open", s.tx.now - 2 * DAY, s.tx.now - DAY),
        "a deadline moved after it was taken": lambda s: s.moved("fresh", s.tx.now, s.tx.now + DAY),
        "a deadline moved that was another": lambda s: (
            s.moved("nobody", s.tx.now, s.tx.now + DAY) and s.moved("nobody", s.tx.now, s.tx.now + 2 * DAY)
        ),
        "urgent again": lambda s: s.record("open", "urgent", before=True, after=True),
        "urgent after contact": lambda s: s.record("already", "urgent", before=False, after=True),
        "a hold lifted that was none": lambda s: s.record("open", "hold", before=True, after=False),
        "put on hold twice": lambda s: s.record("acted", "hold", before=False, after=True),
        "erased while it was on hold": lambda s: s.record("acted", "erase"),
        "erased while it was open": lambda s: s.record("open", "erase"),
        "erased twice": lambda s: s.record("erased", "erase"),
        "submitted twice": lambda s: s.record("open", "submit", channel="form", preferred=None),
    },
    "one_end": {
        "closed twice": lambda s: s.record("closed", "close", offer="any", reason="other"),
        "accepted after the end": lambda s: s.record("withdrawn", "accept", offer="any", provider="any"),
        "the end has no moment": lambda s: s.referral("withdrawn", closed_at=None),
        "the end has another reason": lambda s: s.referral("withdrawn", close_reason="duplicate"),
        "an end that never was": lambda s: s.referral("open", closed_at=s.tx.now),
    },
    "standing_as_recorded": {
        "another status": lambda s: s.referral("open", status=Status.ACCEPTED),
        "closed without a word": lambda s: s.referral("open", status=Status.CLOSED),
        "another holder": lambda s: s.referral("scheduled", accepted_by=s.row(Provider, name="Omar").id),
        "nobody's": lambda s: s.referral("scheduled", accepted_by=None),
        "accepted at another moment": lambda s: s.referral("scheduled", accepted_at=s.tx.now),
        "never contacted": lambda s: s.referral("scheduled", contacted_at=None),
        "scheduled at another moment": lambda s: s.referral("scheduled", scheduled_at=s.tx.now),
        "asked for somebody it was not": lambda s: s.referral("open", preferred_provider_id=None),
        "a try that nobody told of": lambda s: s.referral("uncontacted", tries=3),
        "another day for the next try": lambda s: s.referral("uncontacted", next_try=s.tx.now.date()),
        "an item that nobody has done": lambda s: s.referral("uncontacted", plan=["cost", "payment"]),
        "the nudge is due again": lambda s: s.referral("uncontacted", nudge_due=s.tx.now + DAY),
        "a nudge after contact": lambda s: s.referral("already", nudge_due=s.tx.now + DAY),
        "the nudge is gone": lambda s: s.referral("fresh", nudge_due=None),
        "the escalation is gone": lambda s: s.referral("fresh", escalate_due=None),
        "first accepted at another moment": lambda s: s.referral("scheduled", first_accepted_at=s.tx.now),
        "first accepted, and given back since": lambda s: s.referral("passed for", first_accepted_at=None),
        "accepted by nobody": lambda s: s.referral("open", first_accepted_at=s.tx.now),
        "a hold that nobody put": lambda s: s.referral("open", legal_hold=True),
        "a hold that nobody lifted": lambda s: s.referral("acted", legal_hold=False),
        "an urgency that nobody took away": lambda s: s.referral("acted", urgency=Urgency.ROUTINE),
        "a consent that nobody gave": lambda s: s.referral("open", outcome_consent_at=s.tx.now),
        "a consent that nobody took back": lambda s: s.referral("acted", outcome_consent_at=None),
        "erased at another moment": lambda s: s.referral("erased", erased_at=s.tx.now - DAY),
        "erased without a word": lambda s: s.referral("withdrawn", erased_at=s.tx.now),
        "a client gone without a word": lambda s: s.client_gone("withdrawn"),
        "erased, and their name is left": lambda s: s.client_left(name=b"sealed"),
        "erased, and found by their mail": lambda s: s.client_left(email_index="left"),
        "erased, and found by their name": lambda s: s.name_left(),
        "erased, and the client says no such thing": lambda s: s.client_left(erased_at=None),
        "an escalation with nobody to contact": lambda s: s.referral("open", escalate_due=s.tx.now + DAY),
    },
    "nothing_lost": {
        "expired, and taken off the list": lambda s: (
            s.item("expired", AttentionKind.EXPIRED, settled_at=s.tx.now) and s.referral("expired")
        ),
    },
    "notice_unexplained": {
        "told of a deadline that nobody moved": lambda s: s.another_delivery(
            "open", Template.CLIENT_CONFIRMATION, subject_id=new_id()
        ),
        "urgent, on the list without a mark": lambda s: s.another_item("open", AttentionKind.URGENT, new_id()),
        "a closing mail to somebody who waits": lambda s: s.another_delivery("open", Template.CLIENT_CLOSING),
        "a mail to another client": lambda s: s.another_delivery(
            "open", Template.CLIENT_CONFIRMATION, recipient=f"client:{s.referral('closed').client_id}"
        ),
        "an offer to somebody else": lambda s: s.another_delivery(
            "open", Template.PROVIDER_OFFER, recipient=f"provider:{s.row(Provider, name='Maya').id}"
        ),
        "told to stop for no reason": lambda s: s.another_delivery(
            "scheduled", Template.ACCEPTOR_STOP_DM, recipient=f"provider:{s.row(Provider, name='Maya').id}"
        ),
        "a reminder after the end": lambda s: s.another_delivery("withdrawn", Template.CLIENT_REMINDER),
        "an alert of nothing": lambda s: s.another_delivery(
            "open", Template.COORDINATOR_EXPIRED, recipient="slack:U0CORA"
        ),
        "an expiry on the list that was none": lambda s: s.another_item("open", AttentionKind.EXPIRED),
        "nobody left, but there is": lambda s: s.another_item("withdrawn", AttentionKind.NOBODY_ELIGIBLE),
        "a call for a message that nobody meant": lambda s: s.another_item(
            "open", AttentionKind.PHONE_TASK, "client_closing"
        ),
        "a failure of what was never sent": lambda s: s.another_item(
            "open", AttentionKind.DELIVERY_FAILED, "acceptor_dm:no_user"
        ),
        "a nudge to somebody who was not nudged": lambda s: s.another_delivery(
            "fresh", Template.ACCEPTOR_NUDGE_DM, recipient=f"provider:{s.row(Provider, name='Noor').id}"
        ),
        "not contacted, on the list too early": lambda s: s.another_item("fresh", AttentionKind.NOT_CONTACTED),
        "a licence that nobody asked about": lambda s: s.another_item("open", AttentionKind.LICENCE, "somebody"),
        "an alert about the practice without its item": lambda s: s.practice_item_gone(),
    },
    "notice_twice": {
        "the client's": lambda s: s.copy_of("open", Template.CLIENT_CONFIRMATION),
        "the thread's": lambda s: s.copy_of("scheduled", Template.THREAD_ACCEPTED),
        "the source's": lambda s: s.copy_of("scheduled", Template.SOURCE_THANKS),
        "a coordinator's": lambda s: s.copy_of("nobody", Template.COORDINATOR_URGENT),
        "about the practice": lambda s: s.practice_copy(),
    },
    "client_answered": {
        "contacted, and not answered": lambda s: s.referral("scheduled", answered_at=None),
        "answered by nobody": lambda s: s.referral("open", answered_at=s.tx.now),
        "sent the last word, and not answered": lambda s: s.referral("withdrawn", answered_at=None),
        "the last word was held back": lambda s: (
            s.delivery("withdrawn", Template.CLIENT_CLOSING, state=DeliveryState.SUPPRESSED, trouble="not_mailable")
            and s.referral("withdrawn", answered_at=None)
        ),
        "the final mail failed": lambda s: (
            s.delivery("expired", Template.CLIENT_FINAL, state=DeliveryState.FAILED, trouble="smtp_550")
            and s.referral("expired", answered_at=None)
        ),
    },
    "failure_alarmed": {
        "a provider's mail": lambda s: s.delivery("open", Template.PROVIDER_OFFER, state=DeliveryState.FAILED),
        "an SMS in the dark": lambda s: s.delivery("open", Template.PROVIDER_OFFER_SMS, state=DeliveryState.UNKNOWN),
        "a client's mail": lambda s: s.delivery("open", Template.CLIENT_CONFIRMATION, state=DeliveryState.FAILED),
        "a source's mail": lambda s: s.delivery("open", Template.SOURCE_ACKNOWLEDGEMENT, state=DeliveryState.FAILED),
        "a reply in the thread": lambda s: s.delivery(
            "scheduled", Template.THREAD_ACCEPTED, state=DeliveryState.FAILED
        ),
        "a card": lambda s: s.offer("open", 1, card_trouble="is_archived"),
    },
    "due_acted_on": {
        "a deadline": lambda s: s.offer("open", 1, expires_at=s.tx.now - LONG_AGO),
        "a reminder": lambda s: s.offer("open", 1, remind_due=s.tx.now - LONG_AGO),
        "a client's reminder": lambda s: s.offer("open", 1, remind_client_due=s.tx.now - LONG_AGO),
        "a nudge": lambda s: s.referral("fresh", nudge_due=s.tx.now - LONG_AGO),
        "an escalation": lambda s: s.referral("fresh", escalate_due=s.tx.now - LONG_AGO),
        "a mail": lambda s: s.delivery(
            "open", Template.PROVIDER_OFFER, state=DeliveryState.PENDING, next_at=s.tx.real_now - LONG_AGO
        ),
        "a mail whose lease is over": lambda s: s.delivery(
            "open", Template.PROVIDER_OFFER, state=DeliveryState.SENDING, next_at=s.tx.real_now - LONG_AGO
        ),
        "a mail in the dark": lambda s: s.delivery(
            "open", Template.PROVIDER_OFFER, state=DeliveryState.UNKNOWN, next_at=s.tx.real_now - LONG_AGO
        ),
        "a card": lambda s: s.offer("open", 1, card_version=9, card_next_at=s.tx.real_now - LONG_AGO),
        "a card whose lease is over": lambda s: s.offer(
            "open",
            1,
            card_version=9,
            card_next_at=s.tx.real_now - LONG_AGO,
            card_lease_until=s.tx.real_now - LONG_AGO,
        ),
    },
}


class _Undo(Exception):
    pass


@pytest.fixture
async def life(office: Office) -> dict[str, str]:
    return await lived(office)


async def undone(office: Office, work: Callable[[Tx], Any]) -> Any:
    """What it answers; nothing of it is kept."""
    told: list[Any] = []

    def and_back(tx: Tx) -> None:
        told.append(work(tx))
        raise _Undo

    with pytest.raises(_Undo):
        await office.do(and_back)
    return told[0]


@pytest.mark.parametrize("rule", SPOILED)
async def test_the_first_row_that_breaks_a_rule_is_named(office: Office, life: dict[str, str], rule: str) -> None:
    for name, spoil in SPOILED[rule].items():

        def work(tx: Tx, spoil: Spoil = spoil) -> tuple[Finding | None, Finding | None, Any]:
            spoiler = Spoiler(tx, life)
            spoiler.item_of_slack_settled()
            row = spoil(spoiler)
            tx.session.flush()
            return audit(tx).first, audit(tx, beginning_of_next()).first, row

        first, lately, row = await undone(office, work)
        assert first is not None, name
        assert (first.rule, first.table, first.row_id) == (rule, type(row).__tablename__, row.id), (name, str(first))
        if isinstance(row, (Referral, Offer)):
            assert first.code is not None and first.code.startswith("R-") and first.code in str(first), name
        assert lately == first, name  # it has happened just now, so a look at what is new sees it as well


async def test_no_notice_can_be_missing(office: Office, life: dict[str, str]) -> None:
    """Every single one of a whole life, be it to a client, a provider, the channel, a source or a coordinator."""

    def work(tx: Tx) -> list[str]:
        unseen = []
        spoiler = Spoiler(tx, life)
        for one in [row for row in spoiler.rows(Delivery) if row.referral_id]:
            if one.state is DeliveryState.FAILED and one.recipient.startswith("client:"):
                continue  # a coordinator phones instead
            with tx.session.begin_nested() as point:
                tx.session.delete(one)
                tx.session.flush()
                broken = _rules_broken(tx, one.referral_id)
                if broken[:1] != ["notice_missing"]:
                    unseen.append(f"{one.template} to {one.recipient}: {broken}")
                point.rollback()
        return unseen

    sent = len(await office.rows(Delivery))
    assert await undone(office, work) == [], f"of {sent}"


async def test_no_item_can_be_missing(office: Office, life: dict[str, str]) -> None:
    def work(tx: Tx) -> list[str]:
        unseen = []
        spoiler = Spoiler(tx, life)
        for item in [row for row in spoiler.rows(Attention) if row.referral_id]:
            with tx.session.begin_nested() as point:
                for alert in spoiler.rows(Delivery, subject_id=item.id):
                    tx.session.delete(alert)
                tx.session.delete(item)
                tx.session.flush()
                broken = _rules_broken(tx, item.referral_id)
                if not broken or broken[0] not in ("notice_missing", "nothing_lost", "failure_alarmed"):
                    unseen.append(f"{item.kind} {item.detail}: {broken}")
                point.rollback()
        return unseen

    assert await undone(office, work) == []


def _rules_broken(tx: Tx, referral_id: str) -> list[str]:
    done = Audit(whole=False)
    look_at_referrals(tx, done, [referral_id])
    return [str(one.rule) for one in done.findings]


@pytest.mark.parametrize(
    ("code", "waits"),
    [
        ("is_archived", {"thread_accepted"}),  # the channel is closed, and people can still be written to
        ("token_revoked", {"thread_accepted", "coordinator_urgent"}),
    ],
)
async def test_what_waits_for_slack_is_not_overdue_while_coordinators_know_of_it(
    office: Office, life: dict[str, str], code: str, waits: set[str]
) -> None:
    def work(tx: Tx) -> list[Finding]:
        late = tx.real_now - LONG_AGO
        spoiler = Spoiler(tx, life)
        spoiler.row(Attention, kind=AttentionKind.SLACK).detail = code
        spoiler.offer("open", 1, card_version=9, card_next_at=late)
        spoiler.delivery("nobody", Template.COORDINATOR_URGENT, state=DeliveryState.PENDING, next_at=late)
        spoiler.delivery("scheduled", Template.THREAD_ACCEPTED, state=DeliveryState.PENDING, next_at=late)
        tx.session.flush()
        return audit(tx).findings

    found = await undone(office, work)
    overdue = {"thread_accepted", "coordinator_urgent"} - waits
    assert {one.words.partition(" ")[0] for one in found} == overdue and len(found) == len(overdue)


async def test_a_subject_that_is_gone_is_missed(office: Office) -> None:
    somebody = await office.provider("Quinn")
    await office.do(lambda tx: tx.record(tx.lock(Provider, somebody.id), "resume", CORA))

    def work(tx: Tx) -> tuple[Finding | None, str]:
        history = Spoiler(tx, {}).gone("Quinn")
        return audit(tx).first, history.id

    first, id = await undone(office, work)
    assert (first.rule, first.table, first.row_id) == ("chain_unbroken", "history", id)


async def test_another_practice_is_not_looked_at(office: Office, session_database: Database) -> None:
    other = await new_office(session_database)
    await lived(other)
    await other.do(lambda tx: setattr(tx.practice(), "history_count", 99))
    assert (await look(other)).wrong == 1
    assert (await look(office)).wrong == 0
    assert (await look(office, beginning_of_next())).looked_at.referrals == 0


async def test_of_many_findings_a_few_are_kept_and_all_are_counted(office: Office, life: dict[str, str]) -> None:
    def work(tx: Tx) -> Audit:
        for row in Spoiler(tx, life).rows(Delivery):
            tx.session.delete(row)
        tx.session.flush()
        return audit(tx)

    found = await undone(office, work)
    assert found.wrong > len(found.findings) == KEPT
