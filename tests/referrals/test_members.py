"""What the list of the workspace's members says of the roster."""

from jobs.members import Member, note_members
from store.tables import Practice, Provider
from store.vocabulary import SlackStanding
from tests.desk import Office


def member(id: str, *, admin: bool = False) -> Member:
    return Member(id, None, None, SlackStanding.MEMBER, admin)


async def standings(office: Office) -> dict[str, tuple[str | None, SlackStanding]]:
    return {one.name: (one.slack_user, one.slack_standing) for one in await office.rows(Provider)}


async def test_an_id_that_the_workspace_has_not_is_missing(office: Office) -> None:
    """A roster's slip of the pen: until then it passes for a member, whom messages reach."""
    await office.provider("Maya Chen", slack_user="U0MAYA")
    noor = await office.provider("Noor Haddad", slack_user="U0TYPO")
    await office.provider("Omar Vance", slack_user="U0OMAR", slack_standing=SlackStanding.DEACTIVATED)
    done = await office.submit(noor)
    for _ in range(2):
        await office.do(note_members, [member("U0MAYA", admin=True)])
    assert await standings(office) == {
        "Maya Chen": ("U0MAYA", SlackStanding.MEMBER),
        "Noor Haddad": ("U0TYPO", SlackStanding.MISSING),
        "Omar Vance": ("U0OMAR", SlackStanding.DEACTIVATED),
    }
    assert await office.history(noor) == ["standing"]
    assert [one.provider_id for one in await office.offers(done.referral_id)] == [noor.id], "nothing else changes"

    await office.do(note_members, [member("U0MAYA"), member("U0TYPO")])
    assert (await standings(office))["Noor Haddad"] == ("U0TYPO", SlackStanding.MEMBER), "it was there after all"


async def test_admins_are_kept(office: Office) -> None:
    practice = office.practice_id
    await office.do(note_members, [member("U0CORA", admin=True), member("U0MAYA")])
    found = await office.desk.database.read(lambda session: session.get(Practice, practice))
    assert found is not None and found.admins == ["U0CORA"]


async def test_an_empty_list_says_nothing(office: Office) -> None:
    await office.provider("Maya Chen")
    await office.do(note_members, [])
    assert [standing for _, standing in (await standings(office)).values()] == [SlackStanding.MEMBER]
