"""Row ids that sort by age, and codes that people can read to each other."""

import time

import pytest

from store.ids import CODE_ALPHABET, new_code, new_id


def test_later_ids_sort_later(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for millisecond in (0, 1, 2, 1000, 86_400_000, 30 * 365 * 86_400_000):
        monkeypatch.setattr(time, "time_ns", lambda at=millisecond: (1_700_000_000_000 + at) * 1_000_000)
        ids.append(new_id())
    assert ids == sorted(ids)
    assert {len(id) for id in ids} == {26}


def test_ids_of_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert len({id[:10] for id in ids}) == 1, "the first ten letters are the time"


def test_codes_are_of_letters_that_are_read_one_way() -> None:
    letters = set()
    for _ in range(2000):
        prefix, _, rest = new_code().partition("-")
        assert (prefix, len(rest)) == ("R", 5)
        letters |= set(rest)
    assert letters == set(CODE_ALPHABET)
    assert not letters & set("0O1IL2Z5S8BUV")
