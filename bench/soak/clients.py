"""Clients, who send the public form until they have read that it has arrived, some of them twice at once."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from bench.canaries import Identity, somebody

from .chance import Chance
from .ledger import Ledger
from .practice import SLUG

_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
_CODE = re.compile(r"code=(R-[0-9A-Z]{5})")
_PATIENCE = aiohttp.ClientTimeout(total=15)
_AGAIN = 0.7  # seconds of the real clock, until the next try


@dataclass
class Clients:
    """``base``: of a bot that is up, each time another, or None. ``providers``: ids that the form offers."""

    web: aiohttp.ClientSession
    base: Callable[[], str | None]
    chance: Chance
    ledger: Ledger
    providers: Sequence[str]
    codes_of_one: list[tuple[str, str]]  # one form, two answers

    async def ask_for_care(self) -> None:
        """Ends when they were thanked. DOMAIN.md section 4: 40 % ask for somebody."""
        who = somebody()
        form, twice = self._form(who), self.chance.holds(0.05)
        form["nonce"] = await self._nonce()
        if twice:
            first, second = await asyncio.gather(self._thanked(form), self._thanked(form))
            if first != second:
                self.codes_of_one.append((first, second))
        else:
            first = await self._thanked(form)
        self.ledger.sent[first] = who

    def _form(self, who: Identity) -> dict[str, str]:
        draw = self.chance
        minor = draw.holds(0.1)
        by_mail = draw.holds(0.9)
        return {
            "client_name": who.name,
            "preferred_name": who.preferred_name if draw.holds(0.3) else "",
            "client_email": who.email if by_mail or draw.holds(0.5) else "",
            "email_ok": "yes" if by_mail else "no",
            "client_phone": who.phone,
            "voicemail_ok": "yes" if draw.holds(0.7) else "no",
            "guardian": who.guardian if minor else "",
            "notes": who.notes if draw.holds(0.4) else "",
            "state": draw.choices(("NY", "NJ", "CT", "VT"), (70, 20, 8, 2))[0],
            "insurer": draw.choice(("aetna", "cigna", "united", "bcbs", "self_pay", "medicaid")),
            "service": draw.choices(("individual", "couples", "family"), (80, 12, 8))[0],
            "delivery": "telehealth" if draw.holds(0.8) else "in_person",
            "age_band": "13-17" if minor else "18-64",
            "concerns": draw.choice(("anxiety", "depression", "grief", "substance_use")),
            "urgency": "urgent" if draw.holds(0.03) else "",
            "source": f"Clinic {draw.randrange(12)}" if draw.holds(0.3) else "",
            "preferred_provider": draw.choice(self.providers) if draw.holds(0.4) else "",
        }

    async def _nonce(self) -> str:
        while True:
            _, text = await self._ask("GET", None)
            if found := _NONCE.search(text):
                return found[1]
            await asyncio.sleep(_AGAIN)

    async def _thanked(self, form: dict[str, str]) -> str:
        """The same form again and again, until it says under which code it was received."""
        while True:
            status, said = await self._ask("POST", form)
            if found := _CODE.search(said):
                return found[1]
            if status in (400, 409, 413, 422):
                raise AssertionError(f"the form was refused with {status}")
            self.ledger.unanswered += 1
            await asyncio.sleep(_AGAIN)

    async def _ask(self, method: str, form: dict[str, str] | None) -> tuple[int, str]:
        """Status, and the page or where it leads to; 0 when nobody answered."""
        base = self.base()
        if base is None:
            return 0, ""
        try:
            async with self.web.request(
                method, f"{base}/refer/{SLUG}", data=form, allow_redirects=False, timeout=_PATIENCE
            ) as answer:
                return answer.status, answer.headers.get("location", "") or await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""
