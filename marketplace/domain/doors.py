"""Who is speaking: the doors of the house and the people who come through them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """A door, and the PostgreSQL role ``aubaine_<door>`` under which its statements run.

    The hallway is where nobody has said who they are yet: sign-in, invitations, resets.
    """

    MEMBER = "member"
    BRAND = "brand"
    OPERATOR = "operator"
    WORKER = "worker"
    HALLWAY = "hallway"


class Realm(StrEnum):
    """Whose account it is. The three realms never share a session, a cookie or a page."""

    MEMBER = "member"
    BRAND = "brand"
    OPERATOR = "operator"


class BrandRole(StrEnum):
    """What a person of a brand may do there.

    The owner does everything; commercial negotiates and signs; content brings collections and approves how they are
    shown; finance answers for the company, its taxes and its bank details; viewers look.
    """

    OWNER = "owner"
    COMMERCIAL = "commercial"
    CONTENT = "content"
    FINANCE = "finance"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as recorded in every event: a kind and an account's id (none for the clock)."""

    kind: Door
    account_id: int | None = None


CLOCK = Actor(Door.WORKER)
