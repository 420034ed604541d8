"""Wrong or missing settings: exit code 2, one line each that names the variable, and nothing is started."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.demo import _settings as demo_settings
from bot.house import opened
from bot.settings import IsolatedSettings, Settings, SettingsError
from bot.setup import domain_of, slug_of
from referrals.practices import by_slug
from sandbox.server import Sandbox

from .command import referrals

KEY = base64.urlsafe_b64encode(b"a key of thirty-two bytes, same.").decode()
GOOD = {
    "ENCRYPTION_KEYS": KEY,
    "INDEX_KEY": "i" * 32,
    "HISTORY_KEY": "h" * 32,
    "SIGNING_KEY": "s" * 32,
    "SLACK_BOT_TOKEN": "xoxb-secret-token",
    "SLACK_APP_TOKEN": "xapp-secret-token",
    "REFERRALS_CHANNEL": "C0REFERRALS",
    "SMTP_URL": "smtp://mail.example.org",
    "PUBLIC_URL": "https://desk.example.org",
}
SENT_BY_TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+12025550100"}

#: variable -> what is wrong with it; "" leaves it out. The line has to name the variable.
WRONG = [
    *((name, "") for name in GOOD),
    ("ENCRYPTION_KEYS", "short"),
    ("ENCRYPTION_KEYS", f"{KEY},short"),
    ("INDEX_KEY", "short"),
    ("HISTORY_KEY", "short"),
    ("SIGNING_KEY", "short"),
    ("DATABASE_URL", "mysql://somewhere"),
    ("DATABASE_URL", "sqlite://"),
    ("REDIS_URL", "http://somewhere"),
    ("SLACK_BOT_TOKEN", "xoxp-a-users-token"),
    ("SLACK_APP_TOKEN", "xoxb-not-an-app-token"),
    ("SLACK_API_URL", "ftp://slack.example.org"),
    ("SLACK_API_URL", "http://slack.example.org/api/"),
    ("REFERRALS_CHANNEL", "#referrals"),
    ("COORDINATORS", "robin"),
    ("COORDINATORS", "U0ROBIN,somebody"),
    ("SMTP_URL", "mail.example.org"),
    ("TWILIO_API_URL", "http://twilio.example.org"),
    ("PUBLIC_URL", "desk.example.org"),
    ("PUBLIC_URL", "http://desk.example.org"),
    ("PORT", "abc"),
    ("PORT", "0"),
    ("PORT", "70000"),
    ("PRACTICE_TIME_ZONE", "Mars/Olympus"),
    ("SMTP_URL", "smtp://mail.example.org:abc"),
    ("SMTP_URL", "smtp://desk:password-in-the-clear@mail.example.org:25"),
    ("REDIS_URL", "redis://localhost:abc"),
    ("DATABASE_URL", "postgresql://desk@localhost:abc/desk"),
    ("PUBLIC_URL", "https://desk.example.org:abc"),
    ("MAIL_FROM", "nonsense"),
    ("MAIL_FROM", "one@example.org, two@example.org"),
    ("SUPPORT_EMAIL", "nonsense"),
    ("PRACTICE_SLUG", "Juniper Grove"),
    ("PRACTICE_SLUG", "x" * 64),
    ("WORK_DOMAINS", "@example.org"),
    ("WORK_DOMAINS", "example.org,nonsense"),
]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """In an empty folder, without this machine's variables, and with a desk that must not start."""
    monkeypatch.chdir(tmp_path)
    for name in {*(field.upper() for field in Settings.model_fields)}:
        monkeypatch.delenv(name, raising=False)

    def never(*_: object) -> None:
        raise AssertionError("it was started")

    monkeypatch.setattr("bot.run.run", never)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield CliRunner()
    root.handlers[:], root.level = handlers, level


