"""A referral's facts as text: the ones that a card may hold (DOMAIN.md section 3, rule 2)."""

from referrals.views.facts import Facts

from .layout import fields
from .message import Block
from .text import plain


def facts_fields(facts: Facts) -> Block:
    """What the title does not say yet."""
    pairs = [
        ("Insurer", facts.insurer),
        ("Session", facts.delivery),
        ("Age", facts.age_band),
        ("Concerns", ", ".join(facts.concerns)),
    ]
    return fields((label, plain(value, 200)) for label, value in pairs)


def title(facts: Facts) -> str:
    """For a header: plain text, not escaped."""
    return f"{facts.service} · {facts.state}"


def facts_line(facts: Facts, *, concerns: bool = False) -> str:
    """All of them in one line, for lists and notifications."""
    shown = [facts.service, facts.delivery, facts.state, facts.insurer, f"age {facts.age_band}"]
    if concerns and facts.concerns:
        shown.append(", ".join(facts.concerns))
    return " · ".join(plain(one, 200) for one in shown)
