"""What a house costs that has grown: the same with ten past sales and with ten thousand, with a million members."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from marketplace import bootstrap, config
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.doors import Door
from marketplace.local import children
from marketplace.queries import sell_through
from marketplace.toolbox import Toolbox
from tests import factories
from tests.benchmarks.crowd import Run
from tests.benchmarks.hot import UNITS, Hot
from tests.benchmarks.lines import Line
from tests.benchmarks.stand import CROWD

FEW_SALES, MANY_SALES = 10, 10_000
MANY_MEMBERS = 1_000_000
HOLDS_OF_A_SALE = 20
LOOKS = 30
FLOOR = 0.8


def growth(scene: Hot) -> Iterator[Line]:
    """A sale's page, a hold and a brand's live figures, before the house grew and afterwards."""
    _past_sales(scene, FEW_SALES)
    tools = _brands_tools(scene)
    before = _measured(scene, tools)
    _past_sales(scene, MANY_SALES - FEW_SALES)
    _people(scene)
    after = _measured(scene, tools)
    tools.vault.close()
    for name, small in before.items():
        large = after[name]
        ratio = large.per_second / small.per_second
        yield Line(
            name=name,
            value=round(large.per_second, 1),
            unit="answers/s",
            p50_ms=large.p50_ms,
            p99_ms=large.p99_ms,
            failures=small.failures + large.failures,
            limit_name="before it grew",
            limit_value=round(small.per_second, 1),
            ratio=round(ratio, 3),
            floor=FLOOR,
            ok=ratio >= FLOOR and not (small.failures + large.failures),
        )


def _measured(scene: Hot, tools: Toolbox) -> dict[str, Run]:
    return {
        "growth_page": scene.looks(scene.wide_ref),
        "growth_hold": scene.holds(scene.sale(units=UNITS)),
        "growth_sell_through": _timed(lambda: sell_through.live(tools, sale_ref=scene.wide_ref)),
    }


def _timed(look: Callable[[], object]) -> Run:
    """One who looks again and again; the first look is not counted."""
    look()
    took = []
    for _ in range(LOOKS):
        begun = time.monotonic()
        look()
        took.append((time.monotonic() - begun) * 1_000)
    middle = statistics.median(took)
    return Run(1_000 / middle, round(middle, 3), round(max(took), 3), 0)


def _brands_tools(scene: Hot) -> Toolbox:
    """The tools of the brand whose sale has sixty pieces."""
    web, _ = children.doors(scene.stand.surroundings)
    settings = config.from_environment(web.environment)
    tools = bootstrap.toolbox(settings, pool_size=2, process="bench")
    with scene.stand.session() as session:
        sale = session.query(Sale).filter_by(ref=scene.wide_ref).one()
        person = factories.brand_user(session, of=session.get_one(factories.Brand, sale.brand_id))
        return tools.at_door(Door.BRAND, account_id=person.account_id, brand_id=sale.brand_id)


def _past_sales(scene: Hot, number: int) -> None:
    """``number`` closed sales like the wide one, each with a piece that so many members bought."""
    with scene.stand.session() as session:
        sale = session.query(Sale).filter_by(ref=scene.wide_ref).one()
        item = session.query(SaleItem).filter_by(sale_id=sale.id).order_by(SaleItem.id).first()
        assert item is not None, "the wide sale has its pieces"
        member = session.execute(text("SELECT min(id) FROM members")).scalar_one()
        sales = _copied(
            session,
            Sale.__table__,
            sale.id,
            number,
            ref="'past-' || n || '-' || (SELECT count(*) FROM sales)",
            state="'closed'",
            opens_at="o.opens_at - (n % 300 + 5) * interval '1 day'",
            closes_at="o.closes_at - (n % 300 + 5) * interval '1 day'",
            teaser_at="o.teaser_at - (n % 300 + 5) * interval '1 day'",
        )
        items = _copied(
            session,
            SaleItem.__table__,
            item.id,
            number,
            sale_id=f"{sales} + n - 1",
            units=str(HOLDS_OF_A_SALE),
            available="0",
            held="0",
            sold=str(HOLDS_OF_A_SALE),
        )
        session.execute(
            text(
                "INSERT INTO holds (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, state,"
                " expires_at, cap_at, ended_at, created_at)"
                " SELECT i.brand_id, i.sale_id, i.id, :member + (i.id * 7 + n) % 50000, gen_random_uuid(), 1,"
                " i.price_minor, 'sold', s.opens_at, s.opens_at, s.opens_at, s.opens_at"
                " FROM sale_items i JOIN sales s ON s.id = i.sale_id, generate_series(1, :holds) n WHERE i.id >= :first"
            ),
            {"member": member, "holds": HOLDS_OF_A_SALE, "first": items},
        )
    _analysed(scene)


def _copied(session: Session, table: Table, one: int, number: int, **changed: str) -> int:
    """``number`` copies of a row, changed; returns the id of the first of them."""
    names = [each.name for each in table.columns if each.name != "id"]
    told = ", ".join(changed.get(name, f"o.{name}") for name in names)
    rows = session.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {told} FROM {table.name} o,"
            " generate_series(1, :number) n WHERE o.id = :one ORDER BY n RETURNING id"
        ),
        {"number": number, "one": one},
    )
    return min(row[0] for row in rows)


def _people(scene: Hot) -> None:
    """Members until there are a million; their addresses differ from those of the crowd."""
    others = CROWD.replace("'m' || n ||", "'other' || n ||")
    with scene.stand.session() as session:
        there = session.execute(text("SELECT count(*) FROM members")).scalar_one()
        session.execute(text(others), {"size": MANY_MEMBERS - there})
    _analysed(scene)


def _analysed(scene: Hot) -> None:
    with scene.stand.owner.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE"))
