"""A soak's account in words, as it is printed."""

from collections import Counter

from .soak import Given, Result

_SHOWN = 30
#: What is printed of the calls to Slack, by the method that made it.
_MESSAGES = {
    "chat.postMessage": "posts",
    "chat.update": "card updates",
    "response_url": "private answers",
    "views.open": "forms opened",
    "views.publish": "Homes",
}


def report(given: Given, result: Result) -> str:
    around, found = result.surroundings, result.reckoning
    trouble, ledger, outside = around.trouble, around.ledger, around.outside
    days = result.lived.total_seconds() / 86400
    lines = [
        f"Soak with seed {given.seed}: {given.seconds:.0f} s of storm, {days:.1f} days of a practice of 180,"
        f" {result.took:.0f} s in all",
        _line("referrals", f"{len(ledger.sent):,} sent, {found.referrals:,} kept, {found.rounds:,} rounds"),
        _line("decisions", f"{found.decisions.total():,}: {_counts(found.decisions)}"),
        _line(
            "people",
            f"{ledger.promises.total():,} told that it is done, {ledger.otherwise:,} told otherwise,"
            f" {ledger.unanswered:,} not answered and tried again; slowest answer {ledger.slowest:.2f} s",
        ),
        _line(
            "killed",
            f"{around.fleet.kills.total()}: {_counts(around.fleet.kills)}"
            f" (started again {sum(part.lives - 1 for part in around.fleet.parts)} times,"
            f" {around.fleet.refused_starts} starts refused)",
        ),
        _line(
            "queue",
            f"emptied {trouble.flushed} times ({trouble.keys_lost:,} keys), restarted"
            f" {trouble.queue_restarts} times; {around.queue.commands:,} commands watched",
        ),
        _line(
            "faults",
            f"{trouble.struck().total():,}: {_counts(trouble.struck())}; {trouble.outages} outages of"
            f" Slack, {trouble.sockets_ended} sockets ended",
        ),
        _line("messages", f"{_messages(result)}"),
        _line("refused calls", _counts(outside.refused)),
        _line(
            "in the dark",
            f"{found.resent} mails sent once more, {found.dark} texts left alone,"
            f" {found.overtaken} posts overtaken,"
            f" {found.given_up} notices given up and told to coordinators, {found.unconfirmed} private answers lost",
        ),
        _line("errors logged", _counts(Counter({str(one): n for one, n in around.fleet.complaints().items()}))),
        _line(
            "auditor",
            f"{result.audit.looked_at.referrals:,} referrals, {result.audit.looked_at.events:,} events,"
            f" {result.audit.looked_at.deliveries:,} notices looked at: {result.audit.wrong} wrong",
        ),
        _line("lost", str(len(found.lost))),
        _line("doubled", str(len(found.doubled))),
        _line("unexpected", str(len(found.unexpected))),
        _line("leaked", str(len(dict.fromkeys(result.leaks)))),
    ]
    if result.wrong:
        lines += ["", f"{len(result.wrong)} wrong:", *result.wrong[:_SHOWN]]
        if len(result.wrong) > _SHOWN:
            lines.append(f"and {len(result.wrong) - _SHOWN} more")
    return "\n".join(lines)


def _line(name: str, text: str) -> str:
    return f"{name:14}{text}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counter.most_common() if count) or "none"


def _messages(result: Result) -> str:
    outside = result.surroundings.outside
    kinds = Counter(dict(sorted({name: outside.calls[method] for method, name in _MESSAGES.items()}.items())))
    kinds["mails"] = outside.mails.total()
    kinds["texts"] = outside.texts().total()
    return f"{kinds.total():,}: {_counts(kinds)}"
