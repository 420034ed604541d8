"""Escaping and truncating, the one place for it."""

from datetime import datetime, timedelta, timezone

import pytest

from blocks.text import clean, escape, link, listed, mention, mention_user, plain, slack_date, truncate
from referrals.outcomes import Person
from tests.blocks.examples import HOSTILE


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ann & Bo", "Ann &amp; Bo"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0BOSS>", "&lt;@U0BOSS&gt;"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("\u202eturned", "turned"),
        ("田辺 由紀", "田辺 由紀"),
        ("", ""),
    ],
)
def test_what_a_person_typed_becomes_one_harmless_line(typed: str, shown: str) -> None:
    assert plain(typed) == shown


def test_truncation_comes_before_escaping_so_that_no_entity_is_cut() -> None:
    shown = plain("&" * 1000, 10)
    assert shown == "&amp;" * 9 + "…"
    assert truncate("abcdef", 4) == "abc…"
    assert truncate("abcd", 4) == "abcd"


def test_ten_thousand_hostile_characters_are_short_and_mention_nobody() -> None:
    shown = plain(HOSTILE)
    assert len(clean(HOSTILE)) == 60
    assert "<" not in shown and ">" not in shown and "\u202e" not in shown


def test_a_date_is_the_readers_own_and_names_utc_where_it_cannot_be() -> None:
    moment = datetime(2026, 1, 5, 9, 5, tzinfo=timezone(timedelta(hours=-5)))
    assert slack_date(moment) == "<!date^1767621900^{date_short_pretty} at {time}^Jan 5, 2026, 14:05 UTC>"


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        (Person("Maya", "U0MAYA"), "<@U0MAYA>"),
        (Person("Maya", None), "Maya"),
        (Person("Maya", "U1> <!channel"), "Maya"),  # a roster is a file that somebody typed
        (Person("<!here>", None), "&lt;!here&gt;"),
        (Person("", None), "somebody"),
    ],
)
def test_a_mention_is_a_real_account_or_a_plain_name(person: Person, shown: str) -> None:
    assert mention(person) == shown


def test_only_an_address_that_cannot_break_out_becomes_a_link() -> None:
    assert link("https://a.example.org/p1", "R-1") == "<https://a.example.org/p1|R-1>"
    for bad in (None, "", "javascript:alert(1)", "https://a.example.org/|x> <!channel", "https://a b"):
        assert link(bad, "R-1") == "R-1"


def test_small_words() -> None:
    assert escape("&lt;") == "&amp;lt;"
    assert mention_user("nonsense") == "somebody"
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]
