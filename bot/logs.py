"""Structured logs with ids only. Libraries that would print payloads, arguments or bodies are kept quiet here."""

import logging
import re
import sys

import structlog

#: slack_bolt logs the body of a badly signed request at INFO, arq its job arguments, the SDK payloads at DEBUG, and
#: uvicorn's access log would keep what is in addresses (DOMAIN.md section 3, rule 7).
_QUIET = {
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.ERROR,
    "arq": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
    "aiohttp": logging.ERROR,
    "sqlalchemy": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.ERROR,
}

_QUOTING = frozenset({"arq", "asyncio"})
_PLAIN = re.compile(r"[A-Za-z ,'-]*")
_RAISED = re.compile(r"\bexception=(\w+)\(")


def configure(level: int = logging.INFO) -> None:
    """One line an event on standard error: readable on a terminal, JSON elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(line_formatter(on_terminal=sys.stderr.isatty()))
    handler.addFilter(without_values)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)


def without_values(record: logging.LogRecord) -> bool:
    """arq and asyncio put an exception's text into their messages, which may quote a row: kind and place remain."""
    if record.name.partition(".")[0] not in _QUOTING:
        return True
    if record.exc_info is None:
        kinds = [type(one).__name__ for one in _values(record.args) if isinstance(one, BaseException)]
        kinds += _RAISED.findall(record.msg if isinstance(record.msg, str) else "")
        if kinds:
            record.error = kinds[0]
    # Of a template, its own words; of a finished text, those before the first value.
    words = re.sub(r"%[-+#0 .\d]*[a-zA-Z]", "…", str(record.msg)) if record.args else _PLAIN.match(str(record.msg))[0]  # type: ignore[index]
    record.msg, record.args = f"{record.name}: {words.strip()}", ()
    record.exc_text = None
    for name in ("extra", "message"):  # what an exception says of itself, and what others have formatted
        record.__dict__.pop(name, None)
    return True


def _values(args: object) -> tuple[object, ...]:
    return args if isinstance(args, tuple) else ()


def line_formatter(*, on_terminal: bool) -> logging.Formatter:
    """How one event is written; nothing else of a record gets out."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_secrets, renderer],
    )


def _without_secrets(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """A traceback says where and what kind, not with which values: an exception's text may quote a row."""
    if info := event.pop("exc_info", None):
        error = info[1] if isinstance(info, tuple) else info
        event["error"] = type(error).__name__
        trace = getattr(error, "__traceback__", None)
        frames = []
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["where"] = frames[-6:]
    return event
