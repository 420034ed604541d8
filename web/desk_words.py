"""What the door of the coordinators' pages says to whom it does not open. Pure."""

from blocks.labels import REFUSALS
from referrals.client_page import Shut
from referrals.outcomes import Refused

_BACK = "In Slack, open the Home tab of the referral desk and press the button again."

#: HTTP status, title, sentences.
SHUT: dict[Shut, tuple[int, str, tuple[str, ...]]] = {
    Shut.UNKNOWN: (404, "There is no such page", ("The link may be cut off or mistyped.", _BACK)),
    Shut.USED: (410, "This link has been used", ("Each link opens once, to keep it safe.", _BACK)),
    Shut.EXPIRED: (410, "This link is too old", ("Each link is good for five minutes, to keep it safe.", _BACK)),
    Shut.OVER: (403, "These pages are closed", ("They stay open for four hours, or until you close them.", _BACK)),
    Shut.MOVED: (
        409,
        "This page was opened too long ago",
        ("Nothing was changed. Go back, load the page anew, and send it again.",),
    ),
}

#: Title and sentences, after the button "Close".
CLOSED = ("These pages are closed", ("Whoever uses this browser next cannot open them.", _BACK))
OUT_OF_ORDER = ("This page is out of order for a moment", "Nothing was changed. Please try again in a minute.")
UPLOAD_AGAIN = "Then go back and choose the file again."
TOO_LONG = (
    "That is more than this page can take",
    "Nothing was saved. At most 900 kB here; larger files by the command line: referrals import roster FILE.",
)
TOO_SLOW = ("That took too long to arrive", "Nothing was saved. Please go back and send it again.")


def refusal(refused: Refused) -> tuple[str, tuple[str, ...]]:
    return "These pages are for coordinators", (REFUSALS[refused.reason].format(whom="a coordinator"),)
