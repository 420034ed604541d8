"""The little language of a practice's own mails: what is let in, what is refused and where, and what comes of it."""

import time

import pytest

from referrals.messages.filling import CLOSES, OPENS, Unfit, Words, environment, fill
from referrals.messages.mails import MAILS, VARIABLES
from referrals.messages.text import Shape, as_text, paragraphs
from referrals.messages.words import MOST_TEXT, cleaned, faults, ours
from referrals.notices import Template

CONFIRMATION = Template.CLIENT_CONFIRMATION
OFFICE = {
    "practice": "Juniper Grove",
    "support_phone": "(212) 555-0100",
    "support_hours": "Mon–Fri 9–5",
    "support_email": "help@practice.example.org",
}
FILLER = "These are words enough for a mail.\n"


def wrong(body: str, template: Template = CONFIRMATION, subject: str = "Your request") -> list[tuple[str, int, str]]:
    words = cleaned(Words(subject, body))
    return [(one.field, one.line, one.message) for one in faults(template, words, OFFICE)]


@pytest.mark.parametrize("template", MAILS)
def test_our_own_words_pass_with_and_without_support(template: Template) -> None:
    empty = dict.fromkeys(OFFICE, "") | {"practice": "Juniper Grove"}
    for office in (OFFICE, empty):
        assert faults(template, cleaned(ours(template)), office) == []
    assert len(ours(template).body) < MOST_TEXT


#: What is written below a line of filler -> what is said of it; its line is the second.
HOSTILE = {
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "Calling something",
    "{{ practice.__class__ }}": "A dot after a value",
    "{{ practice['x'] }}": "A bracket after a value",
    "{{ practice|attr('__class__') }}": "does not work here",
    "{{ practice|replace('a', 'b') }}": "does not work here",
    "{{ practice|format }}": "does not work here",
    "{{ cycler.__init__ }}": "A dot after a value",
    "{{ lipsum() }}": "Calling something",
    "{{ range(999999999)|list }}": "does not work here",
    "{% for x in (1, 2) %}x{% endfor %}": "does not work here",
    "{% set practice = 'x' %}": "does not work here",
    "{% macro x() %}{% endmacro %}": "does not work here",
    "{% include 'style.css' %}": "does not work here",
    "{% import 'sentences.txt' as s %}": "does not work here",
    "{% extends 'client.txt' %}": "does not work here",
    "{% block foot %}{% endblock %}": "does not work here",
    "{% filter upper %}x{% endfilter %}": "does not work here",
    "{% autoescape false %}x{% endautoescape %}": "does not work here",
    "{% do practice.append(1) %}": "cannot be read",
    "{{ 'a' * 1000000000 }}": "does not work here",
    "{{ 10 ** 10 ** 10 }}": "does not work here",
    "{{ practice ~ code }}": "does not work here",
    "{{ [practice, code] }}": "does not work here",
    "{{ {'a': code} }}": "does not work here",
    "{{ -1 }}": "does not work here",
    "{{ true }}": "does not work here",
    "{{ self }}": "unknown",
    "{{ loop }}": "unknown",
    "{{ name }}": "unknown",
    "{{ insurer }}": "unknown",
    "{{ email }}": "unknown",
    "{% if code > 'R' %}x{% endif %}": "can be the same",
    "{% if 'a' in code %}x{% endif %}": "can be the same",
    "{% if code is string %}x{% endif %}": "does not work here",
    "{% if variant == 'nonsense' %}x{% endif %}": "variant is one of",
    "{{ variant }}": "not for reading",
    "{{ provider": "left open",
    "{% if provider %}": "left open",
    "{% endif %}": "cannot be read",
    "{{ greting }}": "Did you mean {{ greeting }}?",
    "{{ provider }}": "not always known",
    "{{ greeting|upper }}": "not always known",
    "<script>alert(1)</script>": "no HTML",
    '<a href="https://example.org">': "no HTML",
    "See http://example.org": "begins with https://",
    "{% if code %}" * 9 + "x" + "{% endif %}" * 9: "nested too deeply",
    "{{ " + "(" * 1500 + "code" + ")" * 1500 + " }}": "nested too deeply",
    "{{ " + "not " * 500 + "code }}": "nested too deeply",
    "{{ code }}" * 61: "At most 60 values",
    "x" * MOST_TEXT: "At most 4,000 characters",
}


