"""One referral of the bench from its arrival to where it stands, as the rows that it leaves behind."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from store.tables import Attention, Client, Delivery, History, Offer, Provider, Referral, Source
from store.vocabulary import (
    AGE_BANDS,
    DELIVERY_MODES,
    INSURERS,
    SERVICES,
    AttentionKind,
    CloseReason,
    DeclineReason,
    DeliveryChannel,
    DeliveryState,
    Kind,
    OfferOutcome,
    Status,
    Urgency,
)

from .seed import WINDOW, offer_row, referral_row, values

STATES = ("NY", "NJ", "CT", "PA", "MA", "TX", "FL", "CA")
_INSURERS, _SERVICES = tuple(INSURERS), tuple(SERVICES)
_DELIVERY, _AGE_BANDS = tuple(DELIVERY_MODES), tuple(AGE_BANDS)
_CLOSE_REASONS, _DECLINE_REASONS = tuple(CloseReason), tuple(DeclineReason)
_TAKEN = frozenset({Status.ACCEPTED, Status.CONTACTED, Status.SCHEDULED, Status.CLOSED})
_CONCERNS = ("anxiety", "depression", "trauma", "grief", "sleep", "family")

Row = dict[str, Any]
#: Of each table, in the order in which they refer to one another.
Rows = dict[type[SQLModel], list[Row]]


@dataclass(frozen=True, slots=True)
class Life:
    """What all stories are made of. ``as_is``: of each table a row with everything in which they do not differ."""

    people: Sequence[Provider]
    sources: Sequence[Source]
    chance: random.Random
    as_is: dict[type[SQLModel], Row]


class Story:
    """One referral from its arrival to where it stands."""

    def __init__(self, life: Life, id: str, at: datetime, status: Status) -> None:
        self.id, self.at, self.status = id, at, status
        self._life, self._chance = life, life.chance
        self._taker = life.chance.choice(life.people)
        self._source = life.chance.choice(life.sources)
        self._seq = 0

    def write(self, made: Rows) -> None:
        as_is = self._life.as_is
        made[Client].append(as_is[Client] | {"id": self.id, "created_at": self.at})
        referral = self._referral()
        made[Referral].append(referral)
        made[Offer].append(self._offer(referral))
        for event, actor, at, data in self._events(referral):
            made[History].append(self._happened(event, actor, at, data))
        for template in ("client_confirmation", "thread_accepted", "acceptor_mail"):
            made[Delivery].append(self._sent(template))
        if self.status is Status.EXPIRED or (referral["closed_at"] and not referral["accepted_by"]):
            made[Attention].append(self._item(referral["closed_at"]))

    def _referral(self) -> Row:
        pick = self._chance.choice
        row = self._life.as_is[Referral] | {
            "id": self.id,
            "client_id": self.id,
            "offer_id": self.id,
            "code": f"R-{self.id[-8:]}",
            "created_at": self.at,
            "status": self.status,
            "state": pick(STATES),
            "insurer": pick(_INSURERS),
            "service": pick(_SERVICES),
            "delivery": pick(_DELIVERY),
            "age_band": pick(_AGE_BANDS),
            "concerns": [pick(_CONCERNS)],
            "source_id": self._source.id,
        }
        if self._chance.random() < 0.01:
            row["urgency"] = Urgency.URGENT
        if self._chance.random() < 0.4:
            row |= {"kind": Kind.PREFERRED, "preferred_provider_id": self._taker.id}
        return row | self._dates()

    def _dates(self) -> Row:
        row: Row = {}
        taken = self.at + timedelta(hours=self._chance.expovariate(1 / 9))
        if self.status in _TAKEN and not (self.status is Status.CLOSED and self._chance.random() < 0.3):
            row |= {"accepted_by": self._taker.id, "accepted_at": taken, "first_accepted_at": taken}
        if self.status in (Status.CONTACTED, Status.SCHEDULED):
            row |= {"contacted_at": taken + timedelta(hours=6), "answered_at": taken + timedelta(hours=6)}
        if self.status is Status.SCHEDULED:
            row |= {"scheduled_at": taken + timedelta(days=3)}
        if self.status in (Status.CLOSED, Status.EXPIRED):
            row |= {"answered_at": self.at + timedelta(days=5)}
        if self.status is Status.CLOSED:
            row |= {"closed_at": self.at + timedelta(days=5), "close_reason": self._chance.choice(_CLOSE_REASONS)}
        return row

    def _offer(self, referral: Row) -> Row:
        row = self._life.as_is[Offer] | {
            "id": self.id,
            "referral_id": self.id,
            "kind": referral["kind"],
            "provider_id": referral["preferred_provider_id"],
            "opened_at": self.at,
            "expires_at": self.at + WINDOW,
        }
        if self.status is Status.PENDING:
            return row | {"remind_due": self.at + WINDOW / 2, "remind_client_due": self.at + WINDOW / 2}
        outcome = OfferOutcome.ACCEPTED if referral["accepted_by"] else OfferOutcome.EXPIRED
        return row | {"outcome": outcome, "closed_at": referral["accepted_at"] or self.at + WINDOW}

    def _events(self, referral: Row) -> Iterator[tuple[str, str, datetime, Row]]:
        by, offer = f"provider:{self._taker.id}", {"offer": self.id}
        yield "submit", "client", self.at, {"channel": "form", "preferred": referral["preferred_provider_id"]}
        if self._chance.random() < 0.15:
            reason = self._chance.choice(_DECLINE_REASONS).value
            yield "decline", by, self.at + timedelta(hours=2), offer | {"reason": reason}
        if at := referral["accepted_at"]:
            yield "accept", by, at, offer | {"provider": self._taker.id}
        for event in ("contacted", "scheduled"):
            if at := referral[f"{event}_at"]:
                yield event, by, at, offer
        if at := referral["closed_at"]:
            yield "close", "slack:U0ROBIN", at, offer | {"reason": str(referral["close_reason"])}

    def _happened(self, event: str, actor: str, at: datetime, data: Row) -> Row:
        self._seq += 1
        return self._life.as_is[History] | {
            "id": f"{self.id[:10]}{self.id[-13:]}{self._seq:03}",
            "subject_id": self.id,
            "seq": self._seq,
            "at": at,
            "event": event,
            "actor": actor,
            "data": data,
        }

    def _sent(self, template: str) -> Row:
        return self._life.as_is[Delivery] | {
            "id": f"{self.id}-{template}",
            "referral_id": self.id,
            "offer_id": self.id,
            "template": template,
            "recipient": f"client:{self.id}",
            "dedupe_key": f"{self.id}:{template}",
            "next_at": self.at,
            "created_at": self.at,
            "sent_at": self.at,
        }

    def _item(self, settled_at: datetime | None) -> Row:
        return self._life.as_is[Attention] | {
            "id": self.id,
            "referral_id": self.id,
            "offer_id": self.id,
            "dedupe_key": f"{self.id}:expired",
            "opened_at": self.at + WINDOW,
            "settled_at": settled_at,
        }


def as_is(practice_id: str, at: datetime, name: bytes) -> dict[type[SQLModel], Row]:
    """Of each table a row with everything in which they do not differ: models take ten times as long."""
    referral = referral_row(practice_id, at)
    referral.history_head, referral.history_count = "-" * 64, 3
    offer = offer_row(referral, at)
    offer.remind_due = offer.remind_client_due = None
    rows: list[SQLModel] = [
        Client(id="", practice_id=practice_id, name=name, email=name, created_at=at),
        referral,
        offer,
        History(
            id="",
            practice_id=practice_id,
            subject="referral",
            subject_id="",
            seq=0,
            at=at,
            event="",
            result="done",
            actor="",
            surface="button",
            hash="-" * 64,
        ),
        Delivery(
            id="",
            practice_id=practice_id,
            channel=DeliveryChannel.EMAIL,
            template="",
            recipient="",
            dedupe_key="",
            state=DeliveryState.SENT,
            attempts=1,
            next_at=at,
            created_at=at,
        ),
        Attention(id="", practice_id=practice_id, kind=AttentionKind.EXPIRED, dedupe_key="", opened_at=at),
    ]
    return {type(row): dict(values(row)) for row in rows}
