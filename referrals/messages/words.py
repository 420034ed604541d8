"""The little language of a practice's own mails: what may stand in it, and filling it in. Pure.

Text with ``{{ values }}`` of a closed list and ``{% if … %}``; nothing else of Jinja, which is first read as a tree of
which only the harmless nodes pass, and then rendered in its sandbox. Whatever is wrong is told with its line.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import cast

from jinja2 import TemplateSyntaxError, nodes

from store.vocabulary import CONCERNS, INSURERS, SERVICES

from ..intake.fields import printable
from ..notices import Template
from .filling import CLOSES, FILTERS, ONLY_IF, OPENS, Fault, Unfit, Words, environment, fill, unreadable
from .mails import MAILS, VARIABLES, Mail
from .starts import STARTS

MOST_SUBJECT, MOST_TEXT, LEAST_TEXT = 100, 4000, 20
_MOST_VALUES, _DEEPEST = 60, 6
_HARMLESS = (nodes.Template, nodes.TemplateData, nodes.Operand, nodes.And, nodes.Or, nodes.Not)
_KNOWN = (*_HARMLESS, nodes.Output, nodes.Name, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Const, nodes.Filter)
_HTML = re.compile(r"</?[A-Za-z][^<>]*>")
#: Of a subject, which is read on locked screens: no concern, insurer or service (DOMAIN.md section 2).
_TELLING = sorted(
    {label for slug, label in CONCERNS.items() if slug != "other"}
    | {label for label, *_ in INSURERS.values()}
    | set(SERVICES.values()),
    key=len,
    reverse=True,
)


#: What the practice itself gives to every mail: its name, and how to reach support.
Office = Mapping[str, str]


def ours(template: Template) -> Words:
    return Words(*STARTS[template])


def cleaned(words: Words) -> Words:
    """As they are kept: one kind of line end, nothing invisible."""
    subject, body = (re.sub(f"[{OPENS}{CLOSES}]", "", printable(text)) for text in (words.subject, words.body))
    return Words(subject.strip(), "\n".join(line.rstrip() for line in body.strip("\n").split("\n")))


def faults(template: Template, words: Words, office: Office) -> list[Fault]:
    """All that is wrong, by line; then what would be missing in one of the cases. ``office``: the practice's values."""
    mail = MAILS[template]
    found = [*_subject_faults(words.subject), *_body_faults(mail, words.body)]
    return found or list(dict.fromkeys(_trials(mail, words, office)))


def _trials(mail: Mail, words: Words, office: Office) -> Iterator[Fault]:
    """Every case with all it may know, and again without each that may be missing."""
    unknown = dict.fromkeys(mail.variables, "")
    for case in mail.cases:
        known = unknown | dict(office) | dict(case.values)
        for missing in [None, *sorted(case.maybe | set(_SUPPORT) & set(mail.variables))]:
            try:
                fill(words, known if missing is None else known | {missing: ""})
            except Unfit as unfit:
                told = unfit.fault
                yield Fault(told.field, told.line, told.message)


_SUPPORT = ("support_phone", "support_hours", "support_email")


def _subject_faults(subject: str) -> Iterator[Fault]:
    if not subject:
        yield Fault("subject", 1, "Write a subject, such as: Your request to {{ practice }}")
    elif "\n" in subject or len(subject) > MOST_SUBJECT:
        yield Fault("subject", 1, f"The subject is one line of at most {MOST_SUBJECT} characters.")
    else:
        yield from _tree_faults("subject", subject, ("practice",), frozenset(), conditions=False)
        told = next((word for word in _TELLING if re.search(rf"\b{re.escape(word)}\b", subject, re.IGNORECASE)), None)
        if told:
            message = (
                f"A subject is read on locked screens: leave out “{told}”. Your request to {{{{ practice }}}} works."
            )
            yield Fault("subject", 1, message)


def _body_faults(mail: Mail, body: str) -> Iterator[Fault]:
    if len(body) > MOST_TEXT:
        yield Fault("body", 1, f"At most {MOST_TEXT:,} characters, please; there are {len(body):,}.")
        return
    cases = frozenset(case.name for case in mail.cases if case.name)
    found = _tree_faults("body", body, mail.variables, cases, conditions=True)
    if not found and len(body.strip()) < LEAST_TEXT:
        yield Fault("body", 1, "Write what the mail says, or go back to our words below.")
    yield from found


