"""A mail in the practice's own words: their values taken from what ours would say, and the parts of it laid out.

What every mail must say stands around them in the layout, and what this one must say follows them (``ALWAYS``): neither
can be taken out. Words that cannot be filled in are not sent: ours are (``rendering``), and the coordinators hear of it
(``jobs/outbox.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from referrals.letters import AnyLetter, Letter
from referrals.messages.always import ALWAYS
from referrals.messages.filling import Unfit, Words, fill
from referrals.messages.mails import MAILS, Case, own_variant
from referrals.messages.text import Paragraph, Shape, as_text, paragraphs
from referrals.notices import Template
from store.tables import Practice

from . import phrasing
from .words import ForClient, ForSource, Named, Office, office, words_of


@dataclass(frozen=True, slots=True)
class OwnMail:
    """``preview``: what mail programs show beside the subject."""

    subject: str
    heading: str
    preview: str
    paragraphs: tuple[Paragraph, ...]
    text: str


def own_mail(letter: Letter, said: object) -> OwnMail | None:
    """``said``: what ours would say of it. None where ours are to be sent, also because these cannot be."""
    words = letter.own_words
    if words is None or not isinstance(said, (ForClient, ForSource)) or letter.template not in MAILS:
        return None
    if isinstance(said, ForSource) and (said.scheduled or said.outcome):
        return None  # what a client has agreed to have told is for our words alone, and the notice that goes with it
    try:
        return laid_out(letter.template, words, values(letter.template, said), links(said))
    except Unfit:
        return None


def unfit(letter: AnyLetter) -> bool:
    """Whether the practice has words of its own for this mail that cannot be sent."""
    if not isinstance(letter, Letter) or letter.own_words is None:
        return False
    said = words_of(letter)
    if isinstance(said, ForSource) and (said.scheduled or said.outcome):
        return False
    return own_mail(letter, said) is None


def laid_out(template: Template, words: Words, filling: Mapping[str, str], leads: Mapping[str, str]) -> OwnMail:
    """Raises Unfit."""
    filled = fill(words, filling)
    found = paragraphs(filled.body, leads)
    always = following(template, filling, leads)
    text = as_text([*found, *always])
    first = found[0] if found else None
    headed = first is not None and first.shape is Shape.HEADING
    heading = first.words[0] if first and headed else MAILS[template].heading.format(practice=filling["practice"])
    code = filling.get("code", "")
    preview = f"Your reference is {code}." if code and MAILS[template].to == "client" else heading
    return OwnMail(filled.subject, heading, preview, (*(found[1:] if headed else found), *always), text)


def following(template: Template, filling: Mapping[str, str], leads: Mapping[str, str]) -> tuple[Paragraph, ...]:
    """What this mail says below any words, in this case. Raises Unfit."""
    always = ALWAYS.get(template, "")
    return paragraphs(fill(Words("", always), filling).body, leads) if always else ()


def values(template: Template, said: ForClient | ForSource) -> dict[str, str]:
    """Of the case that the mail is in, what that case may tell; everything else is empty."""
    mail = MAILS[template]
    known = dict.fromkeys(mail.variables, "") | office_values(said.practice)
    if isinstance(said, ForSource):
        return {name: known.get(name, "") for name in mail.variables} | (
            {"code": said.code} if "code" in mail.variables else {}
        )
    case = _case(template, said.variant)
    told = {
        "greeting": said.greeting,
        "code": said.code,
        "variant": case.name,
        **_named("provider", said.provider),
        **_named("taker", said.taker),
        "by": said.by,
        "contact_within": said.contact_within,
    }
    return known | {name: told[name] for name in case.values if name in mail.variables}


def office_values(practice: Office) -> dict[str, str]:
    """What the practice itself gives to every mail."""
    return {
        "practice": practice.name,
        "support_phone": practice.phone,
        "support_hours": practice.hours,
        "support_email": practice.email,
    }


def links(said: ForClient | ForSource) -> dict[str, str]:
    """Where a value leads, by what it reads."""
    found = {said.practice.phone: said.practice.phone_link, said.practice.email: f"mailto:{said.practice.email}"}
    if isinstance(said, ForClient):
        found |= {one.phone: one.phone_link for one in (said.provider, said.taker) if one}
    return {text: link for text, link in found.items() if text and link}


def sample(template: Template, case: Case, practice: Practice) -> tuple[dict[str, str], dict[str, str]]:
    """Values of one case for trying, and where they lead."""
    own = office(practice)
    known = dict.fromkeys(MAILS[template].variables, "") | office_values(own) | dict(case.values)
    phones = [known[name] for name in known if name.endswith("_phone") and known[name]]
    return known, {phone: phrasing.telephone_link(phone) for phone in phones}


def _named(role: str, provider: Named | None) -> dict[str, str]:
    return {role: provider.title if provider else "", f"{role}_phone": provider.phone if provider else ""}


def _case(template: Template, variant: str) -> Case:
    name = own_variant(template, variant)
    return next(case for case in MAILS[template].cases if case.name == name)
