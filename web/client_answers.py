"""What the secure page answers with: the client, the search, or why not; and the cookie and the keys of a session."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.responses import RedirectResponse, Response

from blocks.labels import STATUSES
from blocks.moments import calendar_day
from referrals.acting.on_behalf import Needs
from referrals.acting.page import ForCoordinators, for_coordinators
from referrals.client_page import Sealed, SearchOpen, Shut, act, show
from referrals.desk import Desk
from referrals.details import Details
from referrals.find import Hit
from referrals.links import SESSION, Opened, digest_of
from referrals.outcomes import Refused
from store.tables import Practice

from .client_desk_words import desk_values
from .client_words import SHUT, Typed, page_values, refusal
from .pages import Pages
from .seals import Seals

COOKIE = "client_page"
_NOTHING_TYPED = Typed()


class Keys:
    """The hidden value of a form: it fits one session and the referral that the page showed, and no other."""

    def __init__(self, signing_key: str) -> None:
        self._forms, self._links = Seals(signing_key, "client-page"), Seals(signing_key, "client-link")

    def of_form(self, cookie: str, referral_id: str) -> str:
        return self._forms.issue(_subject(cookie, referral_id))

    def fits_form(self, key: str, cookie: str, referral_id: str) -> bool:
        return self._forms.holds(key, _subject(cookie, referral_id))

    def of_link(self, token: str) -> str:
        """For the page before the button: whoever posts without having loaded it uses up no link."""
        return self._links.issue(digest_of(token))

    def fits_link(self, key: str, token: str) -> bool:
        return self._links.holds(key, digest_of(token))


def _subject(cookie: str, referral_id: str) -> str:
    return f"{digest_of(cookie)} {referral_id}"


def _slack(practice: Practice | None) -> str:
    """The practice's channel in Slack, or empty: nobody knows whose page a link that leads nowhere is."""
    if practice is None:
        return ""
    return f"https://slack.com/app_redirect?channel={practice.channel_id}&team={practice.team_id}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one browser to one practice. ``fields``: those of a form, ``items`` the ticked items of a plan."""

    practice: Practice
    cookie: str
    fields: dict[str, str] = field(default_factory=dict)
    items: Sequence[str] = ()
    earlier: int = 0  # which page of the timeline

    @property
    def referral_id(self) -> str:
        return self.fields["referral"]


class Answers:
    """``https``: whether people reach these pages by https only, so that the cookie may insist on it."""

    def __init__(self, desk: Desk, pages: Pages, keys: Keys, *, https: bool) -> None:
        self._desk, self._pages, self._keys, self._https = desk, pages, keys, https

    def sealed(self, practice: Practice, sealed: Sealed, token: str) -> Response:
        return self._pages.page("client_open.html", practice=practice, sealed=sealed, key=self._keys.of_link(token))

    def opened(self, practice: Practice, opened: Opened) -> Response:
        response = self.to(practice)
        response.set_cookie(COOKIE, opened.cookie, int(SESSION.total_seconds()), **self._only_here(practice))
        return response

    def to(self, practice: Practice, said: str = "") -> Response:
        """The page anew, so that loading it again sends nothing again."""
        return RedirectResponse(f"/client/{practice.slug}" + (f"?said={said}" if said else ""), 303)

    async def page(
        self,
        visit: Visit,
        status: int = 200,
        said: str = "",
        typed: Typed = _NOTHING_TYPED,
        needs: Needs | None = None,
    ) -> Response:
        """The session as it stands: every showing of a client is asked for anew, and recorded.

        ``needs``: what has to be said before somebody is accepted for.
        """
        found = await self._desk.do(visit.practice.id, show, visit.cookie)
        match found:
            case Details():
                hidden = {"referral": found.referral_id, "key": self._keys.of_form(visit.cookie, found.referral_id)}
                desk = await self._desk.do(
                    visit.practice.id, act, visit.cookie, found.referral_id, for_coordinators, visit.earlier
                )
                values = page_values(found) | {"hidden": hidden, "said": said, "typed": typed}
                values |= desk_values(desk, needs) if isinstance(desk, ForCoordinators) else {"desk": None}
                return self._pages.page("client.html", status, practice=visit.practice, **values)
            case SearchOpen():
                return self.search(visit)
            case Refused():
                return self.refused(visit.practice, found)
            case Shut():
                return self.shut(visit.practice, found, visit.cookie)
        return self.shut(visit.practice, Shut.OVER, visit.cookie)  # a referral that is no more

    def search(
        self, visit: Visit, status: int = 200, hits: Sequence[Hit] | None = None, missing: Sequence[str] = ()
    ) -> Response:
        """``hits``: None before anything was looked for."""
        return self._pages.page(
            "client_find.html",
            status,
            practice=visit.practice,
            hidden={"referral": "", "key": self._keys.of_form(visit.cookie, "")},
            statuses=STATUSES,
            day=partial(calendar_day, zone=visit.practice.time_zone),
            typed=Typed("", visit.fields),
            hits=hits,
            missing=missing,
        )

    def refused(self, practice: Practice, refused: Refused) -> Response:
        title, sentences = refusal(refused)
        return self.end(practice, title, *sentences, status=403)

    def shut(self, practice: Practice | None, shut: Shut, cookie: str = "") -> Response:
        """A link that leads nowhere leaves a session that is open alone.

        ``cookie``: the request's own. None comes with a click from another site, which is offered the page from here.
        """
        status, title, sentences = SHUT[shut]
        if shut is Shut.OVER and practice is not None and cookie:
            return self.end(practice, title, *sentences, status=status)
        here = f"/client/{practice.slug}" if shut is Shut.OVER and practice is not None else ""
        values = {"title": title, "sentences": sentences, "onward": shut is Shut.MOVED, "slack": _slack(practice)}
        values |= {"here": here}
        return self._pages.page("client_shut.html", status, practice=practice, **values)

    def end(self, practice: Practice, title: str, *sentences: str, status: int = 200) -> Response:
        """The last page of a session."""
        values = {"title": title, "sentences": sentences, "onward": False, "slack": _slack(practice)}
        response = self._pages.page("client_shut.html", status, practice=practice, **values)
        response.delete_cookie(COOKIE, **self._only_here(practice))
        return response

    def out_of_order(self) -> Response:
        return self._pages.notice(
            503, "This page is out of order for a moment", "Nothing was changed. Please try again in a minute."
        )

    def _only_here(self, practice: Practice) -> dict[str, Any]:
        return {"path": f"/client/{practice.slug}", "secure": self._https, "httponly": True, "samesite": "strict"}
