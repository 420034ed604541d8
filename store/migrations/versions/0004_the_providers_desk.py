"""The provider's desk: links and sessions, the plan for the first contact, pauses with an end, texts that fail"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _new() -> dict[str, list[sa.Column[Any]]]:
    """By table. Where there are rows already they get the default; after that the code says every value."""
    return {
        "practice": [
            sa.Column("phi_attested_by", sa.String()),
            sa.Column("phi_attested_at", _MOMENT),
        ],
        "provider": [
            sa.Column("sms_trouble", sa.String()),
            sa.Column("paused_states", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("pause_ends", _MOMENT),
            sa.Column("weekly_limit", sa.Integer()),
        ],
        "referral": [
            sa.Column("nudge_due", _MOMENT),
            sa.Column("escalate_due", _MOMENT),
            sa.Column("plan", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("next_try", sa.Date()),
        ],
        "delivery": [sa.Column("receipt", sa.String())],
    }


_INDEXES = [
    ("provider_pause_ends", "provider", "pause_ends", "pause_ends IS NOT NULL"),
    ("referral_to_nudge", "referral", "nudge_due", "nudge_due IS NOT NULL"),
    ("referral_to_escalate", "referral", "escalate_due", "escalate_due IS NOT NULL"),
    ("delivery_by_reference", "delivery", "reference", "channel = 'sms'"),
]


def upgrade() -> None:
    for table, columns in _new().items():
        for column in columns:
            op.add_column(table, column)
    for name, table, indexed, where in _INDEXES:
        op.create_index(name, table, [indexed], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=True),
        sa.Column("offer_id", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("slack_user", sa.String(), nullable=True),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"]),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"]),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_link_expires_at", "link", ["expires_at"])
    op.create_table(
        "page_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("slack_user", sa.String(), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"]),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_page_session_expires_at", "page_session", ["expires_at"])
    _await_contact()


def _await_contact() -> None:
    """For what was accepted before and not contacted: as if it had been accepted with these columns there."""
    practice = sa.table("practice", *map(sa.column, ("id", "nudge_after", "escalate_after")))
    columns = [sa.column(name, _MOMENT) for name in ("accepted_at", "nudge_due", "escalate_due")]
    referral = sa.table("referral", *map(sa.column, ("id", "practice_id", "status")), *columns)
    held = sa.select(
        referral.c.id, referral.c.accepted_at, practice.c.nudge_after, practice.c.escalate_after
    ).join_from(referral, practice, referral.c.practice_id == practice.c.id)
    connection = op.get_bind()
    for id, at, nudge, escalate in connection.execute(held.where(referral.c.status == "accepted")).all():
        dues = {"nudge_due": at + timedelta(seconds=nudge), "escalate_due": at + timedelta(seconds=escalate)}
        connection.execute(sa.update(referral).where(referral.c.id == id).values(dues))


def downgrade() -> None:
    op.drop_table("page_session")
    op.drop_table("link")
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    for table, columns in _new().items():
        for column in columns:
            op.drop_column(table, column.name)
