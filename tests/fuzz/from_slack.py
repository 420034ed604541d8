"""What comes as from Slack: payloads that are right, nearly right and not at all, signed and not."""

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from blocks.ids import ActionId, BlockId, CallbackId, menu_value
from store.vocabulary import CloseReason, DeclineReason

from .target import Ask
from .values import anything, anything_typed, junk, mangled, our_ids, weighted

FORM = (b"content-type", b"application/x-www-form-urlencoded")
JSON = (b"content-type", b"application/json")
EVENTS, CLOCK = b"/slack/events", b"/clock"
HERE = "T0SANDBOX"

#: Members, a coordinator, a guest, somebody of a partner's workspace, and nobody.
_known = st.sampled_from(["U0MAYA", "U0TOMAS", "U0YUKI", "U0ROBIN", "U0NOOR", "U0DARA"])
strangers = st.sampled_from(["U0GUS", "U0PETRA", "U0NOBODY", "USLACKBOT", "", "u0maya", "W0"])
anybody = weighted((4, _known), (1, strangers))
_teams = st.sampled_from([HERE, HERE, HERE, HERE, "T0PARTNER", "T0OTHER", "", None])
_ids = weighted((4, our_ids), (1, anything_typed))
_addresses = st.sampled_from(["", "", "http://127.0.0.1:1/none", "not an address", "http://[::1", "javascript:1", "//"])


