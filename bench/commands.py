"""The desk's own command line, as people use it beside a running process."""

import asyncio
import sys
from pathlib import Path

ROSTER = Path(__file__).parent.parent / "tests" / "loop" / "roster.csv"
_HEADER = "external_id,client_name,client_email,state,insurer,service,delivery,age_band\n"


async def import_roster(folder: Path, variables: dict[str, str]) -> None:
    await _import(folder, variables, "roster", ROSTER)


async def import_referrals(folder: Path, variables: dict[str, str], count: int) -> None:
    """General rounds for anybody in New York, all at once."""
    rows = [f"b{one},Client {one},client{one}@example.org,NY,aetna,individual,telehealth,18-64" for one in range(count)]
    file = folder / "referrals.csv"
    await asyncio.to_thread(file.write_text, _HEADER + "\n".join(rows) + "\n")
    await _import(folder, variables, "referrals", file)


async def _import(folder: Path, variables: dict[str, str], kind: str, file: Path) -> None:
    importing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", "import", kind, str(file)),
        cwd=folder,
        env=variables,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await importing.communicate()
    if importing.returncode:
        raise RuntimeError(f"the {kind} was not imported: {said.decode()[-300:]}")
