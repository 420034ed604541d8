"""``/referrals …``: one listener, one table. Every answer is ephemeral; what was typed is never repeated or logged."""

from collections.abc import Awaitable, Callable
from difflib import get_close_matches

from blocks.availability import answer
from blocks.lists import COMMANDS, help_answer, mine_answer, open_answer, status_answer
from blocks.message import Message
from blocks.whom import support_contact, whom_to_ask
from referrals.actor import Actor
from referrals.outcomes import Refusal, Refused
from referrals.tx import Tx
from referrals.views.lists import my_lines, open_lines, standing

from .deps import SlackDeps
from .desk_pages import new
from .details import find
from .own import myself
from .pause_commands import pause_command, resume_command
from .report import report
from .settling import wording
from .timeline import show
from .who import Caller, act

#: What stands behind the command's own word is the last argument.
Command = Callable[[SlackDeps, Caller, str], Awaitable[Message]]

#: How many lines a list shows; and as many as are counted beyond them.
_SHOWN, _COUNTED = 10, 200
_MOST_TYPED = 40


async def handle(deps: SlackDeps, caller: Caller, typed: str) -> Message:
    word, _, rest = typed.strip().partition(" ")
    name = word.casefold()[:_MOST_TYPED] or "help"
    if name not in HANDLERS:
        nearest = get_close_matches(name, COMMANDS, n=1)
        return await _help_with(deps, caller, unknown=True, nearest=nearest[0] if nearest else None)
    return await HANDLERS[name](deps, caller, rest.strip())


async def _help(deps: SlackDeps, caller: Caller, _rest: str) -> Message:
    return await _help_with(deps, caller)


async def _open(deps: SlackDeps, caller: Caller, _rest: str) -> Message:
    actor = await act(deps, caller, "/referrals open", myself)
    if isinstance(actor, Refused):
        return await _refused(deps, caller, actor)
    lines = await deps.desk.ask(caller.practice_id, open_lines, actor.provider_id, _COUNTED)
    return open_answer(lines[:_SHOWN], len(lines) - _SHOWN, everyones=actor.provider_id is None)


async def _mine(deps: SlackDeps, caller: Caller, _rest: str) -> Message:
    actor = await act(deps, caller, "/referrals mine", myself)
    if isinstance(actor, Refused):
        return await _refused(deps, caller, actor)
    if actor.provider_id is None:
        return await _no_provider(deps, caller, actor)
    lines = await deps.desk.ask(caller.practice_id, my_lines, actor.provider_id, _COUNTED)
    return mine_answer(lines[:_SHOWN], len(lines) - _SHOWN)


async def _status(deps: SlackDeps, caller: Caller, _rest: str) -> Message:
    actor = await act(deps, caller, "/referrals status", myself)
    if isinstance(actor, Refused):
        return await _refused(deps, caller, actor)
    found = await deps.desk.ask(caller.practice_id, standing, actor.provider_id) if actor.provider_id else None
    return status_answer(found) if found else await _no_provider(deps, caller, actor)


HANDLERS: dict[str, Command] = {
    "find": find,
    "help": _help,
    "new": new,
    "open": _open,
    "mine": _mine,
    "status": _status,
    "pause": pause_command,
    "resume": resume_command,
    "report": report,
    "show": show,
}


async def _help_with(deps: SlackDeps, caller: Caller, *, unknown: bool = False, nearest: str | None = None) -> Message:
    practice = await deps.desk.ask(caller.practice_id, Tx.practice)
    return help_answer(whom_to_ask(practice), support_contact(practice), unknown=unknown, nearest=nearest)


async def _refused(deps: SlackDeps, caller: Caller, refused: Refused) -> Message:
    return answer(await wording(deps, caller, refused))


async def _no_provider(deps: SlackDeps, caller: Caller, _actor: Actor) -> Message:
    """A coordinator who is not on the roster: the rest of the desk is theirs, this is not."""
    return await _refused(deps, caller, Refused(Refusal.UNLINKED))
