"""What a coordinator is told after a change of the roster: what it means, and what Slack knows. Escaped mrkdwn."""

from referrals.roster.edit import Saved
from referrals.roster.lookup import Linked, NotLinked, Why
from referrals.roster.standing import Changed
from store.vocabulary import ProviderStatus

from .text import mention_user, plain

SLACK_SILENT = (
    "Slack did not answer just now, so the account was not looked up. The desk looks again within the hour, or press"
    " *Link to Slack by email* in a minute."
)
_WHY = {
    Why.NO_EMAIL: "The roster has no email of theirs. Add one with *Edit*, then link them again.",
    Why.NOBODY: "Slack finds no active account with {email}. Either they use another address there: then enter it with"
    " *Edit* as their Slack email. Or they are not in the workspace, or not any more: then invite them, or ask a"
    " workspace admin to restore their account, and the desk links them by itself.",
    Why.GUEST: "The account with {email} is a guest's, and guests cannot take referrals. Ask a workspace admin to make"
    " it a full member.",
    Why.DEACTIVATED: "They have left Slack: their account is deactivated. Ask a workspace admin to restore it. If they"
    " have a new account, enter its address with *Edit* as their Slack email.",
    Why.ELSEWHERE: "The account with {email} is no member of this workspace. Please check the address with *Edit*.",
    Why.TAKEN: "The account with {email} belongs to {other} on the roster already. Please check both addresses.",
    Why.OVERTAKEN: "While Slack was asked, somebody else changed their entry on the roster. The address to look for is"
    " {email} now. Please press *Link to Slack by email* again.",
}


def linked(outcome: Linked | NotLinked) -> str:
    who = plain(outcome.title)
    if isinstance(outcome, Linked):
        already = "is already linked" if outcome.again else "is linked now"
        return f"*{who}* {already}: {mention_user(outcome.slack_user)}. They can take referrals in Slack."
    why = _WHY[outcome.why].format(email=plain(outcome.email, 254), other=plain(outcome.other) or "somebody else")
    return f"*{who}* is not linked. {why}"


def saved(outcome: Saved, slack: str) -> str:
    """``slack``: what came of looking them up."""
    first = f"*{plain(outcome.title)}* is on the roster." if outcome.new else f"*{plain(outcome.title)}*: saved."
    return f"{first}\n{slack}" if slack else first


def changed(outcome: Changed) -> str | None:
    """None where Home says it all."""
    who = plain(outcome.title)
    if outcome.status is ProviderStatus.ACTIVE and not outcome.in_slack:
        return f"*{who}* is active again, but not linked to Slack: choose *Link to Slack by email* in their menu."
    if outcome.again:
        state = "inactive" if outcome.status is ProviderStatus.INACTIVE else "active"
        return f"*{who}* was {state} already: somebody else has been faster. Nothing has changed."
    return None
