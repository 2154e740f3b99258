"""The right to sell in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.rights import Basis, RightState
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

BASES: dict[Basis, Lazy] = {
    Basis.OWNER: lazy("We own the trademark"),
    Basis.AUTHORISED: lazy("The owner of the trademark authorises us to sell these goods"),
}

STATES: dict[RightState, Lazy] = {
    RightState.STATED: lazy("With the house"),
    RightState.ACCEPTED: lazy("Proof accepted"),
    RightState.REFUSED: lazy("Not accepted"),
}
