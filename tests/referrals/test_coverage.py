"""Where nobody is free, by the same rule by which a General round finds nobody."""

from referrals.accept import accept
from referrals.outcomes import Refusal, Refused
from referrals.pausing.availability import pause, set_weekly_limit
from referrals.pausing.subjects import insurer
from referrals.roster.coverage import Coverage, coverage
from store.tables import History
from store.vocabulary import ProviderStatus, SlackStanding
from tests.desk import CORA, Office, by


async def gaps(office: Office) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    found = await office.do(coverage, CORA)
    assert isinstance(found, Coverage)
    return {(gap.state, one): (gap.services, gap.not_now) for gap in found.gaps for one in gap.insurers}


async def test_states_insurers_and_services_are_those_of_the_practice(office: Office) -> None:
    await office.provider("Maya Chen", services=["individual"])
    cigna = [{"insurer": "cigna", "accepting": True}]
    await office.provider("Noor Bakshi", licences=[{"state": "TX"}], services=["couples"], insurers=cigna)
    found = await office.do(coverage, CORA)
    assert isinstance(found, Coverage)
    assert (found.states, found.insurers, found.services, found.places) == (2, 3, 2, 12), "self-pay is everybody's"
    told = await gaps(office)
    assert told["New York", "Aetna"] == (("Couples therapy",), ())
    assert told["New York", "Cigna"] == (("Individual therapy", "Couples therapy"), ())
    assert told["Texas", "Self-pay"] == (("Individual therapy",), ())
    assert not any(state == "Florida" for state, _ in told)
    assert found.uncovered == sum(len(services) for services, _ in told.values())


async def test_whoever_is_paused_full_or_away_is_named_as_not_now(office: Office) -> None:
    maya = await office.provider("Maya Chen", services=["individual"])
    assert ("New York", "Aetna") not in await gaps(office)
    await office.do(pause, CORA, maya.id, subject=insurer("aetna"))
    assert (await gaps(office)) == {("New York", "Aetna"): (("Individual therapy",), ("Maya Chen",))}
    await office.provider("Ivo Away", slack_standing=SlackStanding.MISSING, services=["individual"])
    assert (await gaps(office))["New York", "Aetna"][1] == ("Ivo Away", "Maya Chen")
    await office.provider("Noor Bakshi")
    assert ("New York", "Aetna") not in await gaps(office), "who names no service takes any"


async def test_an_ended_licence_and_somebody_inactive_cover_nothing(office: Office) -> None:
    await office.provider("Maya Chen", licences=[{"state": "NY", "expires": "2025-11-13"}])
    await office.provider("Gone Guest", status=ProviderStatus.INACTIVE)
    found = await office.do(coverage, CORA)
    assert isinstance(found, Coverage) and found.places == 0 and found.gaps == ()


async def test_a_full_week_is_not_free(office: Office) -> None:
    maya = await office.provider("Maya Chen", services=["individual"])
    await office.do(set_weekly_limit, by(maya), maya.id, 1)
    done = await office.submit(preferred=maya)
    await office.do(accept, by(maya), done.offer_id)
    assert (await gaps(office))["New York", "Aetna"] == (("Individual therapy",), ("Maya Chen",))


async def test_only_coordinators_look(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    assert await office.do(coverage, by(maya)) == Refused(Refusal.NOT_COORDINATOR)
    assert [row.result for row in await office.rows(History, event="coverage")] == ["not_coordinator"]
