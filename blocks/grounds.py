"""Reason codes of coordinators in people's words: why somebody may take it all the same, and why it is kept."""

from referrals.acting.hold import HoldReason
from referrals.licences import Grounds, NetworkGrounds

GROUNDS: dict[Grounds, str] = {
    Grounds.COMPACT: "An interstate compact covers it",
    Grounds.TEMPORARY: "Temporary or telehealth registration there",
    Grounds.BEING_ADDED: "They have the licence; the roster is being updated",
    Grounds.OTHER: "Another reason, which the practice has on file",
}

NETWORK_GROUNDS: dict[NetworkGrounds, str] = {
    NetworkGrounds.SELF_PAY: "The client knows, and pays themselves",
    NetworkGrounds.SINGLE_CASE: "A single-case agreement with the insurer",
    NetworkGrounds.BEING_ADDED: "They are in the network; the roster is being updated",
    NetworkGrounds.OTHER: "Another reason, which the practice has on file",
}

HOLD_REASONS: dict[HoldReason, str] = {
    HoldReason.LITIGATION: "A lawsuit, or one that is to be expected",
    HoldReason.RECORDS: "Somebody has asked for the records",
    HoldReason.COMPLAINT: "A complaint",
    HoldReason.INVESTIGATION: "An investigation",
    HoldReason.OTHER: "Another reason, which the practice has on file",
}
