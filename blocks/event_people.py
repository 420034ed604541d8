"""Who did something and from where, as history keeps it, in plain words. Pure; names of people are handed in."""

from collections.abc import Mapping

from referrals.actor import Surface

SURFACES: dict[str, str] = {
    Surface.BUTTON: "in Slack",
    Surface.COMMAND: "by a command in Slack",
    Surface.HOME: "on Home",
    Surface.FORM: "by the web form",
    Surface.IMPORT: "at the command line",
    Surface.EMAIL_LINK: "by the link in an email",
    Surface.PAGE: "on a secure page",
    Surface.JOB: "by itself",
    Surface.EVENT: "as Slack told",
    Surface.SMS: "by text message",
}
#: Actors who are nobody on a roster.
ROLES: dict[str, str] = {
    "client": "A client",
    "system": "The desk itself",
    "operator": "Whoever runs the desk",
    "slack": "Slack",
}


def actor(name: str, providers: Mapping[str, str], slack: Mapping[str, str]) -> str:
    """``name``: as history keeps it. ``providers``: names by id; ``slack``: by Slack user. Others by their id."""
    kind, _, id = name.partition(":")
    if kind == "provider":
        return providers.get(id, "A former provider")
    if kind == "slack" and id:
        return slack.get(id) or f"Slack user {id}"
    return ROLES.get(name, name)
