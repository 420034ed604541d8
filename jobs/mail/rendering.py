"""Letters become mails: subject, plain text and HTML. Reads templates; knows no wording and no rule itself."""

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from referrals.letters import Letter, PracticeLetter

from .words import words_of

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
    return Rendered(
        subject=_filled(f"{letter.template}/subject.txt", values)[:_SUBJECT_LIMIT],
        text=_text(_filled(f"{letter.template}/body.txt", values)),
        html=_inliner().inline(_filled(f"{letter.template}/body.html", values)),
        from_name=words.practice.name,
        reply_to=words.practice.email,
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
