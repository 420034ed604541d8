"""The search for clients' identities finds every kind of leak, and its finding fails the test."""

import asyncio
import json
import logging
import smtplib
from email.message import EmailMessage

import aiohttp
import pytest
import structlog

from tests import canary
from tests.canary import Identity, Watch, somebody
from tests.engines import ON_SQLITE

from .running import Running

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(socket_desk: Running) -> Running:
    return socket_desk


@pytest.fixture
def who() -> Identity:
    return somebody()


async def test_a_message_in_slack(desk: Running, watch: Watch, who: Identity) -> None:
    for leaked in (
        {"text": f"Call {who.name}"},
        {"text": "x", "metadata": json.dumps({"event_type": "a", "event_payload": {"who": who.email}})},
        {"text": "x", "blocks": json.dumps([_button(who.phone)])},
    ):
        await desk.house.slack.chat_postMessage(channel="C0REFERRALS", **leaked)
        _reported(watch, "slack chat.postMessage")


async def test_a_private_view_in_slack(desk: Running, watch: Watch, who: Identity) -> None:
    view = {"type": "home", "private_metadata": who.preferred_name, "blocks": []}
    await desk.house.slack.views_publish(user_id="U0MAYA", view=view)
    _reported(watch, "slack views.publish")


async def test_an_answer_to_slack(desk: Running, watch: Watch, who: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.commands.help_answer", lambda *_, **__: _message(f"{who.guardian} rang"))
    assert who.guardian in (await desk.person("maya").command("/referrals help")).text
    _reported(watch, "slack ")


async def test_a_line_in_the_log(desk: Running, watch: Watch, who: Identity) -> None:
    for name, level in (("jobs.outbox", logging.DEBUG), ("aiohttp.client", logging.INFO), ("", logging.ERROR)):
        logging.getLogger(name).log(level, "sent to %s", who.email)
        _reported(watch, "log")
    logging.getLogger("handlers.app").warning("odd", extra={"body": {"name": who.name}})
    _reported(watch, "log")
    structlog.stdlib.get_logger("bot.run").info("ready", client=who.name)
    structlog.wrap_logger(logging.getLogger("bot.run")).info("ready", client=who.name)
    _reported(watch, "log")


async def test_an_exceptions_text_is_not_logged(watch: Watch, who: Identity) -> None:
    try:
        raise ValueError(who.name)
    except ValueError:
        logging.getLogger("jobs.outbox").exception("failed")
    assert any("ValueError" in line and "failed" in line for line in watch.log.lines)
    assert not watch.leaks()


async def test_a_jobs_argument(desk: Running, watch: Watch, who: Identity) -> None:
    await desk.house.redis.enqueue_job("sweep", who.name)
    _reported(watch, "queue")


async def test_a_key_that_was_there_for_a_moment(desk: Running, watch: Watch, who: Identity) -> None:
    await desk.house.redis.set("referrals:moment", f"é {who.phone}")
    await desk.house.redis.delete("referrals:moment")
    _reported(watch, "queue")


async def test_an_address_that_was_asked_for(desk: Running, watch: Watch, who: Identity) -> None:
    async with aiohttp.ClientSession() as session:
        for url, params in (
            (f"{desk.house.settings.public_url}/refer/x?email={who.email.replace('q', '%71')}", None),
            (f"{desk.house.settings.public_url}/healthz", {"phone": who.phone}),
        ):
            async with session.get(url, params=params):
                pass
            _reported(watch, "url")


@ON_SQLITE
async def test_a_file_beside_the_database(desk: Running, watch: Watch, who: Identity) -> None:
    (desk.house.settings.data_folder / "note.txt").write_text(f"{who.name} rang")
    _reported(watch, "file note.txt")


async def test_clear_text_in_the_database(desk: Running, engine: str, watch: Watch, who: Identity) -> None:
    await desk.submit(source=who.name)
    await watch.look_at_database(desk.house.settings.database_url)
    _reported(watch, "file desk.db-wal" if engine == "sqlite" else "table source")


async def test_a_mail_to_somebody_else(desk: Running, watch: Watch, who: Identity) -> None:
    for to, subject, text in (
        ("maya@junipergrove.example.org", "A referral", f"It is about {who.name}."),
        (who.email, f"About {who.name}", "Hello"),
        (who.email, "Your request", f"Hello {somebody().name}"),
        (who.email, "Your request", f"https://desk.example.org/c?name={who.preferred_name}"),
    ):
        await asyncio.to_thread(_mail, desk, to, subject, text)
        _reported(watch, "mail")
        desk.slack.mailbox.messages.clear()


async def test_what_the_desk_itself_does_is_clean(desk: Running, watch: Watch) -> None:
    done = await desk.accepted("maya", preferred="maya")
    assert any(desk.clients[done.code].name in mail.text for mail in desk.slack.mailbox.messages)
    assert watch.sandboxes and watch.log.lines and watch.urls
    assert watch.queue is not None and any("referrals:queue" in line for line in watch.queue.taken())
    canary.must_be_clean(watch)


def _reported(watch: Watch, where: str) -> None:
    """The search fails and says where; then the test is forgiven."""
    with pytest.raises(pytest.fail.Exception, match="client identity has leaked") as failed:
        canary.must_be_clean(watch)
    assert any(line.startswith(where) or f"link in a {where}" in line for line in str(failed.value).splitlines()[1:])
    watch.forgive()


def _button(value: str) -> dict[str, object]:
    button = {"type": "button", "action_id": "x", "value": value, "text": {"type": "plain_text", "text": "x"}}
    return {"type": "actions", "elements": [button]}


def _message(text: str) -> object:
    from blocks.availability import answer

    return answer(text)


def _mail(desk: Running, to: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@junipergrove.example.org", to, subject
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", desk.slack.mailbox.port) as server:
        server.send_message(message)