def _run(runner: CliRunner, **environment: str) -> Result:
    return runner.invoke(app, ["run"], env=environment)


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name}={value[:12]}" for name, value in WRONG])
def test_one_line_names_the_variable(runner: CliRunner, tmp_path: Path, name: str, value: str) -> None:
    result = _run(runner, **(GOOD | {name: value}))
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{name} "), line
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == [], "nothing was started"
    if "token" in value or len(value) > 30:
        assert value not in line, "secrets are not repeated"


@pytest.mark.parametrize("missing", SENT_BY_TWILIO)
def test_the_three_of_twilio_go_together(runner: CliRunner, missing: str) -> None:
    given = {name: value for name, value in SENT_BY_TWILIO.items() if name != missing}
    result = _run(runner, **GOOD, **given)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{missing} is missing")


def test_every_mistake_has_its_line(runner: CliRunner) -> None:
    result = _run(runner, **(GOOD | {"SMTP_URL": "", "PORT": "abc", "SLACK_BOT_TOKEN": "nonsense"}))
    assert result.exit_code == 2
    assert {line.split()[0] for line in result.stderr.splitlines()} == {"SMTP_URL", "PORT", "SLACK_BOT_TOKEN"}


def test_with_nothing_at_all_each_missing_one_says_how_to_get_it(runner: CliRunner) -> None:
    result = _run(runner)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert {line.split()[0] for line in lines} == set(GOOD)
    assert all("is missing: " in line and len(line) < 200 for line in lines)


def test_a_dot_env_file_counts(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in GOOD.items() if name != "PORT"))
    result = _run(runner, PORT="abc")
    assert result.stderr.splitlines()[0].startswith("PORT ") and len(result.stderr.splitlines()) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "value"), [("SLACK_BOT_TOKEN", ""), ("PORT", "abc"), ("DATABASE_URL", "mysql://x")])
async def test_the_console_script_ends_with_two(tmp_path: Path, name: str, value: str) -> None:
    ended = await referrals(tmp_path, GOOD | {name: value}, "run")
    assert ended.code == 2
    (line,) = ended.lines
    assert line.startswith(f"{name} ")
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


SAID_BY_SLACK = [
    ("SLACK_BOT_TOKEN", "xoxb-of-somebody-else", "is refused by Slack"),
    ("REFERRALS_CHANNEL", "C0NOWHERE", "/invite"),
    ("REFERRALS_CHANNEL", "C0GENERAL", "the bot is not in it"),
    ("COORDINATORS", "U0NOBODY", "nobody in this workspace"),
    ("SLACK_API_URL", "http://127.0.0.1:9/api/", "cannot be reached"),
    ("SLACK_APP_TOKEN", "xapp-of-somebody-else", "is refused by Slack"),
    ("REDIS_URL", "redis://:secret@127.0.0.1:9/0", "cannot be reached (redis://127.0.0.1)"),
    ("DATABASE_URL", "sqlite:////dev/null/desk.db", "cannot be opened"),
    ("DATABASE_URL", "postgresql://desk:secret@127.0.0.1:9/desk", "cannot be opened"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "value", "says"), SAID_BY_SLACK)
async def test_what_only_slack_can_tell_is_a_line_too(
    variables: dict[str, str], name: str, value: str, says: str
) -> None:
    given = {key.lower(): text for key, text in (variables | {name: value}).items()}
    with pytest.raises(SettingsError) as refused:
        async with opened(IsolatedSettings(**given)):
            raise AssertionError("it was opened")
    (line,) = refused.value.lines
    assert line.startswith(f"{name} ") and says in line and "secret" not in line


@pytest.mark.anyio
async def test_an_archived_channel_is_a_line_too(workspace: Sandbox, variables: dict[str, str]) -> None:
    workspace.archive("referrals")
    with pytest.raises(SettingsError, match="REFERRALS_CHANNEL C0REFERRALS is archived"):
        async with opened(IsolatedSettings(**{key.lower(): text for key, text in variables.items()})):
            raise AssertionError("it was opened")


