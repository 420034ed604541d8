"""Who asks, and how often: rules as tables, and the form's gate over real HTTP."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError
from starlette.requests import HTTPConnection

from bot.setting_errors import problems
from bot.settings import IsolatedSettings
from store.database import Database
from web.limits import Buckets, Callers, Visits

from .test_form import GOOD, House, assert_private, open_house

ENOUGH: dict[str, Any] = {
    "encryption_keys": Fernet.generate_key().decode(),
    "index_key": "i" * 32,
    "history_key": "h" * 32,
    "signing_key": "s" * 32,
    "slack_bot_token": "xoxb-1",
    "slack_signing_secret": "secret",
    "referrals_channel": "C0REFERRALS",
    "smtp_url": "smtp://127.0.0.1:25",
    "public_url": "https://desk.example.org",
}


class Hand:
    """A clock that is turned."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def asked(peer: str | None, headers: Mapping[str, str] | None = None) -> HTTPConnection:
    pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return HTTPConnection({"type": "http", "headers": pairs, "client": (peer, 1) if peer else None})


@pytest.mark.parametrize(
    ("peer", "forwarded", "bucket"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # a stranger says so
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # what stands further left is hearsay
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        ("127.0.0.1", "203.0.113.9, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "," * 5000, "127.0.0.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, "fe80::/64"),
        (None, None, "None"),
        ("testclient", "198.51.100.1", "None"),
    ],
)
def test_who_is_counted(peer: str | None, forwarded: str | None, bucket: str) -> None:
    callers = Callers(["127.0.0.1", "::1", "10.0.0.0/8"])
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert callers.bucket(asked(peer, headers)) == bucket


def test_nobody_is_believed_where_no_proxy_is_named() -> None:
    assert Callers().bucket(asked("127.0.0.1", {"x-forwarded-for": "198.51.100.1"})) == "127.0.0.1"


@pytest.mark.parametrize(
    ("peer", "headers", "local"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8080"}, True),
        ("::1", {"host": "[::1]:8080"}, True),
        ("127.0.0.1", {"host": "localhost"}, True),
        ("192.0.2.7", {"host": "localhost"}, False),
        ("127.0.0.1", {"host": "desk.example.org"}, False),  # a name that somebody points at this machine
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "192.0.2.7"}, False),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 proxy"}, False),
        ("127.0.0.1", {"host": "localhost", "forwarded": "for=192.0.2.7"}, False),
        ("127.0.0.1", {"host": "localhost.example.org"}, False),
        (None, {"host": "localhost"}, False),
    ],
)
def test_who_is_on_this_machine(peer: str | None, headers: dict[str, str], local: bool) -> None:
    assert Callers(["127.0.0.1"]).local(asked(peer, headers)) is local


def test_so_many_at_once_and_then_one_by_one() -> None:
    clock = Hand()
    buckets = Buckets(30, clock=clock)
    assert [buckets.take("a") for _ in range(30)] == [0] * 30
    assert buckets.take("a") == 2
    assert buckets.take("b") == 0, "others do not wait"
    clock.at += 1
    assert buckets.take("a") == 1
    clock.at += 1
    assert (buckets.take("a"), buckets.take("a")) == (0, 2)
    clock.at += 3600
    assert [buckets.take("a") for _ in range(31)] == [0] * 30 + [2], "an hour away saves up no more than a minute"


def test_no_limit_and_bounded_memory() -> None:
    assert {Buckets(0).take("a") for _ in range(1000)} == {0}
    buckets = Buckets(1, most=100, clock=Hand())
    assert {buckets.take(f"192.0.2.{number}") for number in range(1000)} == {0}
    assert len(buckets) == 100
    assert buckets.take("192.0.2.999") > 0, "those seen last are kept in mind"


@pytest.fixture
async def gated(database: Database) -> AsyncIterator[House]:
    async with open_house(database, Visits(Callers(["127.0.0.1"]), pages_per_minute=6, forms_per_minute=3)) as house:
        yield house


