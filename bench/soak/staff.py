"""The providers and coordinators: what each new card and each message moves them to do, and what they are told.

Only what was plainly answered with yes becomes a promise. DOMAIN.md section 4: of preferred offers 60 % are accepted,
20 % declined, 20 % left to expire.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sandbox.answer import Answer
from sandbox.workspace import Message

from .agenda import Act, Agenda
from .chance import Chance
from .hands import Hands, choices, words_of
from .outside import about, code_of
from .practice import COORDINATORS, SIZE, in_slack, slack_user

_RESERVED = re.compile(r"<@(U\w+)> \*This one is reserved for you")
_BEFORE_CONTACT = ("no_availability", "not_my_specialty", "schedule", "other")
_AFTER_CONTACT = (*_BEFORE_CONTACT, "client_chose_another", "could_not_reach")
_CLOSING = ("withdrawn", "referred_out", "placed_elsewhere", "other")


@dataclass
class Staff:
    """``now_on``: plans an act on the desk's clock, that long from now."""

    hands: Hands
    agenda: Agenda
    chance: Chance
    now_on: Callable[[timedelta, Act], None]
    cards: dict[str, Message] = field(default_factory=dict)  # the newest of each referral
    _seen: dict[str, int] = field(default_factory=dict)  # how many messages of each conversation

    def look(self) -> None:
        """At what is new in the channel, and in the coordinators' direct messages."""
        for message in self._new(self.hands.box.channel("referrals").messages, "referrals"):
            if about(message)[0] == "offer_id":
                self._plan_card(message)
        for user in COORDINATORS:
            for message in self._new(self.hands.box.dm(user).messages, user):
                if message.elements and self.chance.holds(0.7):
                    self.now_on(self.chance.hours(0.3, 16), partial(self._coordinate, user, message))

    def _new(self, messages: list[Message], where: str) -> list[Message]:
        begun = self._seen.get(where, 0)
        self._seen[where] = len(messages)
        return messages[begun:]

    # What a card moves people to

    def _plan_card(self, card: Message) -> None:
        code, draw = code_of(card), self.chance
        self.cards[code] = card
        whose = _RESERVED.search(card.all_text)
        if whose is not None:
            self._plan_reserved(whose[1], card, code)
        elif "Open to everyone" in card.all_text:
            self._plan_general(card, code)
        if draw.holds(0.06):
            act = draw.choice((self._close_by_menu, self._assign_by_menu))
            self.now_on(draw.hours(1, 44), partial(act, draw.choice(COORDINATORS), card, code))

    def _plan_reserved(self, user: str, card: Message, code: str) -> None:
        draw = self.chance
        mood, later = draw.random(), draw.hours(0.1, 44)
        if mood < 0.6:
            self.now_on(later, partial(self._accept, user, card, code))
        elif mood < 0.8:
            self.now_on(later, partial(self._decline, user, card, code))
        if draw.holds(0.08):  # somebody for whom it is not
            self.now_on(draw.hours(0.1, 44), partial(self._accept, self._anybody(), card, code))
        if draw.holds(0.05):  # the coordinator at the same moment as the provider
            self.now_on(later, partial(self._decline, draw.choice(COORDINATORS), card, code))

    def _plan_general(self, card: Message, code: str) -> None:
        draw = self.chance
        for _ in range(draw.choice((0, 0, 1, 2, 3))):
            self.now_on(draw.hours(0.1, 40), partial(self._pass, self._anybody(), card, code))
        if draw.holds(0.75):
            later = draw.hours(0.1, 36)
            for _ in range(draw.choice((1, 1, 1, 2, 4))):  # some at the same moment
                self.now_on(later, partial(self._accept, self._anybody(), card, code))

    def _anybody(self) -> str:
        return slack_user(self.chance.choice([number for number in range(SIZE) if in_slack(number)]))

    # What they do

    async def _accept(self, user: str, card: Message, code: str) -> None:
        async with self.hands.at_work(user):
            answer = await self.hands.click(user, card, "referral.accept")
            if answer and answer.view and answer.view["callback_id"] == "referral.confirm":
                answer = await self.hands.submit(user, answer.view, {})
            if _silent(answer):
                self._promised(user, code, "accept")
            elif answer:
                self._otherwise()
            await self.hands.put_away(user)
        self._plan_after_accepting(user, code)

    def _plan_after_accepting(self, user: str, code: str) -> None:
        """Whatever they were told: the card says whose it is when the time has come."""
        draw = self.chance
        first = draw.hours(0.5, 40)
        if draw.holds(0.85):
            self.now_on(first, partial(self._click_own, user, code, "contacted"))
        if draw.holds(0.6):
            self.now_on(first + draw.hours(1, 60), partial(self._click_own, user, code, "scheduled"))
        if draw.holds(0.1):
            self.now_on(first + draw.hours(-0.4, 30), partial(self._release, user, code))
        if draw.holds(0.06):
            self.now_on(first + draw.hours(1, 40), partial(self._close_own, user, code))

    def _own(self, user: str, code: str) -> Message | None:
        card = self.cards.get(code)
        return card if card is not None and f"<@{user}>" in card.all_text else None

    async def _click_own(self, user: str, code: str, event: str) -> None:
        card = self._own(user, code)
        if card is None:
            return
        async with self.hands.at_work(user):
            answer = await self.hands.click(user, card, f"referral.{event}")
            if _silent(answer):
                self._promised(user, code, event)
            elif answer:
                self._otherwise()

    async def _pass(self, user: str, card: Message, code: str) -> None:
        async with self.hands.at_work(user):
            answer = await self.hands.click(user, card, "referral.pass")
            if answer and "is not for you" in answer.text and answer.text.startswith("Noted"):
                self._promised(user, code, "pass")
            elif answer:
                self._otherwise()

    async def _decline(self, user: str, card: Message, code: str) -> None:
        reason = {"referral.reason": self.chance.choice(_BEFORE_CONTACT)}
        await self._by_form(user, card, "referral.decline", reason, (code, "decline"))

    async def _release(self, user: str, code: str) -> None:
        if card := self._own(user, code):
            reason = {
                "referral.reason": self.chance.choice(_AFTER_CONTACT),
                "referral.wants_care": self.chance.choice(("yes", "yes", "yes", "no")),
            }
            await self._by_form(user, card, "referral.release", reason, (code, "release", "close"))

    async def _close_own(self, user: str, code: str) -> None:
        if card := self._own(user, code):
            await self._by_form(user, card, "referral.close", {"referral.reason": "unreachable"}, (code, "close"))

    async def _close_by_menu(self, user: str, card: Message, code: str) -> None:
        reason = {"referral.reason": self.chance.choice(_CLOSING)}
        await self._by_form(user, card, "referral.close", reason, (code, "close"))

    async def _assign_by_menu(self, user: str, card: Message, code: str) -> None:
        await self._by_form(user, card, "referral.assign", {}, (code, "assign"))

    async def _by_form(
        self, user: str, where: Message, action: str, values: dict[str, str], promise: tuple[str, ...]
    ) -> None:
        """A button, or an option of the card's menu, that opens a form; the form; and what it says then."""
        async with self.hands.at_work(user):
            option = next((one for one in choices(where, "referral.more") if one.startswith(f"{action}:")), None)
            click = ("referral.more", option) if option else (action, None)
            answer = await self.hands.click(user, where, *click)
            view = answer.view if answer else None
            if view is not None and view["callback_id"] == action:
                if offered := choices(view, "referral.provider"):
                    values = {"referral.provider": self.chance.choice(offered)}
                answer = await self.hands.submit(user, view, values)
                if answer and answer.ok and (answer.view is None or words_of(answer.view).startswith("Done.")):
                    self._promised(user, *promise)
                elif answer:
                    self._otherwise()
            elif answer:
                self._otherwise()
            await self.hands.put_away(user)

    async def _coordinate(self, user: str, message: Message) -> None:
        """What a coordinator was sent: phone the client, offer it again, or close it."""
        code, offered, draw = code_of(message), set(message.action_ids), self.chance
        if "referral.phoned" in offered:
            async with self.hands.at_work(
                user
            ):  # no promise: who phones when it was no longer asked for is thanked as well
                await self.hands.click(user, message, "referral.phoned")
            return
        mood = draw.random()
        if "referral.reopen" in offered and mood < 0.5:
            async with self.hands.at_work(user):
                answer = await self.hands.click(user, message, "referral.reopen")
                if answer and answer.text.startswith("Done."):
                    self._promised(user, code, "reopen")
                elif answer:
                    self._otherwise()
        elif "referral.assign" in offered and mood < 0.8:
            await self._by_form(user, message, "referral.assign", {}, (code, "assign"))
        elif "referral.close" in offered and mood > 0.85:
            reason = {"referral.reason": draw.choice(_CLOSING)}
            await self._by_form(user, message, "referral.close", reason, (code, "close"))

    # Apart from cards

    async def pause(self) -> None:
        """Somebody goes on leave, says what becomes of what waits for them, and comes back."""
        user = self._anybody()
        async with self.hands.at_work(user):
            answer = await self.hands.command(user, "/referrals pause")
            if answer and "are paused" in answer.text:
                self._promised(user, "", "pause")
            for shown in answer.ephemerals if answer else []:
                if "referral.release_waiting" in shown.action_ids:
                    choice = self.chance.choice(("release_waiting", "release_waiting", "keep_waiting"))
                    await self.hands.click(user, shown, f"referral.{choice}")
        self.now_on(self.chance.hours(20, 120), partial(self._resume, user))

    async def _resume(self, user: str) -> None:
        async with self.hands.at_work(user):
            answer = await self.hands.command(user, "/referrals resume")
            if answer and "Welcome back" in answer.text:
                self._promised(user, "", "resume")

    async def look_around(self) -> None:
        """Home, or a list."""
        user = self._anybody() if self.chance.holds(0.7) else self.chance.choice(COORDINATORS)
        line = self.chance.choice(("", "/referrals open", "/referrals mine", "/referrals status"))
        async with self.hands.at_work(user):
            if line:
                await self.hands.command(user, line)
            else:
                await self.hands.box.person(user).open_home()

    def _promised(self, user: str, code: str, *events: str) -> None:
        self.hands.ledger.promised(user, code, *events)

    def _otherwise(self) -> None:
        self.hands.ledger.otherwise += 1


def _silent(answer: Answer | None) -> bool:
    """Done, and only the card says so: whatever else has come of a click is put into words."""
    return answer is not None and answer.ok and not answer.ephemerals and answer.view is None
