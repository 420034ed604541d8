"""What was tried and did not happen, in plain words, for every event that history keeps refusals of. Pure."""

from referrals.outcomes import Refusal

#: As the end of "Tried to …".
_TRIED: dict[str, str] = {
    "accept": "accept it",
    "decline": "decline it",
    "pass": "pass on it",
    "release": "give it back",
    "contacted": "say that the client was contacted",
    "scheduled": "say that a session is scheduled",
    "close": "close it",
    "assign": "assign it",
    "reopen": "offer it to everyone again",
    "phoned": "say that the client was phoned",
    "no_answer": "say that the client did not answer",
    "plan": "change the plan",
    "extend": "move the deadline",
    "urgent": "change its urgency",
    "hold": "change the legal hold",
    "consent": "change what the source hears",
    "erase": "erase the client's identity",
    "view": "look at the client's details",
    "ask_licence": "take it without a licence there",
    "allow_licence": "allow it without a licence there",
    "deny_licence": "answer the question about a licence",
    "profile": "change the profile",
    "pause": "pause",
    "resume": "end a pause",
    "limit": "set a weekly limit",
    "make_active": "make them active",
    "make_inactive": "make them inactive",
    "search": "search by a client's name",
    "desk_page": "open the coordinators' pages",
    "refuse": "use the desk",
    "phi_in_slack": "change whether client details may be in Slack",
    "view_history": "look at the history",
    "export_history": "export the history",
    "check_now": "start the desk's own check",
    "view_retention": "look at what erasing would erase",
    "export_retention": "export what erasing would erase",
    "erase_due": "erase clients",
    "retention": "change how erasing works",
    "seen": "take it off the list of what needs a person",
    "roster_create": "add somebody to the roster",
    "roster_update": "change a roster entry",
    "link": "link a Slack account",
    "source": "change a source",
    "ideal": "define ideal clients",
    "setting": "change a setting",
    "coordinators": "change who coordinates",
    "message": "change the words of a mail",
    "message_test": "send themselves a mail to try its words",
    "report": "look at the report",
    "export": "export the report",
    "export_roster": "export the roster",
    "coverage": "look at where nobody is free",
    "timeline": "look at a timeline",
}

#: Why not.
_WHY: dict[str, str] = {
    Refusal.UNLINKED: "not on the roster",
    Refusal.GUEST: "a guest of the workspace",
    Refusal.DEACTIVATED: "the account is deactivated",
    Refusal.OTHER_WORKSPACE: "from another workspace",
    Refusal.INACTIVE: "the provider is inactive",
    Refusal.NO_LICENCE: "no licence for the client's state",
    Refusal.GAVE_IT_BACK: "they gave it back before",
    Refusal.UNREACHABLE: "the provider has neither Slack nor a work email",
    Refusal.NOT_THEIRS: "not theirs",
    Refusal.NOT_IN_NETWORK: "not one of their insurers",
    Refusal.NOT_LICENSED: "not one of their states",
    Refusal.NOT_COORDINATOR: "not a coordinator",
    "reserved": "reserved for somebody else",
    "link_spent": "the link was used before or too old",
}


def refused(event: str, result: str) -> str:
    """ "Tried to accept it, refused: reserved for somebody else"."""
    tried = _TRIED.get(event, event.replace("_", " "))
    return f"Tried to {tried}, refused: {_WHY.get(result, result.replace('_', ' '))}"
