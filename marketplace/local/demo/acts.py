"""What happens before the curtain rises: collections come in, deals are made, sales are set, members buy."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from sqlalchemy import select, text

from marketplace.db.catalogue import Photograph, Style
from marketplace.db.imports import Import
from marketplace.db.orders import Order
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.catalogue import Brief, Evidence, EvidenceKind
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.domain.imports.steps import ImportState
from marketplace.domain.moments import moment, wall_time
from marketplace.domain.orders import OrderState
from marketplace.domain.preflight import Check
from marketplace.domain.sales import SaleNotReady, SaleState
from marketplace.local.demo import found
from marketplace.services import (
    catalogue,
    deals,
    holds,
    imports,
    orders,
    payments,
    purchases,
    sales,
    stock,
)
from marketplace.services.sales import Plan
from marketplace.toolbox import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from marketplace.domain.preflight import Row
    from marketplace.local.demo.houses import House
    from marketplace.toolbox import Toolbox

ZONE = "Europe/Paris"
WAIT_SECONDS_MAX = 300
POLL_SECONDS = 0.1
ANSWER_SECONDS_MAX = 30
SAVING_BPS = 5_300
PATIENCE = (timedelta(0), timedelta(seconds=15), timedelta(minutes=1))
CARD = "4242424242424242"


class DemoError(Exception):
    """Something of the demo did not come about in time."""


def collected(tools: Toolbox, of: House, sent: Callable[[], tuple[Path, Path]]) -> int:
    """The brand uploads its file and photographs, confirms what was understood, and submits its brief.

    ``sent`` makes both, and is asked only where they are not there yet. What the file lacks the brand states by hand.
    """
    collection_id = found.collection(tools, of.collection) or catalogue.create(
        tools, name=of.collection, season=of.collection, currency="EUR"
    )
    import_id = found.upload(tools, collection_id)
    if import_id is None:
        sheet, images = sent()
        import_id = imports.upload(
            tools,
            collection_id=collection_id,
            sheet=Upload(f"{of.name}{sheet.suffix}", sheet),
            images=Upload("photographs.zip", images),
        )
    _imported(tools, import_id)
    if not found.submitted(tools, collection_id):
        _submitted(tools, of, collection_id)
    return collection_id


def _imported(tools: Toolbox, import_id: int) -> None:
    """Say yes wherever the desk asks."""
    asks = {ImportState.MAPPING, ImportState.PREVIEWED}
    while (row := _until(tools, import_id, ImportState.FINISHED, *asks)).state in asks:
        if row.state is ImportState.MAPPING:
            imports.confirm_mapping(tools, import_id=import_id, columns=dict(row.mapping))
        else:
            imports.confirm(tools, import_id=import_id)


def _submitted(tools: Toolbox, of: House, collection_id: int) -> None:
    today = now(tools).date()
    for fact, said in of.facts:
        catalogue.complete_lacking(tools, collection_id=collection_id, fact=fact, said=said)
    catalogue.evidence(
        tools,
        collection_id=collection_id,
        style_id=None,
        stated=Evidence(
            EvidenceKind.OWN_SHOP,
            f"{of.name}, own shop and website",
            today - timedelta(days=60),
        ),
    )
    deadline = today + timedelta(days=of.deadline_days)
    brief = Brief(of.problem, deadline, of.never, of.cost_total * 100)
    catalogue.state_brief(tools, collection_id=collection_id, brief=brief)
    catalogue.submit(tools, collection_id=collection_id)


def agreed(house: Toolbox, brand: Toolbox, deal_id: int) -> None:
    """The brand accepts the first version; its goods arrive and are accepted as committed."""
    if not found.agreed(house, deal_id):
        deals.accept(brand, deal_id=deal_id, number=1)
    if found.awaited(house, deal_id):
        stock.accept_as_committed(house, deal_id=deal_id)


def scheduled(
    house: Toolbox,
    brand: Toolbox,
    deal_id: int,
    *,
    title: str,
    line: str,
    opens: Callable[[], datetime],
    days: int,
    limit: int = 4,
) -> str:
    """A sale is drafted, filled, approved by the brand and scheduled; returns its reference.

    Where this machine is so slow that the opening was over before all that was done, it opens somewhat later.
    """
    for later in PATIENCE:
        plan = partial(
            _plan,
            house,
            title=title,
            line=line,
            opens_at=opens() + later,
            days=days,
            limit=limit,
        )
        try:
            return _scheduled(house, brand, deal_id, plan)
        except SaleNotReady as no:
            rows: Sequence[Row] = no.facts["rows"]  # type: ignore[assignment]  # what this refusal carries
            if any(row.check is not Check.WINDOW for row in rows):
                raise
    raise DemoError("the sale could not be scheduled before its opening")


def _plan(
    house: Toolbox,
    hero: int | None,
    *,
    title: str,
    line: str,
    opens_at: datetime,
    days: int,
    limit: int,
) -> Plan:
    wall = wall_time(opens_at, ZONE).replace(microsecond=0)
    return Plan(
        title=title,
        line=line,
        territory="FR",
        zone=ZONE,
        opens_wall=wall,
        closes_wall=wall + timedelta(days=days),
        limit_per_member=limit,
        manager_id=house.actor.account_id,
        hero_photograph_id=hero,
    )


def _scheduled(
    house: Toolbox, brand: Toolbox, deal_id: int, planned: Callable[[int | None], Plan]
) -> str:
    begun = found.sale(house, deal_id)
    if begun is not None and begun.state is not SaleState.DRAFT:
        return begun.ref
    plan = planned(_hero(house, deal_id))
    if begun is None:
        ref, version = sales.draft(house, deal_id=deal_id, plan=plan), 1
    else:
        ref = begun.ref
        version = sales.change(house, ref=ref, version=begun.version, plan=plan)
    filled = sales.fill(house, ref=ref, version=version, saving_bps=SAVING_BPS)
    unseen = tuple(sales.Asked(variant, 0, 0) for variant in found.unseen(house, ref))
    if unseen:
        filled = sales.put_items(house, ref=ref, version=filled.version, lines=unseen)
    sales.approve(brand, ref=ref, version=filled.version)
    sales.schedule(house, ref=ref, version=_version(house, ref))
    return ref


def bought(tools: Toolbox, ref: str, buyers: Sequence[tuple[int, int, int]]) -> int:
    """Each member holds two pieces and pays at the simulator's own page; returns how many orders were paid."""
    until_open(tools, ref)
    with tools.reading() as session:
        items = session.scalars(
            select(SaleItem.id)
            .join(Sale, Sale.id == SaleItem.sale_id)
            .where(Sale.ref == ref)
            .order_by(SaleItem.id)
        ).all()
    paid = 0
    for place, (account_id, member_id, address_id) in enumerate(buyers):
        if found.has_ordered(tools, member_id, ref=ref):
            continue
        at = tools.at_door(Door.MEMBER, account_id=account_id)
        wanted = items[place * 4 : place * 4 + 2] or items[:1]
        paid_for(at, member_id, address_id, wanted)
        paid += 1
    return paid


