"""What DESIGN.md says, once more and independently: a desk without a database, for the state machine to compare with.

Knows nothing of referrals.lifecycle. Everybody in it is licensed, on the panel and in Slack; they differ in status.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(hours=24)
NEW_YORK = ZoneInfo("America/New_York")
ITEMS = ("consultation", "scheduling", "cost", "payment")
COORDINATORS = ("cora", "maya")
PROVIDERS = ("maya", "noor", "omar", "pia")


@dataclass
class Round:
    number: int
    whose: str | None
    opened: datetime
    expires: datetime
    remind_at: datetime
    excluded: set[str]
    outcome: str | None = None
    remind: bool = True  # still to be done
    remind_client: bool = True
    alerted: bool = False
    passed: set[str] = field(default_factory=set)
    redraws: int = 0

    @property
    def open(self) -> bool:
        return self.outcome is None

    def overdue(self, now: datetime) -> bool:
        return self.open and self.expires <= now


@dataclass
class Case:
    """``told``: (template, whom, number of the round, or 0); ``items``: open (kind, round, detail)."""

    mailable: bool
    status: str = "pending"
    holder: str | None = None
    accepted: datetime | None = None
    nudge: bool = False  # still to be done
    escalate: bool = False
    plan: set[str] = field(default_factory=set)
    tries: int = 0
    next_try: date | None = None
    urgent: bool | None = None  # None: nobody has said
    hold: bool | None = None
    rounds: list[Round] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    told: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    items: set[tuple[str, int, str | None]] = field(default_factory=set)
    ever: set[tuple[str, int, str | None]] = field(default_factory=set)

    @property
    def latest(self) -> Round:
        return self.rounds[-1]

    def tell(self, template: str, *whom: str, round: int | None = None) -> None:
        for one in whom:
            self.told[template, one, self.latest.number if round is None else round] += 1

    def tell_client(self, template: str) -> None:
        if self.mailable:
            self.tell(template, "client")
        else:
            self.need("phone_task", template)

    def need(self, kind: str, detail: str | None = None) -> None:
        item = (kind, self.latest.number, detail)
        if item in self.ever:
            return
        self.ever.add(item)
        self.items.add(item)
        alert = {"phone_task": "phone", "nobody_eligible": "nobody"}.get(kind, kind)
        self.tell(f"coordinator_{alert}", *COORDINATORS)
        if kind == "phone_task":
            self.tell("coordinator_phone_mail", *COORDINATORS)

    def settle(self, *kinds: str) -> None:
        self.items = {item for item in self.items if item[0] not in kinds}

    def stop(self, holder: str) -> None:
        self.tell("acceptor_stop_dm", holder)
        self.tell("acceptor_stop_mail", holder)


class Model:
    """Every method does what the use case of that name should, and says how it answers."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.cases: list[Case] = []
        self.status = dict.fromkeys(PROVIDERS, "active")

    def submit(self, preferred: str | None, mailable: bool) -> None:
        case = Case(mailable)
        self.cases.append(case)
        self.open(case, preferred if preferred and self.status[preferred] == "active" else None)
        case.history.append("submit")
        case.tell_client("client_confirmation")
        case.tell("source_acknowledgement", "source", round=0)

    def open(self, case: Case, whose: str | None, excluded: frozenset[str] = frozenset()) -> None:
        case.status, case.holder, case.accepted = "pending", None, None
        case.nudge = case.escalate = False
        case.plan, case.tries, case.next_try = set(), 0, None
        case.settle("phone_task")  # what they were to say was about the round before
        deadlines = (self.now, self.now + 2 * DAY, self.now + DAY)
        case.rounds.append(Round(len(case.rounds) + 1, whose, *deadlines, set(excluded)))
        if whose:
            case.tell("provider_offer", whose)
            case.tell("provider_offer_sms", whose)
        self.look_for_somebody(case)

    def look_for_somebody(self, case: Case) -> None:
        latest = case.latest
        if latest.whose or not latest.open or latest.alerted:
            return
        left = {one for one in PROVIDERS if self.status[one] == "active"} - latest.excluded - latest.passed
        if not left:
            latest.alerted = True
            case.need("nobody_eligible")

    def look_everywhere(self) -> None:
        for case in self.cases:
            self.look_for_somebody(case)

    def end(self, case: Case, outcome: str) -> None:
        latest = case.latest
        latest.outcome, latest.remind = outcome, False
        latest.redraws += 1
        if outcome != "accepted":
            latest.remind_client = False

    def to_all(self, case: Case, outcome: str, event: str) -> None:
        """A round that was somebody's ends, and everyone is asked."""
        excluded, whose = frozenset(case.latest.excluded), case.latest.whose
        self.end(case, outcome)
        case.history.append(event)
        self.open(case, None, excluded)
        if outcome == "declined" and whose:
            case.latest.passed.add(whose)  # not waited for, though they may still accept
            self.look_for_somebody(case)
        case.tell_client("client_declined")

    def accept(self, who: str, case: Case, round: Round, confirmed: bool, already: bool) -> str:
        acceptor = round.whose if who in COORDINATORS and round.open and round.whose else who
        if round.whose and round.whose != acceptor and round.overdue(self.now):
            self.to_all(case, "expired", "expire")
            round = case.latest
        if not round.open:
            return "Since"
        if acceptor == "cora":
            return self.no(case, "accept:unlinked")
        if round.whose and round.whose != acceptor:
            return self.no(case, "accept:reserved")
        if self.status[acceptor] == "inactive":
            return self.no(case, "accept:inactive")
        if acceptor in round.excluded:
            return self.no(case, "accept:gave_it_back")
        if (acceptor != who or self.status[acceptor] == "paused") and not confirmed:
            return "Asks"
        self.end(case, "accepted")
        case.status, case.holder, case.accepted = "accepted", acceptor, self.now
        case.nudge = case.escalate = True
        case.history.append("accept")
        case.settle("nobody_eligible", "urgent")
        case.tell("thread_accepted", "channel")
        case.tell("acceptor_dm", acceptor)
        case.tell("acceptor_mail", acceptor)
        if already:
            self.reach(case, "contacted")
        return "Done"

    def no(self, case: Case, entry: str) -> str:
        case.history.append(entry)
        return "Reserved" if entry.endswith(":reserved") else "Refused"

    def decline(self, who: str, case: Case, round: Round) -> str:
        if not round.open:
            return "Since"
        if round.whose is None:
            return self.pass_(who, case, round)
        if who == round.whose or who in COORDINATORS:
            self.to_all(case, "declined", "decline")
            return "Done"
        if round.overdue(self.now):
            self.to_all(case, "expired", "expire")
            return "Since"
        return self.no(case, "decline:reserved")

    def pass_(self, who: str, case: Case, round: Round) -> str:
        if not round.open:
            return "Since"
        if round.whose is not None:
            return self.no(case, "pass:reserved")
        if who == "cora":
            return self.no(case, "pass:unlinked")
        if who not in round.passed:
            round.passed.add(who)
            case.history.append("pass")
            self.look_for_somebody(case)
        return "Done"

    def release(self, who: str, case: Case, wants_no_more: bool) -> str:
        holder = case.holder
        if holder is None or case.status == "closed":
            return "Since"
        if who != holder and who not in COORDINATORS:
            return self.no(case, "release:not_theirs")
        if wants_no_more:
            return self.shut(who, case)
        case.history.append("release")
        case.latest.remind_client = False
        case.latest.redraws += 1
        case.settle("acceptor_gone", "not_contacted")
        if who != holder:
            case.stop(holder)
        self.open(case, None, frozenset(case.latest.excluded | {holder}))
        case.tell_client("client_released")
        return "Done"

    def advance(self, who: str, case: Case, event: str) -> str:
        before = ("accepted",) if event == "contacted" else ("accepted", "contacted")
        if case.status not in before:
            return "Since"
        if who != case.holder and who not in COORDINATORS:
            return self.no(case, f"{event}:not_theirs")
        self.reach(case, event)
        case.latest.redraws += 1
        return "Done"

    def reach(self, case: Case, event: str) -> None:
        case.status, case.next_try = event, None
        case.nudge = case.escalate = False
        case.history.append(event)
        case.latest.remind_client = False
        case.settle("acceptor_gone", "not_contacted", "phone_task")
        if event == "scheduled" and not case.told["source_thanks", "source", 0]:
            case.tell("source_thanks", "source", round=0)

    def no_answer(self, who: str, case: Case, next_try: date | None, tries_before: int) -> str:
        """The clients of this model are all tried from New York."""
        if case.status != "accepted":
            return "Since"
        if who != case.holder and who not in COORDINATORS:
            return self.no(case, "no_answer:not_theirs")
        today = self.now.astimezone(NEW_YORK).date()
        if next_try and not today <= next_try <= today + timedelta(days=60):
            return "WrongDate"
        if tries_before < case.tries:
            if next_try is None or next_try == case.next_try:
                return "Done"
        else:
            case.tries += 1
        case.next_try = next_try
        case.history.append("no_answer")
        case.latest.redraws += 1
        return "Done"

    def plan(self, who: str, case: Case, done: set[str], shown: set[str] | None) -> str:
        if case.status not in ("accepted", "contacted", "scheduled"):
            return "Since"
        if who != case.holder and who not in COORDINATORS:
            return self.no(case, "plan:not_theirs")
        after = (
            done
            if shown is None
            else {one for one in ITEMS if (one in done if (one in done) != (one in shown) else one in case.plan)}
        )
        if after != case.plan:
            case.plan = set(after)
            case.history.append("plan")
            case.latest.redraws += 1
        return "Done"

    def nudge(self, case: Case) -> bool:
        due = case.nudge and case.accepted is not None and case.accepted + DAY / 2 <= self.now
        if due:
            case.nudge = False
            case.history.append("nudge")
            case.tell("acceptor_nudge_dm", str(case.holder))
        return due

    def escalate(self, case: Case) -> bool:
        due = case.escalate and case.accepted is not None and case.accepted + 2 * DAY <= self.now
        if due:
            case.escalate = False
            case.history.append("escalate")
            case.need("not_contacted")
        return due

    def close(self, who: str, case: Case, unreachable: bool) -> str:
        if case.status == "closed":
            return "Since"
        if who not in COORDINATORS and not (unreachable and who == case.holder):
            return self.no(case, "close:not_coordinator")
        return self.shut(who, case)

    def shut(self, who: str, case: Case) -> str:
        if case.latest.open:
            self.end(case, "closed")
        else:
            case.latest.redraws += 1
        case.latest.remind_client = False
        case.status, case.next_try = "closed", None
        case.nudge = case.escalate = False
        case.history.append("close")
        case.settle("expired", "nobody_eligible", "acceptor_gone", "not_contacted", "phone_task", "urgent")
        case.tell_client("client_closing")
        if case.holder and case.holder != who:
            case.stop(case.holder)
        return "Done"

    def assign(self, who: str, case: Case, provider: str | None) -> str:
        """Without a provider: reopen."""
        event = "assign" if provider else "reopen"
        if who not in COORDINATORS:
            return self.no(case, f"{event}:not_coordinator")
        if case.status != "expired" and not (case.status == "pending" and provider):
            return "Since"
        if provider and self.status[provider] == "inactive":
            return self.no(case, f"{event}:inactive")
        knew = (case.status, case.latest.whose)
        unphoned = any(kind == "phone_task" for kind, _, _ in case.items)
        if case.latest.open:
            self.end(case, "replaced")
        case.settle("expired", "nobody_eligible")
        self.open(case, provider, frozenset(case.latest.excluded - {provider or ""}))
        case.history.append(event)
        if unphoned or knew != ("pending", provider):
            case.tell_client("client_confirmation")
        return "Done"

    def extend(self, who: str, case: Case, hours: int) -> str:
        if who not in COORDINATORS:
            return self.no(case, "extend:not_coordinator")
        if case.status != "pending":
            return "Since"
        latest = case.latest
        until = max(latest.expires, self.now) + timedelta(hours=hours)
        if until > self.now + 30 * DAY:
            return "WrongEnd"
        latest.remind_at += until - latest.expires
        latest.expires = until
        latest.redraws += 1
        case.history.append("extend")
        case.ever.discard(("phone_task", latest.number, "client_confirmation"))  # each extension asks for a call anew
        case.tell_client("client_confirmation")
        if latest.whose:
            case.tell("provider_reminder", latest.whose)
        return "Done"

    def mark(self, who: str, case: Case, urgent: bool) -> str:
        if who not in COORDINATORS:
            return self.no(case, "urgent:not_coordinator")
        if case.status not in ("pending", "accepted", "expired"):
            return "Since"
        if bool(case.urgent) is urgent:
            return "Since" if case.urgent is None else "Meanwhile"
        case.urgent = urgent
        case.history.append("urgent")
        case.settle("urgent")
        if urgent:
            case.ever.discard(("urgent", case.latest.number, None))  # each time is told anew
            case.need("urgent")
        return "Done"

    def put(self, who: str, case: Case, hold: bool) -> str:
        if who not in COORDINATORS:
            return self.no(case, "hold:not_coordinator")
        if bool(case.hold) is hold:
            return "Since" if case.hold is None else "Meanwhile"
        case.hold = hold
        case.history.append("hold")
        return "Done"

    def accept_for(self, who: str, case: Case, round: Round, whom: str) -> str:
        """With all that it asks said at once."""
        if who not in COORDINATORS:
            return self.no(case, "accept:not_coordinator")
        if not round.open:
            return "Since"
        if round.whose and round.whose != whom:
            return self.no(case, "accept:reserved")
        if self.status[whom] == "inactive":
            return self.no(case, "accept:inactive")
        if whom in round.excluded:
            return self.no(case, "accept:gave_it_back")
        return self.accept(whom, case, round, True, False)

    def pass_for(self, who: str, case: Case, round: Round, whom: str) -> str:
        if who not in COORDINATORS:
            return self.no(case, "pass:not_coordinator")
        return self.pass_(whom, case, round)

    def remind(self, case: Case, round: Round) -> bool:
        due = round.open and round.remind and round.remind_at <= self.now < round.expires
        if due:
            round.remind = False
            case.history.append("remind")
            case.tell("thread_reminder", "channel")
            if round.whose:
                case.tell("provider_reminder", round.whose)
        return due

    def remind_client(self, case: Case, round: Round) -> bool:
        due = round.remind_client and round.opened + DAY <= self.now and not round.overdue(self.now)
        if due:
            round.remind_client = False
            case.history.append("remind_client")
            case.tell_client("client_reminder")
        return due

    def expire(self, case: Case, round: Round) -> bool:
        if not round.overdue(self.now):
            return False
        if round.whose:
            self.to_all(case, "expired", "expire")
            return True
        self.end(case, "expired")
        case.status = "expired"
        case.history.append("expire")
        case.settle("nobody_eligible", "phone_task")
        case.tell_client("client_final")
        case.need("expired")
        return True

    def pause(self, who: str, provider: str) -> str:
        if (who not in COORDINATORS and who != provider) or self.status[provider] == "inactive":
            return "Refused"
        self.status[provider] = "paused"
        self.look_everywhere()
        return "Availability"

    def resume(self, who: str, provider: str) -> str:
        if (who not in COORDINATORS and who != provider) or self.status[provider] == "inactive":
            return "Refused"
        self.status[provider] = "active"
        return "Availability"

    def release_waiting(self, who: str, provider: str) -> int:
        if who not in COORDINATORS and who != provider:
            return 0
        waiting = [case for case in self.cases if case.latest.open and case.latest.whose == provider]
        for case in waiting:
            self.to_all(case, "released", "release")
        return len(waiting)

    def make_inactive(self, who: str, provider: str) -> bool:
        if who not in COORDINATORS or self.status[provider] == "inactive":
            return False
        self.status[provider] = "inactive"
        self.release_waiting(who, provider)
        for case in self.cases:
            if case.status == "accepted" and case.holder == provider:
                case.need("acceptor_gone")
        self.look_everywhere()
        return True
