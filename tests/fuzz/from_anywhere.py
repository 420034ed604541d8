"""What comes from anywhere: the public form and its fields, paths nobody serves, methods, headers, bodies of 10 MB."""

from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from web.form_words import LABELS

from .from_slack import FORM, JSON
from .target import Ask
from .values import CANARIES, anything, anything_typed, our_ids, weighted

_GOOD = {
    "age_band": "18-64",
    "email_ok": "yes",
    "state": "NY",
    "service": "individual",
    "delivery": "telehealth",
    "insurer": "aetna",
    "concerns": "anxiety",
}
_FORM_PATH = b"/refer/juniper-grove-therapy"
#: A link as it stands in somebody's mail.
_OFFER_PATH = b"/offer/juniper-grove-therapy/QTOKEN01Q"
_TEXTS_PATHS = (b"/twilio/juniper-grove-therapy/message", b"/twilio/juniper-grove-therapy/status")
#: One address asks too often, the others now and then.
_callers = weighted(
    (1, st.sampled_from(["198.51.100.7", ""])),
    (9, st.builds("203.0.{}.{}".format, st.integers(0, 255), st.integers(0, 255))),
)
_nonces = weighted(
    (8, st.builds("QNONCE{:02}Q".format, st.integers(0, 99))),
    (1, st.sampled_from(["", "x", "a.b.c", "W10.x.y", "QNONCE07Qx"])),
    (1, anything_typed),
)
_weird = st.sampled_from(
    [
        (b"host", b"evil.example.org"),
        (b"host", b""),
        (b"x-forwarded-for", b"1.2.3.4, ::1, x, [::1"),
        (b"x-forwarded-host", b"evil.example.org"),
        (b"x-forwarded-proto", b"javascript"),
        (b"accept", b"text/html"),
        (b"accept", b"\xff\xfe"),
        (b"accept-encoding", b"gzip, br, x" * 50),
        (b"content-length", b"-1"),
        (b"content-length", b"99999999999999999999"),
        (b"transfer-encoding", b"chunked, x"),
        (b"expect", b"100-continue"),
        (b"range", b"bytes=0-,-1,5-2"),
        (b"if-modified-since", b"yesterday"),
        (b"cookie", b"a=b; " * 100),
        (b"cookie", b"\x00=\xff"),
        (b"authorization", b"Bearer " + b"x" * 200),
        (b"authorization", b"Bearer \xff"),
        (b"x-http-method-override", b"DELETE"),
        (b"upgrade", b"websocket"),
        (b"user-agent", b"x" * 20_000),
        (b"", b""),
        (b"\xff", b"\r\nset-cookie: a=b"),
    ]
)
_headers = st.lists(_weird, max_size=3).map(tuple)


@st.composite
def _fields(draw: st.DrawFn) -> list[tuple[str, str]]:
    who = draw(st.sampled_from(CANARIES))
    given: dict[str, Any] = _GOOD | {"client_name": who.name, "client_email": who.email, "client_phone": who.phone}
    given["nonce"] = draw(_nonces)
    if draw(st.booleans()):
        given["preferred_provider"] = draw(our_ids)
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from([*LABELS, "nonce", "external_id", "source_email", "practice_id", "channel"]))
        # Also as the source: what a client types there is nobody's business name until the practice says so.
        given[name] = draw(weighted((9, anything), (1, st.sampled_from([who.name, who.phone, who.notes]))))
    if draw(st.integers(0, 3)) == 0:
        del given[draw(st.sampled_from(sorted(given)))]
    pairs = list(given.items())
    if draw(st.integers(0, 5)) == 0:
        pairs += pairs[: draw(st.integers(0, 5))]
    return pairs


@st.composite
def filled_in(draw: st.DrawFn) -> Ask:
    body = urlencode(draw(_fields()), errors="surrogatepass").encode()
    headers = (FORM, *draw(_headers)) if draw(st.integers(0, 4)) == 0 else (FORM,)
    return Ask("POST", _FORM_PATH, b"", headers, body, None, "public form", True, draw(_callers))


