"""What coordinators are told in a direct message: the reference, the age, the reason, what to do. No client's name."""

from collections.abc import Callable

from referrals.letters import Letter, PracticeLetter
from referrals.notices import Template
from store.vocabulary import AttentionKind

from .buttons import attention_buttons
from .facts import facts_line
from .labels import NOTICES
from .progress import tried
from .text import link, mention, plain, slack_date
from .trouble import trouble
from .words import Words


def _expired(letter: Letter) -> Words:
    return _words(
        letter,
        AttentionKind.EXPIRED,
        f"*{plain(letter.code)} has expired.* Nobody took it in time.",
        "The client has been told that nobody is available yet and that you will get in touch."
        " Offer it to everyone again, or to one provider.",
    )


def _nobody(letter: Letter) -> Words:
    until = f" until {slack_date(letter.expires_at)}" if letter.expires_at else ""
    return _words(
        letter,
        AttentionKind.NOBODY_ELIGIBLE,
        f"*Nobody is left who could take {plain(letter.code)}.* Everyone eligible has passed or is paused.",
        f"It stays open{until}. Offer it to one provider, or close it once the client has other help.",
    )


def _phone(letter: Letter) -> Words:
    told = _about(letter.attention_detail)
    return _words(
        letter,
        AttentionKind.PHONE_TASK,
        f"*Please phone the client of {plain(letter.code)}.* They cannot be reached by email.",
        f"Tell them: {told}. Their number is in the email to your address, if that is one of the practice's"
        " work addresses; otherwise ask a coordinator who has one. Press Phoned once it is done.",
    )


def _failed(letter: Letter) -> Words:
    return _words(
        letter,
        AttentionKind.DELIVERY_FAILED,
        f"*A notice about {plain(letter.code)} could not be delivered.*",
        f"It was {_about(letter.attention_detail)}. Please make sure that whoever it was for hears of it.",
    )


def _gone(letter: Letter) -> Words:
    who = mention(letter.holder) if letter.holder else "The provider"
    return _words(
        letter,
        AttentionKind.ACCEPTOR_GONE,
        f"*{plain(letter.code)} has lost its provider.* {who} accepted it, has no contact recorded, and is no longer"
        " taking referrals here.",
        "Offer it to everyone again, or record that the client was contacted.",
    )


def _not_contacted(letter: Letter) -> Words:
    """S1: accepted two days ago, and nobody has reached the client."""
    who = mention(letter.holder) if letter.holder else "The provider"
    since = f" on {slack_date(letter.accepted_at)}" if letter.accepted_at else ""
    so_far = tried(letter.tries, letter.next_try) or "no try recorded"
    return _words(
        letter,
        AttentionKind.NOT_CONTACTED,
        f"*The client of {plain(letter.code)} still waits to be contacted.* {who} accepted it{since}; {so_far}.",
        "Please ask how it stands. Then offer it to everyone, record that the client was contacted, or close it.",
    )


def _licence(letter: Letter) -> Words:
    """DOMAIN.md section 3, rule 12: a coordinator may override, with a reason."""
    who = mention(letter.asker) if letter.asker else "A provider"
    until = f" until {slack_date(letter.expires_at)}" if letter.expires_at else ""
    return _words(
        letter,
        AttentionKind.LICENCE,
        f"*{who} would take {plain(letter.code)}, but has no licence for {plain(letter.facts.state)} on the roster.*",
        "If a compact or a registration covers them there, or the roster is behind, you can allow it. If not, offer it"
        f" to somebody else; it stays open{until}.",
    )


def _urgent(letter: Letter) -> Words:
    return _words(
        letter,
        AttentionKind.URGENT,
        f"*{plain(letter.code)} is marked as urgent.*",
        "Please see that somebody takes it soon. This desk is not watched around the clock.",
    )


def trouble_words(letter: PracticeLetter) -> Words:
    """Of the practice as a whole. It has no button: it goes by itself once all is well."""
    found = trouble(letter.kind, letter.detail, letter.about, letter.ends)
    return Words(
        lead=f"*{plain(found.what, 200)}*",
        rest=[plain(found.remedy, 900)],
        small=[f"Noticed {slack_date(letter.opened_at)}"],
    )


COORDINATOR_WORDS: dict[Template, Callable[[Letter], Words]] = {
    Template.COORDINATOR_EXPIRED: _expired,
    Template.COORDINATOR_NOBODY: _nobody,
    Template.COORDINATOR_PHONE: _phone,
    Template.COORDINATOR_FAILED: _failed,
    Template.COORDINATOR_ACCEPTOR_GONE: _gone,
    Template.COORDINATOR_URGENT: _urgent,
    Template.COORDINATOR_NOT_CONTACTED: _not_contacted,
    Template.COORDINATOR_LICENCE: _licence,
}


def _words(letter: Letter, kind: AttentionKind, lead: str, rest: str) -> Words:
    opened = [f"This round opened {slack_date(letter.opened_at)}"] if letter.opened_at else []
    card = [link(letter.card_link, "Open the card")] if letter.card_link else []
    return Words(
        lead=lead,
        rest=[rest],
        small=[facts_line(letter.facts), *opened, *card],
        buttons=attention_buttons(kind, letter.status, letter.referral_id, letter.attention_id, letter.code),
    )


def _about(detail: str | None) -> str:
    """``detail`` is a template's name, perhaps with a code of what went wrong after a colon."""
    name = (detail or "").partition(":")[0]
    if name == "card":
        return "the card in the channel"
    return NOTICES.get(Template(name), "a message of the desk") if name in set(Template) else "a message of the desk"
