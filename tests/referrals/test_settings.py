"""The practice's settings: what each may be, what contradicts what, and what history tells of a change."""

from typing import Any

import pytest

from referrals.brand import contrast, darker, palette, readable
from referrals.changes import Typed, Wrong
from referrals.outcomes import Refusal, Refused
from referrals.profile_fields import digest
from referrals.settings.change import Overtaken, Saved, change, settings
from referrals.settings.names import GROUPS, Group, Setting
from referrals.settings.values import RANGES, read, written
from referrals.slack_trouble import Scope, met
from store.history import first_broken
from store.tables import Attention, History, Practice
from store.vocabulary import AttentionKind
from tests.desk import CORA, STRANGER, Office

S = Setting
HOUR = 3600


async def opened(office: Office, group: Group) -> dict[Setting, Typed]:
    found = await office.do(settings, CORA, group)
    return {one: Typed(found.written[one], digest(one, found.written[one])) for one in GROUPS[group]}


async def send(office: Office, group: Group, **texts: str) -> Any:
    form = await opened(office, group)
    return await office.do(change, CORA, group, with_(form, **texts))


def with_(form: dict[Setting, Typed], **texts: str) -> dict[Setting, Typed]:
    return form | {S(name): Typed(text, form[S(name)].shown) for name, text in texts.items()}


async def practice(office: Office) -> Practice:
    return await office.do(lambda tx: tx.practice())


@pytest.mark.parametrize("group", Group)
async def test_a_form_sent_untouched_changes_nothing(office: Office, group: Group) -> None:
    """Not even what would be refused if it were typed today."""

    def odd(tx: Any) -> None:
        row = tx.locked_practice()
        row.remind_after, row.expire_after, row.support_phone, row.brand_colour = 5, 4, "ask at the desk", "#ffff00"

    await office.do(odd)
    before = (await practice(office)).model_dump()
    assert await send(office, group) == Saved(())
    assert (await practice(office)).model_dump() == before


async def test_each_change_is_told_with_what_was_before(office: Office) -> None:
    done = await send(office, Group.KEEPING, retain_days="365", digest_hour="7")
    assert done == Saved((S.RETAIN, S.DIGEST))
    now = await practice(office)
    assert (now.retain_days, now.digest_hour, now.quiet_days) == (365, 7, 90)
    assert now.digest_done is not None, "an hour that is over today begins tomorrow"
    rows = await office.rows(History, subject_id=office.practice_id)
    assert [(row.event, row.result, row.actor, row.data) for row in rows] == [
        ("setting", "done", CORA.name, {"setting": "retain_days", "before": "180", "after": "365"}),
        ("setting", "done", CORA.name, {"setting": "digest_hour", "before": "off", "after": "7"}),
    ]
    assert first_broken(office.desk.vault, rows, now.history_head, now.history_count) is None


async def test_deadlines_that_run_keep_theirs(office: Office) -> None:
    before = await office.submit()
    await send(office, Group.TIMES, expire_after="96", remind_after="60")
    after = await office.submit(client_name="Ada Canary-Second")
    (old,), (new,) = await office.offers(before.referral_id), await office.offers(after.referral_id)
    assert [(one.expires_at - one.opened_at).total_seconds() / HOUR for one in (old, new)] == [48, 96]


@pytest.mark.parametrize(
    ("texts", "beside", "told"),
    [
        ({"link_after": "49"}, S.LINK, "49 hours"),
        ({"expire_after": "20"}, S.EXPIRE, "Remind earlier"),
        ({"remind_after": "30", "expire_after": "30"}, S.REMIND, "Remind earlier"),
        ({"nudge_after": "48"}, S.NUDGE, "Ask them first"),
        ({"escalate_after": "10"}, S.ESCALATE, "Ask them first"),
    ],
)
async def test_what_contradicts_itself_is_refused_beside_what_was_changed(
    office: Office, texts: dict[str, str], beside: Setting, told: str
) -> None:
    outcome = await send(office, Group.TIMES, **texts)
    assert isinstance(outcome, Wrong) and [one.field for one in outcome.errors][:1] == [beside]
    assert told in outcome.errors[0].message
    assert await office.rows(History, subject_id=office.practice_id) == []


async def test_what_agrees_only_together_is_taken_together(office: Office) -> None:
    done = await send(office, Group.TIMES, expire_after="20", remind_after="10", link_after="20")
    assert done == Saved((S.REMIND, S.EXPIRE, S.LINK))


async def test_clients_keep_one_way_to_reach_the_practice(office: Office) -> None:
    assert await send(office, Group.SUPPORT, support_phone="(212) 555-0100") == Saved((S.PHONE,))
    outcome = await send(office, Group.SUPPORT, support_phone="")
    assert isinstance(outcome, Wrong) and outcome.errors[0].field == S.PHONE
    assert await send(office, Group.SUPPORT, support_phone="", support_email="a@example.org") == Saved(
        (S.PHONE, S.EMAIL)
    )


async def test_the_second_is_told_of_the_first_and_who_it_was(office: Office) -> None:
    form = await opened(office, Group.PRACTICE)
    await send(office, Group.PRACTICE, name="Harbor Care")
    late = await office.do(change, CORA, Group.PRACTICE, with_(form, name="Harbor Therapies", brand_line="Pier 3"))
    assert isinstance(late, Overtaken) and set(late.by) == {S.NAME}
    assert late.by[S.NAME] is not None and late.by[S.NAME].slack_user == CORA.slack_user
    assert late.now.written[S.NAME] == "Harbor Care" and (await practice(office)).brand_line == ""


