"""What people read when a setting is wrong or missing: one line that names the variable and its cure."""

from pydantic import ValidationError

#: What to do about a variable that is not there.
CURES = {
    "SLACK_BOT_TOKEN": "Slack app > OAuth & Permissions > Bot User OAuth Token (xoxb-…)",
    "SLACK_APP_TOKEN": "Slack app > Basic Information > App-Level Tokens (xapp-…, scope connections:write); "
    "or set SLACK_SIGNING_SECRET to receive requests over HTTP",
    "REFERRALS_CHANNEL": "the id of #referrals: open the channel's details in Slack, it is at the bottom (C…)",
    "SMTP_URL": "your mail server, e.g. smtp+starttls://user:password@mail.example.org:587",
    "PUBLIC_URL": "the address at which people reach this desk's pages, e.g. https://desk.example.org",
    "ENCRYPTION_KEYS": "run `make keys` (or `referrals keys >> .env`) once, and keep a copy somewhere safe",
    "INDEX_KEY": "run `make keys` (or `referrals keys >> .env`) once, and keep a copy somewhere safe",
    "HISTORY_KEY": "run `make keys` (or `referrals keys >> .env`) once, and keep a copy somewhere safe",
    "SIGNING_KEY": "run `make keys` (or `referrals keys >> .env`) once, and keep a copy somewhere safe",
}


class SettingsError(Exception):
    """``lines``: one a problem, each starting with the variable's name."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def problems(error: ValidationError) -> list[str]:
    """One line a problem: the variable, what is wrong, and how to get it right."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else ""
        text = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "missing":
            text = f"is missing: {CURES.get(name, 'see README.md')}"
        lines.append(f"{name} {text}".strip())
    return lines
