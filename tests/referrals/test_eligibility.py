"""DESIGN.md's table "Provider is": what each row means for accepting a General round and for being asked for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from referrals import eligibility
from referrals.accept import accept
from referrals.coordinate import OutOfNetwork, assign
from referrals.eligibility import Unroutable
from referrals.intake.choices import load_choices
from referrals.licences import NetworkGrounds
from referrals.outcomes import Asks, Done, Question, Refusal, Refused
from referrals.profile import own_profile
from referrals.tx import Tx
from referrals.views.coordinators import assignable
from referrals.views.lists import open_lines
from store.tables import History
from store.vocabulary import Kind, ProviderStatus, SlackStanding, Status
from tests.desk import CORA, START, STRANGER, Office, by, intake, provider_row

DAY = timedelta(days=1)
LATER, EARLIER = START + timedelta(seconds=1), START - timedelta(seconds=1)


def panel(**also: Any) -> dict[str, Any]:
    return {"insurers": [{"insurer": "aetna", **also}]}


@dataclass(frozen=True)
class Row:
    """``general``: what accepting a General round meets first; ``asked_for``: why a client's wish goes to everyone."""

    general: Refusal | tuple[Question, ...] | None
    asked_for: Unroutable | None
    flagged: bool = False
    assign: Refusal | None = None


MEMBER: dict[str, Any] = {}
TABLE: dict[str, tuple[dict[str, Any], Row]] = {
    "able": (MEMBER, Row(None, None)),
    "inactive": (
        {"status": ProviderStatus.INACTIVE},
        Row(Refusal.INACTIVE, Unroutable.INACTIVE, assign=Refusal.INACTIVE),
    ),
    "guest": (
        {"slack_standing": SlackStanding.GUEST},
        Row(Refusal.GUEST, Unroutable.UNREACHABLE, assign=Refusal.GUEST),
    ),
    "deactivated": (
        {"slack_standing": SlackStanding.DEACTIVATED},
        Row(Refusal.DEACTIVATED, Unroutable.UNREACHABLE, assign=Refusal.DEACTIVATED),
    ),
    "not in Slack, no work email": (
        {"slack_standing": SlackStanding.MISSING, "slack_user": None, "work_email": None},
        Row(None, Unroutable.UNREACHABLE, assign=Refusal.UNREACHABLE),
    ),
    "not in Slack, has a work email": ({"slack_standing": SlackStanding.MISSING, "slack_user": None}, Row(None, None)),
    "not looked up yet, has a work email": (
        {"slack_standing": SlackStanding.UNLINKED, "slack_user": None},
        Row(None, None),
    ),
    "without a licence there": (
        {"licences": [{"state": "NJ"}]},
        Row(Refusal.NO_LICENCE, Unroutable.NO_LICENCE, assign=Refusal.NO_LICENCE),
    ),
    "licence ended yesterday": (
        {"licences": [{"state": "NY", "expires": (START - DAY).date().isoformat()}]},
        Row(Refusal.NO_LICENCE, Unroutable.NO_LICENCE, assign=Refusal.NO_LICENCE),
    ),
    "licence ends today": ({"licences": [{"state": "NY", "expires": START.date().isoformat()}]}, Row(None, None)),
    "paused": ({"status": ProviderStatus.PAUSED}, Row((Question.PAUSED,), Unroutable.PAUSED)),
    "paused a second longer": (
        {"status": ProviderStatus.PAUSED, "paused_until": LATER},
        Row((Question.PAUSED,), Unroutable.PAUSED),
    ),
    "paused until now": ({"status": ProviderStatus.PAUSED, "paused_until": START}, Row(None, None)),
    "paused for this insurer": (panel(accepting=False), Row((Question.PAUSED_INSURER,), Unroutable.PAUSED_INSURER)),
    "paused for this insurer a second longer": (
        panel(accepting=False, paused_until=LATER.isoformat()),
        Row((Question.PAUSED_INSURER,), Unroutable.PAUSED_INSURER),
    ),
    "pause for this insurer over": (panel(accepting=False, paused_until=EARLIER.isoformat()), Row(None, None)),
    "paused for another insurer": (
        {"insurers": [{"insurer": "aetna", "accepting": True}, {"insurer": "cigna", "accepting": False}]},
        Row(None, None),
    ),
    "paused for this state": (
        {"paused_states": [{"state": "NY"}]},
        Row((Question.PAUSED_STATE,), Unroutable.PAUSED_STATE),
    ),
    "paused for this state a second longer": (
        {"paused_states": [{"state": "NY", "until": LATER.isoformat()}]},
        Row((Question.PAUSED_STATE,), Unroutable.PAUSED_STATE),
    ),
    "pause for this state over": ({"paused_states": [{"state": "NY", "until": START.isoformat()}]}, Row(None, None)),
    "paused for another state": ({"paused_states": [{"state": "NJ"}]}, Row(None, None)),
    "paused in three ways": (
        {"status": ProviderStatus.PAUSED, "paused_states": [{"state": "NY"}], **panel(accepting=False)},
        Row((Question.PAUSED, Question.PAUSED_INSURER, Question.PAUSED_STATE), Unroutable.PAUSED),
    ),
    "out of network": (
        {"insurers": [{"insurer": "cigna", "accepting": True}]},
        Row((Question.OUT_OF_NETWORK,), None, flagged=True),
    ),
    "paused and out of network": (
        {"status": ProviderStatus.PAUSED, "insurers": []},
        Row((Question.PAUSED, Question.OUT_OF_NETWORK), Unroutable.PAUSED, flagged=True),
    ),
}
ROWS = [pytest.param(values, row, id=name) for name, (values, row) in TABLE.items()]


