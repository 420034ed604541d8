"""What a provider holds, by its age: a year of referrals need not be sorted to show the latest"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = "referral_of_acceptor"
_BEFORE = ["practice_id", "accepted_by", "status"]


def upgrade() -> None:
    op.drop_index(_NAME, table_name="referral")
    op.create_index(_NAME, "referral", [*_BEFORE, "accepted_at"])


def downgrade() -> None:
    op.drop_index(_NAME, table_name="referral")
    op.create_index(_NAME, "referral", _BEFORE)