_SLUGS = (_FORM_PATH, _FORM_PATH, b"/refer/nobody", b"/refer/" + b"x" * 300, "/refer/jüniper".encode(), b"/refer/a b")
_PATHS = (
    b"/",
    b"",
    b"*",
    b"//evil.example.org/refer",
    b"/refer",
    b"/refer/",
    b"/static/../../etc/passwd",
    b"/static/pages-000000000000.css",
    b"/slack/install",
    b"/.env",
    b"/\x00",
    b"/%00%ff%fe",
    b"/" + b"a/" * 3000,
    b"/metrics/",
    b"/healthz?x",
    b"/refer/juniper-grove-therapy/",
    *_TEXTS_PATHS,
    b"/twilio/nobody/status",
    _OFFER_PATH,
    _OFFER_PATH + b"x",
    b"/offer/nobody/QTOKEN01Q",
    b"/offer/juniper-grove-therapy/%00%ff",
    b"/offer/juniper-grove-therapy/" + b"x" * 5000,
    b"/refer/juniper-grove-therapy/thanks/../x",
    b"http://evil.example.org/",
)
_WATCHED = (b"/healthz", b"/readyz", b"/metrics")
_methods = weighted(
    (3, st.just("GET")),
    (2, st.sampled_from(["HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X", "get", "\xff"])),
)
_queries = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    st.sampled_from([b"code=R-7K3QM&by=email", b"code=<script>&by=x&again", b"a=" * 2000, b"%", b"code=%ff&code=%00"]),
    anything_typed.map(lambda text: urlencode({"code": text, "by": text}, errors="surrogatepass").encode()),
)


_everywhere = weighted(
    (4, st.sampled_from([*_SLUGS, *(slug + b"/thanks" for slug in _SLUGS)])),
    (2, st.sampled_from(_WATCHED)),
    (3, st.sampled_from(_PATHS)),
    (1, st.binary(max_size=30)),
)


@st.composite
def looked_at(draw: st.DrawFn) -> Ask:
    path = draw(_everywhere)
    method = draw(_methods)
    if method == "POST" and path.startswith(_FORM_PATH):
        method = "HEAD"  # forms that are sent are made above
    return Ask(method, path, draw(_queries), draw(_headers), b"", None, "looked at", False, draw(_callers))


_LONG = b"x" * 10_000_000
too_long = st.builds(
    lambda path, kind, head, signed: Ask("POST", path, b"", (kind,), head + _LONG, signed, "10 MB"),
    st.sampled_from([b"/slack/events", b"/clock", _FORM_PATH, _OFFER_PATH, *_TEXTS_PATHS, b"/nowhere", b"/healthz"]),
    st.sampled_from([FORM, JSON]),
    st.sampled_from([b"payload=", b"client_name=", b"{", b""]),
    st.sampled_from([None, 0]),
)
not_a_form = st.builds(
    lambda body, kind, caller: Ask(
        "POST", _FORM_PATH, b"", ((b"content-type", kind),), body, None, "not a form", True, caller
    ),
    st.binary(max_size=100),
    st.sampled_from([b"", b"text/plain", b"application/json", b"multipart/form-data; boundary=", b"\xff"]),
    _callers,
)
#: What only Twilio may say; whoever else says it is refused, however they have signed it.
forged_text = st.builds(
    lambda path, query, fields, signature: Ask(
        "POST",
        path,
        query,
        (FORM, *((b"x-twilio-signature", one) for one in signature)),
        urlencode(fields, errors="surrogatepass").encode(),
        None,
        "forged text",
    ),
    st.sampled_from([*_TEXTS_PATHS, b"/twilio/nobody/message", b"/twilio/" + b"x" * 300 + b"/status"]),
    _queries,
    st.lists(
        st.tuples(
            st.sampled_from(["MessageSid", "MessageStatus", "ErrorCode", "From", "To", "Body", "OptOutType", "x"]),
            st.one_of(anything_typed, st.sampled_from(["STOP", "delivered", "30006", "+12025550140", "SM" + "0" * 32])),
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from([b"", b"x", b"c2lnbmVk", b"\xff", b"a" * 4000]), max_size=2),
)
#: A form under a nonce that was never given out: shown again, never kept.
forged_form = st.builds(
    lambda fields, nonce, caller: Ask(
        "POST",
        _FORM_PATH,
        b"",
        (FORM,),
        urlencode([*((n, v) for n, v in fields if n != "nonce"), ("nonce", nonce)], errors="surrogatepass").encode(),
        None,
        "forged form",
        True,
        caller,
    ),
    _fields(),
    st.sampled_from(["", "x", "a.b.c", "QNONCE07Qx", "W10.x.y"]),
    _callers,
)
#: An answer to an offer by a live link, from who has not read its page: shown again, nothing decided.
forged_answer = st.builds(
    lambda path, decision, fields, caller: Ask(
        "POST",
        path,
        b"",
        (FORM,),
        urlencode([("decision", decision), *fields], errors="surrogatepass").encode(),
        None,
        "forged answer",
        True,
        caller,
    ),
    st.sampled_from([_OFFER_PATH, _OFFER_PATH, _OFFER_PATH + b"x", b"/offer/nobody/QTOKEN01Q"]),
    st.sampled_from(["accept", "decline", "ask", "", "x"]),
    st.lists(
        st.tuples(
            st.sampled_from(["seal", "reason", "confirm", "already_contacted", "x"]),
            st.one_of(anything_typed, st.sampled_from(["schedule", "yes", "paused", "QTOKEN01Q", "IngiI.aaa.bbb"])),
        ),
        max_size=6,
    ),
    _callers,
)
