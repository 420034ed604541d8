"""The words about pauses: within Slack's limits, with an example for whatever is unclear, and true to the subject."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from blocks.availability import limited, paused, resumed
from blocks.notices import notice
from blocks.pausing import limit_form, not_understood, of_pause_value, pause_form, pause_value, read_back
from referrals.notices import Template
from referrals.pausing.availability import Availability
from referrals.pausing.spans import NotUnderstood, Span
from referrals.pausing.subjects import ALL, Subject, insurer, state
from referrals.pausing.unclear import Problem
from referrals.provider_letters import ProviderLetter
from referrals.views.lists import Standing, Switch
from store.vocabulary import INSURERS, STATES, DeliveryChannel, ProviderStatus
from tests.blocks.examples import all_text, buttons, complaints, practice

EVERY = [*map(insurer, INSURERS), *map(state, STATES)]
NEW_YORK = ZoneInfo("America/New_York")
MARCH = datetime(2027, 3, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("subject", [ALL, *EVERY], ids=str)
def test_what_a_button_holds_comes_back(subject: Subject) -> None:
    for until in (None, MARCH):
        value = pause_value(subject, until)
        assert of_pause_value(value) == Span(subject, until) and len(value) <= 64


def test_the_end_is_read_back_with_its_day_year_and_zone() -> None:
    message = read_back(Span(insurer("aetna"), MARCH), NEW_YORK)
    assert complaints(message.blocks) == []
    assert "Pause referrals with Aetna until Monday, March 1, 2027, 12:00 AM EST?" in message.text
    assert "does not change your status in any insurer's directory" in all_text(message.blocks)
    summer = read_back(Span(ALL, datetime(2027, 7, 1, 4, tzinfo=UTC)), NEW_YORK)
    assert "until Thursday, July 1, 2027, 12:00 AM EDT?" in summer.text
    assert "not taking new clients" in all_text(summer.blocks)
    far = read_back(Span(ALL, datetime(2027, 7, 1, 3, tzinfo=UTC)), ZoneInfo("America/Sao_Paulo"))
    assert "12:00 AM UTC-03:00?" in far.text
    assert "until you resume them?" in read_back(Span(state("TX"), None), NEW_YORK).text


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("command", ["pause", "resume"])
def test_each_problem_has_words_and_an_example(problem: Problem, command: str) -> None:
    found = NotUnderstood(problem, "Aetna until March 1", (), ("Aetna", "Texas"))
    message = not_understood(found, command)
    assert complaints(message.blocks) == []
    assert f"For example: `/referrals {command} Aetna until March 1`. Nothing has changed." in message.text
    assert "Yours are: ." not in not_understood(NotUnderstood(problem, "until March 1")).text


def test_after_it_is_in_force() -> None:
    message = paused(Availability(ProviderStatus.ACTIVE, insurer("united"), MARCH, ("an offer",)))
    assert complaints(message.blocks) == []
    assert "Referrals with UnitedHealthcare / Optum are paused" in message.text
    assert "/referrals resume UnitedHealthcare / Optum" in message.text
    assert list(buttons(message.blocks)) == ["Release them now", "Keep them until their deadline", "Resume"]
    assert "Nobody can ask for you" not in message.text, "for others they can"
    assert list(buttons(paused(Availability(ProviderStatus.PAUSED, ALL, None, ())).blocks)) == ["Resume"]


def test_what_is_still_paused_is_said() -> None:
    back = resumed(Availability(ProviderStatus.ACTIVE, ALL, None, (), (insurer("aetna"), state("TX"))))
    assert "Still paused: referrals with Aetna and referrals from Texas" in back.text
    assert "Still paused" not in resumed(Availability(ProviderStatus.ACTIVE, ALL, None, ())).text
    assert "3" in limited(3).text and "no weekly limit" in limited(None).text


@pytest.mark.parametrize("many", [(ALL,), (ALL, *EVERY), tuple(EVERY)])
def test_the_end_of_a_pause(many: tuple[Subject, ...]) -> None:
    letter = ProviderLetter(
        Template.PROVIDER_RESUMED, DeliveryChannel.SLACK, practice(), many, (state("TX"),), "U0MAYA"
    )
    message = notice(letter, "d1")
    assert complaints(message.blocks) == []
    assert "Your pause is over" in message.text and "*" not in message.text
    assert "Still paused: referrals from Texas" in all_text(message.blocks)


def test_the_forms_with_every_insurer_and_state() -> None:
    switches = tuple(Switch(str(one), one.label, on=True) for one in EVERY)
    stands = Standing("p", "Maya", ProviderStatus.ACTIVE, None, (), (), 0, 0, switches, weekly_limit=3)
    for form in (pause_form(stands, home=True), limit_form(stands)):
        assert complaints(form["blocks"], "modal") == [] and len(form["title"]["text"]) <= 24
    assert len(pause_form(stands)["blocks"][0]["element"]["options"]) == len(EVERY) + 1
