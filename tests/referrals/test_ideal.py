"""Ideal clients: the rule for a referral and the condition of a query say the same; and two coordinators define it."""

import itertools
from typing import Any

import pytest
from sqlmodel import select

from referrals.changes import Typed
from referrals.outcomes import Person, Refusal, Refused
from referrals.profile_fields import digest
from referrals.sources.ideal import Fact, defined, fits, fitting
from referrals.sources.ideal_form import Defined, IdealForm, Redefined, define, ideal_form
from referrals.tx import Tx
from store.tables import History, Referral
from tests.desk import CORA, STRANGER, Office, by

HAS = {"state": "NY", "insurer": "aetna", "service": "individual", "age_band": "18-64"}


def referral(**facts: Any) -> Referral:
    return Referral(**{"concerns": [], **HAS, **facts})


@pytest.mark.parametrize(
    ("ideal", "facts", "fit"),
    [
        ({}, {}, True),
        ({"state": [], "concern": []}, {}, True),
        ({"state": ["NY", "NJ"]}, {}, True),
        ({"state": ["NJ"]}, {}, False),
        ({"state": ["NY"], "insurer": ["cigna"]}, {}, False),
        ({"service": ["individual"], "age_band": ["18-64"], "insurer": ["aetna"]}, {}, True),
        ({"concern": ["grief"]}, {}, False),
        ({"concern": ["grief", "sleep"]}, {"concerns": ["anxiety", "sleep"]}, True),
        ({"concern": ["grief"]}, {"concerns": ["anxiety"]}, False),
        ({"concern": ["family"]}, {"concerns": ["child_and_teen"]}, False),
    ],
)
def test_what_fits(ideal: dict[str, list[str]], facts: dict[str, Any], fit: bool) -> None:
    assert fits(ideal, referral(**facts)) is fit


def test_an_ideal_that_asks_for_nothing_is_none() -> None:
    assert not defined({}) and not defined({"state": [], "concern": []})
    assert defined({"concern": ["grief"]})


async def test_a_query_finds_what_the_rule_says(office: Office) -> None:
    facts = itertools.product(
        ("NY", "NJ"), ("aetna", "cigna"), ((), ("sleep",), ("stress_and_work", "sleep"), ("family",))
    )
    for number, (state, insurer, concerns) in enumerate(facts):
        await office.submit(state=state, insurer=insurer, concerns=concerns, nonce=str(number))
    rows = await office.rows(Referral)
    ideals: list[dict[str, list[str]]] = [
        {},
        {"state": ["NY"]},
        {"insurer": ["cigna", "eap"], "concern": ["sleep"]},
        {"concern": ["stress_and_work", "family"], "state": ["NJ", "NY"]},
        {"concern": ["stressXandXwork"]},
        {"age_band": ["0-12"]},
        {"service": ["individual"], "concern": ["other"]},
    ]

    def found(tx: Tx, ideal: dict[str, list[str]]) -> set[str]:
        ours = select(Referral.id).where(Referral.practice_id == tx.practice_id, fitting(ideal))
        return set(tx.session.exec(ours))

    for ideal in ideals:
        assert await office.do(found, ideal) == {one.id for one in rows if fits(ideal, one)}, ideal


async def sent(office: Office, shown: IdealForm, actor: Any = CORA, **changes: str) -> Any:
    typed = {one: Typed(changes.get(one, text), digest(one, text)) for one, text in shown.written.items()}
    return await office.do(define, actor, typed)


async def test_it_is_defined_in_the_vocabularys_order_and_recorded(office: Office) -> None:
    shown = await office.do(ideal_form, CORA)
    assert isinstance(shown, IdealForm) and set(shown.written.values()) == {""}
    assert await sent(office, shown, state="TX,NY,nowhere", concern="grief") == Defined((Fact.STATE, Fact.CONCERN))
    practice = await office.do(Tx.practice)
    assert practice.ideal == {"state": ["NY", "TX"], "concern": ["grief"]}
    [row] = await office.rows(History, subject_id=practice.id, event="ideal")
    assert row.data == {"changed": {"state": ["NY", "TX"], "concern": ["grief"]}}
    again = await office.do(ideal_form, CORA)
    assert await sent(office, again) == Defined(())
    assert len(await office.rows(History, subject_id=practice.id, event="ideal")) == 1


async def test_the_second_of_two_is_shown_what_the_first_changed(office: Office) -> None:
    shown = await office.do(ideal_form, CORA)
    maya = by((await office.team("Maya"))[0], coordinator=True)
    assert await sent(office, shown, maya, state="NY", service="couples") == Defined((Fact.STATE, Fact.SERVICE))
    late = await sent(office, shown, state="TX", insurer="aetna")
    assert isinstance(late, Redefined)
    assert late.facts == (Fact.STATE,) and late.by == Person("Maya", "U0MAYA")
    assert (await office.do(Tx.practice)).ideal == {"state": ["NY"], "service": ["couples"]}
    assert isinstance(await sent(office, late.now, state="TX"), Defined)


async def test_only_coordinators_may(office: Office) -> None:
    shown = await office.do(ideal_form, CORA)
    assert await sent(office, shown, STRANGER, state="NY") == Refused(Refusal.NOT_COORDINATOR)
    assert await office.do(ideal_form, STRANGER) == Refused(Refusal.NOT_COORDINATOR)
    assert (await office.do(Tx.practice)).ideal == {}
    rows = await office.rows(History, subject_id=office.practice_id, event="ideal")
    assert [row.result for row in rows] == ["not_coordinator"] * 2
