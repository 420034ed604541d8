"""Values to draw in tests, and the check of what was drawn against Slack's limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from referrals.letters import Colleague, Letter
from referrals.notices import NOTICES, OF_DAY, OF_PRACTICE, OF_PROVIDER, Template
from referrals.outcomes import Person
from referrals.views.card import CardView
from referrals.views.facts import Facts
from referrals.views.lists import Line, Standing
from sandbox.block_rules import check_blocks
from sandbox.checking import Check
from store.tables import Practice
from store.vocabulary import CloseReason, DeliveryChannel, Kind, OfferOutcome, ProviderStatus, Status

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MAYA = Person("Maya Okonkwo-Reyes", "U0MAYA")
OUTSIDE = Person("Olu Reed", None)
HOSTILE = "<!channel> & <@U0BOSS> <https://example.org|x> @here *b* `c`\n\u202e" + "x" * 10_000
FACTS = Facts("Texas", "Aetna", "Individual therapy", "Telehealth", "18–64", ("Anxiety", "Grief"))


def practice(**more: Any) -> Practice:
    given: dict[str, Any] = {
        "id": "p",
        "team_id": "T0SANDBOX",
        "slug": "juniper",
        "name": "Juniper Grove Therapy",
        "channel_id": "C0REFERRALS",
        "coordinators": ["U0ROBIN"],
        "work_domains": ["junipergrove.example.org"],
        "created_at": NOW,
    }
    return Practice(**(given | more))


def view(**more: Any) -> CardView:
    """An open preferred round, unless told otherwise."""
    drawn = CardView(
        version=1,
        referral_id="referral-1",
        offer_id="offer-1",
        code="R-7K3QM",
        status=Status.PENDING,
        kind=Kind.PREFERRED,
        round=1,
        outcome=None,
        facts=FACTS,
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=48),
        whose=MAYA,
        out_of_network=False,
        holder=None,
        accepted_at=None,
        contacted_at=None,
        scheduled_at=None,
        closed_at=None,
        close_reason=None,
        resembles=None,
        superseded=False,
        next_link=None,
        channel="C0REFERRALS",
        ts="1.1",
    )
    return replace(drawn, **more)


LATER = NOW + timedelta(hours=3)
_GENERAL: dict[str, Any] = {"kind": Kind.GENERAL, "whose": None}
_HELD: dict[str, Any] = {"outcome": OfferOutcome.ACCEPTED, "holder": MAYA, "accepted_at": LATER}

STATES: dict[str, CardView] = {
    "open, preferred": view(),
    "open, preferred, out of network": view(out_of_network=True, resembles="R-9XY4T"),
    "open, preferred, not in Slack": view(whose=OUTSIDE),
    "open, general": view(**_GENERAL),
    "open, general, second round": view(**_GENERAL, round=2),
    "accepted": view(status=Status.ACCEPTED, **_HELD),
    "accepted, two tries": view(status=Status.ACCEPTED, tries=2, next_try=date(2027, 3, 3), planned=2, **_HELD),
    "contacted": view(status=Status.CONTACTED, contacted_at=LATER, **_HELD),
    "scheduled": view(status=Status.SCHEDULED, scheduled_at=LATER, **_HELD),
    "expired": view(**_GENERAL, status=Status.EXPIRED, outcome=OfferOutcome.EXPIRED),
    **{f"closed, {reason}": view(status=Status.CLOSED, closed_at=LATER, close_reason=reason) for reason in CloseReason},
    "closed, no reason": view(status=Status.CLOSED, closed_at=LATER),
    "superseded": view(superseded=True, outcome=OfferOutcome.DECLINED, next_link="https://slack.example.org/p1"),
    "superseded, new card not posted": view(superseded=True, outcome=OfferOutcome.DECLINED),
}


def letter(template: Template, **more: Any) -> Letter:
    maya = Colleague("Maya Okonkwo-Reyes", "Maya Okonkwo-Reyes, LCSW", "U0MAYA", "America/New_York", "+12025550123")
    given: dict[str, Any] = {
        "template": template,
        "channel": NOTICES[template].channel,
        "practice": practice(),
        "time_zone": "America/New_York",
        "now": NOW + timedelta(hours=24),
        "code": "R-7K3QM",
        "status": Status.PENDING,
        "facts": FACTS,
        "kind": Kind.PREFERRED,
        "opened_at": NOW,
        "expires_at": NOW + timedelta(hours=48),
        "card_link": "https://slack.example.org/archives/C/p1",
        "card_channel": "C0REFERRALS",
        "card_ts": "1.1",
        "preferred": maya,
        "unroutable": None,
        "whose": maya,
        "holder": maya,
        "accepted_at": NOW + timedelta(hours=24),
        "close_reason": None,
        "reader": maya,
        "greeting": None,
        "contact": None,
        "attention_kind": None,
        "attention_id": "item-1",
        "attention_detail": None,
        "referral_id": "referral-1",
        "offer_id": "offer-1",
        "address": "U0MAYA",
        "slack_user": "U0MAYA",
    }
    return Letter(**(given | more))


SLACK_TEMPLATES = [
    name
    for name, notice in NOTICES.items()
    if notice.channel is DeliveryChannel.SLACK and name not in OF_PRACTICE | OF_PROVIDER | OF_DAY
]


def line(number: int = 1, **more: Any) -> Line:
    drawn = Line(
        referral_id=f"referral-{number}",
        offer_id=f"offer-{number}",
        code=f"R-{number:05}",
        status=Status.PENDING,
        kind=Kind.GENERAL,
        facts=FACTS,
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=48),
        accepted_at=None,
        mine=False,
        card_link="https://slack.example.org/p1",
    )
    return replace(drawn, **more)


def standing(**more: Any) -> Standing:
    drawn = Standing("v1", "Maya", ProviderStatus.ACTIVE, None, (("Aetna", True), ("Cigna", False)), ("TX", "NY"), 1, 1)
    return replace(drawn, **more)


def complaints(blocks: list[dict[str, Any]], surface: str = "message") -> list[str]:
    """What Slack would refuse, as the strict sandbox words it."""
    check = Check()
    check_blocks(check, blocks, "/blocks", surface)
    return check.errors


def buttons(blocks: list[dict[str, Any]]) -> dict[str, str]:
    """Label -> value, of buttons and of the options of a menu."""
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    pressed = [one for e in elements if e["type"] != "checkboxes" for one in e.get("options", [e])]
    return {one["text"]["text"]: one["value"] for one in pressed}


def all_text(node: Any) -> str:
    if isinstance(node, dict):
        return "\n".join(all_text(value) for value in node.values())
    if isinstance(node, list):
        return "\n".join(all_text(value) for value in node)
    return str(node)
