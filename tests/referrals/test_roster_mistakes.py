"""A roster of 500 lines with more than twenty kinds of mistakes: each is told, nothing changes; then mended."""

import csv
import io

import pytest
from sqlmodel import func, select

from referrals.imports.exports import Exported, export_roster
from referrals.imports.files import FileKind, ImportReport, import_file
from referrals.outcomes import Refusal, Refused
from referrals.pausing.availability import pause
from store.tables import History, Provider
from store.vocabulary import ProviderStatus, SlackStanding
from tests.desk import CORA, Office, by
from tests.roster_mistakes import LINES, MISTAKES, TOO_SHORT, good_line, mended, spoilt


async def bring(office: Office, text: str, **options: object) -> ImportReport:
    return await import_file(office.desk, office.practice_id, FileKind.ROSTER, text.encode(), **options)  # type: ignore[arg-type]


async def state(office: Office) -> tuple[list[dict[str, object]], int]:
    """Everybody with every column, and how much history there is."""
    people = await office.rows(Provider)
    rows = await office.do(
        lambda tx: tx.session.exec(
            select(func.count()).select_from(History).where(History.practice_id == tx.practice_id)
        ).one()
    )
    return [one.model_dump() for one in people], rows


async def known(office: Office) -> Provider:
    """With the NPI that one of the mistakes claims for somebody else."""
    return await office.provider("Ingrid Solberg", npi="1234567893", work_email="ingrid@practice.example.org")


def test_there_are_twenty_kinds() -> None:
    kinds = {one.kind for one in MISTAKES} | {TOO_SHORT}
    assert len(kinds) == len(MISTAKES) + 1 >= 20


async def test_each_mistake_is_told_with_line_and_column_and_nothing_changes(office: Office) -> None:
    await known(office)
    await office.provider("Person Ya", work_email="person90@practice.example.org", slack_user="U0PERSON")
    text, wrong = spoilt()
    before = await state(office)
    report = await bring(office, text)
    told = {one.line: one for one in report.problems}
    assert len(told) == len(report.problems), "one for each line that has one"
    assert set(told) == set(wrong), "no other line is blamed"
    for line, (column, kind, says) in wrong.items():
        problem = told[line]
        assert problem.column == column and problem.position and says in problem.message, (kind, str(problem))
    assert await state(office) == before
    assert report.roster is None


async def test_then_the_mended_file_does_what_was_previewed(office: Office) -> None:
    old = await office.provider(
        "Person Old", work_email="person3@practice.example.org", slack_user="U0OLD", languages=["Igbo"]
    )
    same = await office.do(lambda tx: tx.roster())
    before = await state(office)
    preview = await bring(office, mended(), dry_run=True)
    assert preview.roster is not None and not preview.problems
    assert (len(preview.roster.created), len(preview.roster.updated)) == (LINES - 1, 1)
    assert await state(office) == before, "a preview changes nothing"
    change = next(one for one in preview.roster.changes if not one.new)
    cells = {one.column: (one.before, one.after) for one in change.cells}
    assert cells["name"] == ("Person Old", "Person Da") and cells["languages"] == ("Igbo", "English")
    assert cells["states"] == ("NY", "NY:2099-03-01; TX") and "email" not in cells
    done = await bring(office, mended(), expected=preview.roster.plan)
    assert done.roster == preview.roster and not done.overtaken
    assert (await office.rows(Provider, id=old.id))[0].languages == ["English"]
    assert len(await office.rows(Provider)) == LINES and len(same) == 1
    again = await bring(office, mended(), dry_run=True)
    assert again.roster is not None and again.roster.unchanged == LINES and not again.roster.changes


async def test_what_has_changed_since_the_preview_is_not_applied(office: Office) -> None:
    maya = await office.provider("Maya Chen", languages=["Igbo"])
    text = "name,email,states,languages\nMaya Chen,maya@practice.example.org,NY,English\n"
    preview = await bring(office, text, dry_run=True)
    assert preview.roster is not None
    await office.change(Provider, maya.id, languages=["Spanish"])
    before = await state(office)
    late = await bring(office, text, expected=preview.roster.plan)
    assert late.overtaken and late.roster is not None and await state(office) == before
    assert [(one.before, one.after) for one in late.roster.changes[0].cells] == [("Spanish", "English")]
    done = await bring(office, text, expected=late.roster.plan)
    assert not done.overtaken and (await office.rows(Provider, id=maya.id))[0].languages == ["English"]


