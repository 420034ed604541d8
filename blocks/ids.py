"""The ids that tie what is shown to what is handled. They stand in messages already posted: rename none of them."""

from collections.abc import Iterable
from enum import StrEnum

from store.vocabulary import PlanItem


class ActionId(StrEnum):
    """Of buttons. What each button's value holds stands beside it; it is never more than an opaque id."""

    ACCEPT = "referral.accept"  # offer
    DECLINE = "referral.decline"  # offer
    PASS = "referral.pass"  # noqa: S105 - offer
    CONTACTED = "referral.contacted"  # referral
    SCHEDULED = "referral.scheduled"  # referral
    RELEASE = "referral.release"  # referral
    REOPEN = "referral.reopen"  # referral
    ASSIGN = "referral.assign"  # referral
    CLOSE = "referral.close"  # referral
    PHONED = "referral.phoned"  # attention item
    PAUSE = "referral.pause"  # nothing
    RESUME = "referral.resume"  # nothing
    RELEASE_WAITING = "referral.release_waiting"  # what was paused, as a subject
    MORE = "referral.more"  # a menu, whose options stand for buttons: see menu_value
    KEEP_WAITING = "referral.keep_waiting"  # nothing
    DETAILS = "referral.details"  # referral
    OPEN_PAGE = "referral.open_page"  # a link button: nothing to do but acknowledge it
    ALREADY_CONTACTED = "referral.already_contacted"  # offer
    NO_ANSWER = "referral.no_answer"  # referral
    PLAN = "referral.plan"  # checkboxes, whose options hold the items; the block id holds the referral
    PAUSE_FOR = "referral.pause_for"  # nothing: opens the form
    RESUME_ONE = "referral.resume_one"  # "insurer=SLUG" or "state=NY"
    PAUSE_NOW = "referral.pause_now"  # what was read back, as pause_value
    NEVER_MIND = "referral.never_mind"  # nothing: the question goes away
    LIMIT = "referral.limit"  # nothing: opens the form
    PROFILE = "referral.profile"  # nothing: opens the form
    ASK_LICENCE = "referral.ask_licence"  # offer
    ALLOW_LICENCE = "referral.allow_licence"  # attention item
    DENY_LICENCE = "referral.deny_licence"  # the same
    ATTEST = "referral.attest"  # nothing: opens the form about client information in Slack
    TIMELINE = "referral.timeline"  # referral
    TIMELINE_PAGE = "referral.timeline_page"  # referral, a blank and the page
    ACT_FOR = "referral.act_for"  # referral: opens the form
    EXTEND = "referral.extend"  # the same
    WITHDRAW = "referral.withdraw"  # the same
    HOLD = "referral.hold"  # the same
    LIFT_HOLD = "referral.lift_hold"  # the same
    URGENT = "referral.urgent"  # referral
    NOT_URGENT = "referral.not_urgent"  # referral
    HOME_PAGE = "referral.home_page"  # what changes of where Home stands: see blocks/paging.py
    ROOM_MINE = "referral.room.mine"  # the same; a block may hold an id only once, so each room has its own
    ROOM_NEEDS = "referral.room.needs"
    ROOM_QUEUE = "referral.room.queue"
    ROOM_ROSTER = "referral.room.roster"
    ROOM_SOURCES = "referral.room.sources"
    ROOM_SETTINGS = "referral.room.settings"
    SEEN = "referral.seen"  # attention item
    QUEUE_INSURER = "referral.queue.insurer"  # as HOME_PAGE: what the queue is narrowed to, each with an id of its own
    QUEUE_STATE = "referral.queue.state"
    QUEUE_SERVICE = "referral.queue.service"
    QUEUE_KIND = "referral.queue.kind"
    QUEUE_PROVIDER = "referral.queue.provider"
    QUEUE_AGE = "referral.queue.age"
    QUEUE_STATUS = "referral.queue.status"
    COORDINATORS = "referral.coordinators"  # nothing: opens the form
    ROSTER_ADD = "referral.roster_add"  # nothing: opens the form
    ROSTER_EDIT = "referral.roster_edit"  # provider: opens the form
    ROSTER_PAUSE = "referral.roster_pause"  # the same
    ROSTER_RESUME = "referral.roster_resume"  # provider
    ROSTER_INACTIVE = "referral.roster_inactive"  # provider: opens the form that asks
    ROSTER_REACTIVATE = "referral.roster_reactivate"  # provider
    ROSTER_LINK = "referral.roster_link"  # provider
    DESK_PAGE = "referral.desk_page"  # a path of the coordinators' pages, such as "report"
    SETTINGS = "referral.settings"  # a group of settings: opens its form
    ADD_SOURCE = "referral.add_source"  # nothing: opens the form
    EDIT_SOURCE = "referral.edit_source"  # source: opens the form
    SOURCE_LINK = "referral.source_link"  # source
    NEW_SOURCE_LINK = "referral.new_source_link"  # source
    RETIRE_SOURCE = "referral.retire_source"  # source
    REVIVE_SOURCE = "referral.revive_source"  # source
    IDEAL = "referral.ideal"  # nothing: opens the form about the clients that the practice is best for
    CONSENT = "referral.consent"  # referral: opens the form about what its source may hear
    REASON = "referral.reason"  # an input, not a button
    PROVIDER = "referral.provider"  # the same
    FIELD = "referral.field"  # the same; the block id says which (of the profile: see profile_block)
    WANTS_CARE = "referral.wants_care"  # the same
    NEXT_TRY = "referral.next_try"  # the same