def _tree_faults(
    field: str, text: str, names: tuple[str, ...], cases: frozenset[str], *, conditions: bool
) -> list[Fault]:
    try:
        tree = environment().parse(text)
    except TemplateSyntaxError as error:
        return [unreadable(field, error)]
    except RecursionError:
        lines = text.split("\n")
        longest = max(range(len(lines)), key=lambda at: len(lines[at]))  # where else would so much of it be
        return [Fault(field, longest + 1, f"This is nested too deeply. {ONLY_IF}")]
    found: list[Fault] = []
    shown, waiting = 0, [(cast(nodes.Node, tree), 0)]
    while waiting:
        node, depth = waiting.pop()
        shown += isinstance(node, nodes.Name)
        depth += isinstance(node, (nodes.If, nodes.CondExpr, nodes.Not, nodes.Filter, nodes.And, nodes.Or))
        found += [
            Fault(field, line, message) for line, message in _node_faults(node, names, cases, conditions=conditions)
        ]
        for child in node.iter_child_nodes():
            if not child.lineno:  # Jinja gives none to what it makes up itself
                child.lineno = next((one.lineno for one in child.find_all(nodes.Node) if one.lineno), node.lineno)
        if depth > _DEEPEST:
            found.append(Fault(field, node.lineno, f"This is nested too deeply: at most {_DEEPEST} within each other."))
        elif isinstance(node, _KNOWN):
            waiting += [(child, depth) for child in node.iter_child_nodes()]
    if shown > _MOST_VALUES:
        found.append(Fault(field, 1, f"At most {_MOST_VALUES} values, please; there are {shown}."))
    return sorted(found, key=lambda fault: fault.line)


def _node_faults(
    node: nodes.Node, names: tuple[str, ...], cases: frozenset[str], *, conditions: bool
) -> Iterator[tuple[int, str]]:
    line = node.lineno
    match node:
        case nodes.TemplateData(data=data):
            for found in _HTML.finditer(data):
                yield line + data.count("\n", 0, found.start()), f"{found[0][:30]} would be read as it stands: no HTML."
            if (at := data.find("http://")) >= 0:
                yield line + data.count("\n", 0, at), "A link begins with https://, such as https://www.example.org."
        case nodes.Name(name=name) if name not in names:
            yield line, _unknown(name, names)
        case nodes.Output(nodes=shown):
            for one in shown:
                if isinstance(one, nodes.Name) and one.name == "variant":
                    yield one.lineno, "variant is not for reading: ask for it, as in {% if variant == 'taken' %}."
        case nodes.Filter() if node.name not in FILTERS or node.args or node.kwargs or node.node is None:
            yield line, f"|{node.name} does not work here. What does: {', '.join(FILTERS)}."
        case nodes.Const(value=value) if not isinstance(value, str):
            yield line, f"A number, true or false does not work here. {ONLY_IF}"
        case nodes.Compare():
            yield from _compare_faults(node, cases)
        case nodes.If() | nodes.CondExpr() if not conditions:
            yield line, "The subject is the same in every case: no {% if %}."
        case nodes.Node() if not isinstance(node, _KNOWN):
            yield line, f"{_called(node)} does not work here. {ONLY_IF}"


def _compare_faults(node: nodes.Compare, cases: frozenset[str]) -> Iterator[tuple[int, str]]:
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    if any(operand.op not in ("eq", "ne") for operand in node.ops):
        yield node.lineno, "Values can be the same (==) or not (!=); nothing else can be asked of them."
    elif any(isinstance(side, nodes.Name) and side.name == "variant" for side in sides):
        for side in sides:
            if isinstance(side, nodes.Const) and side.value not in cases:
                yield side.lineno, f"There is no such case. variant is one of: {', '.join(sorted(cases))}."


def _unknown(name: str, names: tuple[str, ...]) -> str:
    if name in VARIABLES:
        return f"{{{{ {name} }}}} is not known in this. What is: {', '.join(names)}."
    near = get_close_matches(name, names, 1)
    meant = f"Did you mean {{{{ {near[0]} }}}}?" if near else f"What there is: {', '.join(names)}."
    return f"{{{{ {name[:40]} }}}} is unknown. {meant}"


_CALLED = {"Getattr": "A dot after a value", "Getitem": "A bracket after a value", "Call": "Calling something"}


def _called(node: nodes.Node) -> str:
    kind = type(node).__name__
    return _CALLED.get(kind, f"“{kind.lower()}”")
