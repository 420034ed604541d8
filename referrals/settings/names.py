"""The settings by name, in the groups that are changed together. Each name is a column of the practice."""

from enum import StrEnum


class Setting(StrEnum):
    REMIND = "remind_after"
    EXPIRE = "expire_after"
    LINK = "link_after"
    NUDGE = "nudge_after"
    ESCALATE = "escalate_after"
    CHANNEL = "channel_id"
    ANNOUNCE = "announce_in_channel"
    PHONE = "support_phone"
    EMAIL = "support_email"
    HOURS = "support_hours"
    DOMAINS = "work_domains"
    NAME = "name"
    ZONE = "time_zone"
    COLOUR = "brand_colour"
    LINE = "brand_line"
    RETAIN = "retain_days"
    QUIET = "quiet_days"
    DIGEST = "digest_hour"


class Group(StrEnum):
    """In the order of the room; each has a form of its own."""

    TIMES = "times"
    CHANNEL = "channel"
    SUPPORT = "support"
    PRACTICE = "practice"
    KEEPING = "keeping"


GROUPS: dict[Group, tuple[Setting, ...]] = {
    Group.TIMES: (Setting.REMIND, Setting.EXPIRE, Setting.LINK, Setting.NUDGE, Setting.ESCALATE),
    Group.CHANNEL: (Setting.CHANNEL, Setting.ANNOUNCE),
    Group.SUPPORT: (Setting.PHONE, Setting.EMAIL, Setting.HOURS, Setting.DOMAINS),
    Group.PRACTICE: (Setting.NAME, Setting.ZONE, Setting.COLOUR, Setting.LINE),
    Group.KEEPING: (Setting.RETAIN, Setting.QUIET, Setting.DIGEST),
}

#: The windows, which are kept in seconds and spoken of in hours.
WINDOWS = GROUPS[Group.TIMES]
