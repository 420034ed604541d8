"""Rows 13 to 16 of the fault table: requests that nobody of ours sent, people who may not, and too much text."""

import json
import re
import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from referrals.clock import Clock
from sandbox import payloads
from sandbox.signing import slack_headers
from sandbox.workspace import User
from store.ids import new_id
from store.tables import Client, History, Offer, Practice, Referral
from store.vocabulary import Kind
from tests.canary import Identity, somebody
from tests.loop.at_work import WORK

from .house import LIMIT, SLUG, House

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(LIMIT)]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


# 13


async def test_13_bad_or_stale_signature_junk_timestamp_malformed_json_null_payload_10_mb_body(house: House) -> None:
    """Each is a 4xx on every bot; nothing of it changes a row or stands in a log (the client in it is searched for)."""
    who = somebody()
    body = _click(who)
    now = int(time.time())
    signed = slack_headers(house.slack.config.signing_secret, body)
    before = await _rows(house)
    cases = {
        "no signature": (body, FORM),
        "a bad one": (body, FORM | signed | {"X-Slack-Signature": "v0=" + "0" * 64}),
        "one that is not ASCII": (body, FORM | signed | {"X-Slack-Signature": "v0=é"}),
        "of another secret": (body, FORM | slack_headers("another secret", body)),
        "stale": (body, FORM | slack_headers(house.slack.config.signing_secret, body, now - 600)),
        "of the future": (body, FORM | slack_headers(house.slack.config.signing_secret, body, now + 600)),
        "a junk timestamp": (body, FORM | signed | {"X-Slack-Request-Timestamp": "yesterday"}),
        "an endless timestamp": (body, FORM | signed | {"X-Slack-Request-Timestamp": "9" * 400}),
        "malformed JSON": _signed(house, b'{"type": "event_callback", ' + who.name.encode(), JSON),
        "a malformed payload": _signed(house, f"payload={quote(who.name)}%7B".encode(), FORM),
        "a null payload": _signed(house, b"payload=null", FORM),
        "null": _signed(house, b"null", JSON),
        "a list": _signed(house, json.dumps([who.name]).encode(), JSON),
        "too deep": _signed(house, b"[" * 100_000, JSON),
        "nothing": _signed(house, b"", FORM),
        "a click without actions": _signed(house, b"payload=" + quote('{"type":"block_actions"}').encode(), FORM),
        "not UTF-8": _signed(house, b"payload=\xff\xfe", FORM),
        "10 MB": _signed(house, b"payload=" + who.name.encode() + b"x" * 10_000_000, FORM),
    }
    for bot in house.bots:
        for case, (sent, headers) in cases.items():
            status, text = await _post(house, bot.base, sent, headers)
            assert 400 <= status < 500, (case, status)
            assert who.name not in text and "Traceback" not in text, case
    assert await _rows(house) == before
    assert not any("Traceback" in one.said or who.name in one.said for one in house.processes)
    _done, card = await house.posted()
    assert (await house.person("maya").click(card, "referral.accept")).ok, "the desk goes on"


def _click(who: Identity) -> bytes:
    payload = {"type": "block_actions", "user": {"id": "U0MAYA", "name": who.name}, "actions": [{"action_id": "x"}]}
    return urlencode({"payload": json.dumps(payload)}).encode()


