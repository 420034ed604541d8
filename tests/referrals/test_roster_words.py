"""What is told of what was typed for the roster: every bad line at once, quoted, with whom it is about."""

from referrals.imports.checks import check_roster
from referrals.imports.csv_files import Row, Table
from referrals.intake.checks import check_intake
from referrals.intake.choices import Choices
from referrals.intake.fields import FieldError
from referrals.roster.fields import RosterField, read


def test_every_bad_licence_is_named_at_once_and_either_way_of_writing_is_read() -> None:
    _, errors = read({RosterField.LICENCES: "NY 2027-02-30\nZZ\nTX:2027-03-31\nCA soon 5"})
    (told,) = [one.message for one in errors if one.field == RosterField.LICENCES]
    assert "“NY 2027-02-30” has a date" in told and "“ZZ” is not" in told and "“CA soon 5” has a date" in told
    assert "“TX" not in told and "TX:2027" not in told and "such as NY 2027-03-01" in told
    values, errors = read({RosterField.LICENCES: "TX:2027-03-31\nNY 2027-03-01\nNJ"})
    assert not errors
    assert [one["state"] for one in values[RosterField.LICENCES]] == ["TX", "NY", "NJ"]


def test_a_line_of_a_roster_quotes_what_is_wrong_and_says_whom_it_is_about() -> None:
    row = Row(3, {"name": "Dana Moss", "email": "dana@practice.example.org", "states": "TX;ZZ"})
    _, (problem,) = check_roster(Table(("name", "email", "states"), (row,)))
    assert str(problem).startswith("line 3 (Dana Moss), column states (3): “ZZ” is not")
    assert "“TX" not in str(problem)


def test_staff_are_not_addressed_as_the_client() -> None:
    def told(channel: str) -> str:
        checked = check_intake({"client_name": "A B"}, Choices(()), channel=channel)
        assert isinstance(checked, list)
        return next(one.message for one in checked if isinstance(one, FieldError) and one.field == "client_email")

    assert "the client can be reached" in told("staff") and " we " not in told("staff")
    assert "we can reach you" in told("form")
