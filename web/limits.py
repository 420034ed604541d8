"""How often one address may ask for a public page. Who it is comes from the connection, or from a proxy of ours.

Counted in this process only, in bounded memory; what Slack sends, which is signed, is never counted.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

#: Addresses kept in mind. The one not seen for longest is forgotten first, and may then begin anew.
_MOST_ADDRESSES = 10_000

_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")


class Callers:
    """Tells who asks. ``proxies``: addresses and networks whose ``X-Forwarded-For`` is believed."""

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        self._proxies = tuple(ip_network(one, strict=False) for one in proxies)

    def address(self, request: HTTPConnection) -> Address | None:
        """The client's own; None where the connection has none (a Unix socket).

        Read from the right: each proxy appends whom it saw, and what stands left of the first stranger is hearsay.
        """
        found = _read(request.client.host) if request.client else None
        hops = [hop for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
        for hop in reversed(hops):
            if found is None or not self._ours(found):
                break
            seen = _read(hop)
            if seen is None:
                break
            found = seen
        return found

    def bucket(self, request: HTTPConnection) -> str:
        """Under what it is counted: a household has an IPv4 address, but the whole of an IPv6 /64."""
        address = self.address(request)
        if isinstance(address, IPv6Address):
            return str(ip_network((address, 64), strict=False))
        return str(address)

    def local(self, request: HTTPConnection) -> bool:
        """From this machine and not passed on by anything: neither a proxy nor a page in somebody's browser."""
        address = self.address(request)
        passed_on = any(name in request.headers for name in ("x-forwarded-for", "x-forwarded-host", "forwarded", "via"))
        named = _LOCAL.fullmatch(request.headers.get("host", "")) is not None
        return address is not None and address.is_loopback and named and not passed_on

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


class Buckets:
    """Token buckets: ``per_minute`` at once, refilled evenly. 0: no limit."""

    def __init__(
        self, per_minute: int, most: int = _MOST_ADDRESSES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size, self._most, self._clock = per_minute, most, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, bucket: str) -> int:
        """0 when there was a token; else the whole seconds until there is one."""
        if not self._size:
            return 0
        now, rate = self._clock(), self._size / 60
        left, at = self._left.pop(bucket, (float(self._size), now))
        left = min(self._size, left + (now - at) * rate)
        wait = 0 if left >= 1 else math.ceil((1 - left) / rate)
        self._left[bucket] = (left if wait else left - 1, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._left)


class Visits:
    """The public pages' limits: for looking, and for sending a form."""

    def __init__(self, callers: Callers, pages_per_minute: int = 120, forms_per_minute: int = 30) -> None:
        self._callers = callers
        self._pages, self._forms = Buckets(pages_per_minute), Buckets(forms_per_minute)
        self._handed_back = Buckets(forms_per_minute)

    def look(self, request: HTTPConnection) -> int:
        """Seconds to wait, or 0."""
        return self._pages.take(self._callers.bucket(request))

    def send(self, request: HTTPConnection) -> int:
        """The same."""
        return self._forms.take(self._callers.bucket(request))

    def may_have_it_back(self, request: HTTPConnection) -> bool:
        """Whether a form that came too soon is read all the same, to hand back what was typed; a flood is not."""
        return self._handed_back.take(self._callers.bucket(request)) == 0


def _read(text: str) -> Address | None:
    """Also "[2001:db8::1]:443" and "192.0.2.1:443", as some proxies write them; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