@pytest.mark.parametrize(("values", "row"), ROWS)
async def test_accepting_a_general_round(office: Office, values: dict[str, Any], row: Row) -> None:
    provider = await office.provider("Maya Chen", **values)
    done = await office.submit()

    answer = await office.do(accept, by(provider), done.offer_id)

    if isinstance(row.general, Refusal):
        assert answer == Refused(row.general, done.code)
        assert await office.history(await office.referral(done.referral_id)) == ["submit", f"accept:{row.general}"]
        answer = await office.do(accept, by(provider), done.offer_id, confirmed=frozenset(Question))
        assert isinstance(answer, Refused), "a refusal is no question"
    elif row.general:
        assert isinstance(answer, Asks) and answer.questions == row.general
        assert (await office.referral(done.referral_id)).status is Status.PENDING
        answer = await office.do(accept, by(provider), done.offer_id, confirmed=frozenset(Question))
        assert isinstance(answer, Done)
    else:
        assert isinstance(answer, Done)


@pytest.mark.parametrize(("values", "row"), ROWS)
async def test_being_asked_for_by_a_client(office: Office, values: dict[str, Any], row: Row) -> None:
    provider = await office.provider("Maya Chen", **values)
    done = await office.submit(provider)

    referral = await office.referral(done.referral_id)
    offer = (await office.offers(done.referral_id))[0]
    assert referral.unroutable == row.asked_for
    assert referral.kind is Kind.PREFERRED, "as it was asked for"
    assert referral.preferred_provider_id == provider.id
    reserved = row.asked_for is None
    assert (offer.kind, offer.provider_id) == ((Kind.PREFERRED, provider.id) if reserved else (Kind.GENERAL, None))
    offers = [template for template, _ in await office.told(done.referral_id) if template.startswith("provider_offer")]
    assert offers == (["provider_offer", "provider_offer_sms"] if reserved else [])
    assert eligibility.in_network(provider, "aetna") is not row.flagged


@pytest.mark.parametrize(("values", "row"), ROWS)
async def test_being_given_it_by_a_coordinator(office: Office, values: dict[str, Any], row: Row) -> None:
    """Paused, and with grounds out of network, is the coordinator's to overlook; gone and unlicensed is not."""
    provider = await office.provider("Maya Chen", **values)
    done = await office.submit()
    if row.flagged and not row.assign:
        asked = await office.do(assign, CORA, done.referral_id, provider.id)
        assert isinstance(asked, OutOfNetwork) and len(await office.offers(done.referral_id)) == 1
    answer = await office.do(assign, CORA, done.referral_id, provider.id, NetworkGrounds.SELF_PAY)
    assert answer == Refused(row.assign, done.code) if row.assign else isinstance(answer, Done)
    if not row.assign:
        (kept,) = await office.rows(History, subject_id=done.referral_id, event="assign")
        assert kept.data.get("network") == (NetworkGrounds.SELF_PAY if row.flagged else None)
    assert len(await office.offers(done.referral_id)) == (1 if row.assign else 2)