async def test_only_coordinators_and_only_what_stands_in_the_form(office: Office) -> None:
    form = await opened(office, Group.KEEPING)
    refused = await office.do(change, STRANGER, Group.KEEPING, with_(form, retain_days="30"))
    assert refused == Refused(Refusal.NOT_COORDINATOR) == await office.do(settings, STRANGER, Group.KEEPING)
    smuggled = {S.CHANNEL: Typed("C0ELSEWHERE", "x")}
    assert await office.do(change, CORA, Group.KEEPING, smuggled) == Saved(())
    assert (await practice(office)).channel_id == "C0REFERRALS" and (await practice(office)).retain_days == 180
    rows = await office.rows(History, subject_id=office.practice_id)
    assert [row.result for row in rows] == ["not_coordinator"] * 2


async def test_another_channel_lets_out_what_the_old_one_held_back(office: Office) -> None:
    await office.do(met, "is_archived", Scope.CHANNEL)
    await send(office, Group.CHANNEL, channel_id="C0NEW")
    items = await office.rows(Attention, kind=AttentionKind.SLACK)
    assert [item.settled_at is not None for item in items] == [True]


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (S.REMIND, "24 h", 24 * HOUR),
        (S.EXPIRE, " 72 hours ", 72 * HOUR),
        (S.RETAIN, "365 days", 365),
        (S.DOMAINS, "@Harbor.example.org, mail.harbor.example.org harbor.example.org",
         ["harbor.example.org", "mail.harbor.example.org"]),
        (S.DOMAINS, "bücher.example", ["xn--bcher-kva.example"]),
        (S.DOMAINS, "", []),
        (S.COLOUR, "1F4D4A", "#1f4d4a"),
        (S.COLOUR, "", ""),
        (S.DIGEST, "off", None),
        (S.DIGEST, "0", 0),
        (S.PHONE, "212 555 0100", "+12125550100"),
        (S.NAME, " Harbor   Therapy ", "Harbor Therapy"),
        (S.ANNOUNCE, "no", False),
    ],
)  # fmt: skip
def test_what_can_be_typed(setting: Setting, text: str, value: Any) -> None:
    values, errors = read({setting: text})
    assert errors == [] and values == {setting: value}


@pytest.mark.parametrize(
    ("setting", "text", "told"),
    [
        *[
            (setting, str(edge), "whole number")
            for setting, (low, high) in RANGES.items()
            for edge in (low - 1, high + 1)
        ],
        *[(setting, text, "whole number") for setting in RANGES for text in ("0", "-5", "1e3", "nan", "many", "", "٣")],
        (S.DOMAINS, "gmail.com", "open to anybody"),
        (S.DOMAINS, "harbor", "no mail domain"),
        (S.DOMAINS, "-harbor.example.org", "no mail domain"),
        (S.DOMAINS, "harbor..example.org", "no mail domain"),
        (S.DOMAINS, "192.0.2.1", "no mail domain"),
        (S.DOMAINS, " ".join(f"d{n}.example.org" for n in range(21)), "At most 20"),
        (S.COLOUR, "#ffffff", "hard to read"),
        (S.COLOUR, "#12345", "#rrggbb"),
        (S.COLOUR, "red; background: url(x)", "#rrggbb"),
        (S.ZONE, "Mars/Olympus", "no time zone"),
        (S.ZONE, "../../etc/passwd", "no time zone"),
        (S.ZONE, "", "time zone"),
        (S.CHANNEL, "D0DIRECT", "channel"),
        (S.CHANNEL, "", "channel"),
        (S.DIGEST, "24", "hour of the day"),
        (S.ANNOUNCE, "perhaps", "one of the two"),
        (S.NAME, "", "name"),
        (S.LINE, "x" * 161, "At most 160"),
        (S.EMAIL, "no address", "name@example.com"),
    ],
)
def test_what_cannot_is_answered_with_what_can(setting: Setting, text: str, told: str) -> None:
    _, errors = read({setting: text})
    assert [one.field for one in errors] == [setting] and told in errors[0].message


async def test_every_setting_reads_as_it_is_written(office: Office) -> None:
    row = await practice(office)
    row.support_phone, row.support_email, row.brand_colour = "+12125550100", "a@example.org", "#1f4d4a"
    values, errors = read(written(row))
    assert errors == [] and values == {one: getattr(row, one.value) for one in Setting}


@pytest.mark.parametrize("colour", ["#ffd700", "#00ff00", "#ff69b4", "#87ceeb", "#808080", "#1f4d4a", "#000000"])
def test_a_colour_becomes_shades_that_can_be_read_by_day_and_night(colour: str) -> None:
    good = darker(colour)
    assert readable(good) and (good == colour) == readable(colour)
    shades = palette(good)
    for text, ground in (
        ("#ffffff", shades.accent), ("#ffffff", shades.deep), (shades.accent, "#f4f2ec"), (shades.accent, shades.wash),
        (shades.night, "#121819"), (shades.night, "#263034"), (shades.night, shades.night_wash),
        (shades.night_ink, shades.night), (shades.night_ink, shades.night_deep),
    ):  # fmt: skip
        assert contrast(text, ground) >= 4.5, (text, ground)
