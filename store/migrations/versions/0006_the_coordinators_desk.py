"""The coordinators' desk: settings, sources, consent, retention, their pages, and words of their own for mails"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _new() -> dict[str, list[sa.Column[Any]]]:
    """By table. Where there are rows already they get the default; after that the code says every value."""
    return {
        "practice": [
            sa.Column("brand_colour", sa.String(), nullable=False, server_default=sa.text("''")),
            sa.Column("brand_line", sa.String(), nullable=False, server_default=sa.text("''")),
            sa.Column("digest_hour", sa.Integer()),
            sa.Column("digest_done", sa.Date()),
            sa.Column("retain_days", sa.Integer(), nullable=False, server_default="180"),
            sa.Column("erases_after", sa.Integer()),
            sa.Column("quiet_days", sa.Integer(), nullable=False, server_default="90"),
            sa.Column("ideal", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        ],
        "source": [
            sa.Column("contact", sa.String(), nullable=False, server_default=sa.text("''")),
            sa.Column("phone", sa.String()),
            sa.Column("mail_ok", sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column("retired_at", _MOMENT),
        ],
        "referral": [
            sa.Column("first_accepted_at", _MOMENT),
            sa.Column("erased_at", _MOMENT),
            sa.Column("outcome_consent_at", _MOMENT),
        ],
        "page_session": [sa.Column("purpose", sa.String(length=32), nullable=False, server_default="details")],
    }


def upgrade() -> None:
    for table, columns in _new().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("referral_by_age", "referral", ["practice_id", "created_at"])
    urgent = sa.text("urgency = 'urgent' AND closed_at IS NULL AND scheduled_at IS NULL")
    op.create_index("referral_urgent", "referral", ["practice_id"], sqlite_where=urgent, postgresql_where=urgent)
    op.create_index("referral_of_source", "referral", ["practice_id", "source_id", "created_at"])
    to_erase = sa.text("closed_at IS NOT NULL AND erased_at IS NULL")
    op.create_index(
        "referral_to_erase",
        "referral",
        ["practice_id", "closed_at"],
        sqlite_where=to_erase,
        postgresql_where=to_erase,
    )
    op.drop_index("ix_history_practice_id", table_name="history")
    op.create_index("history_by_time", "history", ["practice_id", "at"])
    op.create_table(
        "message_template",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practice_id", "template"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("up_to", _MOMENT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasure_of_practice", "erasure", ["practice_id", "id"])
    _remember_the_first_accept()


def _remember_the_first_accept() -> None:
    """From history, which knows it also of what has been given back since."""
    history = sa.table("history", *map(sa.column, ("subject_id", "event", "result", "seq")), sa.column("at", _MOMENT))
    referral = sa.table("referral", sa.column("id"), sa.column("first_accepted_at", _MOMENT))
    first = (
        sa.select(sa.func.min(history.c.at))
        .where(history.c.subject_id == referral.c.id, history.c.event == "accept", history.c.result == "done")
        .scalar_subquery()
    )
    op.execute(sa.update(referral).values(first_accepted_at=first))


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("message_template")
    op.drop_index("history_by_time", table_name="history")
    op.create_index("ix_history_practice_id", "history", ["practice_id"])
    for name in ("referral_to_erase", "referral_of_source", "referral_urgent", "referral_by_age"):
        op.drop_index(name, table_name="referral")
    for table, columns in _new().items():
        for column in columns:
            op.drop_column(table, column.name)