@st.composite
def _common(draw: st.DrawFn, kind: str, who: st.SearchStrategy[str], team: st.SearchStrategy[Any]) -> dict[str, Any]:
    at = draw(team)
    return {
        "type": kind,
        "user": {"id": draw(who), "username": "somebody", "team_id": at},
        "api_app_id": "A0SANDBOX",
        "token": "sandbox-verification",
        "team": {"id": at, "domain": "juniper-grove"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": draw(st.sampled_from(["", "1.2.3", "x"])),
    }


@st.composite
def _action(draw: st.DrawFn) -> dict[str, Any]:
    action_id = draw(weighted((9, st.sampled_from(ActionId)), (1, anything_typed)))
    action: dict[str, Any] = {
        "type": "button",
        "action_id": str(action_id),
        "block_id": draw(st.one_of(st.sampled_from(BlockId), anything_typed)),
        "value": draw(_ids),
        "action_ts": "1763161200.000100",
    }
    if action_id == ActionId.MORE or draw(st.integers(0, 9)) == 0:
        chosen = menu_value(draw(st.sampled_from(ActionId)), draw(_ids))
        action |= {"type": "overflow", "action_id": "referral.more", "selected_option": {"value": chosen}}
    return action


@st.composite
def _view(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    reason = draw(weighted((6, st.sampled_from([*DeclineReason, *CloseReason])), (3, our_ids), (1, anything_typed)))
    field, action = draw(st.sampled_from([(BlockId.REASON, ActionId.REASON), (BlockId.PROVIDER, ActionId.PROVIDER)]))
    subject = draw(_ids)
    return {
        "id": "V0FUZZ",
        "type": kind,
        "callback_id": draw(weighted((9, st.sampled_from([str(one) for one in CallbackId])), (1, anything_typed))),
        "private_metadata": subject + draw(st.sampled_from(["", " home", " x y"])),
        "state": {"values": {field: {action: {"type": "radio_buttons", "selected_option": {"value": reason}}}}},
        "hash": "1.x",
        "team_id": HERE,
    }


@st.composite
def clicks(draw: st.DrawFn, who: Any = anybody, team: Any = _teams) -> dict[str, Any]:
    payload = draw(_common("block_actions", who, team))
    payload |= {"actions": [draw(_action())], "state": {"values": {}}}
    if draw(st.booleans()):
        payload["container"] = {"type": "message", "message_ts": "1.2", "is_ephemeral": draw(st.booleans())}
        payload["message"] = {"ts": "1.2", "team": draw(team), "text": draw(anything_typed)}
        payload["channel"] = {"id": "C0REFERRALS", "name": "referrals"}
        payload["response_url"] = draw(_addresses)
    else:
        payload["view"] = draw(_view(draw(st.sampled_from(["home", "modal"]))))
    return payload


@st.composite
def submissions(draw: st.DrawFn, who: Any = anybody, team: Any = _teams) -> dict[str, Any]:
    payload = draw(_common(draw(st.sampled_from(["view_submission", "view_submission", "view_closed"])), who, team))
    return payload | {"view": draw(_view("modal")), "response_urls": [], "is_cleared": False}


@st.composite
def _user(draw: st.DrawFn) -> dict[str, Any]:
    """Somebody new, or a provider whom no other test needs, with anything said of them."""
    id = draw(st.sampled_from(["U0INES", "U0NEW", "U0GUS"]))
    return {
        "id": id,
        "team_id": draw(_teams),
        "deleted": draw(st.booleans()),
        "is_restricted": draw(st.booleans()),
        "is_bot": False,
        "tz": draw(st.one_of(st.sampled_from(["America/Denver", "Nowhere/None", "../etc"]), anything)),
        "profile": {"email": draw(st.one_of(st.just("ines@junipergrove.example.org"), anything))},
    }


@st.composite
def events(draw: st.DrawFn, who: Any = anybody, team: Any = _teams) -> dict[str, Any]:
    kinds = ["app_home_opened"] * 4 + ["user_change"] * 4 + ["message", "app_mention", "tokens_revoked"]
    kind = draw(st.sampled_from(kinds))
    event: dict[str, Any] = {"type": kind, "user": draw(who), "event_ts": "1.2", "tab": "home", "channel": "D0X"}
    if kind == "user_change":
        event["user"] = draw(mangled(_user()))
    at = draw(team)
    return {
        "token": "sandbox-verification",
        "team_id": at,
        "api_app_id": "A0SANDBOX",
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0FUZZ",
        "event_time": 1763161200,
        "authorizations": [{"team_id": at, "user_id": "U0DESK", "is_bot": True, "is_enterprise_install": False}],
    }


@st.composite
def typed(draw: st.DrawFn, who: Any = anybody, team: Any = _teams) -> dict[str, Any]:
    word = draw(st.sampled_from(["help", "open", "mine", "status", "pause", "resume", "find", "new", "report", "opne"]))
    rest = draw(weighted((1, st.just("")), (2, anything_typed)))
    return {
        "token": "sandbox-verification",
        "team_id": draw(team) or "",
        "channel_id": "C0REFERRALS",
        "user_id": draw(who),
        "command": draw(st.sampled_from(["/referrals", "/referrals", "/referrals", "/other", ""])),
        "text": draw(st.sampled_from([word, f"{word} {rest}", rest])),
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
        "response_url": draw(_addresses),
        "trigger_id": "1.2.3",
    }


def _interaction(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def _posted(what: str, body: bytes, header: tuple[bytes, bytes], path: bytes = EVENTS, signed: int | None = 0) -> Ask:
    return Ask("POST", path, headers=(header,), body=body, signed=signed, what=what)


def _command_body(fields: dict[str, Any]) -> bytes:
    return urlencode({name: str(value) for name, value in fields.items()}, errors="surrogatepass").encode()


handshakes = st.fixed_dictionaries({"type": st.just("url_verification"), "challenge": junk, "token": junk})


def _signed(who: Any, team: Any, most: int) -> st.SearchStrategy[Ask]:
    """As Slack would send it, for these people; ``most``: how many values of a payload are mangled."""
    return weighted(
        (4, mangled(clicks(who, team), most).map(lambda one: _posted("click", _interaction(one), FORM))),
        (3, mangled(submissions(who, team), most).map(lambda one: _posted("form in Slack", _interaction(one), FORM))),
        (1, mangled(typed(who, team), most).map(lambda one: _posted("command", _command_body(one), FORM))),
        (1, mangled(events(who, team), most).map(lambda one: _posted("event", json.dumps(one).encode(), JSON))),
    )


signed = weighted(
    (10, _signed(anybody, _teams, 2)),
    (10, _signed(anybody, st.just(HERE), 0)),
    (1, mangled(handshakes).map(lambda one: _posted("handshake", json.dumps(one).encode(), JSON))),
    (2, junk.map(lambda one: _posted("junk", json.dumps(one).encode(), JSON))),
    (2, junk.map(lambda one: _posted("junk", _interaction(one), FORM))),
)

#: Clicks and forms of people who may do nothing here. Their events may be news of them; they are left out.
from_strangers = st.one_of(
    clicks(strangers, st.just(HERE)).map(lambda one: _posted("stranger's click", _interaction(one), FORM)),
    clicks(_known, st.just("T0OTHER")).map(lambda one: _posted("other workspace", _interaction(one), FORM)),
    submissions(strangers, st.just(HERE)).map(lambda one: _posted("stranger's form", _interaction(one), FORM)),
    typed(strangers, st.just(HERE)).map(lambda one: _posted("stranger's command", _command_body(one), FORM)),
)

_whole = st.one_of(
    mangled(clicks(_known, st.just(HERE))).map(_interaction),
    events(_known, st.just(HERE)).map(lambda one: json.dumps(one).encode()),
)
_bodies = st.one_of(_whole, typed(_known, st.just(HERE)).map(_command_body))
_broken = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"{", b"[]", b"null", b'"x"', b"payload=", b"payload=%7B", b"payload=null", b"payload=[1]"]),
    st.sampled_from([b"[" * 100_000, b'{"a":' * 50_000, b"a=1&" * 5000, b"\xff\xfe", b"\x00" * 100, b"%", b"&&&=="]),
    st.tuples(_whole, st.integers(1, 200)).map(lambda cut: cut[0][: -cut[1]]),  # a command cut short is still one
)
_kinds = st.one_of(
    st.sampled_from([FORM, JSON]),
    st.sampled_from([b"text/plain", b"", b"multipart/form-data; boundary=x", b"application/xml", b"\xff\x00"]).map(
        lambda kind: (b"content-type", kind)
    ),
)
_signatures = st.one_of(
    st.sampled_from([b"", b"v0=", b"v0=" + b"0" * 64, b"v1=" + b"0" * 64, "v0=ü".encode(), b"\xff" * 64]),
    st.binary(max_size=40),
)
_stamps = st.one_of(
    st.sampled_from([b"", b"now", b"-1", b"0", b"1e9", b"9" * 11, b"9" * 400, "١٧٦٣".encode(), b"1763161200.5"]),
    st.binary(max_size=12),
)


