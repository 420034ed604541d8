"""``referrals audit`` as a process: straight into the database, and through the desk that holds it."""

from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from sandbox.server import Sandbox
from store.tables import History, Offer, Referral
from tests.engines import opened

from .command import referrals, serving
from .test_import import HEADER, ROSTER, _line

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(variables: dict[str, str], database_url: str) -> dict[str, str]:
    """The variables of a desk on this engine."""
    return variables | {"DATABASE_URL": database_url}


def _change_a_row(session: Session) -> tuple[str, str]:
    """Of a referral's history; answers its id and the referral's code."""
    rows = select(History).where(History.subject == "referral")
    row = session.exec(rows.order_by(col(History.subject_id))).first()
    assert row is not None
    row.actor = "slack:U0OTHER"
    return row.id, session.get_one(Referral, row.subject_id).code


def _forget_a_deadline(session: Session) -> str:
    offer = session.exec(select(Offer).where(col(Offer.outcome).is_(None)).order_by(col(Offer.id))).first()
    assert offer is not None
    offer.remind_due = None
    return offer.id


async def test_beside_a_running_desk_and_without_one(desk: dict[str, str], tmp_path: Path, workspace: Sandbox) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "few.csv").write_text("\n".join([HEADER, _line(1, preferred_provider="U0MAYA"), _line(2)]))
    async with serving(tmp_path, desk) as served:
        for kind, file in (("roster", "roster.csv"), ("referrals", "few.csv")):
            assert (await referrals(tmp_path, desk, "import", kind, file)).code == 0
        beside = await referrals(tmp_path, desk, "audit")
        assert (beside.code, beside.err.strip()) == (0, "2 of 2")
        first, second = beside.out.splitlines()
        assert first.startswith("Juniper Grove Therapy: 2 referrals, 2 rounds, 2 events, ") and "9 providers" in first
        assert second == "Nothing is wrong."
        assert (await served.stop())[0].code == 0

    clean = await referrals(tmp_path, desk, "audit")
    assert (clean.code, clean.out) == (0, beside.out)
    async with opened(desk["DATABASE_URL"]) as database:
        row, code = await database.write(_change_a_row)
        offer = await database.write(_forget_a_deadline)

    alone = await referrals(tmp_path, desk, "audit")
    assert alone.code == 1
    words = alone.out.splitlines()[1]
    if code not in words:  # the other referral comes first, whose reminder is gone
        assert f"rounds_as_recorded: offer {offer}" in words
    else:
        assert f"the first: chain_unbroken: history {row} of {code}: row 1 of the referral's history" in words
    async with serving(tmp_path, desk):
        through = await referrals(tmp_path, desk, "audit")
        assert (through.code, through.out.splitlines()[1]) == (1, words)


async def test_what_is_missing_is_said(desk: dict[str, str], tmp_path: Path) -> None:
    empty = await referrals(tmp_path, desk, "audit")
    assert (empty.code, empty.out) == (2, "")
    assert empty.lines == ["there is no practice yet: start `referrals run` once, which sets it up from Slack"]
    unset = await referrals(tmp_path, {name: value for name, value in desk.items() if name != "HISTORY_KEY"}, "audit")
    assert (unset.code, unset.out) == (2, "")
    assert any("HISTORY_KEY" in line for line in unset.lines)
