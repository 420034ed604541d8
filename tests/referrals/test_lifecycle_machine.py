"""Anything in any order, against the model: a real database must always say what desk_model.py says."""

import asyncio
import os
import random
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import select

from referrals.accept import accept
from referrals.acting.extend import extend
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.acting.on_behalf import Given, accept_for, pass_for
from referrals.acting.urgency import mark_urgent
from referrals.actor import CLIENT, Actor
from referrals.audit import Bounds, audit
from referrals.close import close
from referrals.composing import compose
from referrals.coordinate import assign, reopen
from referrals.deadlines import escalate, expire, nudge, remind, remind_client
from referrals.decline import decline, pass_, release
from referrals.letters import Void
from referrals.licences import NetworkGrounds
from referrals.lifecycle import HELD
from referrals.notices import Template
from referrals.outcomes import Question
from referrals.pausing import availability
from referrals.progress import contacted, no_answer, plan, scheduled
from referrals.submit import submit
from referrals.tx import Tx
from store.database import Database, PostgresDatabase
from store.history import first_broken
from store.tables import Attention, Delivery, History, Offer, Provider, Referral
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind, PlanItem, Status, Urgency
from tests.desk import CORA, Office, by, intake, new_office, practice_row
from tests.referrals.desk_model import COORDINATORS, NEW_YORK, PROVIDERS, Case, Model, Round

#: The same examples every time where a failure must be somebody's change; new ones at every run elsewhere.
SETTINGS = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=list(HealthCheck),
)
MOST_REFERRALS = 4
#: Nothing works here on its own, so what is late is not looked at.
NEVER_LATE = Bounds(timedelta(days=10_000), timedelta(days=10_000))
STOPS = (Template.ACCEPTOR_STOP_DM, Template.ACCEPTOR_STOP_MAIL)
FOR_HOLDERS = (Template.ACCEPTOR_DM, Template.ACCEPTOR_MAIL, Template.ACCEPTOR_NUDGE_DM)

#: Half of the time whoever it is up to, or little would ever come of anything.
UP_TO = "whoever it is up to"
anybody = st.sampled_from([*PROVIDERS, "cora"] + [UP_TO] * 5)
provider = st.sampled_from(PROVIDERS)
items = st.sampled_from(list(PlanItem))
which = st.integers(0, 11)
sometimes = st.booleans()
seldom = st.sampled_from([False, False, False, True])
pending = precondition(lambda machine: any(case.status == "pending" for case in machine.model.cases))
held = precondition(lambda machine: any(case.status in HELD for case in machine.model.cases))


def test_whatever_happens_the_desk_is_where_the_model_is(session_database: Database) -> None:
    run_state_machine_as_test(lambda: DeskMachine(session_database), settings=SETTINGS)


