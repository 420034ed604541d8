"""What providers keep up themselves: checked, written, and never undone by a second form."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from referrals.changes import Typed, Wrong
from referrals.outcomes import Missing, Refused
from referrals.profile import Overtaken, Profile, Saved, edit, own_profile
from referrals.profile_fields import ProfileField, digest
from referrals.submit import submit
from store.tables import Attention, History, Provider
from store.vocabulary import AttentionKind
from tests.desk import CLIENT, CORA, Office, by, intake

F = ProfileField


async def opened(office: Office, provider: Provider) -> dict[ProfileField, Typed]:
    """A form as it is before anybody touches it."""
    found = await office.do(own_profile, provider.id)
    assert found is not None
    return {field: Typed(text, digest(field, text)) for field, text in found.written.items()}


def with_(form: Mapping[ProfileField, Typed], **texts: str) -> dict[ProfileField, Typed]:
    """The same, with this typed into it."""
    return {**form, **{F(name): Typed(text, form[F(name)].shown) for name, text in texts.items()}}


async def send(office: Office, provider: Provider, form: Mapping[ProfileField, Typed]) -> Any:
    return await office.do(edit, by(provider), provider.id, form)


async def stored(office: Office, provider: Provider) -> Provider:
    (row,) = await office.rows(Provider, id=provider.id)
    return row


async def a_provider(office: Office) -> Provider:
    return await office.provider(
        "Maya Reed",
        services=["couples", "individual"],
        specialties=["trauma", "Sport, and coaching"],
        languages=["English"],
        booking_link="http://old.example.org/maya",
    )


async def test_a_form_sent_untouched_changes_nothing(office: Office) -> None:
    """Not even what would not pass the checks of today, or stands in another order than the form's."""
    maya = await a_provider(office)
    assert await send(office, maya, await opened(office, maya)) == Saved(())
    now = await stored(office, maya)
    assert (now.services, now.specialties) == (["couples", "individual"], ["trauma", "Sport, and coaching"])
    assert now.booking_link == "http://old.example.org/maya"
    assert await office.history(now) == []


async def test_what_is_typed_is_cleaned_and_written(office: Office) -> None:
    maya = await a_provider(office)
    form = with_(
        await opened(office, maya),
        services="couples,child",
        age_bands="65+,0-12",
        specialties=" Grief,  panic attacks , grief",
        languages="Spanish; Igbo",
        booking_link=" https://book.example.org/maya ",
        work_phone="212 555 0111",
        mobile="",
    )
    done = await send(office, maya, form)
    assert set(done.fields) == {F(name) for name in CHANGED}
    now = await stored(office, maya)
    assert {name: getattr(now, name) for name in CHANGED} == CHANGED
    assert await office.history(now) == ["profile"]
    (row,) = await office.rows(History, subject_id=maya.id)
    assert row.data == {"fields": sorted(CHANGED)}
    assert "book.example.org" not in json.dumps(row.data) and "555" not in json.dumps(row.data), "names, never values"


CHANGED: dict[str, Any] = {
    "services": ["couples", "child"],
    "age_bands": ["0-12", "65+"],
    "specialties": ["grief", "panic attacks"],
    "languages": ["Spanish", "Igbo"],
    "booking_link": "https://book.example.org/maya",
    "work_phone": "+12125550111",
    "mobile": None,
}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("booking_link", "http://book.example.org/maya", "https://"),
        ("booking_link", "javascript:alert(1)", "https://"),
        ("booking_link", "book.example.org", "https://"),
        ("booking_link", "https://book.example.org/" + "x" * 500, "At most 500"),
        ("work_phone", "12345", "(512) 555-0142"),
        ("mobile", "(512) 555-0142 x3", "extension"),
        ("services", "individual,astrology", "is not a service we offer"),
        ("languages", "x" * 61, "At most 60"),
        ("styles", ", ".join(f"style {n}" for n in range(41)), "At most 40"),
    ],
)
async def test_what_will_not_do_is_said_and_nothing_is_written(
    office: Office, name: str, text: str, words: str
) -> None:
    maya = await a_provider(office)
    answer = await send(office, maya, with_(await opened(office, maya), **{"identity": "Latina"} | {name: text}))
    assert isinstance(answer, Wrong)
    assert [error.field for error in answer.errors] == [name] and words in answer.errors[0].message
    now = await stored(office, maya)
    assert now.identity == [] and await office.history(now) == []