async def test_a_form_that_came_too_soon_is_handed_back_and_counts_once_it_is_sent_again(gated: House) -> None:
    """What was typed is on the page; nothing is read from the database, and nothing is saved."""
    typed = {**GOOD, "notes": 'one\ntwo <b>&"', "nonce": (await gated.get()).nonce, "surprise": "x"}
    for _ in range(3):
        assert (await gated.send({**typed, "state": "Atlantis"})).status == 422
    refused = await gated.send(typed)
    assert refused.status == 429 and 1 <= int(refused.headers["Retry-After"]) <= 20
    assert_private(refused)
    assert "Nothing you wrote is lost" in refused.text and "Send it again" in refused.text and "988" in refused.text
    assert "surprise" not in refused.text and "<b>" not in refused.text
    assert await gated.referrals() == []

    kept = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', refused.text))
    assert kept["client_name"] == typed["client_name"] and kept["notes"] == "one\ntwo &lt;b&gt;&amp;&#34;"
    elsewhere = {"X-Forwarded-For": "198.51.100.1"}
    again = await gated.send({**kept, "notes": typed["notes"]}, headers=elsewhere)
    assert again.status == 303, "another address does not wait"
    assert len(await gated.referrals()) == 1


async def test_a_flood_of_forms_gets_a_line_and_is_not_read(gated: House) -> None:
    bodies = [await gated.send({**GOOD, "nonce": "x"}) for _ in range(8)]
    assert [one.status for one in bodies] == [409] * 3 + [429] * 5
    assert ["Canary" in one.text for one in bodies[3:]] == [True] * 3 + [False] * 2
    for one in bodies[3:]:
        assert_private(one)
        assert int(one.headers["Retry-After"]) >= 1
    assert await gated.referrals() == []


async def test_pages_looked_at_too_often(gated: House) -> None:
    paths = ["/refer/juniper", "/refer/juniper/thanks", "/refer/nobody"] * 2
    assert [(await gated.get(path)).status for path in paths] == [200, 200, 404] * 2
    refused = await gated.get()
    assert refused.status == 429 and refused.headers["Retry-After"] and "wait a moment" in refused.text
    assert_private(refused)
    assert "Juniper" not in refused.text
    assert (await gated.send({**GOOD, "nonce": "x"})).status == 409, "looking and sending are counted apart"
    style = re.search(r'href="(/static/[^"]+)"', refused.text)
    assert style and (await gated.get(style[1])).status == 200, "the page that says so has its style"


def test_the_settings_as_they_are_and_as_a_person_sets_them() -> None:
    settings = IsolatedSettings(**ENOUGH)
    assert settings.trusted_proxies == ("127.0.0.1", "::1"), "the proxy beside it; nobody further away"
    assert (settings.pages_per_minute, settings.forms_per_minute, settings.metrics_token) == (120, 30, None)
    settings = IsolatedSettings(**ENOUGH, trusted_proxies="10.0.0.0/8, 2001:db8::1", metrics_token="t" * 16)
    assert settings.trusted_proxies == ("10.0.0.0/8", "2001:db8::1")
    assert IsolatedSettings(**ENOUGH, trusted_proxies=" ").trusted_proxies == (), "none at all"


@pytest.mark.parametrize(
    ("name", "value", "saying"),
    [
        ("trusted_proxies", "proxy.example.org", "TRUSTED_PROXIES takes addresses or networks"),
        ("trusted_proxies", "10.0.0.0/99", "TRUSTED_PROXIES takes addresses or networks"),
        ("pages_per_minute", -1, "PAGES_PER_MINUTE"),
        ("forms_per_minute", "many", "FORMS_PER_MINUTE"),
        ("metrics_token", "t0k3n", "METRICS_TOKEN is shorter than 16 characters"),
        ("metrics_token", "sixteen and more words", "METRICS_TOKEN"),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_not_repeated_when_it_is_secret(
    name: str, value: object, saying: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        IsolatedSettings(**ENOUGH | {name: value})
    (line,) = problems(refused.value)
    assert line.startswith(saying)
    assert name != "metrics_token" or str(value) not in line