class DeskMachine(RuleBasedStateMachine):
    def __init__(self, database: Database) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        users = ["U0" + name.upper() for name in COORDINATORS]
        self.office: Office = self.runner.run(new_office(database, practice_row(coordinators=users)))
        rows = self.runner.run(self.office.team(*(name.capitalize() for name in PROVIDERS)))
        self.people: dict[str, Provider] = dict(zip(PROVIDERS, rows, strict=True))
        self.model = Model(self.office.clock.at)
        self.referrals: list[str] = []
        self.offers: list[list[str]] = []

    def teardown(self) -> None:
        """Whatever the story was, the auditor, which knows neither this model nor the use cases, finds nothing."""
        found = self.do(audit, bounds=NEVER_LATE)
        if isinstance(self.office.desk.database, PostgresDatabase):
            self.runner.run(self.office.desk.database.close())  # its connections belong to this loop
        self.runner.close()
        assert not found.findings, "\n".join(str(one) for one in found.findings)

    def do(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.runner.run(self.office.do(use_case, *args, **kwargs))

    def actor(self, name: str) -> Actor:
        return CORA if name == "cora" else by(self.people[name], coordinator=name in COORDINATORS)

    def who(self, who: str, case: Case) -> str:
        return (case.holder or case.latest.whose or PROVIDERS[-1]) if who == UP_TO else who

    def index(self, which: int, *statuses: str) -> int:
        """Mostly of a referral that stands so; the table of test_lifecycle_table.py looks at all the others."""
        everyone = range(len(self.referrals))
        likely = [index for index in everyone if which < 10 and self.model.cases[index].status in statuses]
        return (likely or everyone)[which % len(likely or everyone)]

    def case(self, which: int, *statuses: str) -> tuple[Case, str]:
        index = self.index(which, *statuses)
        return self.model.cases[index], self.referrals[index]

    def round(self, which: int, back: bool) -> tuple[Case, Round, str]:
        """A round, by the card of which somebody acts; ``back``: of an earlier one, where there is one."""
        index = self.index(which, "pending")
        case = self.model.cases[index]
        place = max(0, len(case.rounds) - 1 - back)
        return case, case.rounds[place], self.offers[index][place]

    # What people do.

    @initialize(preferred=provider)
    def one_to_begin_with(self, preferred: str) -> None:
        self.submit(preferred, True)
        self.submit(None, False)

    @precondition(lambda machine: len(machine.referrals) < MOST_REFERRALS)
    @rule(preferred=st.none() | provider, mailable=sometimes)
    def submit_another(self, preferred: str | None, mailable: bool) -> None:
        self.submit(preferred, mailable)

    def submit(self, preferred: str | None, mailable: bool) -> None:
        wanted = self.people[preferred] if preferred else None
        asks = intake(wanted, email_ok=mailable, source="Dr. Reed", source_email="reed@clinic.example.com")
        self.referrals.append(self.do(submit, CLIENT, asks).referral_id)
        self.offers.append([])
        self.model.submit(preferred, mailable)

    @pending
    @rule(who=anybody, which=which, back=seldom, confirmed=sometimes, already=seldom)
    def accept(self, who: str, which: int, back: bool, confirmed: bool, already: bool) -> None:
        case, round, offer = self.round(which, back)
        who = self.who(who, case)
        answered = frozenset(Question) if confirmed else frozenset[Question]()
        answer = self.do(accept, self.actor(who), offer, confirmed=answered, already_contacted=already)
        assert type(answer).__name__ == self.model.accept(who, case, round, confirmed, already)

    @pending
    @rule(who=anybody, which=which, back=seldom, passes=sometimes)
    def say_no(self, who: str, which: int, back: bool, passes: bool) -> None:
        case, round, offer = self.round(which, back)
        who = self.who(who, case)
        if passes:
            answer, expected = self.do(pass_, self.actor(who), offer), self.model.pass_(who, case, round)
        else:
            answer = self.do(decline, self.actor(who), offer, DeclineReason.SCHEDULE)
            expected = self.model.decline(who, case, round)
        assert type(answer).__name__ == expected

    @held
    @rule(who=anybody, which=which, wants_no_more=seldom)
    def release(self, who: str, which: int, wants_no_more: bool) -> None:
        case, referral = self.case(which, *HELD)
        who = self.who(who, case)
        reason = DeclineReason.NO_LONGER_WANTS if wants_no_more else DeclineReason.COULD_NOT_REACH
        answer = self.do(release, self.actor(who), referral, reason)
        assert type(answer).__name__ == self.model.release(who, case, wants_no_more)

    @held
    @rule(who=anybody, which=which, event=st.sampled_from(["contacted", "scheduled"]))
    def advance(self, who: str, which: int, event: str) -> None:
        case, referral = self.case(which, "accepted", "contacted")
        who = self.who(who, case)
        answer = self.do({"contacted": contacted, "scheduled": scheduled}[event], self.actor(who), referral)
        assert type(answer).__name__ == self.model.advance(who, case, event)

    @held
    @rule(who=anybody, which=which, repeated=seldom, days=st.none() | st.sampled_from([-1, 0, 3, 60, 61]))
    def try_in_vain(self, who: str, which: int, repeated: bool, days: int | None) -> None:
        case, referral = self.case(which, "accepted")
        who = self.who(who, case)
        day = None if days is None else self.model.now.astimezone(NEW_YORK).date() + timedelta(days=days)
        before = max(0, case.tries - repeated)
        answer = self.do(no_answer, self.actor(who), referral, day, before)
        assert type(answer).__name__ == self.model.no_answer(who, case, day, before)

    @held
    @rule(who=anybody, which=which, done=st.sets(items), shown=st.none() | st.sets(items))
    def tick(self, who: str, which: int, done: set[PlanItem], shown: set[PlanItem] | None) -> None:
        case, referral = self.case(which, *HELD)
        who = self.who(who, case)
        answer = self.do(plan, self.actor(who), referral, frozenset(done), None if shown is None else frozenset(shown))
        assert type(answer).__name__ == self.model.plan(who, case, set(done), shown)

    @precondition(lambda machine: len(machine.referrals) == MOST_REFERRALS)
    @rule(who=anybody, which=which, unreachable=sometimes, really=seldom)
    def close(self, who: str, which: int, unreachable: bool, really: bool) -> None:
        if not really:
            return  # or most stories would be over before they have begun
        case, referral = self.case(which, *HELD)
        who = self.who(who, case)
        reason = CloseReason.UNREACHABLE if unreachable else CloseReason.WITHDRAWN
        answer = self.do(close, self.actor(who), referral, reason)
        assert type(answer).__name__ == self.model.close(who, case, unreachable)

    @rule(who=anybody, which=which, whom=st.none() | provider, really=seldom)
    def assign(self, who: str, which: int, whom: str | None, really: bool) -> None:
        if not really and all(case.status != "expired" for case in self.model.cases):
            return
        case, referral = self.case(which, "expired")
        who = "cora" if who == UP_TO else who
        if whom:
            answer = self.do(assign, self.actor(who), referral, self.people[whom].id, NetworkGrounds.OTHER)
        else:
            answer = self.do(reopen, self.actor(who), referral)
        assert type(answer).__name__ == self.model.assign(who, case, whom)

    @pending
    @rule(who=anybody, which=which, hours=st.sampled_from([12, 24, 48]))
    def extend(self, who: str, which: int, hours: int) -> None:
        case, referral = self.case(which, "pending")
        who = "cora" if who == UP_TO else who
        answer = self.do(extend, self.actor(who), referral, timedelta(hours=hours))
        assert type(answer).__name__ == self.model.extend(who, case, hours)

    @rule(who=anybody, which=which, urgent=sometimes)
    def mark(self, who: str, which: int, urgent: bool) -> None:
        case, referral = self.case(which, "pending", "accepted", "expired")
        who = "cora" if who == UP_TO else who
        answer = self.do(mark_urgent, self.actor(who), referral, urgent)
        assert type(answer).__name__ == self.model.mark(who, case, urgent)

    @rule(who=anybody, which=which, hold=sometimes)
    def put(self, who: str, which: int, hold: bool) -> None:
        case, referral = self.case(which)
        who = "cora" if who == UP_TO else who
        act, given = (put_on_hold, [HoldReason.OTHER]) if hold else (lift_hold, [])
        answer = self.do(act, self.actor(who), referral, *given)
        assert type(answer).__name__ == self.model.put(who, case, hold)

    @pending
    @rule(who=anybody, which=which, back=seldom, whom=provider, passes=sometimes)
    def act_for(self, who: str, which: int, back: bool, whom: str, passes: bool) -> None:
        case, round, offer = self.round(which, back)
        who, whose = "cora" if who == UP_TO else who, self.people[whom].id
        if passes:
            answer, expected = (
                self.do(pass_for, self.actor(who), offer, whose),
                self.model.pass_for(who, case, round, whom),
            )
        else:
            answer = self.do(accept_for, self.actor(who), offer, whose, Given(frozenset(Question)))
            expected = self.model.accept_for(who, case, round, whom)
        assert type(answer).__name__ == expected

    @rule(who=anybody, whom=provider, event=st.sampled_from(["pause", "resume", "release_waiting"]))
    def availability(self, who: str, whom: str, event: str) -> None:
        who = whom if who == UP_TO else who
        answer = self.do(getattr(availability, event), self.actor(who), self.people[whom].id)
        expected = getattr(self.model, event)(who, whom)
        assert answer == expected if isinstance(expected, int) else type(answer).__name__ == expected

    @precondition(lambda machine: "inactive" not in machine.model.status.values())
    @rule(who=anybody, whom=provider, really=seldom)
    def make_inactive(self, who: str, whom: str, really: bool) -> None:
        if not really:
            return
        who = "cora" if who == UP_TO else who
        answer = self.do(availability.make_inactive, self.actor(who), self.people[whom].id)
        assert answer == self.model.make_inactive(who, whom)

    # What time does.

    @rule(seconds=st.sampled_from([1, 3600, 12 * 3600, 24 * 3600, 48 * 3600]))
    def turn(self, seconds: int) -> None:
        self.office.clock.turn(seconds=seconds)
        self.model.now = self.office.clock.at

    @rule(seed=st.integers(0, 2**16))
    def deadlines(self, seed: int) -> None:
        """All wake-ups that there are, in whatever order: those that are early or late must do nothing."""
        acts = [(name, index, -1) for index in range(len(self.offers)) for name in ("nudge", "escalate")]
        acts += [
            (name, index, place)
            for index, offers in enumerate(self.offers)
            for place in range(len(offers))[-2:]
            for name in ("remind", "remind_client", "expire")
        ]
        random.Random(seed).shuffle(acts)
        for name, index, place in acts:
            case = self.model.cases[index]
            if place < 0:
                act = {"nudge": nudge, "escalate": escalate}[name]
                assert self.do(act, self.referrals[index]) == getattr(self.model, name)(case), name
                continue
            act = {"remind": remind, "remind_client": remind_client, "expire": expire}[name]
            expected = getattr(self.model, name)(case, case.rounds[place])
            assert self.do(act, self.offers[index][place]) == expected, name

    # What must hold, whatever has happened.

    @invariant()
    def the_database_agrees(self) -> None:
        self.do(self._compare)

    def _compare(self, tx: Tx) -> None:
        for index, (case, id) in enumerate(zip(self.model.cases, self.referrals, strict=True)):
            referral = tx.get(Referral, id)
            assert referral is not None
            offers = tx.session.exec(select(Offer).where(Offer.referral_id == id).order_by(Offer.round)).all()  # type: ignore[arg-type]
            self.offers[index] = [offer.id for offer in offers]
            self._compare_rounds(case, referral, list(offers))
            self._compare_history(tx, case, referral)
            self._compare_notices(tx, case, referral, {offer.id: offer.round for offer in offers})
            self._compare_answer(case, referral)
            self._compare_progress(case, referral)

    def _compare_progress(self, case: Case, referral: Referral) -> None:
        assert (set(referral.plan), referral.tries, referral.next_try) == (case.plan, case.tries, case.next_try)
        dues = (referral.nudge_due, referral.escalate_due)
        assert dues == (
            case.accepted + timedelta(hours=12) if case.accepted and case.nudge else None,
            case.accepted + timedelta(hours=48) if case.accepted and case.escalate else None,
        )

    def _compare_rounds(self, case: Case, referral: Referral, offers: list[Offer]) -> None:
        names = {row.id: name for name, row in self.people.items()}
        assert referral.status == case.status
        assert (referral.urgency is Urgency.URGENT, referral.legal_hold) == (bool(case.urgent), bool(case.hold))
        assert names.get(referral.accepted_by or "") == case.holder
        assert (referral.round, referral.offer_id) == (len(offers), offers[-1].id)
        found = [
            (
                one.round,
                names.get(one.provider_id or ""),
                one.opened_at.astimezone(UTC),
                {names[id] for id in one.excluded},
                one.outcome and str(one.outcome),
                one.expires_at.astimezone(UTC),
                one.remind_due and one.remind_due.astimezone(UTC),
                one.remind_client_due is not None,
                one.nobody_alerted,
                one.card_version,
            )
            for one in offers
        ]
        assert found == [
            (
                one.number,
                one.whose,
                one.opened,
                one.excluded,
                one.outcome,
                one.expires,
                one.remind_at if one.remind else None,
                one.remind_client,
                one.alerted,
                1 + one.redraws,
            )
            for one in case.rounds
        ]
        assert all((one.kind is Kind.PREFERRED) is (one.provider_id is not None) for one in offers)
        assert [one.outcome for one in offers].count(None) == (1 if referral.status is Status.PENDING else 0)

    def _compare_history(self, tx: Tx, case: Case, referral: Referral) -> None:
        rows = tx.session.exec(select(History).where(History.subject_id == referral.id).order_by(History.seq)).all()  # type: ignore[arg-type]
        assert first_broken(tx.vault, rows, referral.history_head, referral.history_count) is None
        assert [row.event if row.result == "done" else f"{row.event}:{row.result}" for row in rows] == case.history

    def _compare_notices(self, tx: Tx, case: Case, referral: Referral, rounds: dict[str, int]) -> None:
        names = {f"provider:{row.id}": name for name, row in self.people.items()}
        names |= {f"slack:U0{name.upper()}": name for name in COORDINATORS}
        names |= {f"client:{referral.client_id}": "client", f"source:{referral.source_id}": "source"}
        told = tx.session.exec(select(Delivery).where(Delivery.referral_id == referral.id)).all()
        found: dict[tuple[str, str, int], int] = {}
        for one in told:
            key = (one.template, names.get(one.recipient, one.recipient), rounds.get(one.offer_id or "", 0))
            found[key] = found.get(key, 0) + 1
            if one.template in STOPS + FOR_HOLDERS:
                self._check_for_holder(tx, referral, one)
        assert found == {key: count for key, count in case.told.items() if count}
        items = tx.session.exec(select(Attention).where(Attention.referral_id == referral.id)).all()
        left = {
            (str(one.kind), rounds[one.offer_id or ""], None if one.kind is AttentionKind.URGENT else one.detail)
            for one in items
            if one.settled_at is None
        }
        assert left == case.items

    def _check_for_holder(self, tx: Tx, referral: Referral, delivery: Delivery) -> None:
        """Nobody who holds it is told to stop; nobody who does not is told how to reach the client."""
        holds = referral.status in HELD and delivery.recipient == f"provider:{referral.accepted_by}"
        sent = not isinstance(compose(tx, delivery), Void)
        if delivery.template in STOPS:
            assert sent is not holds
        else:
            assert not sent or holds

    def _compare_answer(self, case: Case, referral: Referral) -> None:
        """A client is waiting for somebody, or has an answer: none is left in silence."""
        if referral.status in (Status.CONTACTED, Status.SCHEDULED):
            assert referral.answered_at is not None
        last = {Status.EXPIRED: Template.CLIENT_FINAL, Status.CLOSED: Template.CLIENT_CLOSING}.get(referral.status)
        if last is not None:
            number = case.latest.number
            assert case.told[last, "client", number] or ("phone_task", number, str(last)) in case.ever
