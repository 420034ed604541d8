"""Finding a practice by how the outside names it. Plain queries over a Session: ``Database.read`` runs them."""

import re

from sqlmodel import Session, select

from store.tables import Practice

#: What stands in ``/refer/{practice}``.
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def by_team(session: Session, team_id: str) -> Practice | None:
    """The practice of a Slack workspace; None for a workspace that is none of ours."""
    return session.exec(select(Practice).where(Practice.team_id == team_id)).first()


def by_slug(session: Session, slug: str) -> Practice | None:
    """The practice of a public address such as ``/refer/{slug}``. Anything may stand in an address."""
    if not SLUG.fullmatch(slug):
        return None  # asked no further: PostgreSQL refuses some characters with an error
    return session.exec(select(Practice).where(Practice.slug == slug)).first()
