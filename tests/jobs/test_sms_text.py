"""The one sentence a provider gets: a single segment, with no fact about a client."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from jobs.sms import _GSM, SEGMENT, sms_text
from referrals.letters import Letter
from referrals.notices import Template
from store.tables import Practice

TAIL = ": a referral is waiting for you. Check Slack or work email. Reply STOP to opt out."


def a_letter(name: str, slug: str = "juniper-grove", template: Template = Template.PROVIDER_OFFER_SMS) -> Letter:
    """Only what the text may look at: anything else is an AttributeError."""
    practice = Practice(id="p", team_id="T", slug=slug, name=name, channel_id="C", created_at=cast(Any, None))
    return cast(Letter, SimpleNamespace(template=template, practice=practice))


@pytest.mark.parametrize(
    ("name", "slug", "start"),
    [
        ("Juniper Grove Therapy", "jg", "Juniper Grove Therapy"),
        ("Søren & Ångström", "sa", "Søren & Ångström"),
        ("Zoë’s “Place” – Łódź", "zp", 'Zoe\'s "Place" - Lodz'),
        ("Čedomir Škvorecký", "cs", "Cedomir Skvorecky"),
        ("王小明心理咨询中心", "wang-counseling", "Wang Counseling"),
        ("مركز السلام للعلاج النفسي", "al-salam_center", "Al Salam Center"),
        ("心" * 300, "heart-and-mind", "Heart And Mind"),
        ("Психотерапия", "", "Your practice"),
        ("Grove\r\nReply with your password", "g", "Grove Reply with your password"),
        ("Joy 🙂 Center", "jc", "Joy Center"),
        ("Grove [West] {1}", "g", "Grove West 1"),
        ("", "the-grove", "The Grove"),
        (
            "The Very Long Name Of A Practice For Everyone In The Whole Wide Valley And Beyond",
            "v",
            "The Very Long Name Of A Practice For Everyone In The Whole Wide Valley And...",
        ),
    ],
)
def test_the_practice_is_named_in_letters_every_phone_has(name: str, slug: str, start: str) -> None:
    text = sms_text(a_letter(name, slug))
    assert text == start + TAIL
    assert len(text) <= SEGMENT and set(text) <= _GSM


@pytest.mark.parametrize("name", ["W" * 10_000, "心" * 10_000, "Łukasz " * 2000, "é" * 160, "ﷺ" * 200, "½" * 200])
def test_any_name_fits_one_segment(name: str) -> None:
    text = sms_text(a_letter(name, slug="x" * 500))
    assert len(text) <= SEGMENT and set(text) <= _GSM
    assert text.endswith(TAIL) and "\n" not in text


def test_nothing_else_is_a_text_message() -> None:
    with pytest.raises(LookupError):
        sms_text(a_letter("Juniper Grove", template=Template.PROVIDER_OFFER))
