"""How far a command has come, for who waits for it: on a terminal one line that changes, else a line now and then."""

import sys
from collections.abc import Callable

import typer

#: Told from any thread: how many of how many.
Progress = Callable[[int, int], None]

_NOW_AND_THEN = 500


def show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done} of {total}", err=True, nl=done == total)
    elif done == total or done % _NOW_AND_THEN == 0:
        typer.echo(f"{done} of {total}", err=True)