@pytest.mark.parametrize(("values", "row"), ROWS)
def test_who_is_expected_to_take_a_general_round(values: dict[str, Any], row: Row) -> None:
    """In Slack, and nothing to refuse or ask: otherwise coordinators hear that nobody is left."""
    provider = provider_row("a practice", "Maya Chen", **values)
    in_slack = provider.slack_standing is SlackStanding.MEMBER
    assert eligibility.eligible(provider, intake(), (), START, START.date()) is (row.general is None and in_slack)
    assert not eligibility.eligible(provider, intake(), (provider.id,), START, START.date())


@pytest.mark.parametrize(
    ("services", "expected"), [([], True), (["individual"], True), (["couples"], False), (["couples", "child"], False)]
)
def test_service_is_a_hard_filter(services: list[str], expected: bool) -> None:
    provider = provider_row("a practice", "Maya Chen", services=services)
    assert eligibility.eligible(provider, intake(), (), START, START.date()) is expected


def test_self_pay_is_everybodys_network() -> None:
    provider = provider_row("a practice", "Maya Chen", insurers=[])
    assert eligibility.questions(provider, intake(insurer="self_pay"), START) == ()
    assert eligibility.eligible(provider, intake(insurer="self_pay"), (), START, START.date())


#: Half past eleven in the evening and half past midnight, when in UTC it is tomorrow already.
@pytest.mark.parametrize(("hours", "licensed"), [(5.5, True), (6.5, False)])
@pytest.mark.parametrize("zones", [("America/New_York", "Asia/Tokyo"), (None, "America/New_York")])
async def test_a_licence_ends_with_the_providers_own_day(
    office: Office, zones: tuple[str | None, str], hours: float, licensed: bool
) -> None:
    def move(tx: Tx) -> None:
        tx.locked_practice().time_zone = zones[1]

    await office.do(move)
    last = [{"state": "NY", "expires": START.date().isoformat()}]  # in New York it is the same day, at 18:00
    maya = await office.provider("Maya Chen", time_zone=zones[0], licences=last)
    office.clock.turn(hours=hours)
    assert office.clock.now().date() > START.date(), "of UTC the last day is over in both cases"
    done = await office.submit()
    assert bool(await office.do(open_lines, maya.id)) is licensed
    assert ("NY" in (await office.do(load_choices)).states) is licensed
    assert (await office.do(assignable, done.referral_id) != []) is licensed
    asked_for = await office.referral((await office.submit(maya)).referral_id)
    assert asked_for.unroutable == (None if licensed else Unroutable.NO_LICENCE)
    profile = await office.do(own_profile, maya.id)
    assert profile is not None and profile.licences[0].days_left == (0 if licensed else -1)
    answer = await office.do(accept, by(maya), done.offer_id)
    assert isinstance(answer, Done) if licensed else answer == Refused(Refusal.NO_LICENCE, done.code)


async def test_a_licence_lost_while_it_waits(office: Office) -> None:
    """Rule 12 of DOMAIN.md section 3 has no exception for a reserved offer."""
    provider = await office.provider("Maya Chen")
    done = await office.submit(provider)
    await office.change(type(provider), provider.id, licences=[])
    assert await office.do(accept, by(provider), done.offer_id) == Refused(Refusal.NO_LICENCE, done.code)


async def test_somebody_whom_the_roster_does_not_know(office: Office) -> None:
    done = await office.submit()
    assert await office.do(accept, STRANGER, done.offer_id) == Refused(Refusal.UNLINKED, done.code)
    assert await office.history(await office.referral(done.referral_id)) == ["submit", "accept:unlinked"]
