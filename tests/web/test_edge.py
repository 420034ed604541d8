"""What stands in front of the routes, over real sockets: limits, patience, headers, and pages when it goes wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.connections import PatientProtocol
from web.edge import Bodies, Crowd, edged
from web.headers import safe_headers
from web.pages import Pages

from .serving import PATIENCE, exchanged, served

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
SECRET = "Zoe Canary-Smith"


class Impatient(PatientProtocol):
    head_seconds = 0.3


async def fails(_request: Request) -> Response:
    raise LookupError(SECRET)


async def breaks_off(_request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError(SECRET)

    return StreamingResponse(body())


async def reads(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def ignores(_request: Request) -> Response:
    return PlainTextResponse("done")


ROUTES = [
    Route("/fails", fails),
    Route("/breaks-off", breaks_off),
    Route("/reads", reads, methods=["POST"]),
    Route("/ignores", ignores, methods=["GET", "POST"]),
]


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with served(edged(ROUTES, Pages(), https=True), Impatient) as port:
        yield port


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/ignores", 200),
        ("HEAD", "/ignores", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/%00%ff", 404),
        ("GET", "//evil.example.org/", 404),
        ("GET", "/ignores/", 404),
        ("DELETE", "/ignores", 405),
        ("GET", "/reads", 405),
        ("TRACE", "/ignores", 405),
        ("OPTIONS", "/ignores", 405),
        ("GET", "/fails", 500),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_every_answer_has_the_headers_and_says_nothing_of_the_inside(
    port: int, method: str, path: str, status: int, accept: str
) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.request(
            method, f"http://127.0.0.1:{port}{path}", headers={"Accept": accept}, allow_redirects=False
        ) as answer:
            text = await answer.text()
    assert answer.status == status
    for name, value in safe_headers(https=True):
        assert answer.headers.getall(name.decode()) == [value.decode()]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "server" not in answer.headers
    for word in (SECRET, "Traceback", "LookupError", "starlette", "evil", "nowhere"):
        assert word not in text
    if status >= 400 and method == "GET":
        assert ("<h1>" in text) is (accept == "text/html"), "pages for browsers, a line for machines"
        assert "<script" not in text and " style=" not in text


async def test_without_https_no_browser_is_told_to_insist_on_it() -> None:
    assert b"strict-transport-security" not in dict(safe_headers(https=False))
    assert b"strict-transport-security" in dict(safe_headers(https=True))


async def test_a_fault_is_logged_by_its_kind_and_place_only(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with aiohttp.ClientSession() as http:
            async with http.get(f"http://127.0.0.1:{port}/fails?name=zoe", headers=BROWSER) as answer:
                assert answer.status == 500
    (fault,) = [one for one in caplog.records if one.name.startswith("web")]
    assert (fault.message, fault.error, fault.exc_info) == ("page_failed", "LookupError", None)
    assert fault.place.startswith("test_edge.py:")
    assert SECRET not in caplog.text
    assert [one for one in caplog.records if one.name == "uvicorn.error" and one.levelno > logging.INFO] == []


async def test_a_fault_in_the_middle_of_an_answer_breaks_it_off(port: int) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientError):
            async with http.get(f"http://127.0.0.1:{port}/breaks-off") as answer:
                await answer.read()


async def test_what_has_been_answered_is_counted_by_status() -> None:
    seen: list[int] = []
    async with served(edged(ROUTES, Pages(), https=False, answered=seen.append)) as port:
        async with aiohttp.ClientSession() as http:
            for path in ("/ignores", "/nowhere", "/fails"):
                await (await http.get(f"http://127.0.0.1:{port}{path}")).read()
    assert seen == [200, 404, 500]


HEAD = b"POST /reads HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Length: 100\r\n\r\n"


async def test_a_body_that_does_not_come_is_given_up() -> None:
    app = edged(ROUTES, Pages(), https=False, body_seconds=0.3)
    async with served(app) as port:
        for pieces in ((HEAD,), (HEAD, b"some of it")):
            answer = await exchanged(port, *pieces)
            assert answer.startswith(b"HTTP/1.1 408 ") and b"too long to arrive" in answer
            assert b"nosniff" in answer and b"connection: close" in answer.lower()


async def test_a_body_that_drips_is_given_up_in_the_same_time() -> None:
    """Each drop alone would be in time; the whole is not."""
    async with served(edged(ROUTES, Pages(), https=False, body_seconds=0.5)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        reading = asyncio.create_task(reader.read())
        drops = 0
        while not reading.done() and drops < 99:
            writer.write(b"x")
            drops += 1
            await asyncio.wait([reading], timeout=0.05)
        # What still drips when the connection ends may have it reset, and then the answer is not read.
        with suppress(ConnectionResetError):
            assert (await asyncio.wait_for(reading, PATIENCE)).startswith(b"HTTP/1.1 408 ")
        assert drops < 99
        writer.close()


async def test_a_body_that_is_too_long_is_not_read_to_its_end() -> None:
    taken = 0

    async def app(_scope: object, receive: object, _send: object) -> None:
        nonlocal taken
        while True:
            taken += len((await receive())["body"])  # type: ignore[operator]

    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    with pytest.raises(Exception) as refused:
        await Bodies(app, most=10_000)({}, endless, None)  # type: ignore[arg-type]
    assert refused.value.status_code == 413 and taken == 10_000  # type: ignore[attr-defined]


@pytest.mark.parametrize("head", [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_head_that_does_not_come_ends_the_connection(port: int, head: bytes) -> None:
    assert await exchanged(port, head) == b""


async def test_a_head_that_drips_ends_the_connection_also_after_a_good_request(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /ignores HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200" in await asyncio.wait_for(reader.readuntil(b"done"), PATIENCE)
    writer.write(b"GET /ignores HTTP/1.1\r\n")
    await drip_until_it_ends(reader, writer, b"X: y\r\n")


async def drip_until_it_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drop: bytes) -> None:
    """The other side ends the connection, without a word, before it has taken a hundred drops."""
    reading = asyncio.create_task(reader.read())
    drops = 0
    while not reading.done() and drops < 99:
        writer.write(drop)
        drops += 1
        await asyncio.wait([reading], timeout=0.05)
    with suppress(ConnectionResetError):
        assert await asyncio.wait_for(reading, PATIENCE) == b""
    assert drops < 99
    writer.close()


async def test_a_body_that_nobody_wants_does_not_hold_the_connection(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /ignores HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
    assert b"200" in await asyncio.wait_for(reader.readuntil(b"done"), PATIENCE)
    await drip_until_it_ends(reader, writer, b"x")


async def test_a_request_that_takes_its_time_is_not_cut_off() -> None:
    """The patience is for what is on its way to us, not for our own work."""

    async def slow(_request: Request) -> Response:
        await asyncio.sleep(Impatient.head_seconds * 2)
        return PlainTextResponse("done")

    async with served(edged([Route("/slow", slow)], Pages(), https=False, body_seconds=0.2), Impatient) as port:
        async with aiohttp.ClientSession() as http:
            for _ in range(2):
                async with http.get(f"http://127.0.0.1:{port}/slow") as answer:
                    assert (answer.status, await answer.text()) == (200, "done")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"POST /reads HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /reads HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /reads HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused_with_the_headers(
    port: int, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await exchanged(port, head)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert (b"431" in answer) is (b"xxxx" in head)
    assert b"nosniff" in answer and b"Traceback" not in answer and b"xxxx" not in answer
    told = [one.getMessage() for one in caplog.records if one.name != "uvicorn.access"]
    assert "xxxx" not in "".join(told) and "Traceback" not in caplog.text


async def test_more_than_can_be_answered_well_are_turned_away_and_slack_last() -> None:
    going_on, let_go = asyncio.Semaphore(0), asyncio.Event()

    async def waits(_request: Request) -> Response:
        going_on.release()
        await let_go.wait()
        return PlainTextResponse("done")

    routes = [Route("/page", waits), Route("/slack/events", waits), Route("/healthz", ignores)]
    async with served(edged(routes, Pages(), https=False, most_at_once=3, kept_free=1)) as port:
        base = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession(headers=BROWSER) as http:
            inside = [asyncio.create_task(_answered(http, f"{base}/page")) for _ in range(3)]
            for _ in inside:
                await asyncio.wait_for(going_on.acquire(), PATIENCE)
            status, headers, text = await _answered(http, f"{base}/page")
            assert status == 503 and int(headers["Retry-After"]) > 0 and "Nothing was saved" in text
            assert "frame-ancestors" in headers["Content-Security-Policy"]
            assert (await _answered(http, f"{base}/healthz"))[0] == 200
            click = asyncio.create_task(_answered(http, f"{base}/slack/events"))
            await asyncio.wait_for(going_on.acquire(), PATIENCE)
            assert (await _answered(http, f"{base}/slack/events"))[0] == 503
            let_go.set()
            assert [one[0] for one in await asyncio.gather(*inside, click)] == [200] * 4
            assert (await _answered(http, f"{base}/page"))[0] == 200, "the places are free again"


async def test_a_place_is_given_back_whatever_happens() -> None:
    async def bad(*_: object) -> None:
        raise LookupError(SECRET)

    crowd = Crowd(bad, Pages(), most=1, kept_free=0)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(LookupError):
            await crowd({"type": "http", "path": "/", "headers": []}, None, None)  # type: ignore[arg-type]


async def test_more_connections_than_there_are_places() -> None:
    class Few(PatientProtocol):
        most_connections = 2

    async with served(edged(ROUTES, Pages(), https=False), Few) as port:
        first = await asyncio.open_connection("127.0.0.1", port)
        second = await asyncio.open_connection("127.0.0.1", port)
        second[1].write(b"GET /ignores HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in await asyncio.wait_for(second[0].readuntil(b"done"), PATIENCE)
        with pytest.raises(ConnectionError):
            assert await exchanged(port, b"GET /ignores HTTP/1.1\r\nHost: x\r\n\r\n") == b""
            raise ConnectionError  # hung up before or after we could write
        first[1].close()
        second[1].close()


async def _answered(http: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, str], str]:
    async with http.get(url) as answer:
        return answer.status, dict(answer.headers), await answer.text()
