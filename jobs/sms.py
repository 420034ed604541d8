"""Text messages: the one sentence a provider gets, and handing it to Twilio (or what speaks like it).

Twilio's own Python client is synchronous and large; one form POST is all that is needed. Sources:
https://www.twilio.com/docs/messaging/api/message-resource and https://www.twilio.com/docs/api/errors
"""

import json
import unicodedata
from datetime import timedelta
from typing import Any

import aiohttp

from jobs.errors import DeliveryError, FailureKind
from referrals.letters import Letter
from referrals.notices import Template
from store.tables import Practice

TWILIO_API_URL = "https://api.twilio.com"

#: One segment in the GSM 7-bit alphabet (3GPP TS 23.038): more would be split, and cost, and arrive, in parts.
SEGMENT = 160
_OFFER = ": a referral is waiting for you. Check Slack or work email. Reply STOP to opt out."
_GSM = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: What Unicode does not take apart by itself, or GSM writes otherwise.
_LOOKALIKES = str.maketrans("‘’‚‛“”„–—‒…×·•łŁđĐı", "''''\"\"\"---.x..lLdDi")

#: Never to be tried again: not a mobile number, not reachable, opted out, or not allowed (PLATFORM.md).
_PERMANENT = frozenset({21610, 21211, 21614, 21635, 30006})
#: What the codes of its errors begin with in this house.
TWILIO = "twilio_"
OPTED_OUT = f"{TWILIO}21610"


def sms_text(letter: Letter) -> str:
    """At most 160 GSM-7 characters, with no fact about a client. Raises LookupError for a letter that is no SMS."""
    if letter.template is not Template.PROVIDER_OFFER_SMS:
        raise LookupError(f"{letter.template} is no text message")
    return gsm_name(letter.practice, SEGMENT - len(_OFFER)) + _OFFER


def gsm_name(practice: Practice, limit: int) -> str:
    """The practice's name in the GSM alphabet; the words of its slug when little of the name can be written in it."""
    name = _in_gsm(practice.name)
    if 2 * _letters(name) < _letters(practice.name) or not name:
        name = _in_gsm(practice.slug.replace("-", " ").replace("_", " ")).title() or "Your practice"
    if len(name) <= limit:
        return name
    cut = name[: limit - 3]
    at_word = cut.rpartition(" ")[0]
    return (at_word if 2 * len(at_word) > len(cut) else cut).rstrip(" ,.-") + "..."


def _in_gsm(text: str) -> str:
    written = []
    for letter in text.translate(_LOOKALIKES):
        if letter in _GSM:
            written.append(letter)
        else:
            bare = unicodedata.normalize("NFKD", letter)
            written.append("".join(one for one in bare if one in _GSM) or (" " if letter.isspace() else ""))
    return " ".join("".join(written).split())


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)


class Texter:
    """``sender`` is a number in E.164, or the sid of a messaging service (``MG…``)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        api_url: str = TWILIO_API_URL,
        timeout: float = 20.0,
    ) -> None:
        self._session = session
        self._url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._headers = {
            "Authorization": aiohttp.encode_basic_auth(account_sid, auth_token),
            # A kept connection may be dead without our knowing, and a text lost on it would be "unknown".
            "Connection": "close",
        }
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        # Connecting has the shorter limit, so that the longer one can only mean: sent, and no answer.
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=timeout / 2)

    async def send(self, to: str, body: str, status_callback: str | None = None) -> str:
        """Twilio's sid of the message. ``to`` in E.164; ``status_callback`` is the public address told of its fate.

        Creating a message is not idempotent: a 5xx, a drop or a timeout after the request raises DeliveryError
        UNKNOWN and must not be repeated. RETRY: not connected, 429, our credentials refused. Else PERMANENT.
        """
        form = {**self._sender, "To": to, "Body": body}
        if status_callback:
            form["StatusCallback"] = status_callback
        outcome = await self._post(form)
        if isinstance(outcome, DeliveryError):  # raised out here: the library's error names the account
            raise outcome
        return outcome

    async def _post(self, form: dict[str, str]) -> str | DeliveryError:
        try:
            async with self._session.post(
                self._url,
                data=form,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return _outcome(response.status, await response.read(), response.headers.get("Retry-After"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return DeliveryError("twilio_unreachable", FailureKind.RETRY)
        except TimeoutError:
            return DeliveryError("twilio_timeout", FailureKind.UNKNOWN)
        except (aiohttp.ClientError, OSError):
            return DeliveryError("twilio_dropped", FailureKind.UNKNOWN)


def _outcome(status: int, body: bytes, retry_after: str | None) -> str | DeliveryError:
    answer = _json(body)
    sid, code = answer.get("sid"), answer.get("code")
    if status in (200, 201):
        return sid if isinstance(sid, str) and sid else DeliveryError("twilio_no_sid", FailureKind.UNKNOWN)
    name = f"{TWILIO}{code}" if isinstance(code, int) else f"twilio_http_{status}"
    if code in _PERMANENT:
        return DeliveryError(name, FailureKind.PERMANENT)
    if status == 429 or code == 20429:
        seconds = int(retry_after) if retry_after and retry_after.isdecimal() else 0
        return DeliveryError(name, FailureKind.RETRY, timedelta(seconds=seconds) if seconds else None)
    if status == 401:
        return DeliveryError(name, FailureKind.RETRY)  # our credentials, not this message: someone will mend them
    if 400 <= status < 500:
        return DeliveryError(name, FailureKind.PERMANENT)
    return DeliveryError(name, FailureKind.UNKNOWN)


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
