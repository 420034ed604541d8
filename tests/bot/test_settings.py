"""Wrong or missing settings: exit code 2, one line each that names the variable, and nothing is started."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.house import opened
from bot.settings import Settings, SettingsError
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
    assert {line.split()[0] for line in lines} == set(GOOD) - {"SLACK_APP_TOKEN"}
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
]


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "value", "says"), SAID_BY_SLACK)
async def test_what_only_slack_can_tell_is_a_line_too(
    variables: dict[str, str], name: str, value: str, says: str
) -> None:
    given = {key.lower(): text for key, text in (variables | {name: value}).items()}
    with pytest.raises(SettingsError) as refused:
        async with opened(Settings(_env_file=None, **given)):
            raise AssertionError("it was opened")
    (line,) = refused.value.lines
    assert line.startswith(f"{name} ") and says in line


@pytest.mark.anyio
async def test_an_archived_channel_is_a_line_too(workspace: Sandbox, variables: dict[str, str]) -> None:
    workspace.archive("referrals")
    with pytest.raises(SettingsError, match="REFERRALS_CHANNEL C0REFERRALS is archived"):
        async with opened(Settings(_env_file=None, **{key.lower(): text for key, text in variables.items()})):
            raise AssertionError("it was opened")
