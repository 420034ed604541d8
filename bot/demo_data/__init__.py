"""The practice of ``make demo``: nine invented providers and a month of referrals, lived through the real use cases.

Holds data and the order of events only; no rule of the desk. It imports nothing of the sandbox, whose cast it copies.
"""

from .practice import demo_practice_settings
from .roster import ROSTER, roster_rows
from .seeding import seed

__all__ = ["ROSTER", "demo_practice_settings", "roster_rows", "seed"]
