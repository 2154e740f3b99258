"""Scenes put straight into a running house: people who can sign in, pieces with photographs, lots that wait."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import text

from marketplace import bootstrap, config
from marketplace.db import clock, passwords
from marketplace.db.accounts import Account, begin_session
from marketplace.db.deals import DealLine
from marketplace.domain.doors import Door
from marketplace.local import photographs
from marketplace.web import places
from tests import factories, sale_scenes
from tests.journeys.person import DESK, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from marketplace.config import Settings
    from marketplace.db.brands import Brand, BrandUser
    from marketplace.db.catalogue import Variant
    from marketplace.db.deals import Deal
    from marketplace.db.members import Member
    from marketplace.db.sales import Sale
    from marketplace.toolbox import Toolbox
    from tests.journeys.house import House
    from tests.journeys.person import Person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STYLE = "Merino crew neck"
POOL_SIZE = 2

EVERY_WAY = pytest.mark.parametrize(
    "way",
    [
        pytest.param(
            {"size": size, "language": language, "scripts": scripts},
            id=f"{size['width']}-{language}-{'scripts' if scripts else 'no-scripts'}",
        )
        for size, language, scripts in product((PHONE, DESK), ("en", "fr"), (True, False))
    ],
)
"""A phone and a desk, both languages, with scripts and without."""

DEVELOPED = text(
    "UPDATE photographs SET widths = CAST(:widths AS jsonb), width = 1200, height = 1600, paper = '#EEE9E2'"
    " WHERE widths <> CAST(:widths AS jsonb)"
)


@dataclass(frozen=True)
class Town:
    """A house with somebody's hands in its rooms."""

    house: House
    tools: Toolbox
    settings: Settings
    kept: str
    """The hash of everybody's password, worked out once."""
    widths: str
    """Where the copies of the one photograph are kept."""

    def member(self, session: Session, *, language: str = "en", **more) -> Member:
        """A member who can sign in."""
        return factories.member(session, locale=language, password_hash=self.kept, **more)

    def brand_user(self, session: Session, *, of: Brand, language: str = "en", **more) -> BrandUser:
        """Somebody of a brand who can sign in, second factor included."""
        return factories.brand_user(
            session,
            of=of,
            locale=language,
            password_hash=self.kept,
            totp_secret=SECRET,
            totp_confirmed_at=clock.now(session),
            **more,
        )

    def operator(self, session: Session, *, language: str = "en", **more) -> Account:
        """Somebody of the house who can sign in, second factor included."""
        return factories.operator(
            session,
            locale=language,
            password_hash=self.kept,
            totp_secret=SECRET,
            totp_confirmed_at=clock.now(session),
            **more,
        )

    def open_sale(
        self, session: Session, *, brand: str, styles: int = 1, units: int = 20, **more
    ) -> Sale:
        """An open sale of a brand: styles in two sizes, with photographs and the evidence of their public price."""
        of = factories.brand(session, name=brand, story="Knitted by the sea.")
        offered = factories.collection(session, of=of)
        factories.evidence(session, of=offered)
        agreed = factories.deal(session, of=offered, variants=())
        running = factories.sale(session, under=agreed, **more)
        for number in range(styles):
            style = factories.style(
                session, of=offered, name=STYLE if not number else f"{STYLE} {number + 1}"
            )
            factories.photograph(session, of=style)
            for rank, size in enumerate(("S", "M")):
                variant = factories.variant(session, of=style, size=size, size_rank=rank)
                session.add(_agreed(agreed, variant, units))
                factories.sale_item(session, of=running, variant=variant, units=units)
        self.develop(session)
        return running

    def desk(self, session: Session, *, operator: Account, collection: str) -> sale_scenes.Desk:
        """An agreed lot whose goods are in, under the care of an operator."""
        made = sale_scenes.desk(session)
        named = {"id": made.collection_id, "name": collection}
        session.execute(text("UPDATE collections SET name = :name WHERE id = :id"), named)
        cared = {"id": made.brand_id, "operator": operator.id}
        session.execute(
            text("UPDATE brands SET account_manager_id = :operator WHERE id = :id"), cared
        )
        self.develop(session)
        return made

    def lets_in(self, person: Person, account_id: int) -> None:
        """Give a browser the cookie of a session: for journeys that are not about coming in."""
        with self.tools.at_door(Door.HALLWAY).transaction() as session:
            account = session.get_one(Account, account_id)
            at = clock.now(session)
            begun = begin_session(session, account, at=at, second_factor_at=at)
            realm = account.realm
        name = places.cookie_of(places.of_realm(realm), self.settings)
        secure = person.home.replace("http:", "https:")
        cookie = {"name": name, "value": begun.reference, "url": secure, "secure": True}
        person.context.add_cookies([cookie])

    def develop(self, session: Session) -> None:
        """Give every photograph that has no files the files of the one that was drawn."""
        session.execute(DEVELOPED, {"widths": self.widths})


def _agreed(deal: Deal, variant: Variant, units: int) -> DealLine:
    return DealLine(
        brand_id=deal.brand_id,
        version_id=deal.accepted_version_id,
        variant_id=variant.id,
        units=units,
        floor_minor=3_000,
    )


@contextmanager
def of(house: House, folder: Path) -> Iterator[Town]:
    """The town of a running house; its one photograph is drawn and kept as an import does it."""
    settings = config.from_environment(house.told["environment"])
    tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="journey")
    yield Town(
        house, tools, settings, passwords.hashed(factories.PASSWORD), photographed(tools, folder)
    )
    tools.vault.engine.dispose()


def photographed(tools: Toolbox, folder: Path) -> str:
    """Draw one photograph and keep its copies; by width, where they are."""
    drawn = folder / "sweater.jpg"
    drawn.write_bytes(photographs.draw("sweater", (46, 56, 78), 1))
    widths = {}
    for copy in tools.pictures.drawn_single(drawn, name=drawn.name).copies:
        key = f"photographs/of-the-town-{copy.width}"
        tools.files.put(key, copy.content)
        widths[copy.name] = key
    return json.dumps(widths)


def signs_in(person, home, email):
    """Through the page that every door shows to a stranger."""
    person.allows(404)
    person.goes(home)
    person.says({"E-mail address": email, "Password": factories.PASSWORD})
    person.presses("Sign in")
    person.allows(only=())


def gives_the_second_factor(person):
    person.says({"Code": pyotp.TOTP(SECRET).now()})
    person.presses("Continue")
