"""Encryption at rest, several keys, and the blind index by which clients are found."""

import pytest
from cryptography.fernet import Fernet

from store.vault import UnreadableSecret, Vault, fold, name_parts

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def vault(*keys: str, index_key: str = "index", history_key: str = "history") -> Vault:
    return Vault(keys, index_key, history_key)


def sealed(*keys: str, text: str = "Zoë Canary") -> bytes:
    token = vault(*keys).seal(text)
    assert token is not None
    return token


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    token = sealed(OLD)
    assert vault(OLD).open(token) == "Zoë Canary"
    assert b"Canary" not in token
    assert sealed(OLD) != token, "the same name twice does not look the same"


def test_nothing_stays_nothing() -> None:
    assert vault(OLD).seal(None) is None
    assert vault(OLD).open(None) is None
    assert vault(OLD).open(vault(OLD).seal("")) == ""


def test_a_new_key_is_put_in_front() -> None:
    before = sealed(OLD)
    both = vault(NEW, OLD)
    assert both.open(before) == "Zoë Canary"
    after = both.seal("Zoë Canary")
    assert vault(NEW).open(after) == "Zoë Canary", "the first key seals"
    with pytest.raises(UnreadableSecret):
        vault(OLD).open(after)


def test_a_key_removed_too_early() -> None:
    with pytest.raises(UnreadableSecret) as caught:
        vault(NEW).open(sealed(OLD))
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize("damage", [lambda t: t[:-1] + b"!", lambda t: t[:20], lambda t: b"", lambda t: b"Zo\xc3\xab"])
def test_an_altered_value_is_refused_not_misread(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(UnreadableSecret):
        vault(OLD).open(damage(sealed(OLD)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"),
        ("  zoë  smith ", "Zoe Smith"),
        ("Núñez", "nunez"),
        ("Straße", "STRASSE"),
        ("İpek", "ipek"),
        ("Ольга Ёлкина", "ольга елкина"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("ﬁona", "Fiona"),
        ("Ａｄａ", "Ada"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Anne\u2011Marie", "Anne-Marie"),
        ("Anne\u2013Marie", "anne-marie"),
        ("O\u2019Brien", "O'Brien"),
        ("عبد\u200cالله", "عبدالله"),
    ],
)
def test_written_differently_but_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert vault(OLD).index("name", one) == vault(NEW).index("name", other), "encryption keys play no part in it"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "Adam"),
        ("山田", "山口"),
        ("محمد", "محمود"),
        ("Smith Jones", "Smithjones"),
        ("가나", "가다"),
        ("Ada", ""),
    ],
)
def test_not_one(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert vault(OLD).index("name", one) != vault(OLD).index("name", other)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Quill", ["ada", "quill"]),
        ("Ada Quill-Canary", ["ada", "quill-canary", "quill", "canary"]),
        ("Anne\u2011Marie O\u2019Brien", ["anne-marie", "o'brien", "anne", "marie"]),
        ("Núñez-de la Cruz", ["nunez-de", "la", "cruz", "nunez", "de"]),
        ("山田 太郎", ["山田", "太郎"]),
        ("Ada ada ADA", ["ada"]),
        ("Ada - Quill", ["ada", "quill"]),
        ("-Ada-", ["-ada-", "ada"]),
        ("", []),
    ],
)
def test_the_parts_by_which_a_client_is_found(name: str, parts: list[str]) -> None:
    assert name_parts(name) == parts


def test_indexes_of_other_keys_and_purposes_have_nothing_in_common() -> None:
    digests = {
        vault(OLD).index("name", "ada"),
        vault(OLD).index("email", "ada"),
        vault(OLD, index_key="another").index("name", "ada"),
        vault(OLD, index_key="history").index("name", "ada"),
    }
    assert len(digests) == 4
    assert all("ada" not in digest for digest in digests)
