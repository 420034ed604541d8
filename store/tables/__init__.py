"""Every table. Each carries ``practice_id``; every query is scoped by it. All instants are aware UTC."""

from .client import Client, ClientName
from .delivery import Attention, Delivery
from .history import History
from .link import Link, PageSession
from .message_template import MessageTemplate
from .offer import Offer, Pass
from .practice import DeskClock, Practice
from .provider import Insurance, Licence, Provider, StatePause
from .referral import Referral
from .source import Source
from .upkeep import AuditRun, Erasure, Pulse

__all__ = [
    "Attention",
    "AuditRun",
    "Client",
    "ClientName",
    "Delivery",
    "DeskClock",
    "Erasure",
    "History",
    "Insurance",
    "Licence",
    "Link",
    "MessageTemplate",
    "Offer",
    "PageSession",
    "Pass",
    "Practice",
    "Provider",
    "Pulse",
    "Referral",
    "Source",
    "StatePause",
]
