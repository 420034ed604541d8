"""What a provider has decided, and what of theirs has closed, by its age: for their own figures and their Home"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEXES = [
    ("history_of_decisions", "history", ["practice_id", "actor", "at"], "event IN ('accept', 'decline', 'pass')"),
    ("referral_closed_of_acceptor", "referral", ["practice_id", "accepted_by", "closed_at"], "closed_at IS NOT NULL"),
]


def upgrade() -> None:
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
