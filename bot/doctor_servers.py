"""The doctor's look at the servers around the desk: mail, text messages, the queue, and its own public address."""

import time
from urllib.parse import urlsplit

import aiohttp
import aiosmtplib
from redis.asyncio import Redis
from redis.exceptions import RedisError

from jobs.mail.smtp import parse_smtp_url

from .doctor_facts import Facts, Finding, ok, problem, warning
from .setup import domain_of, sender_address

_SECONDS = 4
#: A click wakes a job through the queue; beyond this it is felt.
_SLOW_MS = 50


async def mail(facts: Facts) -> Finding:
    """Up to the login; no mail is begun."""
    server = parse_smtp_url(facts.settings.smtp_url)
    where = f"{server.host}:{server.port}"
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        local_hostname=domain_of(sender_address(facts.settings)),
        timeout=_SECONDS,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
    )
    try:
        await client.connect()
        await client.ehlo()
        await client.quit()
    except aiosmtplib.SMTPAuthenticationError as error:
        return problem(f"{where} refuses the user or the password in SMTP_URL ({error.code})")
    except aiosmtplib.SMTPResponseException as error:
        return problem(f"{where} answers {error.code}: check SMTP_URL and whether this machine may send there")
    except (aiosmtplib.SMTPException, OSError) as error:
        return problem(f"{where} cannot be used ({type(error).__name__}): check SMTP_URL, its scheme and its port")
    finally:
        client.close()
    words = {"tls": "encrypted", "starttls": "encrypted", "none": "not encrypted"}[server.security]
    return ok(f"{where} answers, {words}{', and knows us' if server.username else ''}")


async def text_messages(facts: Facts) -> Finding:
    """Reads the account, which costs nothing: https://www.twilio.com/docs/iam/api/account."""
    settings = facts.settings
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return ok("none are sent: no TWILIO_ variable is set")
    try:
        async with facts.session.get(
            f"{settings.twilio_api_url}/2010-04-01/Accounts/{settings.twilio_account_sid}.json",
            headers={
                "Authorization": aiohttp.encode_basic_auth(settings.twilio_account_sid, settings.twilio_auth_token)
            },
            allow_redirects=False,
        ) as answer:
            status = answer.status
            account = str((await answer.json()).get("status")) if status == 200 else ""
    except (aiohttp.ClientError, ValueError, OSError) as error:
        return problem(f"Twilio cannot be reached ({type(error).__name__}): check TWILIO_API_URL and the network")
    if status in (401, 404):
        return problem(
            f"Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN ({status}): copy both from its console"
        )
    if status != 200:
        return problem(f"Twilio answers {status}: look again later")
    if account != "active":
        return problem(f"the Twilio account is {account}: see its console")
    return ok("the account is active")


async def queue(facts: Facts) -> Finding:
    url = facts.settings.redis_url
    if url is None:
        return ok("a server of our own, which `referrals run` starts")
    where = urlsplit(url)
    redis = Redis.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
    try:
        await redis.ping()
        before = time.perf_counter()
        await redis.ping()
        took = (time.perf_counter() - before) * 1000
        server = await redis.info("server")
    except (RedisError, OSError) as error:
        return problem(
            f"{where.hostname or where.path} cannot be used ({type(error).__name__}): check REDIS_URL; clicks are kept "
            "meanwhile, and the sweep does what is due"
        )
    finally:
        await redis.aclose()
    name, version = ("Valkey", server.get("valkey_version")) if "valkey_version" in server else ("Redis", None)
    told = f"{name} {version or server.get('redis_version')}, answers in {took:.1f} ms"
    return warning(f"{told}: is it far away?") if took > _SLOW_MS else ok(told)


async def pages(facts: Facts) -> Finding:
    """A warning at most: some networks do not let a machine reach its own public address."""
    url = facts.settings.public_url
    try:
        async with facts.session.get(f"{url}/healthz", timeout=aiohttp.ClientTimeout(total=_SECONDS)) as answer:
            if answer.status == 200:
                return ok(f"{url} answers")
            found = str(answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        found = type(error).__name__
    return warning(
        f"{url} does not answer from here ({found}): is the desk running, and the proxy pointed at its PORT?"
    )
