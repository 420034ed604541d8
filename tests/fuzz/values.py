"""What somebody hostile would put where something ordinary belongs."""

from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.canary import somebody

#: Whoever they are, nobody may read of them in Slack, in a log or in an answer.
CANARIES = [somebody() for _ in range(8)]

HOSTILE = (
    "",
    " ",
    "x" * 10_000,
    "😀" * 500,
    "<!channel> <!here> <@U0ROBIN> <#C0REFERRALS>",
    "&<>\"'`",
    "<script>alert(1)</script>",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eevil",
    "\r\nBcc: somebody@example.org",
    "=?utf-8?q?=0ABcc:_x=40example.org?=",
    "' OR 1=1 --",
    "../../etc/passwd",
    "{{ 7 * 7 }} {% raise %} %(x)s %n ${jndi}",
    "0",
    "-1",
    "1e999",
    "null",
    "NaN",
    "R-7K3QM",
    "javascript:alert(1)",
    "http://[::1",
    "http://127.0.0.1:1/",
    "true",
    "A" * 65,
    "é" * 64,
)

T = TypeVar("T")


@st.composite
def weighted(draw: st.DrawFn, *choices: tuple[int, st.SearchStrategy[T]]) -> T:
    """One of them, so many times as often. (``one_of`` counts every alternative within an alternative as one.)"""
    table = [strategy for weight, strategy in choices for _ in range(weight)]
    return draw(table[draw(st.integers(0, len(table) - 1))])


anything = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
#: Where people may type: also who a client is. (Not where an account or a time zone stands, which is kept as it is.)
anything_typed = weighted(
    (9, anything), (1, st.sampled_from([word for one in CANARIES for word in (one.name, one.phone)]))
)
our_ids = st.builds("Q{}{:02}Q".format, st.sampled_from(["OFFER", "REFERRAL", "ITEM", "PROVIDER"]), st.integers(0, 40))

_plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), anything)
junk = st.one_of(
    _plain,
    st.lists(_plain, max_size=3),
    st.dictionaries(st.sampled_from(["id", "type", "value", "values", "user", ""]), _plain, max_size=3),
    st.builds(lambda: [[[[[[[[]]]]]]]]),  # made anew: what is mangled next may be it
)


@st.composite
def mangled(draw: st.DrawFn, ordinary: st.SearchStrategy[dict[str, Any]], most: int = 2) -> dict[str, Any]:
    """The same with up to so many of its values missing, of another type, or hostile."""
    value = draw(ordinary)
    for _ in range(draw(st.integers(0, most))):
        places = list(_places(value))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        if draw(st.booleans()):
            holder[key] = draw(junk)
        elif isinstance(holder, dict):
            del holder[key]
    return value


def _places(value: Any) -> Any:
    """(container, key) of everything in it, outermost first."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