def paid_for(at: Toolbox, member_id: int, address_id: int, items: Sequence[int]) -> None:
    """A member holds a piece of each item, orders what is in the bag, and pays it."""
    holds.take(at, member_id=member_id, asks=[Ask(item, 1, uuid4()) for item in items])
    placed = orders.place(at, member_id=member_id, address_id=address_id)
    _pay(payments.open_checkout(at, payment_id=placed.payment_id).url)
    _until_paid(at, placed.order_id)


def ended(house: Toolbox, ref: str, *, reason: str) -> None:
    """The sale is closed before its time; its report follows."""
    if found.sale_of_ref(house, ref).state is not SaleState.CLOSED:
        sales.end_now(house, ref=ref, reason=reason)


def ordered(tools: Toolbox) -> None:
    """What a conditional sale did not sell is let go, and what it sold is ordered; a clock would do both in minutes."""
    sales.free_unsold(tools)
    purchases.order_sold(tools)


def next_morning(at: datetime) -> datetime:
    """Seven o'clock in the house's zone, on the day after ``at`` there."""
    wall = wall_time(at, ZONE).replace(hour=7, minute=0, second=0, microsecond=0)
    return moment(wall + timedelta(days=1), ZONE).at


def now(tools: Toolbox) -> datetime:
    """What the house's clock says."""
    with tools.reading() as session:
        found: datetime = session.execute(text("SELECT house_now()")).scalar_one()
        return found


def _pay(url: str) -> None:
    """Fill the hosted page's form as a person would; where it leads afterwards is the shop's own page."""
    place = urlsplit(url)
    assert place.scheme == "http", "the simulator stands on this machine"
    form = urlencode({"number": CARD, "expiry": "12/34", "cvc": "123", "name": "Demo"})
    connection = HTTPConnection(place.netloc, timeout=ANSWER_SECONDS_MAX)
    try:
        connection.request(
            "POST", place.path, form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = connection.getresponse()
        if answer.status != HTTPStatus.SEE_OTHER:
            raise DemoError(f"the pay page answered {answer.status}")
    finally:
        connection.close()


def _until(tools: Toolbox, import_id: int, *wanted: ImportState) -> Import:
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < ends:
        with tools.reading() as session:
            row = session.get_one(Import, import_id)
        if row.state in wanted:
            return row
        if row.state is ImportState.FAILED:
            raise DemoError(f"the import failed: {row.error}")
        time.sleep(POLL_SECONDS)
    raise DemoError(f"the import stayed {row.state}: is a worker running?")


def until_open(tools: Toolbox, ref: str) -> None:
    """Wait for the opening of a sale."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < ends:
        with tools.reading() as session:
            opens_at = session.execute(select(Sale.opens_at).where(Sale.ref == ref)).scalar_one()
        if now(tools) >= opens_at:
            return
        time.sleep(POLL_SECONDS)
    raise DemoError("the sale did not open")


def until(came: Callable[[], bool], what: str) -> None:
    """Wait until something has come about; ``what`` is said where it does not."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not came():
        if time.monotonic() > ends:
            raise DemoError(f"{what} did not come")
        time.sleep(POLL_SECONDS)


def _until_paid(tools: Toolbox, order_id: int) -> None:
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < ends:
        with tools.reading() as session:
            if session.get_one(Order, order_id).state is not OrderState.AWAITING_PAYMENT:
                return
        time.sleep(POLL_SECONDS)
    raise DemoError("the news of a payment did not arrive")


def _version(tools: Toolbox, ref: str) -> int:
    with tools.reading() as session:
        return session.execute(select(Sale.version).where(Sale.ref == ref)).scalar_one()


def _hero(tools: Toolbox, deal_id: int) -> int | None:
    with tools.reading() as session:
        return (
            session.scalar(_HERO.bindparams(deal_id=deal_id)) if _has_photographs(session) else None
        )


def _has_photographs(session: Session) -> bool:
    return (
        session.scalar(select(Photograph.id).join(Style, Style.id == Photograph.style_id).limit(1))
        is not None
    )


_HERO = text(
    "SELECT p.id FROM photographs p JOIN styles s ON s.id = p.style_id "
    "JOIN deals d ON d.collection_id = s.collection_id WHERE d.id = :deal_id ORDER BY s.code, p.position LIMIT 1"
)
