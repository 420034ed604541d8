"""Filling in the words of a practice's own mail, in Jinja's sandbox. What they may hold: ``message_words``. Pure."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: Characters around a value once it is filled in. Private to us, and taken out of whatever anybody typed.
OPENS, CLOSES = "\ue000", "\ue001"
FILTERS = ("upper", "lower", "capitalize")
ONLY_IF = "Only {{ values }} and {% if value %} … {% else %} … {% endif %} work here."


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Fault:
    """``field``: subject or body. ``line``: from 1."""

    field: str
    line: int
    message: str


class Unfit(Exception):
    """These words cannot be filled in, with these values."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.field} line {fault.line}")
        self.fault = fault


def fill(words: Words, values: Mapping[str, str]) -> Words:
    """Values stand between OPENS and CLOSES in the body. Raises Unfit: also where one that is shown is empty."""
    return Words(
        re.sub(f"[{OPENS}{CLOSES}]", "", _filled("subject", words.subject, values)),
        _filled("body", words.body, values),
    )


def _filled(field: str, text: str, values: Mapping[str, str]) -> str:
    try:
        return _compiled(text).render({name: _Named.of(name, one) for name, one in values.items()})
    except _Blank as blank:
        what = f"{{{{ {blank.name} }}}}" if blank.name else "What is shown here"
        example = blank.name or "provider"
        message = f"{what} is not always known: put it between {{% if {example} %}} and {{% endif %}}."
        raise Unfit(Fault(field, _line(blank), message)) from None
    except TemplateSyntaxError as error:
        raise Unfit(unreadable(field, error)) from None
    except (TemplateError, RecursionError, TypeError, ValueError) as error:
        raise Unfit(Fault(field, _line(error), f"This cannot be filled in. {ONLY_IF}")) from None


@lru_cache(maxsize=128)
def _compiled(text: str) -> Template:
    """Once a text: trying it in every case compiles nothing again."""
    return environment().from_string(text)


def unreadable(field: str, error: TemplateSyntaxError) -> Fault:
    """Jinja's own words are for programmers, but where nothing better is known they may help."""
    said = (error.message or "").rstrip(".")
    if "end of template" in said or "unclosed" in said.casefold() or "missing end" in said.casefold():
        return Fault(field, error.lineno, "Something is left open here: each {% if … %} needs an {% endif %}.")
    return Fault(field, error.lineno, f"This cannot be read: {said[:1].lower()}{said[1:]}. {ONLY_IF}")


def _line(error: BaseException) -> int:
    """Where in the text: Jinja puts its lines into the traceback."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return (frames[-1] if frames else None) or 1


class _Blank(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Named(str):
    """A value that knows what it is called, for saying so where it is empty."""

    name: str

    @classmethod
    def of(cls, name: str, text: str) -> "_Named":
        value = cls(re.sub(f"[{OPENS}{CLOSES}]", "", text))
        value.name = name
        return value


def _shown(value: object) -> str:
    text = str(value)
    if not text:
        raise _Blank(getattr(value, "name", ""))
    return f"{OPENS}{text}{CLOSES}"


@cache
def environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests, made.globals = {}, {}
    return made
