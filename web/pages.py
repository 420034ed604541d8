"""Pages for people: templates, the style sheet, and how much of a form is read. Their headers: ``headers``."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from .brand import sheet, sheet_name

_HERE = Path(__file__).parent

#: A form with every field full is under 40 kB; form encoding can triple what is not ASCII.
MAX_FORM_BYTES = 64 * 1024
#: What is read and thrown away of a longer one, so that a browser gets to see the answer.
_DRAINED_BYTES = 2 * 1024 * 1024
_MAX_FIELDS = 200


class UnreadableForm(Exception):
    """``status`` is the HTTP status to answer with."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Pages:
    """Renders templates; everything in them is escaped. One for the whole app."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._styles = dict(_named(name) for name in ("pages", "desk"))
        pages, desk = self._styles
        self._environment.globals.update(brand_sheet=sheet_name)
        self._environment.globals.update(style_path=f"/static/{pages}", desk_style_path=f"/static/{desk}")

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page without script, which ``headers.SafeHeaders`` keeps from being kept, framed or followed."""
        return HTMLResponse(self._environment.get_template(template).render(**values), status)

    def notice(self, status: int, title: str, *sentences: str) -> Response:
        """A page that says why there is nothing to see. It names no practice and no person."""
        return self.page("notice.html", status, title=title, sentences=sentences)

    def style_route(self) -> Route:
        """The style sheets, each under a name that changes with it, so that it may be kept for good."""

        async def style(request: Request) -> Response:
            name = request.path_params["name"]
            content = self._styles.get(name) or sheet(name)
            if content is None:
                raise HTTPException(404)
            headers = {"Cache-Control": "public, max-age=31536000, immutable"}
            return Response(content, media_type="text/css", headers=headers)

        return Route("/static/{name}", style)


def _named(name: str) -> tuple[str, bytes]:
    content = (_HERE / "static" / f"{name}.css").read_bytes()
    return f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.css", content


async def read_form(request: Request) -> list[tuple[str, str]]:
    """The fields of an HTML form, in order. Raises UnreadableForm with 400, 413 or 415."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _body(request)
    if content_type != "application/x-www-form-urlencoded":
        raise UnreadableForm(415)
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="replace"
        )
    except ValueError as error:
        raise UnreadableForm(400) from error


async def _body(request: Request) -> bytes:
    kept = bytearray()
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen <= MAX_FORM_BYTES:
                kept += chunk
            elif seen > _DRAINED_BYTES:
                break
    except ClientDisconnect as error:
        raise UnreadableForm(400) from error
    if seen > MAX_FORM_BYTES:
        raise UnreadableForm(413)
    return bytes(kept)
