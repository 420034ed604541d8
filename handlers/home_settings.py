"""Home's room of settings, gathered: what is set, who may see a client in Slack, whose words the mails have."""

from blocks.coordinators import coordinators_blocks
from blocks.home_settings import SettingsHome, settings_blocks
from blocks.paging import Place
from referrals.actor import Actor
from referrals.coordinators import coordinators
from referrals.messages.mails import MAILS
from referrals.messages.templates import how_many_own
from referrals.outcomes import Refused
from referrals.privacy import Attestation, attestation
from referrals.settings.values import written
from referrals.tx import Tx

from .drawn import Drawn


def draw(tx: Tx, actor: Actor, _place: Place) -> Drawn:
    stands = attestation(tx, actor)
    privacy = Attestation(on=False, by=None, at=None) if isinstance(stands, Refused) else stands
    who = coordinators(tx, actor)
    people = [] if isinstance(who, Refused) else coordinators_blocks(who)
    shown = SettingsHome(written(tx.practice()), privacy, how_many_own(tx), len(MAILS), people)
    return Drawn(settings_blocks(shown), {})
