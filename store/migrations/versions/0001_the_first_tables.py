"""The first tables"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "desk_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=False),
        sa.Column("remind_after", sa.Integer(), nullable=False),
        sa.Column("expire_after", sa.Integer(), nullable=False),
        sa.Column("link_after", sa.Integer(), nullable=False),
        sa.Column("nudge_after", sa.Integer(), nullable=False),
        sa.Column("escalate_after", sa.Integer(), nullable=False),
        sa.Column("announce_in_channel", sa.Boolean(), nullable=False),
        sa.Column("phi_in_slack", sa.Boolean(), nullable=False),
        sa.Column("work_domains", sa.JSON(), nullable=False),
        sa.Column("coordinators", sa.JSON(), nullable=False),
        sa.Column("admins", sa.JSON(), nullable=False),
        sa.Column("support_phone", sa.String(), nullable=False),
        sa.Column("support_email", sa.String(), nullable=False),
        sa.Column("support_hours", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_check", sa.LargeBinary(), nullable=True),
        sa.Column("history_head", sa.String(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.UniqueConstraint("team_id"),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("preferred_name", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("guardian", sa.LargeBinary(), nullable=True),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.String(), nullable=True),
        sa.Column("email_ok", sa.Boolean(), nullable=False),
        sa.Column("voicemail_ok", sa.Boolean(), nullable=False),
        sa.Column("do_not_contact", sa.Boolean(), nullable=False),
        sa.Column("preferred_channel", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_email_index"), ["email_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "history",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject_id", "seq"),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("slack_user", sa.String(), nullable=True),
        sa.Column("slack_email", sa.String(), nullable=True),
        sa.Column("slack_standing", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("work_email", sa.String(), nullable=True),
        sa.Column("work_phone", sa.String(), nullable=True),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("sms_opted_out", sa.Boolean(), nullable=False),
        sa.Column("npi", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("licences", sa.JSON(), nullable=False),
        sa.Column("insurers", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("delivery", sa.JSON(), nullable=False),
        sa.Column("specialties", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("styles", sa.JSON(), nullable=False),
        sa.Column("identity", sa.JSON(), nullable=False),
        sa.Column("age_bands", sa.JSON(), nullable=False),
        sa.Column("booking_link", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("history_head", sa.String(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.create_index("provider_email", ["practice_id", "work_email"], unique=True)
        batch_op.create_index("provider_slack_email", ["practice_id", "slack_email"], unique=False)
        batch_op.create_index("provider_slack_user", ["practice_id", "slack_user"], unique=True)

    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("link_token", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("link_token"),
        sa.UniqueConstraint("practice_id", "name"),
    )
    op.create_table(
        "client_name",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
        ),
        sa.PrimaryKeyConstraint("client_id", "digest"),
    )
    with op.batch_alter_table("client_name", schema=None) as batch_op:
        batch_op.create_index("client_name_search", ["practice_id", "digest"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("preferred_provider_id", sa.String(), nullable=True),
        sa.Column("unroutable", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("nonce", sa.String(), nullable=True),
        sa.Column("resembles_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("insurer", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("age_band", sa.String(), nullable=False),
        sa.Column("concerns", sa.JSON(), nullable=False),
        sa.Column("urgency", sa.String(32), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("history_head", sa.String(), nullable=False),
        sa.Column("history_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["provider.id"],
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["preferred_provider_id"],
            ["provider.id"],
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("practice_id", "code"),
        sa.UniqueConstraint("practice_id", "external_id"),
        sa.UniqueConstraint("practice_id", "nonce"),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_client_id"), ["client_id"], unique=False)
        batch_op.create_index("referral_by_status", ["practice_id", "status", "created_at"], unique=False)
        batch_op.create_index("referral_of_acceptor", ["practice_id", "accepted_by", "status"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_client_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nobody_alerted", sa.Boolean(), nullable=False),
        sa.Column("card_version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("card_channel", sa.String(), nullable=True),
        sa.Column("card_ts", sa.String(), nullable=True),
        sa.Column("card_link", sa.String(), nullable=True),
        sa.Column("card_next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("card_first_tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("card_attempts", sa.Integer(), nullable=False),
        sa.Column("card_trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("referral_id", "round"),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(
            "card_due",
            ["card_next_at"],
            unique=False,
            sqlite_where=sa.text("card_version > shown_version"),
            postgresql_where=sa.text("card_version > shown_version"),
        )
        batch_op.create_index("offer_by_card", ["card_channel", "card_ts"], unique=False)
        batch_op.create_index(
            "offer_of_provider",
            ["practice_id", "provider_id"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index(
            "offer_to_expire",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index(
            "offer_to_remind",
            ["remind_due"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index("offer_to_remind_client", ["remind_client_due"], unique=False)
        batch_op.create_index(
            "one_open_offer",
            ["referral_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "attention",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=True),
        sa.Column("offer_id", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.create_index("attention_of_referral", ["referral_id"], unique=False)
        batch_op.create_index(
            "attention_open",
            ["practice_id", "opened_at"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("referral_id", sa.String(), nullable=True),
        sa.Column("offer_id", sa.String(), nullable=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "delivery_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )
        batch_op.create_index("delivery_of_referral", ["referral_id"], unique=False)

    op.create_table(
        "pass",
        sa.Column("offer_id", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["provider.id"],
        ),
        sa.PrimaryKeyConstraint("offer_id", "provider_id"),
    )



def downgrade() -> None:

    op.drop_table("pass")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("delivery_of_referral")
        batch_op.drop_index(
            "delivery_due",
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.drop_index(
            "attention_open", sqlite_where=sa.text("settled_at IS NULL"), postgresql_where=sa.text("settled_at IS NULL")
        )
        batch_op.drop_index("attention_of_referral")

    op.drop_table("attention")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_offer", sqlite_where=sa.text("outcome IS NULL"), postgresql_where=sa.text("outcome IS NULL")
        )
        batch_op.drop_index("offer_to_remind_client")
        batch_op.drop_index(
            "offer_to_remind", sqlite_where=sa.text("outcome IS NULL"), postgresql_where=sa.text("outcome IS NULL")
        )
        batch_op.drop_index(
            "offer_to_expire", sqlite_where=sa.text("outcome IS NULL"), postgresql_where=sa.text("outcome IS NULL")
        )
        batch_op.drop_index(
            "offer_of_provider", sqlite_where=sa.text("outcome IS NULL"), postgresql_where=sa.text("outcome IS NULL")
        )
        batch_op.drop_index("offer_by_card")
        batch_op.drop_index(
            "card_due",
            sqlite_where=sa.text("card_version > shown_version"),
            postgresql_where=sa.text("card_version > shown_version"),
        )

    op.drop_table("offer")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("referral_of_acceptor")
        batch_op.drop_index("referral_by_status")
        batch_op.drop_index(batch_op.f("ix_referral_client_id"))

    op.drop_table("referral")
    with op.batch_alter_table("client_name", schema=None) as batch_op:
        batch_op.drop_index("client_name_search")

    op.drop_table("client_name")
    op.drop_table("source")
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_index("provider_slack_user")
        batch_op.drop_index("provider_slack_email")
        batch_op.drop_index("provider_email")

    op.drop_table("provider")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_practice_id"))

    op.drop_table("history")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_practice_id"))
        batch_op.drop_index(batch_op.f("ix_client_email_index"))

    op.drop_table("client")
    op.drop_table("practice")
    op.drop_table("desk_clock")