@pytest.mark.anyio
async def test_keys_that_do_not_fit_the_database_are_lines_too(variables: dict[str, str]) -> None:
    given = {key.lower(): text for key, text in variables.items()}
    async with opened(IsolatedSettings(**given)):
        pass
    async with opened(IsolatedSettings(**given | {"encryption_keys": f"{KEY},{given['encryption_keys']}"})):
        pass  # a rotation
    for name, value in (("ENCRYPTION_KEYS", KEY), ("INDEX_KEY", "x" * 32), ("HISTORY_KEY", "x" * 32)):
        with pytest.raises(SettingsError) as refused:
            async with opened(IsolatedSettings(**given | {name.lower(): value})):
                raise AssertionError("it was opened")
        (line,) = refused.value.lines
        assert line.startswith(f"{name} ") and value not in line


@pytest.mark.anyio
async def test_a_queue_that_is_away_at_the_first_start_leaves_no_practice(variables: dict[str, str]) -> None:
    given = {key.lower(): text for key, text in variables.items()}
    with pytest.raises(SettingsError, match="REDIS_URL"):
        async with opened(IsolatedSettings(**given | {"redis_url": "redis://127.0.0.1:9/0"})):
            raise AssertionError("it was opened")
    async with opened(IsolatedSettings(**given | {"practice_slug": "second-try"})) as house:
        assert house.practice.slug == "second-try", "the first try set nothing up"


@pytest.mark.anyio
async def test_a_sender_with_a_name_gives_the_domain(variables: dict[str, str]) -> None:
    given = {key.lower(): text for key, text in variables.items()}
    async with opened(IsolatedSettings(**given | {"mail_from": "Juniper <hello@Juniper.example.org>"})) as house:
        assert house.practice.work_domains == ["juniper.example.org"]
    assert domain_of("Juniper <hello@juniper.example.org>") == "juniper.example.org"


@pytest.mark.parametrize("slug", ["juniper-grove", "9", "x" * 63, slug_of("x " * 60), slug_of("Ärzte & Co.")])
def test_what_settings_take_is_found_by_its_address(slug: str) -> None:
    asked: list[object] = []

    class Answers:
        def exec(self, statement: object) -> "Answers":
            asked.append(statement)
            return self

        def first(self) -> None:
            return None

    assert IsolatedSettings(**{key.lower(): text for key, text in GOOD.items()}, practice_slug=slug)
    by_slug(Answers(), slug)  # type: ignore[arg-type]
    assert asked, "it is looked for"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("http://127.0.0.1:8900", "http://127.0.0.1:8900/"), ("https://slack.com/api", "https://slack.com/api/")],
)
def test_slacks_address_ends_in_a_slash(given: str, kept: str) -> None:
    settings = IsolatedSettings(**{key.lower(): text for key, text in GOOD.items()}, slack_api_url=given)
    assert settings.slack_api_url == kept


def test_nothing_from_outside_gets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere.example.org:6379/0")
    (tmp_path / ".env").write_text("MAIL_FROM=elsewhere@example.org\n")
    settings = IsolatedSettings(**{key.lower(): text for key, text in GOOD.items()})
    assert (settings.redis_url, settings.mail_from) == (None, None)
    assert isinstance(demo_settings(8900), IsolatedSettings) and demo_settings(8900).redis_url is None


@pytest.mark.parametrize(
    ("public", "twilio", "can"),
    [
        ("https://desk.example.org", "https://api.twilio.com", True),
        ("https://desk.example.org", "http://127.0.0.1:8910", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8910", True),
        ("http://localhost:8080", "https://api.twilio.com", False),
    ],
)
def test_twilio_is_told_of_no_address_that_only_this_machine_can_follow(public: str, twilio: str, can: bool) -> None:
    """It refuses the whole text otherwise (error 21609)."""
    given = {name.lower(): value for name, value in (GOOD | {"PUBLIC_URL": public, "TWILIO_API_URL": twilio}).items()}
    given["encryption_keys"] = (KEY,)  # type: ignore[assignment]
    assert IsolatedSettings(**given).twilio_can_call is can  # type: ignore[arg-type]