async def test_two_forms_of_different_fields_do_not_undo_each_other(office: Office) -> None:
    maya = await a_provider(office)
    first, second = await opened(office, maya), await opened(office, maya)
    assert await send(office, maya, with_(first, languages="English, Igbo")) == Saved((F.LANGUAGES,))
    assert await send(office, maya, with_(second, styles="Narrative")) == Saved((F.STYLES,))
    now = await stored(office, maya)
    assert (now.languages, now.styles) == (["English", "Igbo"], ["Narrative"])


async def test_the_second_of_two_forms_of_one_field_sees_what_has_changed(office: Office) -> None:
    maya = await a_provider(office)
    first, second = await opened(office, maya), await opened(office, maya)
    await send(office, maya, with_(first, languages="English, Igbo"))
    answer = await send(office, maya, with_(second, languages="English, Spanish", styles="Narrative"))
    assert isinstance(answer, Overtaken) and answer.fields == (F.LANGUAGES,)
    assert answer.now.labels(F.LANGUAGES) == ["English", "Igbo"]
    now = await stored(office, maya)
    assert (now.languages, now.styles) == (["English", "Igbo"], []), "nothing is saved before it is confirmed"
    again = with_(await opened(office, maya), languages="English, Spanish", styles="Narrative")
    assert await send(office, maya, again) == Saved((F.LANGUAGES, F.STYLES))


async def test_both_forms_wanting_the_same_is_no_conflict(office: Office) -> None:
    maya = await a_provider(office)
    first, second = await opened(office, maya), await opened(office, maya)
    await send(office, maya, with_(first, languages="Igbo"))
    assert await send(office, maya, with_(second, languages=" Igbo ")) == Saved(())


async def test_another_number_takes_texts_again(office: Office) -> None:
    maya = await office.provider("Maya Reed", sms_opted_out=True, sms_trouble="21211")
    before = await office.do(own_profile, maya.id)
    assert before is not None and before.texts_stopped == "opted_out"
    assert await send(office, maya, with_(await opened(office, maya), work_phone="(212) 555-0119")) == Saved(
        (F.WORK_PHONE,)
    )
    assert (await stored(office, maya)).sms_opted_out, "the other number is none of its business"
    assert await send(office, maya, with_(await opened(office, maya), mobile="(212) 555-0118")) == Saved((F.MOBILE,))
    now = await stored(office, maya)
    assert (now.sms_opted_out, now.sms_trouble) == (False, None)
    after = await office.do(own_profile, maya.id)
    assert after is not None and (after.texts_stopped, after.text_trouble) == (None, None)


async def test_who_takes_a_service_no_more_may_leave_a_round_without_anybody(office: Office) -> None:
    maya = await office.provider("Maya Reed", services=["individual"])
    done = await office.do(submit, CLIENT, intake())
    assert await office.attention(done.referral_id) == []
    await send(office, maya, with_(await opened(office, maya), services="couples"))
    assert await office.attention(done.referral_id) == [AttentionKind.NOBODY_ELIGIBLE]
    assert len(await office.rows(Attention, referral_id=done.referral_id)) == 1


async def test_a_profile_is_for_its_own_and_for_coordinators(office: Office) -> None:
    maya, tomas = await a_provider(office), await office.provider("Tomas Lind")
    form = with_(await opened(office, maya), languages="Igbo")
    assert isinstance(await office.do(edit, by(tomas), maya.id, form), Refused)
    assert (await stored(office, maya)).languages == ["English"]
    assert await office.history(await stored(office, maya)) == ["profile:not_theirs"]
    assert await office.do(edit, CORA, maya.id, form) == Saved((F.LANGUAGES,))
    assert isinstance(await office.do(edit, CORA, "nobody", form), Missing)


async def test_the_profile_is_told_in_peoples_words(office: Office) -> None:
    licences = [{"state": "NY", "expires": "2025-11-24"}, {"state": "TX", "expires": "2025-11-01"}, {"state": "NJ"}]
    maya = await office.provider("Maya Reed", licences=licences, services=["medication"], work_phone="+442079460102")
    own = await office.do(own_profile, maya.id)
    assert isinstance(own, Profile)
    assert own.labels(F.SERVICES) == ["Medication management"] and own.insurers == ("Aetna",)
    assert own.labels(F.MOBILE) == ["(202) 555-0101"] and own.labels(F.WORK_PHONE) == ["+44 20 7946 0102"]
    assert [(one.state, one.days_left) for one in own.licences] == [
        ("New York", 10),
        ("Texas", -13),
        ("New Jersey", None),
    ]
