"""The boundary around one row or one step: what nobody foresaw is logged, and the rows after it still get their turn.

Cancelling and the end of the process pass through.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

log = logging.getLogger(__name__)


@contextmanager
def contained(step: str, **ids: str) -> Iterator[None]:
    """Goes on after a fault. ``ids``: of rows only; the fault's own words may quote a client and are not logged."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the boundary of a row
        note_fault(step, error, **ids)


def note_fault(step: str, error: Exception, **ids: str) -> None:
    """Logs the kind of fault and the place where it came up."""
    frames = extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    log.error("unforeseen_fault", extra={"step": step, "error": type(error).__name__, "place": place, **ids})