@pytest.mark.parametrize(("body", "said"), HOSTILE.items(), ids=[one[:40] for one in HOSTILE])
def test_what_is_more_than_values_and_conditions_is_refused_with_its_line(body: str, said: str) -> None:
    began = time.perf_counter()
    found = wrong(FILLER + body)
    assert time.perf_counter() - began < 2, "and at once"
    assert found, "let in"
    assert all(field == "body" for field, _, _ in found)
    assert any(said in message for _, _, message in found), found
    if "At most" not in said and said:
        assert {line for _, line, _ in found} == {2}


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("", "Write a subject"),
        ("x" * 101, "at most 100"),
        ("Your request\nBcc: all@example.org", "one line"),
        ("About your anxiety", "leave out “Anxiety”"),
        ("Aetna and you", "leave out “Aetna”"),
        ("Couples therapy at {{ practice }}", "leave out “Couples therapy”"),
        ("Hello {{ greeting }}", "not known in this"),
        ("{{ code }}", "not known in this"),
        ("{{ provider }}", "not known in this"),
        ("{% if practice %}x{% endif %}", "no {% if %}"),
        ("{{ practice.name }}", "A dot after a value"),
        ("{{ practice", "left open"),
    ],
)
def test_a_subject_tells_no_fact_and_is_one_line(subject: str, said: str) -> None:
    found = wrong(FILLER, subject=subject)
    assert [(field, line) for field, line, _ in found] == [("subject", 1)] * len(found) and found
    assert any(said in message for _, _, message in found), found


@pytest.mark.parametrize("body", ["", "   \n\n", "Hello."])
def test_a_mail_without_words_is_none(body: str) -> None:
    assert "Write what the mail says" in wrong(body)[0][2]


def test_trying_words_in_every_case_compiles_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = environment().from_string
    monkeypatch.setattr(environment(), "from_string", lambda text: compiled.append(text) or real(text))
    assert wrong("Words that nobody else tries, about {{ code }}.") == []
    assert compiled.count("Words that nobody else tries, about {{ code }}.") == 1


def test_a_value_that_only_some_cases_know_needs_a_condition() -> None:
    assert wrong(FILLER + "\n{{ taker }} will call.") == [
        ("body", 3, "{{ taker }} is not always known: put it between {% if taker %} and {% endif %}.")
    ]
    assert wrong(FILLER + "\n{% if taker %}{{ taker }} will call.{% endif %}") == []
    assert wrong(FILLER + "\n{{ taker or 'Somebody' }} will call.") == []
    thanks = wrong(FILLER + "{{ code }}", Template.SOURCE_THANKS)
    assert "not known in this" in thanks[0][2], "not even a reference, which would be an outcome"


def test_no_case_knows_what_the_mail_may_not_name() -> None:
    """And every value that may be named is explained to whoever writes."""
    for mail in MAILS.values():
        assert set(mail.variables) <= set(VARIABLES)
        for case in mail.cases:
            assert set(case.values) <= set(mail.variables) | {"variant", "greeting", "code"}
            assert case.maybe <= set(mail.variables)


def test_values_are_filled_in_and_what_they_hold_is_no_template() -> None:
    evil = "{{ code }}<b>" + OPENS + "x" + CLOSES
    filled = fill(Words("Your request to {{ practice }}", "{{ provider }}"), {"practice": "A", "provider": evil})
    assert filled.subject == "Your request to A"
    assert filled.body == f"{OPENS}{{{{ code }}}}<b>x{CLOSES}"
    with pytest.raises(Unfit) as caught:
        fill(Words("x", "a\nb\n{{ provider }}"), {"provider": ""})
    assert (caught.value.fault.field, caught.value.fault.line) == ("body", 3)


def test_text_becomes_headings_paragraphs_and_lists() -> None:
    filled = "# A heading\nand text,\nin two lines\n\n\n- one\n- two\n\nLast."
    found = paragraphs(filled, {})
    assert [(one.shape, one.words) for one in found] == [
        (Shape.HEADING, ["A heading"]),
        (Shape.TEXT, ["and text,", "in two lines"]),
        (Shape.LIST, ["one", "two"]),
        (Shape.TEXT, ["Last."]),
    ]
    assert as_text(found) == "A HEADING\n\nand text,\nin two lines\n\n- one\n- two\n\nLast.\n"


def test_links_are_what_the_writer_wrote_and_known_numbers_alone() -> None:
    body = "See https://example.org/a?b=1. Or {{ phone }}, {{ evil }}, https://example.org/{{ code }}"
    values = {"phone": "(212) 555-0142", "evil": "https://evil.example javascript:x", "code": "R-7K3QM"}
    filled = fill(Words("x", body), values).body
    ((line,),) = (one.lines for one in paragraphs(filled, {"(212) 555-0142": "tel:+12125550142"}))
    assert [(part.text, part.href) for part in line if part.href] == [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("(212) 555-0142", "tel:+12125550142"),
    ]


def test_short_text_that_cannot_work_is_not_called_empty() -> None:
    wrong = faults(Template.CLIENT_FINAL, Words("Your request", "{{ ''.__class__ }}"), OFFICE)
    assert wrong and not any("Write what the mail says" in one.message for one in wrong)
    assert any("does not work here" in one.message for one in wrong)
    empty = faults(Template.CLIENT_FINAL, Words("Your request", "Hello."), OFFICE)
    assert [one.message for one in empty] == ["Write what the mail says, or go back to our words below."]
