"""A sale of two months ago, played day by day: sold, sent, partly sent back, reported, stated, paid, and what is left.

The house's clock is turned back while nobody lives here yet, and goes forward with the play (``local.turning``);
everything is done by the same services and workers as on any day. What was broken off is taken up where it ended.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from marketplace.domain import moments
from marketplace.domain.doors import Door
from marketplace.domain.exits import ExitKind, Pool
from marketplace.domain.moments import moment
from marketplace.domain.orders import OrderState
from marketplace.domain.sales import SaleState
from marketplace.domain.settlements import PayoutState
from marketplace.local.demo import acts, earlier, found, goods, people, talks, traces
from marketplace.services import exits, orders, reports, sales, settlements
from marketplace.services.exits import Leaving, Line
from marketplace.words import _, speaking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from marketplace.local.turning import Clock
    from marketplace.toolbox import CheckoutAsked, CheckoutSession, Payments, Toolbox

BEGAN = timedelta(days=82)
OPENED, BOUGHT_AT = 69, ((7, 2), (7, 34), (12, 40))
CLOSED, SENT, ARRIVED, SENT_BACK, CAME_BACK = 68, 66, 64, 60, 56
STATED, PAID, STATED_AGAIN, LAST_REPORT = 52, 30, 22, 7
"""How many days ago each of it happened; the reports and statements are due on days of their own."""
LEAVE_IN = BEGAN + timedelta(days=16)
PIECES_EACH = 3
LIMIT = 12
FIRST_NUMBER = 501
QUIET_SECONDS_MAX = 60
POLL_SECONDS = 0.1


class _Dated:
    """The payment service, for a house whose clock is turned back: it is told by when to pay on its own clock."""

    def __init__(self, service: Payments, clock: Clock) -> None:
        self._service, self._clock = service, clock

    def open_checkout(self, asked: CheckoutAsked) -> CheckoutSession:
        """Open a checkout whose end is as far away on the service's clock as it is on the house's."""
        later = asked.expires_at + self._clock.back()
        return self._service.open_checkout(replace(asked, expires_at=later))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the service has under that name
        return getattr(self._service, name)


def begin(tools: Toolbox, clock: Clock) -> None:
    """Turn the clock back in an empty house; in one that was left in the midst of its past it stays where it is."""
    if found.account(tools.at_door(Door.OPERATOR), people.OPERATOR[1]) is None:
        clock.turn_back(BEGAN)


def played(tools: Toolbox, clock: Clock, cast: people.Cast, folder: Path) -> None:
    """Play the past to its end, and set the clock right. Nothing where that was done before."""
    if not clock.back():
        return
    dated = replace(tools, payments=_Dated(tools.payments, clock))
    _Play(dated, clock, cast).to_its_end(folder)
    clock.set_right()


class _Play:
    """One past: who acts in it, and on which day the house is."""

    def __init__(self, tools: Toolbox, clock: Clock, cast: people.Cast) -> None:
        self.tools, self.clock, self.cast = tools, clock, cast
        self.house = tools.at_door(Door.OPERATOR, account_id=cast.operator_id)
        self.second = tools.at_door(Door.OPERATOR, account_id=cast.second_id)
        of = earlier.EARLIER
        brand_id, person_id = people.brand(tools, of, manager_id=cast.operator_id)
        self.brand = tools.at_door(Door.BRAND, account_id=person_id, brand_id=brand_id)
        began = moments.house_day(traces.began_at(self.house, people.OPERATOR[1]))
        self.today = began + BEGAN

    def to_its_end(self, folder: Path) -> None:
        """Day by day, each left only when no work of it waits."""
        deal_id, ref = self._agreed(folder)
        for hour, minute in BOUGHT_AT:
            self._on(OPENED, hour, minute)
            self._bought(ref, (hour, minute))
        days: tuple[tuple[int, Callable[[], None]], ...] = (
            (CLOSED, lambda: self._closed(ref)),
            (SENT, lambda: self._sent(ref)),
            (ARRIVED, lambda: self._arrived(ref)),
            (SENT_BACK, lambda: self._sent_back(ref, deal_id)),
            (CAME_BACK, self._came_back),
            (STATED, lambda: self._stated(deal_id)),
            (PAID, lambda: self._paid(deal_id)),
            (STATED_AGAIN, self._due),
            (LAST_REPORT, self._due),
        )
        for day, play in days:
            self._on(day, 9)
            play()
        self._quiet()

    def _on(self, days_ago: int, hour: int, minute: int = 0) -> None:
        self._quiet()
        self.clock.forward_to(_at(self.today - timedelta(days=days_ago), hour, minute))

    def _quiet(self) -> None:
        """Wait until all that happened is worked off: what a worker does later, it would do on a later day."""
        ends = time.monotonic() + QUIET_SECONDS_MAX
        while traces.is_busy(self.house):
            if time.monotonic() > ends:
                raise acts.DemoError("the workers did not come to an end with a day of the past")
            time.sleep(POLL_SECONDS)

    def _agreed(self, folder: Path) -> tuple[int, str]:
        of = earlier.EARLIER
        made = acts.collected(
            self.brand, of, lambda: goods.write(of, folder, first_number=FIRST_NUMBER)
        )
        talks.proved(self.house, self.brand, of, made)
        deal_id = talks.proposed(self.house, of, made, leave_in=LEAVE_IN)
        acts.agreed(self.house, self.brand, deal_id)
        ref = acts.scheduled(
            self.house,
            self.brand,
            deal_id,
            title="Maison Verrier, the late spring",
            line="Shirts and dresses from the workshop on the Garonne.",
            opens=lambda: _at(self.today - timedelta(days=OPENED), 7, 0),
            days=OPENED - CLOSED,
            limit=LIMIT,
        )
        return deal_id, ref

    def _bought(self, ref: str, at: tuple[int, int]) -> None:
        """Each member comes once at each of these times, as long as the sale is open."""
        if found.sale_of_ref(self.house, ref).state is SaleState.CLOSED:
            return
        acts.until_open(self.house, ref)
        items, turn = traces.items(self.house, ref), BOUGHT_AT.index(at)
        for place, (account_id, member_id, address_id) in enumerate(self.cast.members):
            if traces.orders_of(self.house, member_id, ref=ref) > turn:
                continue
            first = (turn * len(self.cast.members) + place) * 2
            wanted = sorted({items[(first + step) % len(items)] for step in range(PIECES_EACH)})
            member = self.tools.at_door(Door.MEMBER, account_id=account_id)
            acts.paid_for(member, member_id, address_id, wanted)

    def _closed(self, ref: str) -> None:
        acts.until(lambda: traces.has_closing_report(self.house, ref), "the report of a close")
        while sales.free_unsold(self.tools) is not None:
            pass
        while exits.ask_next(self.tools) is not None:
            pass

    def _sent(self, ref: str) -> None:
        for order in traces.orders(self.house, ref, OrderState.PAID):
            orders.pack(self.house, order_id=order.id)
        for order in traces.orders(self.house, ref, OrderState.PACKED):
            tracking = f"8G{order.id:09d}"
            orders.ship(self.house, order_id=order.id, carrier="Colissimo", tracking=tracking)

    def _arrived(self, ref: str) -> None:
        for order in traces.orders(self.house, ref, OrderState.SHIPPED):
            orders.deliver(self.house, order_id=order.id)

    def _sent_back(self, ref: str, deal_id: int) -> None:
        """The first and the last order send a piece back; the brand says what becomes of what nobody bought."""
        arrived = traces.orders(self.house, ref, OrderState.DELIVERED)
        accounts = {member_id: account_id for account_id, member_id, _ in self.cast.members}
        for order in {arrived[0], arrived[-1]} if arrived else ():
            with speaking("fr"):
                begun = _("I hereby withdraw from my contract of order %(ref)s for:", ref=order.ref)
            orders.withdraw(
                self.tools.at_door(Door.MEMBER, account_id=accounts[order.member_id]),
                order_id=order.id,
                member_id=order.member_id,
                units={traces.first_line(self.house, order.id): 1},
                key=f"past-{order.id}",
                words=begun,
            )
        asked = traces.exit_asked(self.house, deal_id)
        if asked is not None and not asked[1]:
            exits.choose(self.brand, deal_id=deal_id, number=asked[0], kind=ExitKind.RETURN)

    def _came_back(self) -> None:
        for withdrawal_id, is_back in traces.withdrawals(self.house):
            if not is_back:
                orders.receive_return(self.house, withdrawal_id=withdrawal_id)

    def _stated(self, deal_id: int) -> None:
        """Half of what is left goes back to the brand; the first statement is drawn up and approved."""
        left = traces.left_over(self.house, deal_id)
        if left and not traces.has_left(self.house, deal_id):
            leaving = Leaving(
                kind=ExitKind.RETURN,
                left_on=moments.house_day(acts.now(self.house)),
                received_by="Transports Garonne, Bordeaux",
                key=f"past-{deal_id}",
            )
            half = left[: (len(left) + 1) // 2]
            lines = [Line(lot_id, Pool.UNSOLD, units) for lot_id, units in half]
            exits.record(self.house, deal_id=deal_id, leaving=leaving, lines=lines)
        self._due()
        for payout_id, state in traces.payouts(self.house, deal_id):
            if state is PayoutState.WAITING:
                settlements.approve(self.house, payout_id=payout_id)

    def _paid(self, deal_id: int) -> None:
        self._due()
        for payout_id, state in traces.payouts(self.house, deal_id):
            if state is PayoutState.APPROVED:
                reference = f"SEPA {self.today - timedelta(days=PAID):%Y-%m-%d} 1"
                settlements.pay(self.second, payout_id=payout_id, reference=reference)

    def _due(self) -> None:
        """What the clock's hours ask for, asked at once: later reports and statements."""
        reports.take_later(self.tools)
        while settlements.issue(self.tools) is not None:
            pass


def _at(day: date, hour: int, minute: int) -> datetime:
    return moment(datetime(day.year, day.month, day.day, hour, minute), acts.ZONE).at  # noqa: DTZ001 - a wall's time