@st.composite
def _unsigned(draw: st.DrawFn) -> Ask:
    headers = [draw(_kinds)]
    if draw(st.booleans()):
        headers.append((b"x-slack-signature", draw(_signatures)))
    if draw(st.booleans()):
        headers.append((b"x-slack-request-timestamp", draw(_stamps)))
    body = draw(st.one_of(_bodies, _broken))
    return Ask("POST", draw(st.sampled_from([EVENTS, EVENTS, CLOCK])), b"", tuple(headers), body, None, "not signed")


#: Also signed by whoever knows the secret, but too long ago, or for a moment to come.
stale = st.builds(
    lambda body, late: Ask("POST", EVENTS, b"", (FORM,), body, late, "stale"),
    _bodies,
    st.sampled_from([301, 3600, 10**8, -400, -(10**8)]),
)
malformed = st.builds(
    lambda body, kind, path: _posted("malformed", body, kind, path),
    _broken,
    _kinds,
    st.sampled_from([EVENTS, EVENTS, CLOCK]),
)
clock = st.builds(
    lambda value: _posted("clock", json.dumps(value).encode(), JSON, CLOCK),
    st.one_of(
        st.fixed_dictionaries(
            {"offset_seconds": st.one_of(st.sampled_from([-1, 1e300, None, "5", [], {}]), anything_typed)}
        ),
        st.fixed_dictionaries({"": junk}),
        st.just({"offset_seconds": float("nan")}),
        st.just({"offset_seconds": float("inf")}),
    ),
)
unsigned = _unsigned()
