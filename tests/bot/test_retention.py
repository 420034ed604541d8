"""``referrals retention`` as a process: looks first, and erases only as many as were said."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from sandbox.server import Sandbox
from store.tables import Client, Practice, Referral
from store.vocabulary import CloseReason, Status
from tests.engines import opened

from .command import referrals, serving
from .test_audit import desk
from .test_import import HEADER, ROSTER, _line

__all__ = ["desk"]

pytestmark = pytest.mark.anyio


def _close_long_ago(session: Session) -> list[str]:
    """The codes of the practice's referrals, each closed 200 days ago."""
    practice = session.exec(select(Practice).where(Practice.name == "Juniper Grove Therapy")).one()
    rows = session.exec(select(Referral).where(Referral.practice_id == practice.id)).all()
    for row in rows:
        row.status, row.close_reason = Status.CLOSED, CloseReason.WITHDRAWN
        row.closed_at = row.created_at - timedelta(days=200)
    return sorted(row.code for row in rows)


def _names_left(session: Session) -> int:
    practice = session.exec(select(Practice).where(Practice.name == "Juniper Grove Therapy")).one()
    known = select(Client.id).where(Client.practice_id == practice.id, col(Client.name).is_not(None))
    return len(session.exec(known).all())


async def test_first_a_look_then_exactly_that(desk: dict[str, str], tmp_path: Path, workspace: Sandbox) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "few.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA"), _line(2)]))
    async with serving(tmp_path, desk):
        for kind, file in (("roster", "roster.csv"), ("referrals", "few.csv")):
            assert (await referrals(tmp_path, desk, "import", kind, file)).code == 0
        beside = await referrals(tmp_path, desk, "retention")
        assert (beside.code, beside.out.splitlines()[-1]) == (0, "Nobody is past their time.")
    async with opened(desk["DATABASE_URL"]) as database:
        codes = await database.write(_close_long_ago)

    alone = await referrals(tmp_path, desk, "retention", "--dry-run")
    assert alone.code == 0 and alone.out.splitlines() == [
        "Juniper Grove Therapy: 2 past 180 days after closing without a session; 0 more on legal hold; erased only when"
        " somebody asks.",
        f"  {', '.join(codes)}" if ", ".join(codes) in alone.out else f"  {', '.join(reversed(codes))}",
        "Nothing was erased. To do it: referrals retention --erase 2",
    ]
    wrong = await referrals(tmp_path, desk, "retention", "--erase", "3")
    assert (wrong.code, wrong.out.splitlines()[-1]) == (
        1,
        "Nothing was erased: 2 are due, not 3. Look again, then say how many.",
    )
    both = await referrals(tmp_path, desk, "retention", "--erase", "2", "--dry-run")
    assert both.code == 2 and "exclude each other" in both.err
    async with opened(desk["DATABASE_URL"]) as database:
        assert await database.read(_names_left) == 2
    async with serving(tmp_path, desk):
        done = await referrals(tmp_path, desk, "retention", "--erase", "2")
        assert done.code == 0 and done.out.startswith("Erased: 2.")
    async with opened(desk["DATABASE_URL"]) as database:
        assert await database.read(_names_left) == 0
    after = await referrals(tmp_path, desk, "retention")
    assert (after.code, after.out.splitlines()[-1]) == (0, "Nobody is past their time.")


async def test_what_is_missing_is_said(desk: dict[str, str], tmp_path: Path) -> None:
    empty = await referrals(tmp_path, desk, "retention")
    assert (empty.code, empty.out) == (2, "")
    assert empty.lines == ["there is no practice yet: start `referrals run` once, which sets it up from Slack"]
