"""The fields of a profile that providers keep up themselves: how each is written for people, and read back. Pure."""

import hashlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from store.tables import Provider
from store.vocabulary import AGE_BANDS, CONCERNS, DELIVERY_MODES, SERVICES

from .intake import vocabularies
from .intake.fields import FieldError, Fields, Unusable, phone, some_of, tags, web_address
from .intake.vocabularies import Vocabulary


class ProfileField(StrEnum):
    """The names of a provider's columns, in the order of the form."""

    SERVICES = "services"
    DELIVERY = "delivery"
    AGE_BANDS = "age_bands"
    SPECIALTIES = "specialties"
    LANGUAGES = "languages"
    STYLES = "styles"
    IDENTITY = "identity"
    BOOKING_LINK = "booking_link"
    WORK_PHONE = "work_phone"
    MOBILE = "mobile"


#: Those chosen from a list: slug -> label.
CHOICES: dict[ProfileField, Mapping[str, str]] = {
    ProfileField.SERVICES: SERVICES,
    ProfileField.DELIVERY: DELIVERY_MODES,
    ProfileField.AGE_BANDS: AGE_BANDS,
}
_TAGS = frozenset({ProfileField.SPECIALTIES, ProfileField.LANGUAGES, ProfileField.STYLES, ProfileField.IDENTITY})
_PHONES = frozenset({ProfileField.WORK_PHONE, ProfileField.MOBILE})


def digest(field: str, text: str) -> str:
    """Tells two texts of a field apart; not secret, and short, because it stands in the id of an input."""
    return hashlib.sha256(f"{field}\n{' '.join(text.split())}".encode()).hexdigest()[:12]


def written(provider: Provider) -> dict[ProfileField, str]:
    """Every field as a person would type it, so that reading it gives the same again."""
    return {field: _written(provider, field) for field in ProfileField}


def labels(field: ProfileField, text: str) -> list[str]:
    """What is written in a field, for people: of a choice its labels."""
    if field in CHOICES:
        return [CHOICES[field].get(slug, slug) for slug in text.split(",") if slug]
    return _split(text) if field in _TAGS else [text] if text else []


def _written(provider: Provider, field: ProfileField) -> str:
    value = stored(provider, field)
    if field in CHOICES:
        return ",".join(slug for slug in CHOICES[field] if slug in value)
    if field in _TAGS:
        labels = [CONCERNS.get(word, word) if field is ProfileField.SPECIALTIES else word for word in value]
        return "".join(f"{one}; " for one in labels).strip() if "," in "".join(labels) else ", ".join(labels)
    return telephone(value) if field in _PHONES and value else value or ""


def stored(provider: Provider, field: ProfileField) -> Any:
    """The column's value; choices in the order of their vocabulary."""
    value = getattr(provider, field.value)
    if field in CHOICES:
        return [slug for slug in CHOICES[field] if slug in value]
    return value


def read(typed: Mapping[ProfileField, str]) -> tuple[dict[ProfileField, Any], list[FieldError]]:
    """The values as they are stored; an empty field empties."""
    readers = _readers()
    fields = Fields({str(field): text for field, text in typed.items()}, quote=True)
    values: dict[ProfileField, Any] = {}
    for field in typed:
        value = fields.read(str(field), readers[field])
        values[field] = list(value or ()) if field in CHOICES or field in _TAGS else value
    return values, fields.errors


def _readers() -> dict[ProfileField, Callable[[str], Any]]:
    return {
        ProfileField.SERVICES: partial(_choices, vocabularies.services()),
        ProfileField.DELIVERY: partial(_choices, vocabularies.delivery_modes()),
        ProfileField.AGE_BANDS: partial(_choices, vocabularies.age_bands()),
        ProfileField.SPECIALTIES: partial(_tags, vocabularies.concerns()),
        ProfileField.LANGUAGES: partial(_tags, None),
        ProfileField.STYLES: partial(_tags, None),
        ProfileField.IDENTITY: partial(_tags, None),
        ProfileField.BOOKING_LINK: _booking_link,
        ProfileField.WORK_PHONE: phone,
        ProfileField.MOBILE: phone,
    }


def _choices(vocabulary: Vocabulary, text: str) -> list[str]:
    """In the vocabulary's order, whatever the order in which they were ticked."""
    chosen = some_of(vocabulary)(text.replace(",", ";"))
    return [slug for slug in vocabulary.labels if slug in chosen]


def _tags(vocabulary: Vocabulary | None, text: str) -> tuple[str, ...]:
    """Commas separate, or semicolons where a word has a comma in it."""
    return tags(vocabulary)("; ".join(_split(text)))


def _split(text: str) -> list[str]:
    parts = text.split(";") if ";" in text else text.replace("\n", ",").split(",")
    return [" ".join(part.split()) for part in parts if part.strip()]


def _booking_link(text: str) -> str:
    """Clients are sent there: an address that anybody on the way could change will not do."""
    address = web_address(text)
    if not address.casefold().startswith("https://"):
        raise Unusable("Write an address that begins with https://, such as https://book.example.com/your-name.")
    return address


def telephone(number: str) -> str:
    """As people write it; what is no E.164 number stays as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))
