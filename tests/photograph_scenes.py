"""Scenes of photographs that members see."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

from PIL import Image

from marketplace.domain.brands.guard_rails import GuardRails
from marketplace.domain.doors import Door
from marketplace.services import brands
from tests import factories

WIDTHS = (480, 900)
INKS = ("#A4502F", "#20402F", "#E0D8C8")


@dataclass(frozen=True)
class Pictured:
    """A brand whose sale is open, with photographs that can be drawn."""

    brand_id: int
    owner: object
    member: object
    ref: str
    style_id: int
    photographs: tuple[int, ...]

    def wants(self, tools, watermark, **rails):
        """Its owner sets the watermark."""
        door = tools.at_door(Door.BRAND, account_id=self.owner.account_id, brand_id=self.brand_id)
        said = GuardRails(watermark=watermark, **rails)
        return brands.set_guard_rails(door, brand_id=self.brand_id, said=said)


def brand_with_photographs(database, tools, *, count=2, watermark=None, opens_in=None) -> Pictured:
    """One style and ``count`` photographs of it; the first stands for the sale."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, opens_in=opens_in or timedelta(hours=-1))
        owner = factories.brand_user(session, of=session.get(factories.Brand, sale.brand_id))
        style = session.get(
            factories.Style, session.get(factories.Variant, item.variant_id).style_id
        )
        rows = [factories.photograph(session, of=style, position=each) for each in range(count)]
        for row in rows:
            row.widths = {f"{width}": f"clean/{row.id}-{width}" for width in WIDTHS}
            row.width, row.height = WIDTHS[-1], WIDTHS[-1] * 4 // 3
        sale.hero_photograph_id = rows[0].id
        member = factories.member(session)
    for row, ink in zip(rows, INKS * count, strict=False):
        for width in WIDTHS:
            tools.files.put(row.widths[str(width)], drawn(ink, width))
    ids = tuple(row.id for row in rows)
    made = Pictured(sale.brand_id, owner, member, sale.ref, style.id, ids)
    if watermark is not None:
        made.wants(tools, watermark)
    return made


def drawn(ink, width) -> bytes:
    """A copy as the house keeps it."""
    out = io.BytesIO()
    Image.new("RGB", (width, width * 4 // 3), ink).save(out, "WEBP", quality=82)
    return out.getvalue()


def is_plain(content: bytes) -> bool:
    """Whether there is nothing on a picture of one colour."""
    with Image.open(io.BytesIO(content)) as picture:
        return max(high - low for low, high in picture.convert("RGB").getextrema()) < 24
