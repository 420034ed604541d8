"""`python -m sandbox`: the workspace as a process of its own. Only reads arguments and waits."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from sandbox.config import Manifest, SandboxConfig, read_people
from sandbox.limits import RateLimits
from sandbox.server import Sandbox


def arguments() -> argparse.ArgumentParser:
    config = SandboxConfig()
    parser = argparse.ArgumentParser(prog="sandbox", description="A local Slack-like workspace.")
    parser.add_argument("--host", default=config.host)
    parser.add_argument("--port", type=int, default=8910)
    parser.add_argument("--smtp-port", type=int, default=8925)
    parser.add_argument("--manifest", type=Path, help="the app's manifest.yml: scopes, events, commands")
    parser.add_argument("--team", default=config.team_name)
    parser.add_argument("--people", type=Path, help="a JSON list of people instead of the default practice")
    parser.add_argument("--mode", choices=("socket", "http"), default=config.mode)
    for name in ("request-url", "clock-url", "bot-token", "app-token", "signing-secret", "twilio-sid", "twilio-token"):
        parser.add_argument(f"--{name}", default=getattr(config, name.replace("-", "_")))
    parser.add_argument("--sms-callback", default="", help="where inbound SMS are posted")
    parser.add_argument("--link", action="append", default=[], metavar="TEXT=URL", help="shown on the page")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    return parser


def configure(args: argparse.Namespace) -> SandboxConfig:
    return SandboxConfig(
        host=args.host,
        port=args.port,
        smtp_port=args.smtp_port,
        manifest=Manifest.read(args.manifest) if args.manifest else Manifest(),
        team_name=args.team,
        people=read_people(args.people) if args.people else None,
        mode=args.mode,
        request_url=args.request_url,
        clock_url=args.clock_url,
        bot_token=args.bot_token,
        app_token=args.app_token,
        signing_secret=args.signing_secret,
        twilio_sid=args.twilio_sid,
        twilio_token=args.twilio_token,
        sms_inbound_url=args.sms_callback,
        links=[dict(zip(("text", "url"), link.split("=", 1), strict=True)) for link in args.link],
        limits=RateLimits.off() if args.no_limits else RateLimits(),
    )


async def run(config: SandboxConfig) -> None:
    box = await Sandbox(config).start()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    sys.stdout.write(
        f"workspace  {box.base_url}/\nSLACK_API_URL={box.api_url}\nSMTP       {config.host}:{box.mailbox.port}\n"
    )
    sys.stdout.flush()
    await stopped.wait()
    await box.stop()


if __name__ == "__main__":
    asyncio.run(run(configure(arguments().parse_args())))
