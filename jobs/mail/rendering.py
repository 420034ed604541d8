"""Letters become mails: subject, plain text and HTML. Reads templates; knows no wording and no rule itself."""

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from referrals.letters import Letter, PracticeLetter
from referrals.messages.filling import Words
from referrals.messages.mails import MAILS, Case
from referrals.messages.text import Preview
from referrals.notices import Template
from store.tables import Practice

from .colours import colours
from .own_words import OwnMail, laid_out, own_mail, sample
from .words import Office, office, words_of

_TEMPLATES = Path(__file__).parent / "templates"
_SUBJECT_LIMIT = 150


@dataclass(frozen=True, slots=True)
class Rendered:
    """``from_name`` and ``reply_to`` come from the practice's settings; either may be empty."""

    subject: str
    text: str
    html: str
    from_name: str = ""
    reply_to: str = ""


def render(letter: Letter | PracticeLetter, public_url: str = "") -> Rendered:
    """Raises LookupError for a letter that is no email, and jinja2's errors for a faulty template.

    ``public_url``: where the practice's pages are; without it no mail has a link to one.
    """
    words = words_of(letter, public_url)
    values = {one.name: getattr(words, one.name) for one in fields(words)}
    values["brand"] = colours(letter.practice.brand_colour)
    if isinstance(letter, Letter) and (own := own_mail(letter, words)):
        return _rendered(f"own_{MAILS[letter.template].to}", own.subject, values | {"own": own}, words.practice)
    subject = _filled(f"{letter.template}/subject.txt", values)
    return _rendered(letter.template, subject, values, words.practice)


def render_sample(template: Template, words: Words, case: Case, practice: Practice) -> Rendered:
    """A mail in a practice's own words about nobody, in one of its cases. Raises Unfit."""
    own, values = _sample(template, words, case, practice)
    return _rendered(f"own_{MAILS[template].to}", own.subject, values, office(practice))


def preview(template: Template, words: Words, case: Case, practice: Practice) -> Preview:
    """The same for showing it on a page. Raises Unfit."""
    own, values = _sample(template, words, case, practice)
    text = _text(_filled(f"own_{MAILS[template].to}/body.txt", values))
    return Preview(case.name, case.label, own.subject, own.heading, own.paragraphs, text)


def _sample(template: Template, words: Words, case: Case, practice: Practice) -> tuple[OwnMail, dict[str, object]]:
    filling, leads = sample(template, case, practice)
    own = laid_out(template, words, filling, leads)
    brand = colours(practice.brand_colour)
    return own, {"practice": office(practice), "code": filling.get("code", ""), "brand": brand, "own": own}


def _rendered(folder: str, subject: str, values: dict[str, object], practice: Office) -> Rendered:
    return Rendered(
        subject=subject[:_SUBJECT_LIMIT],
        text=_text(_filled(f"{folder}/body.txt", values)),
        html=_inliner().inline(_filled(f"{folder}/body.html", values)),
        from_name=practice.name,
        reply_to=practice.email,
    )


def _filled(name: str, values: dict[str, object]) -> str:
    return _environment().get_template(name).render(values).strip()


def _text(filled: str) -> str:
    """Blocks and conditions leave gaps: never more than one empty line, and none with spaces in it."""
    lines = "\n".join(one.rstrip() for one in filled.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _present(value: object) -> object:
    """Nothing must ever read "None" to a client: a missing value is a fault, as an undefined name is."""
    if value is None:
        raise ValueError("a template prints a value that is missing")
    return value


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        finalize=_present,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,  # an included part ends its own line
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    """Mail programs drop style sheets: rules go onto the elements, only the media queries stay behind."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
