"""Ours, whole: the desk's own web app over a durable SQLite file, without a worker beside it.

``python -m bench.desk FOLDER PORT SANDBOX SMTP COUNT`` writes the offers' ids to FOLDER/offers.json, then serves.
"""

import asyncio
import json
import sys
from pathlib import Path

import uvicorn
from cryptography.fernet import Fernet
from starlette.applications import Starlette

from bot.demo_data import demo_practice_settings
from bot.house import House, opened
from bot.logs import configure
from bot.run import slack_app
from bot.settings import IsolatedSettings, Settings
from bot.web_server import routes
from referrals.actor import CLIENT, OPERATOR
from referrals.imports.files import FileKind, import_file
from referrals.intake.request import Intake
from referrals.submit import submit

ROSTER = Path(__file__).parent.parent / "tests" / "loop" / "roster.csv"


def settings(folder: Path, port: int, sandbox: str, smtp_port: int) -> Settings:
    """Of a desk in a sandbox at its default tokens, over signed HTTP."""
    return IsolatedSettings(
        database_url=f"sqlite:///{folder / 'desk.db'}",
        encryption_keys=(Fernet.generate_key().decode(),),
        index_key="i" * 32,
        history_key="h" * 32,
        signing_key="s" * 32,
        slack_bot_token="xoxb-sandbox-bot",
        slack_signing_secret="sandbox-signing-secret",
        slack_api_url=f"{sandbox}/api/",
        referrals_channel="C0REFERRALS",
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        **demo_practice_settings(),
    )


async def seed(house: House, count: int) -> list[str]:
    """Open General rounds that anybody licensed in New York may take; answers the offers' ids."""
    await import_file(house.desk, house.practice.id, FileKind.ROSTER, ROSTER.read_bytes(), actor=OPERATOR)
    offers = []
    for number in range(count):
        intake = Intake(
            client_name=f"Client {number}",
            client_email=f"client{number}@example.org",
            state="NY",
            insurer="aetna",
            service="individual",
            delivery="telehealth",
            age_band="18-64",
            channel="bench",
        )
        offers.append((await house.desk.do(house.practice.id, submit, CLIENT, intake)).offer_id)
    return offers


async def main(folder: Path, port: int, sandbox: str, smtp_port: int, count: int) -> None:
    configure(40)
    async with opened(settings(folder, port, sandbox, smtp_port)) as house:
        offers = await seed(house, count)
        await house.waker.settle()
        (folder / "offers.json").write_text(json.dumps(offers))
        config = uvicorn.Config(
            Starlette(routes=routes(house, slack_app(house))),
            host="127.0.0.1",
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    folder, port, sandbox, smtp_port, count = sys.argv[1:]
    asyncio.run(main(Path(folder), int(port), sandbox, int(smtp_port), int(count)))
