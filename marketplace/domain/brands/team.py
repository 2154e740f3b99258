"""The people of a brand: somebody of them must always be able to let others in."""

from __future__ import annotations

from marketplace.domain.doors import BrandRole
from marketplace.domain.refusals import Refusal

COLLECTORS = (BrandRole.OWNER, BrandRole.COMMERCIAL, BrandRole.CONTENT)
"""Who brings collections, files and photographs, and approves how a sale is shown."""
SIGNERS = (BrandRole.OWNER, BrandRole.COMMERCIAL)
"""Who states the brief, submits, negotiates and signs."""
FINANCIERS = (BrandRole.OWNER, BrandRole.FINANCE)
"""Who answers for the company: its file, its taxes, its bank details."""
GIVERS = (BrandRole.OWNER, BrandRole.COMMERCIAL, BrandRole.FINANCE)
"""Who gives what the house's list asks for."""
SPEAKERS = (BrandRole.OWNER, BrandRole.COMMERCIAL, BrandRole.CONTENT, BrandRole.FINANCE)
"""Who writes to the house; whoever only looks reads."""
HOSTS = (BrandRole.OWNER,)
"""Who lets people in and out."""

PEOPLE_MAX = 50
"""Of one brand, those invited among them: a list that a person can still look through."""


class LastOwner(Refusal):
    """Without this person nobody of the brand could let people in or out."""

    code = "last_owner"


class TeamFull(Refusal):
    """The brand has as many people as it may; ``most`` says how many."""

    code = "team_full"


class InvitationFollowed(Refusal):
    """The person has come in already: there is no invitation left to send or withdraw."""

    code = "invitation_followed"


def check_room(people: int) -> None:
    """Refuses one person more than a brand may have."""
    if people >= PEOPLE_MAX:
        raise TeamFull(most=PEOPLE_MAX)


def check_owner_stays(*, is_owner: bool, becomes: BrandRole | None, other_owners: int) -> None:
    """Refuses to take the last owner away. ``becomes``: the new role, none for who leaves.

    ``other_owners``: owners besides this one who have come in; whoever is only invited can let nobody in.
    """
    if is_owner and becomes is not BrandRole.OWNER and not other_owners:
        raise LastOwner
