"""One field at a time: what somebody typed becomes a value, or a sentence that says what works.

Shared by every way in. No message repeats a client's contact details, because messages are printed;
what is read from a file is not repeated at all.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from .vocabularies import Vocabulary, states

T = TypeVar("T")

MAX_EMAIL = 254
MAX_LINK = 500

_YES = frozenset({"yes", "y", "true", "t", "1", "on", "x"})
_NO = frozenset({"no", "n", "false", "f", "0", "off"})
#: North American numbers by their plan, not by a list of area codes: a new one must not shut a client out.
_NANP = re.compile(r"\+1[2-9]\d\d[2-9]\d{6}")


@dataclass(frozen=True, slots=True)
class FieldError:
    """``message`` is for the person who typed: plain sentences that say what works."""

    field: str
    message: str


class Unusable(ValueError):
    """Carries the message of a FieldError; ``typed``: the word it begins with, shown only to whoever typed it."""

    def __init__(self, message: str, typed: str = "") -> None:
        self._message, self._typed = message, typed
        super().__init__(message)

    def told(self, quote: bool) -> str:
        """A line of a file is not quoted: with its cells shifted, any of them may be a client's name."""
        subject = (quoted(self._typed) if quote else "This") + " " if self._typed else ""
        return f"{subject}{self._message}"


class Fields:
    """Reads the fields of one form or one line of a file, and keeps every complaint rather than the first."""

    def __init__(self, raw: Mapping[str, str], *, quote: bool) -> None:
        """``quote``: whether complaints may repeat what was typed."""
        self._raw, self._quote = raw, quote
        self.errors: list[FieldError] = []

    def read(self, name: str, read: Callable[[str], T], *, required: str = "") -> T | None:
        """The value; None when it is empty or unusable. ``required`` is the message for an empty field."""
        text = printable(self._raw.get(name, "")).strip()
        try:
            if text:
                return read(text)
        except Unusable as unusable:
            required = unusable.told(self._quote)
        if required:
            self.complain(name, required)
        return None

    def complain(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))

    def blamed(self, *names: str) -> bool:
        """Whether one of these has a complaint already, so that a second about the same cause is spared."""
        return any(error.field in names for error in self.errors)


def printable(text: str) -> str:
    """Without control characters, lone surrogates and invisible direction marks; line ends become "\\n".

    The joiners stay, because Persian and Indic names need them.
    """
    text = re.sub("\r\n?|[\u2028\u2029\x85\x0b\x0c]", "\n", text)
    if not text.isprintable():
        text = "".join(one for one in text if one in "\n\t\u200c\u200d" or unicodedata.category(one) not in _UNSEEN)
    return unicodedata.normalize("NFC", text)


_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def one_line(limit: int) -> Callable[[str], str]:
    """Text on one line, single-spaced: no line end survives to become a header of a mail."""
    return lambda text: _within(limit, " ".join(text.split()))


def paragraphs(limit: int) -> Callable[[str], str]:
    return lambda text: _within(limit, text)


def person_name(limit: int) -> Callable[[str], str]:
    """A name in any script."""

    def read(text: str) -> str:
        name = one_line(limit)(text)
        if not any(letter.isalpha() for letter in name):
            raise Unusable("Write the name with letters, in any script.")
        return name

    return read


def yes_no(text: str) -> bool:
    word = text.casefold()
    if word not in _YES and word not in _NO:
        raise Unusable("Write yes or no.")
    return word in _YES


def email(text: str) -> str:
    """Lower case, the domain in ASCII. Looks nothing up."""
    from email_validator import EmailNotValidError, validate_email

    try:
        if "=?" in text:  # grammatical, but a mail library would decode it into something else (PLATFORM.md, email)
            raise EmailNotValidError
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Unusable("Write an email address such as name@example.com.") from error
    address = (found.ascii_email or found.normalized).lower()
    return _within(MAX_EMAIL, address)


def phone(text: str) -> str:
    """E.164; a number without a country code is a US number."""
    import phonenumbers

    advice = "Write a phone number with its area code, such as (512) 555-0142."
    if len(text) > 40:
        raise Unusable(advice)
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise Unusable(advice) from error
    if number.extension:
        raise Unusable("Give a number that can be dialled directly, without an extension.")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or (number.country_code == 1 and not _NANP.fullmatch(written)):
        raise Unusable(advice)
    return written


def web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        good = False
    if not good:
        raise Unusable("Write a web address that begins with https://.")
    return _within(MAX_LINK, text)


def npi(text: str) -> str:
    """A National Provider Identifier: ten digits, the last by Luhn over "80840" and the rest."""
    if not re.fullmatch(r"[0-9]{10}", text) or not _luhn("80840" + text):
        raise Unusable("An NPI has ten digits, the last a check digit, such as 1234567893. Here one of them is wrong.")
    return text


def one_of(vocabulary: Vocabulary) -> Callable[[str], str]:
    def read(text: str) -> str:
        slug = vocabulary.find(text)
        if slug is None:
            raise Unusable(f"is not {vocabulary.noun}. {vocabulary.advice(text)}", text)
        return slug

    return read


def some_of(vocabulary: Vocabulary) -> Callable[[str], tuple[str, ...]]:
    """Several words, separated by semicolons; slugs in the order given, each once."""

    def read(text: str) -> tuple[str, ...]:
        unknown = [part for part in split(text) if vocabulary.find(part) is None]
        if unknown and "," in unknown[0] and all(vocabulary.find(one) for one in unknown[0].split(",") if one.strip()):
            raise Unusable("Separate several with a semicolon (;).")
        if unknown:
            one = unknown[0]
            more = f"(and {len(unknown) - 1} more) " if len(unknown) > 1 else ""
            raise Unusable(f"{more}is not {vocabulary.noun}. {vocabulary.advice(one)}", one)
        return _distinct(vocabulary.find(part) or part for part in split(text))

    return read


def tags(vocabulary: Vocabulary | None = None, limit: int = 60, most: int = 40) -> Callable[[str], tuple[str, ...]]:
    """Free words separated by semicolons; those that a vocabulary knows become its slugs."""

    def read(text: str) -> tuple[str, ...]:
        words = [_within(limit, part) for part in split(text)]
        if len(words) > most:
            raise Unusable(f"At most {most} of these; there are {len(words)}.")
        return _distinct((vocabulary.find(word) if vocabulary else None) or word for word in words)

    return read


def licences(text: str) -> tuple[tuple[str, str | None], ...]:
    """``TX; CA:2027-03-31``: states, each perhaps with the last day of its licence as an ISO date."""
    found: dict[str, str | None] = {}
    for part in split(text):
        name, _, expiry = (piece.strip() for piece in part.partition(":"))
        state = one_of(states())(name)
        if state in found:
            raise Unusable(f"{state} is there twice.")
        found[state] = _iso_day(expiry) if expiry else None
    return tuple(found.items())


def split(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(";") if part.strip()]


def quoted(text: str) -> str:
    return f"“{text[:40]}…”" if len(text) > 41 else f"“{text}”"


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unusable("is not a date. Write the licence's last day as TX:2027-03-31.", text) from None


def _within(limit: int, text: str) -> str:
    if len(text) > limit:
        raise Unusable(f"At most {limit:,} characters, please; there are {len(text):,}.")
    return text


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
