"""What is wrong with the practice's desk as a whole, and what to do about it: plain words for Home, Slack and mail.

Nothing here is escaped yet. No reference and no message stands in it, and no client: an item's kind, its code and the
provider whom it concerns are all it knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from referrals.messages.mails import MAILS
from referrals.roster.licence_ends import LicenceEnd
from store.vocabulary import AttentionKind

from .moments import long_day
from .text import clean, listed


@dataclass(frozen=True, slots=True)
class Trouble:
    """``what`` is one sentence and enough for a notification; ``remedy`` says what to do and what happens meanwhile."""

    what: str
    remedy: str


#: Named in one sentence.
_MOST_STATES = 4

_KEPT = "What people decide is kept meanwhile, and the cards and replies that wait go out by themselves afterwards."
_GONE = Trouble(
    "Slack does not let the referral desk in any more.",
    "The app was uninstalled, or its token was revoked. Please have whoever runs the desk install the app again and, if"
    " Slack gives it a new token, set SLACK_BOT_TOKEN and restart the desk. Emails go on; everything that waits for"
    " Slack is kept and goes out by itself, once, when the app is back.",
)
_ARCHIVED = Trouble("The referrals channel is archived.", f"Please unarchive it in Slack. {_KEPT}")

#: Slack's error code -> what it means here.
_SLACK = {
    "is_archived": _ARCHIVED,
    "is_inactive": _ARCHIVED,
    "not_in_channel": Trouble(
        "The referral desk's app has been removed from the referrals channel.",
        f"Please open the channel in Slack and invite the app again with /invite. {_KEPT}",
    ),
    "channel_not_found": Trouble(
        "The referral desk cannot find the referrals channel.",
        "It was deleted, or it is private and the app has been removed. Please invite the app again with /invite, or"
        f" have whoever runs the desk choose another channel. {_KEPT}",
    ),
    "restricted_action": Trouble(
        "The referral desk's app may not post in the referrals channel.",
        f"Please have a workspace admin allow it in the channel's posting permissions. {_KEPT}",
    ),
    **dict.fromkeys(
        ("app_uninstalled", "token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"), _GONE
    ),
}


def trouble(
    kind: AttentionKind, detail: str | None, about: str | None = None, ends: Sequence[LicenceEnd] = ()
) -> Trouble:
    """``detail``: the audit's rule, or Slack's error code. ``about``: a provider's name. ``ends``: of licences."""
    code = clean(detail or "")
    if kind is AttentionKind.SMS:
        return Trouble(
            f"Text messages do not reach {clean(about or 'one of the providers')}.",
            "The mobile number on the roster takes none, or cannot be reached. Offers still come by Slack and email."
            " Please ask for a number that takes texts and change it on the roster; if it works again, this goes away"
            " by itself.",
        )
    if kind is AttentionKind.NOT_IN_SLACK:
        return Trouble(
            f"{clean(about or 'One of the providers')} is not in Slack.",
            "Slack has no full account by their address: nobody by that address, or they have left, or are a guest. So"
            " they cannot take referrals there. Please check their address on the roster, or have them invited,"
            " restored or made a full member in Slack; the desk then links them by itself.",
        )
    if kind is AttentionKind.LICENCE_ENDING:
        return _licences(clean(about or "a provider"), ends)
    if kind is AttentionKind.SLACK:
        return _SLACK.get(code) or Trouble(
            "Slack refuses what the referral desk posts in the referrals channel.",
            f"Slack's reason is “{code}”: please show it to whoever runs the desk or the workspace. {_KEPT}",
        )
    if kind is AttentionKind.SWEEP:
        return Trouble(
            "The referral desk has stopped looking for what is due.",
            "Reminders, deadlines and messages may be late. Please have whoever runs the desk see that a worker runs,"
            " and restart it if need be; what is overdue is then done, once.",
        )
    if kind is AttentionKind.AUDIT:
        return Trouble(
            "The referral desk's own check has found something that should not be.",
            f"The rule is “{code}”. The audit page shows when it was found, and can check again. Please have whoever"
            " runs the desk run “referrals audit”, which names the first row that breaks it. Until then, look at open"
            " referrals yourself now and then.",
        )
    if kind is AttentionKind.RESTORED:
        return Trouble(
            "The referral desk was restored from a backup.",
            "What people decided after the backup was made is gone: please compare the open referrals with what you"
            f" remember. Messages that were waiting to be sent at that time ({code}) may have gone out since, and are"
            " not sent again.",
        )
    if kind is AttentionKind.OWN_WORDS:
        known = {str(template): mail for template, mail in MAILS.items()}.get(code)
        return Trouble(
            f"Your own words for “{known.title if known else 'a mail'}” could not be filled in.",
            "Our words were sent instead, so nobody has missed an email. Please open Messages, look at this one and"
            " save it again; then this goes away by itself.",
        )
    return Trouble("The referral desk needs somebody to look at it.", "Please ask whoever runs the desk.")


def _licences(who: str, ends: Sequence[LicenceEnd]) -> Trouble:
    over, soon = [one for one in ends if one.ended], [one for one in ends if not one.ended]
    parts = [f"{one.state} ended on {long_day(one.last)}" for one in over[:_MOST_STATES]]
    parts += [f"{one.state} ends on {long_day(one.last)}" for one in soon[:_MOST_STATES]]
    said = listed(parts) if parts else "ends soon"
    several = "licences" if len(parts) > 1 else "licence"
    return Trouble(
        f"A licence of {who} {said}." if not parts else f"{who}'s {several}: {said}.",
        "Once a licence has ended, they are offered no clients in that state and cannot accept any. Please ask for"
        " the new date and enter it on the roster, or take the state off; then this goes away by itself.",
    )
