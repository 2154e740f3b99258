"""What an endpoint may touch while it acts: the open books, the parameters, the circumstances."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace.local.stripe.events import Announcer
    from marketplace.local.stripe.forms import Values
    from marketplace.local.stripe.store import Books


@dataclass(slots=True)
class Call:
    """One deed inside one transaction.

    ``target`` is the id in the path, ``values`` the parameters as read by the endpoint's form.
    ``request`` and ``key`` are empty when nobody asked over the API: a buyer on the pay page, or
    time running out. ``decline`` names the decline that a fault asks for.
    """

    books: Books
    announcer: Announcer
    base_url: str
    values: Values = field(default_factory=dict)
    target: str = ""
    request: str = ""
    key: str = ""
    decline: str = ""

    @property
    def now(self) -> int:
        """Seconds on the simulator's clock."""
        return self.books.now

    def given(self, name: str, otherwise: Any = None) -> Any:  # noqa: ANN401  # a JSON value
        """The parameter's value, or ``otherwise`` if it was not sent."""
        return self.values.get(name, otherwise)


def fresh(prefix: str) -> str:
    """A new id in Stripe's manner: ``pi_`` and 24 characters nobody can guess."""
    return f"{prefix}_{secrets.token_hex(12)}"
