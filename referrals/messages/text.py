"""A filled-in text as paragraphs, headings and lists, and each line as its parts: plain words, values, links. Pure.

A mail's two forms and its preview on a page are all made from this. Links are to addresses that the writer has written
(https only) and to the practice's and providers' own numbers: what a value holds never becomes a link by itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .filling import CLOSES, OPENS

_PIECES = re.compile(rf"{OPENS}([^{CLOSES}]*){CLOSES}|(https://[^\s<>\"'{OPENS}{CLOSES}]+)")
_ENDS = ".,;:!?)"


class Shape(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Part:
    """``value``: it came from the referral, so that its reading direction is its own. ``href``: "" for no link."""

    text: str
    value: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    shape: Shape
    lines: tuple[tuple[Part, ...], ...]

    @property
    def words(self) -> list[str]:
        return ["".join(part.text for part in line) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Always:
    """What follows any words in one case. ``label``: the case's."""

    label: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail about nobody, in one of its cases. ``name``: the case's. ``text``: the whole of its plain form."""

    name: str
    label: str
    subject: str
    heading: str
    paragraphs: tuple[Paragraph, ...]
    text: str


def paragraphs(filled: str, links: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """``filled``: as ``message_filling.fill`` gives it. ``links``: where a value leads, by what it reads."""
    found = []
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", filled.strip()):
        for shape, lines in _runs([" ".join(line.split()) for line in block.split("\n")]):
            found.append(Paragraph(shape, tuple(tuple(_parts(line, links)) for line in lines)))
    return tuple(found)


def as_text(of: Sequence[Paragraph]) -> str:
    """For the plain form: headings in capitals, as ours are."""
    return "\n\n".join("\n".join(_as_lines(one)) for one in of) + "\n"


def _as_lines(of: Paragraph) -> list[str]:
    match of.shape:
        case Shape.HEADING:
            return [line.upper() for line in of.words]
        case Shape.LIST:
            return [f"- {line}" for line in of.words]
    return of.words


def _runs(lines: Sequence[str]) -> Iterator[tuple[Shape, list[str]]]:
    """Neighbouring lines of one shape, without the marks that said so."""
    run: list[str] = []
    before = Shape.TEXT
    for line in filter(None, lines):
        shape, words = _shape(line)
        if run and (shape is not before or shape is Shape.HEADING):
            yield before, run
            run = []
        run, before = [*run, words], shape
    if run:
        yield before, run


def _shape(line: str) -> tuple[Shape, str]:
    if line.startswith("# "):
        return Shape.HEADING, line[2:]
    return (Shape.LIST, line[2:]) if line.startswith("- ") else (Shape.TEXT, line)


def _parts(line: str, links: Mapping[str, str]) -> Iterator[Part]:
    at = 0
    for found in _PIECES.finditer(line):
        if words := line[at : found.start()]:
            yield Part(words)
        if found[2]:
            link = found[2].rstrip(_ENDS)
            at = found.start() + len(link)
            yield Part(link, href="" if line[at : at + 1] == OPENS else link)
        else:
            at = found.end()
            yield Part(found[1], value=True, href=links.get(found[1], ""))
    if rest := line[at:]:
        yield Part(rest)