async def test_whoever_becomes_inactive_or_paused_takes_their_offers_along_in_the_preview(office: Office) -> None:
    maya, noor = await office.provider("Maya Chen"), await office.provider("Noor Bakshi")
    await office.submit(preferred=maya)
    await office.submit(preferred=noor)
    text = "name,email,states,status\nMaya Chen,maya@practice.example.org,NY,inactive\n"
    text += "Noor Bakshi,noor@practice.example.org,NY,paused\n"
    preview = await bring(office, text, dry_run=True)
    assert preview.roster is not None and preview.roster.released == 2
    assert preview.roster.made_inactive == ("Maya Chen",) and preview.roster.paused == ("Noor Bakshi",)
    done = await bring(office, text, expected=preview.roster.plan)
    assert not done.overtaken and done.roster == preview.roster
    now = {one.name: one.status for one in await office.rows(Provider)}
    assert now == {"Maya Chen": ProviderStatus.INACTIVE, "Noor Bakshi": ProviderStatus.PAUSED}


async def everybody(office: Office) -> None:
    """People whom a file might not bring through."""
    cruel = {"credential": "@SUM(1+1)", "languages": ["-1+1", "Igbo"]}
    await office.provider("Maya Chen", mobile="+447700900123", work_phone="+12125550142", **cruel)
    zoe = {"slack_user": "U0ZOE", "work_email": "zoe@practice.example.org", "npi": "1234567893"}
    await office.provider("Zoë O'Hara", credential="'=1+1", specialties=["anxiety", "Grief, sudden"], **zoe)
    await office.provider("Gone Guest", slack_standing=SlackStanding.GUEST, services=["couples", "individual"])
    await office.provider("Nobody There", slack_standing=SlackStanding.MISSING, identity=["Latina"])
    await office.provider(
        "By Mail", slack_user=None, slack_standing=SlackStanding.UNLINKED, slack_email="by@home.example.org"
    )
    await office.provider(
        "Inez Resting",
        status=ProviderStatus.INACTIVE,
        licences=[{"state": "TX", "expires": "2020-01-31"}, {"state": "NY"}],
        age_bands=["65+", "0-12"],
        delivery=["in_person"],
        booking_link="https://book.example.org/?a=1&b=2",
        insurers=[{"insurer": "aetna", "accepting": False}, {"insurer": "united", "accepting": True}],
    )
    paused = await office.provider("Paula Paused")
    await office.do(pause, CORA, paused.id)


async def test_the_export_comes_back_as_it_went_and_is_safe_in_a_spreadsheet(office: Office) -> None:
    await everybody(office)
    cruel = await office.provider("Eve Evil", work_email="eve2@practice.example.org")
    await office.change(Provider, cruel.id, name='=HYPERLINK("http://evil.example";"x")')
    before = await office.rows(Provider)
    found = await office.do(export_roster, CORA)
    assert isinstance(found, Exported) and found.lines == 8
    for row in csv.reader(io.StringIO(found.text.removeprefix("\ufeff"))):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")], row
    assert "'+44 7700 900123" in found.text and "(212) 555-0142" in found.text
    preview = await bring(office, found.text, dry_run=True)
    assert not preview.problems, [str(one) for one in preview.problems]
    assert preview.roster is not None and preview.roster.unchanged == 8
    assert (preview.roster.changes, preview.roster.updated, preview.roster.created) == ((), (), ())
    done = await bring(office, found.text)
    assert done.roster == preview.roster
    assert [one.model_dump() for one in await office.rows(Provider)] == [one.model_dump() for one in before]
    rows = await office.rows(History, event="export_roster")
    assert [(row.actor, row.data) for row in rows] == [(CORA.name, {"lines": 8})]


async def test_only_coordinators_export(office: Office) -> None:
    maya = await office.provider("Maya Chen")
    assert await office.do(export_roster, by(maya)) == Refused(Refusal.NOT_COORDINATOR)
    rows = await office.rows(History, event="export_roster")
    assert [row.result for row in rows] == ["not_coordinator"]


@pytest.mark.parametrize("header", ["name;states;Email", "\ufeffName\tStates\tE-mail"])
async def test_a_file_that_a_spreadsheet_has_saved_is_read(office: Office, header: str) -> None:
    separator = ";" if ";" in header else "\t"
    line = separator.join(["Maya Chen", '"NY;TX"', "maya@practice.example.org"])
    report = await bring(office, f"{header.replace('E-mail', 'email')}\r\n{line}\r\n")
    assert not report.problems and (await office.rows(Provider))[0].name == "Maya Chen"
    assert good_line(0)["email"] not in str(await office.rows(Provider)), "and nobody else"
