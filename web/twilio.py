"""What Twilio tells us: how far a text has got, and what somebody answers. Signed by Twilio, or it is refused unread.

Nothing of a body is logged, and an address of ours holds ids only.
"""

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from referrals.desk import Desk
from referrals.practices import by_slug
from referrals.texts import Report, answered, reported, word_of

from .pages import UnreadableForm, read_form

log = logging.getLogger(__name__)

Fields = list[tuple[str, str]]
Handle = Callable[[str, dict[str, str], Request], Awaitable[Response]]

#: https://www.twilio.com/docs/glossary/what-is-a-sid
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE = re.compile(r"[0-9]{1,6}")
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
#: No answer to the text: Twilio's own answers to STOP, START and HELP are enough.
_NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_PORTS = {"https": ":443", "http": ":80"}


class Refused(Exception):
    """``status`` is the HTTP status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class TwilioDoor:
    """``public_url`` is ours as the outside knows it: Twilio signs the address that it was given."""

    desk: Desk
    auth_token: str
    public_url: str

    def routes(self) -> list[Route]:
        return [
            Route("/twilio/{slug}/status", self._signed(self._status), methods=["POST"]),
            Route("/twilio/{slug}/message", self._signed(self._message), methods=["POST"]),
        ]

    def _signed(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                fields = await self._fields(request)
                practice = await self.desk.database.read(lambda session: by_slug(session, request.path_params["slug"]))
                if practice is None:
                    return PlainTextResponse("", 404)
                return await handle(practice.id, fields, request)
            except Refused as refused:
                log.warning("twilio_refused", extra={"status": refused.status})
                return PlainTextResponse("", refused.status)
            except (SQLAlchemyError, OSError) as error:
                log.error("twilio_not_heard", extra={"error": type(error).__name__})
                return PlainTextResponse("", 503, headers={"Retry-After": "30"})

        return endpoint

    async def _fields(self, request: Request) -> dict[str, str]:
        """The last of each field, once the signature holds."""
        signature = request.headers.get("x-twilio-signature", "")
        if not signature:
            raise Refused(403)
        try:
            fields = await read_form(request)
        except UnreadableForm as unreadable:
            raise Refused(unreadable.status) from unreadable
        if not self._holds(signature, _asked_for(request), fields):
            raise Refused(403)
        found = dict(fields)
        if not _SID.fullmatch(found.get("MessageSid", "")):
            raise Refused(400)
        return found

    def _holds(self, signature: str, path: str, fields: Fields) -> bool:
        given = signature.encode("utf-8", "replace")
        expected = [signed(self.auth_token, base + path, fields).encode() for base in _spellings(self.public_url)]
        return any(hmac.compare_digest(given, one) for one in expected)

    async def _status(self, practice_id: str, fields: dict[str, str], request: Request) -> Response:
        about = request.query_params.get("delivery", "")
        code = fields.get("ErrorCode", "")
        report = Report(
            sid=fields["MessageSid"],
            status=fields.get("MessageStatus", ""),
            to=fields.get("To") or None,
            code=code if _CODE.fullmatch(code) else None,
            delivery_id=about if _ID.fullmatch(about) else None,
        )
        await self.desk.do(practice_id, reported, report)
        return Response(status_code=204)

    async def _message(self, practice_id: str, fields: dict[str, str], _request: Request) -> Response:
        sender = fields.get("From", "")
        word = word_of(fields.get("Body", ""), fields.get("OptOutType", ""))
        if word is not None and _E164.fullmatch(sender):
            await self.desk.do(practice_id, answered, sender, word, fields["MessageSid"])
        return Response(_NO_ANSWER, media_type="text/xml")


def signed(auth_token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """The signature of a request that carries a form: https://www.twilio.com/docs/usage/security#validating-requests

    The address, then each field's name and value in the order of their names; HMAC-SHA1 with the account's token.
    """
    text = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    digest = hmac.new(auth_token.encode(), text.encode("utf-8", "replace"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _asked_for(request: Request) -> str:
    """Path and query as they were sent, and not as they were understood."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string") or b""
    return (path.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _spellings(public_url: str) -> list[str]:
    """Twilio's own libraries take the address with and without its port, because its servers sign either."""
    parts = urlsplit(public_url)
    port = _PORTS.get(parts.scheme, "") if parts.port is None else f":{parts.port}"
    bare = parts.netloc.removesuffix(port)
    return [parts._replace(netloc=netloc).geturl() for netloc in (bare, bare + port)]
