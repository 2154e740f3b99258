"""The scene of a run: an open sale of few pieces, small sales that open and close in the middle of it, and members."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db.brands import Brand
from marketplace.db.reminders import Reminder
from tests import factories
from tests.benchmarks.stand import CROWD
from tests.chaos.checker import Window, World

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale, SaleItem
    from tests.journeys.house import House

SHARES = (0.05, 0.1, 0.2)
"""Units of each piece of the open sale, by the number of buyers: the first is wanted most."""
EDGES = ((0.35, 0.7), (0.5, 0.8), (0.6, 0.9))
"""When each small sale opens and closes, in parts of the time of the faults."""
UNITS_OF_A_SMALL_SALE = 5
UNITS_AT_ONCE_MAX = 10
AUDITORS_MORE = 8
"""For what is left when ten at once are too many: five, two, and one by one."""
REMINDED = 20
COMING_IN = timedelta(minutes=14, seconds=30)
"""After the faults: soon enough to be announced, and not open before everything is looked at."""


@dataclass(frozen=True)
class Piece:
    """What somebody may want: its name, where it is offered, and from when."""

    name: str
    sale: str
    item_id: int
    style_id: int
    opens_at: float


@dataclass(frozen=True)
class Member:
    """Who somebody is, and the session of their browser."""

    email: str
    cookie: str
    token: str


@dataclass(frozen=True)
class Scene:
    """All that is there when a run begins."""

    world: World
    wanted: tuple[Piece, ...]
    timed: tuple[Piece, ...]
    buyers: tuple[Member, ...]
    auditors: tuple[Member, ...]


def set_in(house: House, *, buyers: int, seconds: float) -> Scene:
    """Set the scene for so many buyers and faults of ``seconds``; they must begin at once."""
    units = [max(2, round(buyers * share)) for share in SHARES]
    auditors = len(units) * (max(units) // UNITS_AT_ONCE_MAX + AUDITORS_MORE)
    with house.session() as session:
        session.execute(text(CROWD), {"size": buyers + auditors})
    people = list(members(house, buyers + auditors))
    with house.session() as session:
        wanted, windows = _open(session, units)
        timed, reported = _timed(session, seconds, windows)
        reminded = _coming(session, seconds, windows)
    there = {piece.name: count for piece, count in zip(wanted, units, strict=True)}
    there |= {piece.name: UNITS_OF_A_SMALL_SALE for piece in timed}
    world = World(
        units=there,
        sale_of={piece.name: piece.sale for piece in (*wanted, *timed)},
        windows=windows,
        reminded=reminded,
        reported=reported,
    )
    return Scene(world, wanted, timed, tuple(people[:buyers]), tuple(people[buyers:]))


def members(house: House, size: int) -> Iterator[Member]:
    key = house.told["environment"]["SECRET_KEY"].encode()
    name = f"__Host-aubaine-member-{house.told['ports']['web']}"
    for number in range(1, size + 1):
        reference = f"visitor-m{number}"
        digest = hmac.digest(key, f"csrf:session:{reference}".encode(), "sha256")
        token = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        yield Member(f"m{number}@example.org", f"{name}={reference}", token)


def _open(session: Session, units: list[int]) -> tuple[tuple[Piece, ...], dict[str, Window]]:
    """The sale that everybody came for, open since an hour."""
    sale, _ = factories.open_sale(session, items=0, limit_per_member=UNITS_AT_ONCE_MAX)
    items = [
        factories.sale_item(session, of=sale, units=each, limit_per_member=UNITS_AT_ONCE_MAX)
        for each in units
    ]
    return tuple(_piece(session, sale, each) for each in items), {sale.ref: _window(sale)}


def _timed(
    session: Session, seconds: float, windows: dict[str, Window]
) -> tuple[tuple[Piece, ...], frozenset[tuple[str, str]]]:
    """Small sales that open and close while everything breaks; each is reported to somebody of its brand."""
    pieces, reported = [], set()
    for opens, closes in EDGES:
        sale, (item,) = factories.open_sale(
            session,
            units=UNITS_OF_A_SMALL_SALE,
            opens_in=timedelta(seconds=seconds * opens),
            length=timedelta(seconds=seconds * (closes - opens)),
        )
        email = f"reader-of-{sale.ref}@example.org"
        factories.brand_user(session, of=session.get_one(Brand, sale.brand_id), email=email)
        pieces.append(_piece(session, sale, item))
        windows[sale.ref] = _window(sale)
        reported.add((email, sale.ref))
    return tuple(pieces), frozenset(reported)


def _coming(
    session: Session, seconds: float, windows: dict[str, Window]
) -> frozenset[tuple[str, str]]:
    """A sale of which some asked to be reminded, and whose hour is near."""
    sale, _ = factories.open_sale(session, opens_in=timedelta(seconds=seconds) + COMING_IN)
    session.get_one(Brand, sale.brand_id).told_ahead = True
    windows[sale.ref] = _window(sale)
    found = session.execute(
        text(
            "SELECT m.id, a.email FROM members m JOIN accounts a ON a.id = m.account_id"
            " WHERE a.email LIKE 'm%@example.org' ORDER BY m.id LIMIT :most"
        ),
        {"most": REMINDED},
    ).all()
    session.add_all(Reminder(sale_id=sale.id, member_id=each.id) for each in found)
    return frozenset((each.email, sale.ref) for each in found)


def _window(sale: Sale) -> Window:
    return Window(sale.opens_at.timestamp(), sale.closes_at.timestamp())


def _piece(session: Session, sale: Sale, item: SaleItem) -> Piece:
    found = session.execute(
        text(
            "SELECT s.id, s.name FROM styles s JOIN variants v ON v.style_id = s.id WHERE v.id = :id"
        ),
        {"id": item.variant_id},
    ).one()
    return Piece(found.name, sale.ref, item.id, found.id, sale.opens_at.timestamp())