class CallbackId(StrEnum):
    """Of modals that are submitted."""

    DECLINE = "referral.decline"
    RELEASE = "referral.release"
    CONFIRM = "referral.confirm"
    ASSIGN = "referral.assign"
    CLOSE = "referral.close"
    NO_ANSWER = "referral.no_answer"
    PAUSE = "referral.pause"
    LIMIT = "referral.limit"
    PROFILE = "referral.profile"
    ALLOW_LICENCE = "referral.allow_licence"
    ATTEST = "referral.attest"
    COORDINATORS = "referral.coordinators"
    ROSTER = "referral.roster"
    ROSTER_PAUSE = "referral.roster_pause"
    ROSTER_INACTIVE = "referral.roster_inactive"
    SETTINGS = "referral.settings"
    ACT_FOR = "referral.act_for"
    GROUNDS = "referral.grounds"
    EXTEND = "referral.extend"
    WITHDRAW = "referral.withdraw"
    HOLD = "referral.hold"
    LIFT_HOLD = "referral.lift_hold"
    SOURCE = "referral.source"
    IDEAL = "referral.ideal"
    CONSENT = "referral.consent"


class BlockId(StrEnum):
    CARD_ACTIONS = "card.actions"
    NOTICE_ACTIONS = "notice.actions"
    ANSWER_ACTIONS = "answer.actions"
    AVAILABILITY = "home.availability"
    PROFILE = "home.profile"
    REASON = "form.reason"
    PROVIDER = "form.provider"
    ATTEST = "form.attest"
    PAUSE_WHAT = "form.pause_what"
    PAUSE_UNTIL = "form.pause_until"
    LIMIT = "form.limit"
    WAITING = "form.waiting"
    WANTS_CARE = "form.wants_care"
    NEXT_TRY = "form.next_try"
    COORDINATORS = "form.coordinators"
    ACT_WHAT = "form.act_what"
    GROUNDS = "form.grounds"
    NETWORK = "form.network"
    EXTEND_BY = "form.extend_by"
    EXTEND_DAY = "form.extend_day"
    CONSENT = "form.consent"


def menu_value(action: ActionId, id: str) -> str:
    """An option of a menu, as the button it stands for: its action and its value."""
    return f"{action}:{id}"


def of_menu(value: str) -> tuple[str, str]:
    action, _, id = value.partition(":")
    return action, id


def plan_block(referral_id: str, done: Iterable[PlanItem], version: int) -> str:
    """The block id of a plan's checkboxes: whose it is and what it shows.

    ``version``: of the referral. Slack keeps what somebody has ticked for as long as a block's id stays the same.
    """
    return f"plan.{referral_id}.{'+'.join(sorted(done))}.{version}"


def of_plan_block(block_id: str) -> tuple[str, frozenset[PlanItem]]:
    """The referral's id and the items that were shown as done; "" and none for a block that is no plan."""
    kind, _, rest = block_id.partition(".")
    referral_id, _, items = rest.partition(".")
    if kind != "plan":
        return "", frozenset()
    shown = items.partition(".")[0].split("+")
    return referral_id, frozenset(item for item in PlanItem if item in shown)


def profile_block(field: str, digest: str) -> str:
    """The block id of one field of the profile: which it is, and a digest of what the form shows there.

    Slack keeps what somebody has typed for as long as a block's id stays the same, so what is new needs a new one.
    """
    return f"profile.{field}.{digest}"


def of_profile_block(block_id: str) -> tuple[str, str]:
    """The field and the digest; both "" for another block."""
    kind, _, rest = block_id.partition(".")
    field, _, digest = rest.partition(".")
    return (field, digest) if kind == "profile" else ("", "")


def setting_block(setting: str, digest: str) -> str:
    """The same for one of the practice's settings."""
    return f"setting.{setting}.{digest}"


def of_setting_block(block_id: str) -> tuple[str, str]:
    kind, _, rest = block_id.partition(".")
    setting, _, digest = rest.partition(".")
    return (setting, digest) if kind == "setting" else ("", "")


def shown_block(form: str, field: str, digest: str) -> str:
    """The same for a field of any other form, which ``form`` names."""
    return f"{form}.{field}.{digest}"


def of_shown_block(form: str, block_id: str) -> tuple[str, str]:
    kind, _, rest = block_id.partition(".")
    field, _, digest = rest.partition(".")
    return (field, digest) if kind == form else ("", "")


#: What every action and callback of ours starts with.
PREFIX = "referral."

#: Slack's names for the metadata of messages; the payload holds opaque ids only (the whole workspace can read it).
CARD_EVENT = "referral_card"
NOTICE_EVENT = "referral_notice"