def _signed(house: House, body: bytes, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return body, headers | slack_headers(house.slack.config.signing_secret, body)


async def _post(house: House, base: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status; a server that has seen enough of a body may end the connection when it has answered."""
    async with house.web.post(f"{base}/slack/events", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def _rows(house: House) -> tuple[int, int]:
    """Decisions and refusals, and referrals. (Who is in the workspace is read on the side, and noted too.)"""
    history = await house.all(select(History).where(History.subject != "provider"))
    return len(history), len(await house.all(select(Referral)))


# 14


async def test_14_unknown_action_unknown_referral_other_workspaces_referral(house: House) -> None:
    """Refused in words that tell nothing; neither practice's rows change."""
    done, card = await house.posted()
    theirs = await _of_another_practice(house)
    try:
        cases = {
            ("referral.explode", done.offer_id): "another version of the desk",
            ("referral.accept", "01nosuchoffer"): "not on this desk",
            ("referral.accept", "x' OR 1=1 --" + "y" * 500): "not on this desk",
            ("referral.accept", done.referral_id): "not on this desk",
            ("referral.contacted", done.offer_id): "not on this desk",
            ("referral.accept", theirs.id): "not on this desk",
            ("referral.pass", theirs.id): "not on this desk",
            ("referral.contacted", theirs.referral_id): "not on this desk",
            ("referral.close", theirs.referral_id): "not on this desk",
        }
        for (button, value), words in cases.items():
            answer = await house.slack.delivery.interaction(_payload(house, card, button, value))
            said = house.person("maya").ephemerals[-1].all_text
            assert answer.ok and words in said, (button, said)
            assert done.code not in said and "R-0THER" not in said
        other = _payload(house, card, "referral.accept", done.offer_id)
        other["team"]["id"] = other["user"]["team_id"] = "T0ELSEWHERE"
        other["message"].pop("team", None)
        await house.slack.delivery.interaction(other)
        assert "Open to everyone" in card.all_text, "the refusal does not take the card's place"
        assert (await house.referral(done.code)).status == "pending"
        assert [event for event, _ in await house.history(done.referral_id)] == ["submit"]
        untouched = await house.read(select(Referral).where(Referral.id == theirs.referral_id))
        assert untouched.status == "pending" and untouched.version == 1
    finally:
        await _without_the_other_practice(house)
    assert (await house.person("maya").click(card, "referral.accept")).ok


def _payload(house: House, card: Any, button: str, value: str | None) -> dict[str, Any]:
    """A click that nobody can make on the card: any action with any value."""
    box, user = house.slack, house.person("maya").user
    action = {"type": "button", "action_id": button, "block_id": "card.actions", "action_ts": "1", "value": value}
    action["text"] = {"type": "plain_text", "text": "?"}  # type: ignore[assignment]
    return payloads.message_action(box, user, card, action, {}, box.views.trigger(user.id))


_OTHER = "other-practice"


async def _of_another_practice(house: House) -> Offer:
    """A workspace that shares the database: a referral of its own, with nothing to send and its card up to date."""
    now, later = house.house.desk.clock.now(), house.house.desk.clock.now().replace(year=2099)
    offer = Offer(
        id=new_id(), practice_id=_OTHER, referral_id=new_id(), round=1, kind=Kind.GENERAL, opened_at=now,
        expires_at=later, card_next_at=Clock.real(), shown_version=1,
        nobody_alerted=True,
    )  # fmt: skip

    def write(session: Session) -> None:
        session.add(Practice(id=_OTHER, team_id="T0OTHER", slug="other", name="Other", channel_id="C0", created_at=now))
        session.flush()
        client = Client(id=new_id(), practice_id=_OTHER, created_at=now)
        session.add(client)
        session.flush()
        facts = {"state": "NY", "insurer": "aetna", "service": "individual", "delivery": "telehealth"}
        session.add(
            Referral(
                id=offer.referral_id, practice_id=_OTHER, code="R-0THER", kind=Kind.GENERAL, offer_id=offer.id,
                client_id=client.id, channel="form", age_band="18-64", created_at=now, **facts,
            )
        )  # fmt: skip
        session.flush()
        session.add(offer)

    await house.house.database.write(write)
    return offer


async def _without_the_other_practice(house: House) -> None:
    def write(session: Session) -> None:
        run = session.connection().execute
        for table in (History, Offer, Referral, Client):
            run(delete(table).where(col(table.practice_id) == _OTHER))
        run(delete(Practice).where(col(Practice.id) == _OTHER))

    await house.house.database.write(write)


# 15


async def test_15_guest_deactivated_unmapped_or_slack_connect_user_clicks(house: House) -> None:
    done, card = await house.posted()
    cases = {
        "gus": ("Guests of the workspace", "guest"),
        "petra": ("practice's own workspace", "other_workspace"),
        "robin": ("not on the roster", "unlinked"),
    }
    before = [result for _, result in await house.history(house.practice)]
    for name, (words, reason) in cases.items():
        answer = await house.person(name).click(card, "referral.accept")
        assert answer.ok and words in answer.text, (name, answer)
        after = [result for _, result in await house.history(house.practice)]
        refused = [result for _, result in await house.history(done.referral_id)]
        assert (after + refused).count(reason) == before.count(reason) + 1, name
    await house.person("ksenia").change(deleted=True)
    answer = await house.person("ksenia").click(card, "referral.accept")
    assert "deactivated" in answer.text
    assert ("refuse", "deactivated") in await house.history(house.practice)
    await house.person("ksenia").change(deleted=False)
    await house.person("gus").change(is_restricted=False)
    answer = await house.person("gus").click(card, "referral.accept")
    assert answer.ok and "not on the roster" in answer.text
    await house.person("gus").change(is_restricted=True)
    assert (await house.referral(done.code)).status == "pending"
    assert (await house.person("maya").click(card, "referral.accept")).ok


# 16

_NASTY = "<!channel> <!here> <@U0ROBIN> &<b>*_~`Ana`</b> \u202eابت 👩‍👩‍👧‍👦 田辺"


async def test_16_10_000_characters_emoji_mentions_and_markup_in_any_field(house: House) -> None:
    """In a provider's record, which Slack shows, and in everything that a client types, which it never does."""
    await _hired(house)
    who = somebody()
    mentions = sum(len(message.alerted) > 3 for message in house.slack.channel("referrals").messages)
    typed = {"notes": f"{who.notes} {_NASTY} " + "x" * 9_000, "client_name": f"{who.name} & <i>'\""}
    long = await _answer(house, who, notes=_NASTY * 200, client_name="N" * 10_000)
    assert long[0] == 422 and long[1].count("N" * 10_000) <= 1, "a word of what is too long, and what was typed is kept"
    status, text = await _answer(house, who, **typed)
    assert status in (303, 422), status
    assert "<!channel>" not in text.replace("&lt;!channel&gt;", ""), "escaped where it is shown again"
    done, card = await house.posted(preferred_name="<!channel> &<>\"'` 🙂")
    (mail,) = house.client_mail(done.code)
    assert "<!channel>" in mail.text and "<!channel>" not in mail.html and "&lt;!channel&gt;" in mail.html
    assert (await house.person("ana").click(card, "referral.accept")).ok
    await house.card(done.code, "*Accepted*")
    await house.quiet()
    for message in (*house.slack.channel("referrals").messages, *house.thread(done.code)):
        raw = json.dumps([message.text, message.blocks], ensure_ascii=False)
        assert "<!channel>" not in raw and "<!here>" not in raw, "nobody is mentioned"
    assert sum(len(message.alerted) > 3 for message in house.slack.channel("referrals").messages) == mentions


async def _hired(house: House) -> None:
    """Somebody whose name is all that Slack could take for a command, in the workspace and on the roster."""
    workspace = house.slack.workspace
    if "U0ANA" not in workspace.users:
        ana = User.build({"id": "U0ANA", "name": "ana", "email": f"ana{WORK}"}, workspace.team_id)
        workspace.add_user(ana)
        workspace.channels["C0REFERRALS"].members.add(ana.id)
    header = (house.folder / "roster.csv").read_text().splitlines()[0]
    line = dict.fromkeys(header.split(","), "")
    line |= {"name": f'"{_NASTY}"', "email": f"ana{WORK}", "slack_user": "U0ANA", "states": "NY", "insurers": "aetna"}
    line |= {"services": "individual", "delivery": "telehealth", "age_bands": "18-64", "status": "active"}
    (house.folder / "ana.csv").write_text("\n".join([header, ",".join(line.values())]))
    imported = await house.command("import", "roster", "ana.csv")
    assert imported.code == 0, imported.err


async def _answer(house: House, who: Identity, **typed: str) -> tuple[int, str]:
    address = f"{house.bots[0].base}/refer/{SLUG}"
    async with house.web.get(address) as page:
        nonce = re.findall(r'name="nonce" value="([^"]+)"', await page.text())[0]
    fields = {"client_email": who.email, "email_ok": "yes", "client_phone": who.phone, "state": "NY"}
    fields |= {"insurer": "aetna", "service": "individual", "delivery": "telehealth", "age_band": "18-64"}
    async with house.web.post(address, data=fields | typed | {"nonce": nonce}, allow_redirects=False) as answer:
        return answer.status, await answer.text()
