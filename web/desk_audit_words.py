"""What the desk's own check has found, in plain words for a page. Pure."""

from blocks.moments import moment
from referrals.audit import Rule
from store.tables import AuditRun

_RULES: dict[Rule, str] = {
    Rule.CHAIN: "a row of the history was changed, or is missing",
    Rule.ROUNDS: "a round is not as its history tells",
    Rule.END: "something happened to a referral after it was closed",
    Rule.STANDING: "a referral does not stand where its history leads",
    Rule.LOST: "nobody can act on a referral any more, and nobody was asked to",
    Rule.MISSING: "a notice that should have gone out is missing",
    Rule.UNEXPLAINED: "a notice went out that nothing asks for",
    Rule.TWICE: "a notice stands twice for one person",
    Rule.ANSWERED: "a client has no answer, or counts as answered without one",
    Rule.ALARMED: "something failed, and no coordinator was told",
    Rule.OVERDUE: "something is overdue, and nobody works it off",
}


def standing(run: AuditRun | None, zone: str) -> str:
    """When it last ran, and over how much."""
    if run is None:
        return "The desk has not checked itself yet. It does so every few minutes, and everything each night."
    over = f"{run.looked_at:,} referral{'' if run.looked_at == 1 else 's'}"
    which = "everything" if run.whole else "what had changed"
    return f"It last looked at {which}, {over}, on {moment(run.finished_at, zone)}."


def finding(run: AuditRun | None, code: str | None) -> str:
    """The first of what is wrong, and how many there are; empty where nothing is."""
    if run is None or not run.findings:
        return ""
    rule = (run.first or "").partition(":")[0]
    words = _RULES.get(Rule(rule), rule) if rule in set(Rule) else rule
    where = f" ({code})" if code else ""
    many = "One thing is wrong" if run.findings == 1 else f"{run.findings:,} things are wrong; the first"
    return f"{many}: {words}{where}."
