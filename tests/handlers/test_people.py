"""users.info: nobody by that id is an answer; silence is none, and whoever must know is told so."""

from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.people import People, SlackSilent
from sandbox.config import Manifest, SandboxConfig
from sandbox.limits import RateLimits
from sandbox.server import Sandbox

pytestmark = pytest.mark.anyio


async def test_silence_is_not_the_same_as_nobody() -> None:
    manifest = Manifest.read(Path(__file__).parents[2] / "manifest.yml")
    box = await Sandbox(SandboxConfig(manifest=manifest, limits=RateLimits.off())).start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(box.config.bot_token, box.api_url, session=session, retry_handlers=[])
        people = People(client)
        assert await people.find("U0NOBODY") is None
        box.fault("http_500", "users.info")
        with pytest.raises(SlackSilent, match="500"):
            await people.find("U0MAYA")
        await box.revoke_tokens()
        with pytest.raises(SlackSilent, match="token_revoked"):
            await people.find("U0MAYA")
        assert await people.get("U0MAYA") is None, "a click goes on without"
        await box.stop()
        with pytest.raises(SlackSilent):
            await people.find("U0MAYA")
