"""DOMAIN.md section 2 as a table: what each event sends to whom, and that it sends nothing else."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import select

from referrals.notices import NOTICES, OF_DAY, OF_PRACTICE, OF_PROVIDER, Template
from referrals.outcomes import Done
from store.tables import Delivery, Provider
from store.vocabulary import DeclineReason, DeliveryChannel, DeliveryState, Urgency

from .at_work import COORDINATOR, Running
from .test_after_accepting import SOURCE
from .test_outside_slack import HEADER, LINE

pytestmark = pytest.mark.anyio

_IS_DIGEST = (Delivery.template == Template.COORDINATOR_DIGEST) & (Delivery.state == DeliveryState.SENT)

Event = Callable[[Running], Awaitable[Done]]
Step = Callable[[Running, Done], Awaitable[Any]]


def submitted(preferred: str | None = None, **facts: Any) -> Event:
    return lambda desk: desk.submit(preferred, **facts)


def accepted(preferred: str | None = None, **facts: Any) -> Event:
    return lambda desk: desk.accepted("maya", preferred, **facts)


def after(before: Event, *steps: Step) -> Event:
    """What has happened before the event that the line is about."""

    async def prepare(desk: Running) -> Done:
        done = await before(desk)
        for step in steps:
            await desk.quiet()
            await step(desk, done)
        await desk.quiet()
        return done

    return prepare


def clicks(name: str, button: str) -> Step:
    return lambda desk, done: desk.person(name).click(desk.cards(done.code)[-1], button)


def already_contacted(name: str) -> Step:
    async def step(desk: Running, done: Done) -> None:
        card = desk.cards(done.code)[-1]
        answer = await desk.person(name).click(card, "referral.more", f"referral.already_contacted:{done.offer_id}")
        assert answer.ok and not answer.ephemerals

    return step


async def gets_no_answer(desk: Running, done: Done) -> None:
    opened = await desk.person("maya").click(desk.told("maya", done.code)[-1], "referral.no_answer")
    assert (await desk.person("maya").submit(opened.view, {})).closed


async def ticks_the_plan(desk: Running, done: Done) -> None:
    assert (await desk.person("maya").click(desk.told("maya", done.code)[-1], "referral.plan", ["cost"])).ok


async def accepted_outside_slack(desk: Running) -> Done:
    """By Lior, whom the workspace does not know; a coordinator says so for them."""
    await desk.hire(HEADER, LINE)
    done = await desk.submit("lior")
    asked = await desk.person(COORDINATOR).click(await desk.card(done.code), "referral.accept")
    assert (await desk.person(COORDINATOR).submit(asked.view, {})).ok
    await desk.card(done.code, "*Accepted*")
    return done


def declines(name: str) -> Step:
    return lambda desk, done: desk.decline(name, desk.cards(done.code)[-1], DeclineReason.SCHEDULE)


def releases(name: str, reason: DeclineReason = DeclineReason.SCHEDULE) -> Step:
    return lambda desk, done: desk.release(name, desk.cards(done.code)[-1], reason)


def hours(number: float) -> Step:
    return lambda desk, done: desk.turn(number)


def coordinates(button: str, field: str = "", value: str = "") -> Step:
    """On the newest direct message about it; a provider is given by first name."""

    async def step(desk: Running, done: Done) -> None:
        alert = desk.told(COORDINATOR, done.code)[-1]
        if not field:
            assert (await desk.person(COORDINATOR).click(alert, button)).ok
        else:
            chosen = (await desk.provider(value)).id if field == "referral.provider" else value
            assert (await desk.choose(COORDINATOR, alert, button, field, chosen)).ok

    return step


async def pauses(desk: Running, done: Done) -> None:
    assert (await desk.person("maya").command("/referrals pause")).ok


async def pauses_and_releases(desk: Running, done: Done) -> None:
    (question,) = (await desk.person("maya").command("/referrals pause")).ephemerals
    assert (await desk.person("maya").click(question, "referral.release_waiting")).ok


async def leaves(desk: Running, done: Done) -> None:
    await desk.person("maya").change(deleted=True)


reopens = coordinates("referral.reopen")
assigns = coordinates("referral.assign", "referral.provider", "yuki")
withdraws = coordinates("referral.close", "referral.reason", "withdrawn")
phones = coordinates("referral.phoned")

OFFERED = "provider_offer>maya provider_offer_sms>maya"
ASSIGNED = "provider_offer>yuki provider_offer_sms>yuki"
STOP = "acceptor_stop_dm>maya acceptor_stop_mail>maya"
PHONE = "coordinator_phone>robin coordinator_phone_mail>robin"
CONFIRMED = "client_confirmation>client"


@dataclass(frozen=True)
class Line:
    """``sends``: template>recipient, all of it, each once. ``event`` None: it is the submission itself."""

    before: Event
    event: Step | None
    sends: str


PREFERRED, GENERAL = submitted("maya"), submitted()
EXPIRED = after(GENERAL, hours(48))
NOBODY = submitted(state="AK")

TABLE = {
    "submit, general": Line(GENERAL, None, CONFIRMED),
    "submit, preferred": Line(PREFERRED, None, f"{CONFIRMED} {OFFERED}"),
    "submit, from a source": Line(submitted(**SOURCE), None, f"{CONFIRMED} source_acknowledgement>source"),
    "submit, from a source without an address": Line(submitted(source="Word of mouth"), None, CONFIRMED),
    "submit, client without email": Line(submitted(client_email=None), None, PHONE),
    "submit, client who wants no email": Line(submitted("maya", email_ok=False), None, f"{PHONE} {OFFERED}"),
    "submit, urgent": Line(submitted(urgency=Urgency.URGENT), None, f"{CONFIRMED} coordinator_urgent>robin"),
    "submit, nobody eligible": Line(NOBODY, None, f"{CONFIRMED} coordinator_nobody>robin"),
    "submit, preferred without a licence there": Line(submitted("maya", state="HI"), None, CONFIRMED),
    "accept, general": Line(
        GENERAL, clicks("maya", "referral.accept"), "thread_accepted>channel acceptor_dm>maya acceptor_mail>maya"
    ),
    "accept, preferred": Line(
        PREFERRED, clicks("maya", "referral.accept"), "thread_accepted>channel acceptor_dm>maya acceptor_mail>maya"
    ),
    "accept, having contacted the client already": Line(
        PREFERRED, already_contacted("maya"), "thread_accepted>channel acceptor_dm>maya acceptor_mail>maya"
    ),
    "accept refused, reserved": Line(PREFERRED, clicks("tomas", "referral.accept"), ""),
    "decline": Line(PREFERRED, declines("maya"), "client_declined>client"),
    "decline, client without email": Line(submitted("maya", client_email=None), declines("maya"), PHONE),
    "pass": Line(GENERAL, clicks("maya", "referral.pass"), ""),
    "23 h, preferred": Line(PREFERRED, hours(23), ""),
    "24 h, preferred": Line(
        PREFERRED, hours(24), "thread_reminder>channel provider_reminder>maya client_reminder>client"
    ),
    "24 h, general": Line(GENERAL, hours(24), "thread_reminder>channel client_reminder>client"),
    "11 h, accepted": Line(accepted(), hours(11), ""),
    "12 h, accepted": Line(accepted(), hours(12), "acceptor_nudge_dm>maya"),
    "12 h, accepted by somebody outside Slack": Line(accepted_outside_slack, hours(12), "acceptor_nudge_mail>lior"),
    "12 h, contacted already": Line(after(PREFERRED, already_contacted("maya")), hours(12), ""),
    "12 h, given back": Line(after(accepted(), releases("maya")), hours(12), ""),
    "24 h, accepted": Line(accepted(), hours(24), "acceptor_nudge_dm>maya client_reminder>client"),
    "no answer": Line(accepted(), gets_no_answer, ""),
    "an item of the plan": Line(accepted(), ticks_the_plan, ""),
    "24 h, contacted": Line(after(accepted(), clicks("maya", "referral.contacted")), hours(24), ""),
    "24 h, scheduled": Line(after(accepted(), clicks("maya", "referral.scheduled")), hours(24), ""),
    "24 h, closed": Line(after(NOBODY, withdraws), hours(24), ""),
    "24 h, expired": Line(EXPIRED, hours(24), ""),
    "24 h into the second round": Line(
        after(PREFERRED, declines("maya")), hours(24), "thread_reminder>channel client_reminder>client"
    ),
    "48 h, preferred": Line(after(PREFERRED, hours(24)), hours(24), "client_declined>client"),
    "48 h, general": Line(after(GENERAL, hours(24)), hours(24), "client_final>client coordinator_expired>robin"),
    "48 h, accepted": Line(after(accepted(), hours(24)), hours(24), "coordinator_not_contacted>robin"),
    "48 h, tried in vain": Line(
        after(accepted(), gets_no_answer, hours(24)), hours(24), "coordinator_not_contacted>robin"
    ),
    "48 h, contacted": Line(after(accepted(), clicks("maya", "referral.contacted")), hours(48), ""),
    "72 h at once, accepted": Line(
        accepted(), hours(72), "acceptor_nudge_dm>maya client_reminder>client coordinator_not_contacted>robin"
    ),
    "72 h at once, preferred": Line(PREFERRED, hours(72), "client_declined>client"),
    "72 h at once, general": Line(GENERAL, hours(72), "client_final>client coordinator_expired>robin"),
    "contacted": Line(accepted(**SOURCE), clicks("maya", "referral.contacted"), ""),
    "scheduled, from a source": Line(accepted(**SOURCE), clicks("maya", "referral.scheduled"), "source_thanks>source"),
    "scheduled, from nobody": Line(accepted(), clicks("maya", "referral.scheduled"), ""),
    "release by the acceptor": Line(accepted(), releases("maya"), "client_released>client"),
    "release by a coordinator": Line(accepted(), releases(COORDINATOR), f"client_released>client {STOP}"),
    "wants no care any more, says the acceptor": Line(
        accepted(), releases("maya", DeclineReason.NO_LONGER_WANTS), "client_closing>client"
    ),
    "wants no care any more, says a coordinator": Line(
        accepted(), releases(COORDINATOR, DeclineReason.NO_LONGER_WANTS), f"client_closing>client {STOP}"
    ),
    "close, pending": Line(NOBODY, withdraws, "client_closing>client"),
    "close, expired": Line(EXPIRED, withdraws, "client_closing>client"),
    "close, from a source that may hear it": Line(
        submitted(**SOURCE, outcome_consent=True, urgency=Urgency.URGENT),
        withdraws,
        "client_closing>client source_outcome>source",
    ),
    "close, from a source that may not": Line(
        submitted(**SOURCE, urgency=Urgency.URGENT), withdraws, "client_closing>client"
    ),
    "reopen": Line(EXPIRED, reopens, CONFIRMED),
    "assign, expired": Line(EXPIRED, assigns, f"{CONFIRMED} {ASSIGNED}"),
    "assign, pending": Line(submitted(urgency=Urgency.URGENT), assigns, f"{CONFIRMED} {ASSIGNED}"),
    "pause, nothing waits": Line(GENERAL, pauses, ""),
    "pause, kept": Line(PREFERRED, pauses, ""),
    "pause, released": Line(PREFERRED, pauses_and_releases, "client_declined>client"),
    "the acceptor leaves": Line(accepted(), leaves, "coordinator_acceptor_gone>robin"),
    "the preferred provider leaves": Line(PREFERRED, leaves, "client_declined>client"),
    "phoned": Line(submitted(client_email=None), phones, ""),
}


@pytest.mark.parametrize("name", TABLE)
async def test_each_event_sends_what_it_must_and_nothing_else(socket_desk: Running, name: str) -> None:
    desk, line = socket_desk, TABLE[name]
    before: Counter[str] = Counter()
    done = await line.before(desk)
    if line.event is not None:
        await desk.quiet()
        before = await _sent(desk, done)
        await line.event(desk, done)
    await desk.quiet()
    assert await _sent(desk, done) - before == Counter(line.sends.split())
    await _outside_agrees(desk, done)
    await desk.turn(0.01)  # and three more sweeps add nothing
    await desk.quiet()
    assert await _sent(desk, done) - before == Counter(line.sends.split())


async def test_a_notice_that_fails_is_told_to_coordinators(socket_desk: Running) -> None:
    desk = socket_desk
    desk.slack.fault("twilio_21614")
    done = await desk.submit("maya")
    await desk.quiet()
    await desk.quiet()
    assert (await _sent(desk, done))["coordinator_failed>robin"] == 1


def test_the_table_leaves_no_template_out() -> None:
    sent = {word.partition(">")[0] for line in TABLE.values() for word in line.sends.split()}
    alone = {Template.COORDINATOR_FAILED, Template.COORDINATOR_LICENCE, Template.LICENCE_DENIED}
    elsewhere = alone | OF_PRACTICE | OF_PROVIDER | OF_DAY
    assert set(Template) - sent == elsewhere, "which have tests of their own"


async def _sent(desk: Running, done: Done) -> Counter[str]:
    names = {f"provider:{(await desk.provider(name)).id}": name for name in ("maya", "yuki", "tomas")}
    names |= {f"provider:{row.id}": "lior" for row in await desk.all(select(Provider)) if row.name.startswith("Lior")}
    found: Counter[str] = Counter()
    for row in await desk.deliveries(done.referral_id):
        if row.state is DeliveryState.SENT:
            kind = row.recipient.partition(":")[0]
            found[f"{row.template}>{names.get(row.recipient, COORDINATOR if kind == 'slack' else kind)}"] += 1
    return found


async def _outside_agrees(desk: Running, done: Done) -> None:
    """What the desk believes to have sent is what the stand-ins have received."""
    sent = Counter(NOTICES[Template(row.template)].channel for row in await desk.deliveries(done.referral_id)
                   if row.state is DeliveryState.SENT)  # fmt: skip
    posts = [call for call in desk.slack.traffic.calls("chat.postMessage") if call.ok]
    sent.update(row.channel for row in await desk.all(select(Delivery).where(_IS_DIGEST)))  # of a morning in between
    cards = len(await desk.offers(done.referral_id))
    assert len(desk.slack.mailbox.messages) == sent[DeliveryChannel.EMAIL]
    assert len(desk.slack.sms.messages) == sent[DeliveryChannel.SMS]
    assert len(posts) == sent[DeliveryChannel.SLACK] + cards
