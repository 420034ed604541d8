"""What people type, and what becomes of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.intake.checks import FIELDS, check_intake
from referrals.intake.choices import Choices, Selectable
from referrals.intake.request import Intake
from store.vocabulary import Urgency

GOOD = {
    "client_name": "Zoë Canary-Smith",
    "client_email": "Zoe@Example.com",
    "state": "TX",
    "insurer": "Aetna",
    "service": "individual",
    "delivery": "telehealth",
    "age_band": "18-64",
}


def provider(id: str, name: str, **also: object) -> Selectable:
    values: dict[str, object] = {"title": f"{name}, LCSW", "slack_user": None, "email": None}
    return Selectable(id=id, name=name, taking=True, listed=True, **{**values, **also})  # type: ignore[arg-type]


CHOICES = Choices(
    (
        provider("p1", "Maya Chen", slack_user="U024BE7LH", email="maya@example.org"),
        provider("p2", "Tomás Herrera", email="tomas@example.org"),
        provider("p3", "Sam Lee", email="sam.one@example.org"),
        provider("p4", "Sam Lee", email="sam.two@example.org"),
    )
)


def good(**changes: str) -> Intake:
    checked = check_intake({**GOOD, **changes}, CHOICES, channel="csv")
    assert isinstance(checked, Intake), checked
    return checked


def errors(**changes: str) -> dict[str, str]:
    checked = check_intake({**GOOD, **changes}, CHOICES, channel="csv")
    assert isinstance(checked, list), checked
    assert len({error.field for error in checked}) == len(checked), "one error for each field"
    return {error.field: error.message for error in checked}


def test_the_least_that_works() -> None:
    assert good() == Intake(
        client_name="Zoë Canary-Smith",
        client_email="zoe@example.com",
        state="TX",
        insurer="aetna",
        service="individual",
        delivery="telehealth",
        age_band="18-64",
        channel="csv",
    )


@pytest.mark.parametrize(
    ("field", "typed", "attribute", "value"),
    [
        ("client_phone", "(512) 555-0142", "client_phone", "+15125550142"),
        ("client_phone", "+44 20 7946 0958", "client_phone", "+442079460958"),
        ("client_email", "a@bücher.example.com", "client_email", "a@xn--bcher-kva.example.com"),
        ("state", " texas ", "state", "TX"),
        ("state", "washington, d.c.", "state", "DC"),
        ("insurer", "Self-Pay", "insurer", "self_pay"),
        ("insurer", "BlueCross BlueShield", "insurer", "bcbs"),
        ("insurer", "UHC", "insurer", "united"),
        ("service", "Médication  MANAGEMENT", "service", "medication"),
        ("delivery", "in-person", "delivery", "in_person"),
        ("delivery", "Video", "delivery", "telehealth"),
        ("age_band", "18–64", "age_band", "18-64"),
        ("age_band", "65+", "age_band", "65+"),
        ("age_band", "70", "age_band", "65+"),
        ("concerns", "Anxiety; child & teen ;sleep;anxiety", "concerns", ("anxiety", "child_and_teen", "sleep")),
        ("urgency", "STAT", "urgency", Urgency.URGENT),
        ("urgency", "", "urgency", Urgency.ROUTINE),
        ("email_ok", "", "email_ok", True),
        ("voicemail_ok", "TRUE", "voicemail_ok", True),
        ("voicemail_ok", "", "voicemail_ok", False),
        ("preferred_provider", "maya chen", "preferred_provider_id", "p1"),
        ("preferred_provider", "Maya Chen, LCSW", "preferred_provider_id", "p1"),
        ("preferred_provider", "u024be7lh", "preferred_provider_id", "p1"),
        ("preferred_provider", "Tomas Herrera", "preferred_provider_id", "p2"),
        ("preferred_provider", "SAM.two@example.org", "preferred_provider_id", "p4"),
        ("client_name", "  李\t小龍 ", "client_name", "李 小龍"),
        ("client_name", "محمد الأمين", "client_name", "محمد الأمين"),
        ("client_name", "\u202eevil\u202c Name\x00", "client_name", "evil Name"),
        ("client_name", "می\u200cخواهم", "client_name", "می\u200cخواهم"),
        ("client_name", "Eve\r\nBcc: all@example.com", "client_name", "Eve Bcc: all@example.com"),
        ("client_name", "<!channel> & co", "client_name", "<!channel> & co"),
        ("notes", "one\r\n\r\ntwo\x07", "notes", "one\n\ntwo"),
        ("source", "Dr.\nFinch", "source", "Dr. Finch"),
    ],
)
def test_written_in_many_ways(field: str, typed: str, attribute: str, value: object) -> None:
    assert getattr(good(**{field: typed}), attribute) == value


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("client_name", "", "needed"),
        ("client_name", " \x00\u200b ", "needed"),
        ("client_name", "123 !", "letters"),
        ("client_name", "x" * 201, "At most 200 characters"),
        ("notes", "x" * 4001, "At most 4,000 characters"),
        ("client_email", "zoe@example", "name@example.com"),
        ("client_email", "a@x.com\r\nBcc: b@x.com", "name@example.com"),
        ("client_email", "=?utf-8?q?=0ABcc?=@example.com", "name@example.com"),
        ("client_phone", "555-0142", "area code"),
        ("client_phone", "(512) 155-0142", "area code"),
        ("client_phone", "call me", "area code"),
        ("client_phone", "512-555-0142 ext. 7", "without an extension"),
        ("state", "Ontario", "not a US state"),
        ("state", "Texs", "Did you mean Texas"),
        ("insurer", "Etna", "Did you mean Aetna"),
        ("insurer", "Aetna Better Health", "Did you mean Aetna"),
        ("service", "astrology", "Use Individual therapy"),
        ("age_band", "121", "18-64"),
        ("age_band", "", "age group"),
        ("concerns", "anxiety;gloom", "This is not a concern"),
        ("concerns", "anxiety, sleep", "semicolon"),
        ("email_ok", "perhaps", "yes or no"),
        ("preferred_provider", "Sam Lee", "email address instead"),
        ("preferred_provider", "Maja Chen", "Did you mean Maya Chen"),
        ("preferred_provider", "Maya", "Did you mean Maya Chen"),
        ("preferred_provider", "Nobody Atall-Whatsoever", "or leave it empty"),
    ],
)
def test_errors_say_what_works(field: str, typed: str, says: str) -> None:
    found = errors(**{field: typed})
    assert says in found[field]
    assert list(found) == [field]


def test_somebody_must_be_reachable_in_a_way_they_allow() -> None:
    assert "client_email" in errors(client_email="")
    assert good(client_email="", client_phone="5125550142").client_email is None
    assert "phone number" in errors(email_ok="no")["client_phone"]
    assert good(email_ok="no", client_phone="5125550142").email_ok is False
    assert list(errors(client_email="nonsense")) == ["client_email"], "one cause, one error"


def test_a_minor_needs_a_guardian_who_can_be_reached() -> None:
    assert "parent or guardian" in errors(age_band="13-17")["guardian"]
    assert good(age_band="12", guardian="Ana Smith").guardian == "Ana Smith"
    found = errors(age_band="0-12", client_email="")
    assert "guardian's" in found["client_email"] and "guardian" in found


def test_every_error_is_told_at_once_and_no_contact_detail_is_repeated() -> None:
    checked = check_intake({"client_email": "canary@nowhere", "client_phone": "canary"}, CHOICES, channel="form")
    assert isinstance(checked, list)
    assert [error.field for error in checked] == [
        "client_name",
        "client_email",
        "client_phone",
        "state",
        "insurer",
        "service",
        "delivery",
        "age_band",
    ]
    assert "canary" not in str(checked)


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(codec=None), max_size=60),  # lone surrogates as well
    st.sampled_from(["<!channel>", "\x00", "\r\nBcc: a@b.c", "=?utf-8?q?=0A?=", "\u202e", "x" * 10_000, ";" * 500]),
    st.sampled_from(list(GOOD.values())),
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, "nonce"]), HOSTILE))
def test_hostile_text_never_raises_and_never_comes_through(raw: dict[str, str]) -> None:
    checked = check_intake(raw, CHOICES, channel="form")
    if isinstance(checked, list):
        assert checked and all(error.message for error in checked)
        return
    for value in (checked.client_name, checked.source, checked.guardian, checked.preferred_name, checked.client_email):
        assert value is None or (len(value) <= 254 and not set("\r\n\x00\u202e") & set(value))
    assert checked.client_email or checked.client_phone
    checked.client_name.encode()  # nothing that cannot be stored


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FIELDS), HOSTILE)
def test_one_hostile_field_in_a_good_form(field: str, text: str) -> None:
    checked = check_intake({**GOOD, field: text}, CHOICES, channel="form")
    if isinstance(checked, Intake):
        assert len(checked.client_name) <= 200 and "\n" not in checked.client_name


SHIFTED = {field: "Zoe Canary" for field in FIELDS if field not in ("client_name", "preferred_name", "guardian")}


@pytest.mark.parametrize("channel", ["csv", "form"])
def test_a_file_is_not_quoted_though_a_form_may_be(channel: str) -> None:
    """With its cells shifted, a client's name stands under any column."""
    checked = check_intake({**GOOD, **SHIFTED}, CHOICES, channel=channel)
    assert isinstance(checked, list) and len(checked) > 8
    quoted = {error.field for error in checked if "canary" in error.message.casefold()}
    assert quoted == (set() if channel == "csv" else {"state", "insurer", "service", "delivery"} | FREE_TO_QUOTE)


FREE_TO_QUOTE = {"concerns", "preferred_provider", "urgency"}


def test_the_public_form_takes_the_ids_that_it_lists() -> None:
    gone = Selectable("p9", "Ingrid Solberg", "Ingrid Solberg", "U0INGRID", "ingrid@example.org", True, listed=False)
    public = Choices((*CHOICES.providers, gone)).public()
    known = check_intake({**GOOD, "preferred_provider": "p1"}, public, channel="form")
    assert isinstance(known, Intake) and known.preferred_provider_id == "p1"
    for forged in ("Ingrid", "Ingrid Solberg", "p9", "U0INGRID", "Maya Chen", "maya@example.org", "Maja"):
        checked = check_intake({**GOOD, "preferred_provider": forged}, public, channel="form")
        assert isinstance(checked, list), forged
        assert not any(name in checked[0].message for name in ("Ingrid", "Maya", "Solberg")), checked
