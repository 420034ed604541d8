"""DESIGN.md's lifecycle as data: every standing × everything that can happen, driven through the use cases.

What is not in the table must change nothing at all, and that is asserted as strictly as what is.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest

from referrals.accept import accept
from referrals.acting.extend import extend
from referrals.acting.hold import HoldReason, lift_hold, put_on_hold
from referrals.acting.on_behalf import Given, accept_for, pass_for
from referrals.acting.urgency import mark_urgent, not_urgent
from referrals.close import close
from referrals.coordinate import assign, reopen
from referrals.deadlines import escalate, expire, nudge, remind, remind_client
from referrals.decline import decline, pass_, release
from referrals.lifecycle import TRANSITIONS, Event
from referrals.notices import Template as T
from referrals.outcomes import Asks, Done, Question, Refused, Reserved, Since
from referrals.pausing.availability import Availability, make_inactive, pause, release_waiting
from referrals.progress import contacted, no_answer, plan, scheduled
from referrals.tx import Wake, WakeKind
from store.tables import Attention, Delivery, Offer, Provider, Referral
from store.vocabulary import AttentionKind, CloseReason, DeclineReason, Kind, OfferOutcome, PlanItem, Status
from tests.desk import CORA, Office, by


class At(StrEnum):
    """Where a referral stands. Whoever holds it is Maya, for whom the client had asked."""

    RESERVED = "reserved"  # pending, for Maya
    OPEN = "open"  # pending, for everyone
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    SCHEDULED = "scheduled"
    EXPIRED = "expired"
    CLOSED = "closed"


STATUS = {at: Status(at) if at not in (At.RESERVED, At.OPEN) else Status.PENDING for at in At}
PENDING = (At.RESERVED, At.OPEN)
HELD = (At.ACCEPTED, At.CONTACTED, At.SCHEDULED)


@dataclass(frozen=True)
class Then:
    """What follows. ``tells``: (template, whom); ``opens``: (kind, whose) of the new round; ``ends`` the old one."""

    answer: object = Done
    status: Status | None = None
    ends: OfferOutcome | None = None
    opens: tuple[Kind, str | None] | None = None
    excludes: tuple[str, ...] = ()
    tells: tuple[tuple[T, str], ...] = ()
    history: tuple[str, ...] = ()
    attention: tuple[AttentionKind, ...] = ()
    redraws: bool = False
    extends: int = 0  # hours by which the deadline and the reminder move


@dataclass
class Scene:
    office: Office
    maya: Provider
    noor: Provider
    omar: Provider
    referral_id: str = ""
    offer_id: str = ""
    people: dict[str, str] = field(default_factory=dict)  # recipient as stored -> role


Happening = Callable[[Scene], Awaitable[Any]]
TO_ALL = (Kind.GENERAL, None)
STOP = ((T.ACCEPTOR_STOP_DM, "maya"), (T.ACCEPTOR_STOP_MAIL, "maya"))
OFFERED = ((T.PROVIDER_OFFER, "noor"), (T.PROVIDER_OFFER_SMS, "noor"))


def happening(use_case: Callable[..., Any], who: str, about: str = "offer", *args: Any, **kwargs: Any) -> Happening:
    """``who`` does ``use_case`` about the latest offer, the referral or a provider (by name)."""

    async def run(scene: Scene) -> Any:
        actor = CORA if who == "cora" else by(getattr(scene, who))
        subject = {"offer": scene.offer_id, "referral": scene.referral_id}.get(about)
        subject = subject or getattr(scene, about).id
        given = [getattr(scene, one).id if one in ("maya", "noor") else one for one in args]
        return await scene.office.do(use_case, actor, subject, *given, **kwargs)

    return run


def on_its_own(use_case: Callable[..., bool], hours: float, about: str = "offer") -> Happening:
    async def run(scene: Scene) -> bool:
        scene.office.clock.turn(hours=hours)
        return await scene.office.do(use_case, scene.offer_id if about == "offer" else scene.referral_id)

    return run


taken = Then(
    status=Status.ACCEPTED,
    ends=OfferOutcome.ACCEPTED,
    tells=((T.THREAD_ACCEPTED, "channel"), (T.ACCEPTOR_DM, "maya"), (T.ACCEPTOR_MAIL, "maya")),
    history=("accept",),
    redraws=True,
)
taken_by_noor = Then(
    status=Status.ACCEPTED,
    ends=OfferOutcome.ACCEPTED,
    tells=((T.THREAD_ACCEPTED, "channel"), (T.ACCEPTOR_DM, "noor"), (T.ACCEPTOR_MAIL, "noor")),
    history=("accept",),
    redraws=True,
)


def already(taken: Then) -> Then:
    """The same, and the client counts as contacted in the same step."""
    return replace(taken, status=Status.CONTACTED, history=("accept", "contacted"))


def to_all(ends: OfferOutcome | None, event: str, answer: object = Done, **also: Any) -> Then:
    values: dict[str, Any] = {
        "status": Status.PENDING,
        "ends": ends,
        "opens": TO_ALL,
        "tells": ((T.CLIENT_DECLINED, "client"),),
        "history": (event,),
        "redraws": True,
    }
    return Then(answer, **values | also)


def released(*tells: tuple[T, str]) -> Then:
    told = ((T.CLIENT_RELEASED, "client"), *tells)
    return to_all(None, "release", tells=told, excludes=("maya",))


def refused(event: str, reason: str) -> Then:
    return Then(Refused, history=(f"{event}:{reason}",))


def reserved(event: str) -> Then:
    return Then(Reserved, history=(f"{event}:reserved",))


def closed(*tells: tuple[T, str], ends: OfferOutcome | None = None) -> Then:
    told = ((T.CLIENT_CLOSING, "client"), *tells)
    return Then(status=Status.CLOSED, ends=ends, tells=told, history=("close",), redraws=True)


def given_to_noor(ends: OfferOutcome | None) -> Then:
    told = (*OFFERED, (T.CLIENT_CONFIRMATION, "client"))
    opens = (Kind.PREFERRED, "noor")
    return Then(
        status=Status.PENDING, ends=ends, opens=opens, tells=told, history=("assign",), redraws=ends is not None
    )


def moved(event: str, status: Status, *tells: tuple[T, str]) -> Then:
    return Then(status=status, tells=tells, history=(event,), redraws=True)


_passed = Then(history=("pass",))
_unlinked = "unlinked"
_wants_no_more = DeclineReason.NO_LONGER_WANTS
_busy = DeclineReason.NO_AVAILABILITY

#: (what happens, the event of lifecycle.py behind it, what it answers where the table has nothing, the table)
TABLE: dict[str, tuple[Happening, Event | None, object, dict[At, Then]]] = {
    "maya accepts": (
        happening(accept, "maya"),
        Event.ACCEPT,
        Since,
        {At.RESERVED: taken, At.OPEN: taken},
    ),
    "noor accepts": (
        happening(accept, "noor"),
        Event.ACCEPT,
        Since,
        {At.RESERVED: reserved("accept"), At.OPEN: taken_by_noor},
    ),
    "cora accepts": (
        happening(accept, "cora"),
        Event.ACCEPT,
        Since,
        {At.RESERVED: Then(Asks), At.OPEN: refused("accept", _unlinked)},
    ),
    "cora accepts, and has said for whom": (
        happening(accept, "cora", confirmed=frozenset(Question)),
        Event.ACCEPT,
        Since,
        {At.RESERVED: taken, At.OPEN: refused("accept", _unlinked)},
    ),
    "maya accepts, having contacted the client already": (
        happening(accept, "maya", already_contacted=True),
        Event.ACCEPT,
        Since,
        {At.RESERVED: already(taken), At.OPEN: already(taken)},
    ),
    "noor accepts, having contacted the client already": (
        happening(accept, "noor", already_contacted=True),
        Event.ACCEPT,
        Since,
        {At.RESERVED: reserved("accept"), At.OPEN: already(taken_by_noor)},
    ),
    "maya declines": (
        happening(decline, "maya", "offer", _busy),
        Event.DECLINE,
        Since,
        {At.RESERVED: to_all(OfferOutcome.DECLINED, "decline"), At.OPEN: _passed},
    ),
    "noor declines": (
        happening(decline, "noor", "offer", _busy),
        Event.DECLINE,
        Since,
        {At.RESERVED: reserved("decline"), At.OPEN: _passed},
    ),
    "cora declines": (
        happening(decline, "cora", "offer", _busy),
        Event.DECLINE,
        Since,
        {At.RESERVED: to_all(OfferOutcome.DECLINED, "decline"), At.OPEN: refused("pass", _unlinked)},
    ),
    "noor passes": (
        happening(pass_, "noor"),
        Event.PASS,
        Since,
        {At.RESERVED: reserved("pass"), At.OPEN: _passed},
    ),
    "maya releases": (
        happening(release, "maya", "referral", _busy),
        Event.RELEASE,
        Since,
        {at: released() for at in HELD},
    ),
    "noor releases": (
        happening(release, "noor", "referral", _busy),
        Event.RELEASE,
        Since,
        {at: refused("release", "not_theirs") for at in HELD},
    ),
    "cora releases": (
        happening(release, "cora", "referral", _busy),
        Event.RELEASE,
        Since,
        {at: released(*STOP) for at in HELD},
    ),
    "maya releases: the client wants no more": (
        happening(release, "maya", "referral", _wants_no_more),
        Event.CLOSE,
        Since,
        {at: closed() for at in HELD},
    ),
    "cora releases: the client wants no more": (
        happening(release, "cora", "referral", _wants_no_more),
        Event.CLOSE,
        Since,
        {at: closed(*STOP) for at in HELD},
    ),
    "24 hours: remind": (
        on_its_own(remind, 24),
        Event.REMIND,
        False,
        {
            At.RESERVED: Then(
                True, tells=((T.THREAD_REMINDER, "channel"), (T.PROVIDER_REMINDER, "maya")), history=("remind",)
            ),
            At.OPEN: Then(True, tells=((T.THREAD_REMINDER, "channel"),), history=("remind",)),
        },
    ),
    "24 hours: remind the client": (
        on_its_own(remind_client, 24),
        Event.REMIND_CLIENT,
        False,
        {
            at: Then(True, tells=((T.CLIENT_REMINDER, "client"),), history=("remind_client",))
            for at in (*PENDING, At.ACCEPTED)
        },
    ),
    "48 hours: expire": (
        on_its_own(expire, 48),
        Event.EXPIRE,
        False,
        {
            At.RESERVED: to_all(OfferOutcome.EXPIRED, "expire", True),
            At.OPEN: Then(
                True,
                status=Status.EXPIRED,
                ends=OfferOutcome.EXPIRED,
                tells=((T.CLIENT_FINAL, "client"), (T.COORDINATOR_EXPIRED, "cora")),
                history=("expire",),
                attention=(AttentionKind.EXPIRED,),
                redraws=True,
            ),
        },
    ),
    "a second before 24 hours: remind": (on_its_own(remind, 24 - 1 / 3600), None, False, {}),
    "a second before 24 hours: remind the client": (on_its_own(remind_client, 24 - 1 / 3600), None, False, {}),
    "a second before 48 hours: expire": (on_its_own(expire, 48 - 1 / 3600), None, False, {}),
    "48 hours: remind, though both are due": (on_its_own(remind, 48), None, False, {}),
    "48 hours: remind the client, though both are due": (
        on_its_own(remind_client, 48),
        Event.REMIND_CLIENT,
        False,
        {At.ACCEPTED: Then(True, tells=((T.CLIENT_REMINDER, "client"),), history=("remind_client",))},
    ),
    "maya has contacted": (
        happening(contacted, "maya", "referral"),
        Event.CONTACTED,
        Since,
        {At.ACCEPTED: moved("contacted", Status.CONTACTED)},
    ),
    "cora says contacted": (
        happening(contacted, "cora", "referral"),
        Event.CONTACTED,
        Since,
        {At.ACCEPTED: moved("contacted", Status.CONTACTED)},
    ),
    "noor says contacted": (
        happening(contacted, "noor", "referral"),
        Event.CONTACTED,
        Since,
        {At.ACCEPTED: refused("contacted", "not_theirs")},
    ),
    "maya gets no answer": (
        happening(no_answer, "maya", "referral", None, 0),
        Event.NO_ANSWER,
        Since,
        {At.ACCEPTED: Then(history=("no_answer",), redraws=True)},
    ),
    "cora says that maya gets no answer": (
        happening(no_answer, "cora", "referral", None, 0),
        Event.NO_ANSWER,
        Since,
        {At.ACCEPTED: Then(history=("no_answer",), redraws=True)},
    ),
    "noor gets no answer": (
        happening(no_answer, "noor", "referral", None, 0),
        Event.NO_ANSWER,
        Since,
        {At.ACCEPTED: refused("no_answer", "not_theirs")},
    ),
    "maya ticks an item of the plan": (
        happening(plan, "maya", "referral", frozenset({PlanItem.COST})),
        Event.PLAN,
        Since,
        {at: Then(history=("plan",), redraws=True) for at in HELD},
    ),
    "maya ticks nothing": (
        happening(plan, "maya", "referral", frozenset()),
        None,
        Since,
        {at: Then() for at in HELD},
    ),
    "noor ticks an item of the plan": (
        happening(plan, "noor", "referral", frozenset({PlanItem.COST})),
        Event.PLAN,
        Since,
        {at: refused("plan", "not_theirs") for at in HELD},
    ),
    "12 hours: nudge": (
        on_its_own(nudge, 12, "referral"),
        Event.NUDGE,
        False,
        {At.ACCEPTED: Then(True, tells=((T.ACCEPTOR_NUDGE_DM, "maya"),), history=("nudge",))},
    ),
    "48 hours: escalate": (
        on_its_own(escalate, 48, "referral"),
        Event.ESCALATE,
        False,
        {
            At.ACCEPTED: Then(
                True,
                tells=((T.COORDINATOR_NOT_CONTACTED, "cora"),),
                history=("escalate",),
                attention=(AttentionKind.NOT_CONTACTED,),
            )
        },
    ),
    "a second before 12 hours: nudge": (on_its_own(nudge, 12 - 1 / 3600, "referral"), None, False, {}),
    "a second before 48 hours: escalate": (on_its_own(escalate, 48 - 1 / 3600, "referral"), None, False, {}),
    "maya has scheduled": (
        happening(scheduled, "maya", "referral"),
        Event.SCHEDULED,
        Since,
        {at: moved("scheduled", Status.SCHEDULED, (T.SOURCE_THANKS, "source")) for at in (At.ACCEPTED, At.CONTACTED)},
    ),
    "noor says scheduled": (
        happening(scheduled, "noor", "referral"),
        Event.SCHEDULED,
        Since,
        {at: refused("scheduled", "not_theirs") for at in (At.ACCEPTED, At.CONTACTED)},
    ),
    "cora closes": (
        happening(close, "cora", "referral", CloseReason.WITHDRAWN),
        Event.CLOSE,
        Since,
        {
            **{at: closed(ends=OfferOutcome.CLOSED) for at in PENDING},
            **{at: closed(*STOP) for at in HELD},
            At.EXPIRED: closed(),
        },
    ),
    "maya closes: unreachable": (
        happening(close, "maya", "referral", CloseReason.UNREACHABLE),
        Event.CLOSE,
        Since,
        {
            **{at: refused("close", "not_coordinator") for at in (*PENDING, At.EXPIRED)},
            **{at: closed() for at in HELD},
        },
    ),
    "maya closes: withdrawn": (
        happening(close, "maya", "referral", CloseReason.WITHDRAWN),
        Event.CLOSE,
        Since,
        {at: refused("close", "not_coordinator") for at in At if at is not At.CLOSED},
    ),
    "noor closes": (
        happening(close, "noor", "referral", CloseReason.UNREACHABLE),
        Event.CLOSE,
        Since,
        {at: refused("close", "not_coordinator") for at in At if at is not At.CLOSED},
    ),
    "cora assigns it to noor": (
        happening(assign, "cora", "referral", "noor"),
        Event.ASSIGN,
        Since,
        {
            At.RESERVED: given_to_noor(OfferOutcome.REPLACED),
            At.OPEN: given_to_noor(OfferOutcome.REPLACED),
            At.EXPIRED: given_to_noor(None),
        },
    ),
    "noor assigns it to noor": (
        happening(assign, "noor", "referral", "noor"),
        Event.ASSIGN,
        Since,
        {at: refused("assign", "not_coordinator") for at in At},
    ),
    "cora reopens": (
        happening(reopen, "cora", "referral"),
        Event.REOPEN,
        Since,
        {
            At.EXPIRED: to_all(None, "reopen", tells=((T.CLIENT_CONFIRMATION, "client"),), redraws=False),
        },
    ),
    "maya reopens": (
        happening(reopen, "maya", "referral"),
        Event.REOPEN,
        Since,
        {at: refused("reopen", "not_coordinator") for at in At},
    ),
    "cora accepts for maya": (
        happening(accept_for, "cora", "offer", "maya", Given()),
        Event.ACCEPT,
        Since,
        {At.RESERVED: taken, At.OPEN: taken},
    ),
    "cora accepts for noor": (
        happening(accept_for, "cora", "offer", "noor", Given()),
        Event.ACCEPT,
        Since,
        {At.RESERVED: reserved("accept"), At.OPEN: taken_by_noor},
    ),
    "maya accepts for noor": (
        happening(accept_for, "maya", "offer", "noor", Given()),
        Event.ACCEPT,
        Refused,
        {at: refused("accept", "not_coordinator") for at in At},
    ),
    "cora passes for noor": (
        happening(pass_for, "cora", "offer", "noor"),
        Event.PASS,
        Since,
        {At.RESERVED: reserved("pass"), At.OPEN: _passed},
    ),
    "cora extends the deadline": (
        happening(extend, "cora", "referral", timedelta(hours=12)),
        Event.EXTEND,
        Since,
        {
            At.RESERVED: Then(
                tells=((T.CLIENT_CONFIRMATION, "client"), (T.PROVIDER_REMINDER, "maya")),
                history=("extend",),
                redraws=True,
                extends=12,
            ),
            At.OPEN: Then(tells=((T.CLIENT_CONFIRMATION, "client"),), history=("extend",), redraws=True, extends=12),
        },
    ),
    "maya extends the deadline": (
        happening(extend, "maya", "referral", timedelta(hours=12)),
        Event.EXTEND,
        Refused,
        {at: refused("extend", "not_coordinator") for at in At},
    ),
    "cora marks it as urgent": (
        happening(mark_urgent, "cora", "referral"),
        Event.URGENT,
        Since,
        {
            at: Then(tells=((T.COORDINATOR_URGENT, "cora"),), history=("urgent",), attention=(AttentionKind.URGENT,))
            for at in (*PENDING, At.ACCEPTED, At.EXPIRED)
        },
    ),
    "cora says that it is not urgent": (happening(not_urgent, "cora", "referral"), None, Since, {}),
    "noor marks it as urgent": (
        happening(mark_urgent, "noor", "referral"),
        Event.URGENT,
        Refused,
        {at: refused("urgent", "not_coordinator") for at in At},
    ),
    "cora puts it on legal hold": (
        happening(put_on_hold, "cora", "referral", HoldReason.COMPLAINT),
        Event.HOLD,
        Done,
        {at: Then(history=("hold",)) for at in At},
    ),
    "cora lifts a hold that is none": (happening(lift_hold, "cora", "referral"), None, Since, {}),
    "maya puts it on legal hold": (
        happening(put_on_hold, "maya", "referral", HoldReason.COMPLAINT),
        Event.HOLD,
        Refused,
        {at: refused("hold", "not_coordinator") for at in At},
    ),
    "maya pauses": (happening(pause, "maya", "maya"), None, Availability, {}),
    "maya releases what waits": (
        happening(release_waiting, "maya", "maya"),
        Event.RELEASE,
        0,
        {At.RESERVED: to_all(OfferOutcome.RELEASED, "release", 1)},
    ),
    "noor releases what waits for maya": (happening(release_waiting, "noor", "maya"), None, 0, {}),
    "cora makes maya inactive": (
        happening(make_inactive, "cora", "maya"),
        Event.RELEASE,
        True,
        {
            At.RESERVED: to_all(OfferOutcome.RELEASED, "release", True),
            At.ACCEPTED: Then(
                True, tells=((T.COORDINATOR_ACCEPTOR_GONE, "cora"),), attention=(AttentionKind.ACCEPTOR_GONE,)
            ),
        },
    ),
    "maya makes herself inactive": (happening(make_inactive, "maya", "maya"), None, False, {}),
}


@pytest.fixture
async def scene(office: Office) -> Scene:
    maya, noor, omar = await office.team("Maya Chen", "Noor Haddad", "Omar Vance")
    return Scene(office, maya, noor, omar)


async def stand(scene: Scene, at: At) -> None:
    """Brings a referral to where it stands, by the use cases alone."""
    office = scene.office
    preferred = None if at in (At.OPEN, At.EXPIRED) else scene.maya
    done = await office.submit(preferred, source="Dr. Reed", source_email="reed@clinic.example.com")
    scene.referral_id = done.referral_id
    if at in (*HELD, At.CLOSED):
        await office.do(accept, by(scene.maya), done.offer_id)
    if at is At.CONTACTED:
        await office.do(contacted, by(scene.maya), done.referral_id)
    if at is At.SCHEDULED:
        await office.do(scheduled, by(scene.maya), done.referral_id)
    if at is At.CLOSED:
        await office.do(close, CORA, done.referral_id, CloseReason.WITHDRAWN)
    if at is At.EXPIRED:
        office.clock.turn(hours=48)
        await office.do(expire, done.offer_id)
    referral = await office.referral(done.referral_id)
    assert referral.status is STATUS[at]
    scene.offer_id = referral.offer_id
    scene.people = {
        f"client:{referral.client_id}": "client",
        f"source:{referral.source_id}": "source",
        "channel": "channel",
        "slack:U0CORA": "cora",
        **{f"provider:{one.id}": one.name.split()[0].lower() for one in (scene.maya, scene.noor, scene.omar)},
    }


@dataclass
class Snapshot:
    referral: Referral
    offers: list[Offer]
    deliveries: dict[str, Delivery]
    history: list[str]
    attention: list[str]

    @classmethod
    async def take(cls, scene: Scene) -> "Snapshot":
        office, id = scene.office, scene.referral_id
        referral = await office.referral(id)
        return cls(
            referral,
            await office.offers(id),
            {one.id: one for one in await office.rows(Delivery)},
            await office.history(referral),
            await office.attention(id),
        )


CELLS = [pytest.param(name, at, id=f"{at}: {name}") for name in TABLE for at in At]


@pytest.mark.parametrize(("name", "at"), CELLS)
async def test_cell(scene: Scene, name: str, at: At) -> None:
    happens, _, otherwise, table = TABLE[name]
    then = table.get(at, Then(otherwise))
    await stand(scene, at)
    before = await Snapshot.take(scene)
    scene.office.woken.clear()

    answer = await happens(scene)

    after = await Snapshot.take(scene)
    if isinstance(then.answer, type):
        assert isinstance(answer, then.answer), answer
    else:
        assert answer == then.answer
    assert after.referral.status is (then.status or STATUS[at])
    assert after.history == [*before.history, *then.history]
    told = [one for id, one in after.deliveries.items() if id not in before.deliveries]
    assert sorted((one.template, scene.people[one.recipient]) for one in told) == sorted(then.tells)
    assert (after.referral.version > before.referral.version) is bool(then.history)
    check_attention(before, after, then, name)
    check_rounds(scene, before, after, then)
    assert len(wakes := set(scene.office.woken)) == len(scene.office.woken), "nothing is woken twice"
    assert wakes == expected_wakes(scene, before, after)


def check_attention(before: Snapshot, after: Snapshot, then: Then, name: str) -> None:
    settled = AttentionKind.EXPIRED in before.attention and (then.status is not None)
    kept = [] if settled else before.attention
    assert after.attention == sorted([*kept, *then.attention]), name


def check_rounds(scene: Scene, before: Snapshot, after: Snapshot, then: Then) -> None:
    was = before.offers[-1]
    now = after.offers[len(before.offers) - 1]
    assert now.outcome is (then.ends or was.outcome)
    assert (now.closed_at == scene.office.clock.at) is (then.ends is not None) or was.closed_at == now.closed_at
    assert (now.card_version > was.card_version) is then.redraws
    later = timedelta(hours=then.extends)
    assert now.expires_at == was.expires_at + later
    assert not then.extends or (was.remind_due and now.remind_due == was.remind_due + later)
    assert not then.extends or now.remind_client_due == was.remind_client_due, "the client is not left waiting longer"
    open_now = [one for one in after.offers if one.outcome is None]
    assert len(open_now) == (1 if after.referral.status is Status.PENDING else 0)
    for later in after.offers[len(before.offers) :]:
        check_new_round(scene, later, then)
    assert len(after.offers) - len(before.offers) == (1 if then.opens else 0)
    assert after.referral.offer_id == after.offers[-1].id
    assert after.referral.round == len(after.offers) == after.offers[-1].round


def check_new_round(scene: Scene, offer: Offer, then: Then) -> None:
    assert then.opens is not None
    kind, whose = then.opens
    assert (offer.kind, offer.provider_id) == (kind, getattr(scene, whose).id if whose else None)
    assert offer.excluded == [getattr(scene, name).id for name in then.excludes]
    now = scene.office.clock.at
    assert (offer.opened_at, offer.remind_due, offer.remind_client_due, offer.expires_at) == (
        now,
        now + timedelta(hours=24),
        now + timedelta(hours=24),
        now + timedelta(hours=48),
    )
    assert (offer.card_version, offer.shown_version, offer.card_ts) == (1, 0, None)


def expected_wakes(scene: Scene, before: Snapshot, after: Snapshot) -> set[Wake]:
    """One for each new delivery, each card that has to be drawn, and each deadline of a new round."""
    practice = scene.office.practice_id
    wakes = {Wake(WakeKind.DELIVERY, practice, id) for id in after.deliveries if id not in before.deliveries}
    versions = {offer.id: offer.card_version for offer in before.offers}
    for offer in after.offers:
        if offer.card_version != versions.get(offer.id):
            wakes.add(Wake(WakeKind.CARD, practice, offer.id))
        was = next((one for one in before.offers if one.id == offer.id), None)
        if was is not None and was.expires_at != offer.expires_at:
            wakes.add(Wake(WakeKind.REMIND, practice, offer.id, offer.remind_due))
            wakes.add(Wake(WakeKind.EXPIRE, practice, offer.id, offer.expires_at))
        if offer.id not in versions:
            wakes.add(Wake(WakeKind.REMIND, practice, offer.id, offer.remind_due))
            wakes.add(Wake(WakeKind.REMIND_CLIENT, practice, offer.id, offer.remind_client_due))
            wakes.add(Wake(WakeKind.EXPIRE, practice, offer.id, offer.expires_at))
    accepted = after.referral.accepted_at if after.referral else None
    if accepted and accepted != before.referral.accepted_at and after.referral.status is Status.ACCEPTED:
        wakes.add(Wake(WakeKind.NUDGE, practice, scene.referral_id, accepted + timedelta(hours=12)))
        wakes.add(Wake(WakeKind.ESCALATE, practice, scene.referral_id, accepted + timedelta(hours=48)))
    return wakes


def test_the_table_is_the_one_of_the_lifecycle() -> None:
    """What happens here is all that lifecycle.py allows, and nothing that it does not."""
    seen: dict[tuple[Status, Event], set[Status]] = {}
    for _, event, _, table in TABLE.values():
        for at, then in table.items():
            status, done = STATUS[at], [entry for entry in then.history if ":" not in entry]
            for entry in done:
                assert event is not None
                leads = (then.status or status) if entry == done[-1] else Status.ACCEPTED  # and contacted at once
                seen.setdefault((status, Event(entry)), set()).add(leads)
                status = leads
    elsewhere = {Event.CONSENT, Event.ERASE}  # of the client and the source, not of who has it: tests of their own
    expected = {key: leads for key, leads in TRANSITIONS.items() if key[1] not in elsewhere}
    assert {key: frozenset(found) for key, found in seen.items()} == expected


async def test_submit_for_one_provider(scene: Scene) -> None:
    await stand(scene, At.RESERVED)
    assert (await Snapshot.take(scene)).history == ["submit"]
    assert await roles_told(scene) == sorted(
        [
            (T.CLIENT_CONFIRMATION, "client"),
            (T.SOURCE_ACKNOWLEDGEMENT, "source"),
            (T.PROVIDER_OFFER, "maya"),
            (T.PROVIDER_OFFER_SMS, "maya"),
        ]
    )
    assert set(scene.office.woken) == expected_wakes(scene, nothing_yet(scene), await Snapshot.take(scene))


async def test_submit_for_everyone(scene: Scene) -> None:
    await stand(scene, At.OPEN)
    assert await roles_told(scene) == [(T.CLIENT_CONFIRMATION, "client"), (T.SOURCE_ACKNOWLEDGEMENT, "source")]
    assert (await Snapshot.take(scene)).attention == []


def nothing_yet(scene: Scene) -> Snapshot:
    referral: Any = None
    return Snapshot(referral, [], {}, [], [])


async def roles_told(scene: Scene) -> list[tuple[str, str]]:
    told = await scene.office.told(scene.referral_id)
    return sorted((template, scene.people[recipient]) for template, recipient in told)


@pytest.mark.parametrize("at", [At.RESERVED, At.ACCEPTED, At.EXPIRED])
async def test_assigning_to_whoever_it_waits_for_tells_the_client_nothing_new(scene: Scene, at: At) -> None:
    await stand(scene, at)
    before = await roles_told(scene)
    await scene.office.do(assign, CORA, scene.referral_id, scene.maya.id)
    new = list(await roles_told(scene))
    for one in before:
        new.remove(one)
    offered = [(T.PROVIDER_OFFER, "maya"), (T.PROVIDER_OFFER_SMS, "maya")]
    expected = {
        At.RESERVED: offered,
        At.ACCEPTED: [],
        At.EXPIRED: [(T.CLIENT_CONFIRMATION, "client"), *offered],
    }
    assert new == expected[at]


async def test_settled_items_of_a_round_go_with_it(scene: Scene) -> None:
    await stand(scene, At.EXPIRED)
    await scene.office.do(reopen, CORA, scene.referral_id)
    items = await scene.office.rows(Attention, referral_id=scene.referral_id)
    assert [(one.kind, one.settled_by) for one in items] == [(AttentionKind.EXPIRED, CORA.name)]
