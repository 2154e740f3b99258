"""The hot paths at seven: the page of a sale, and the holds that everybody asks for at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from itertools import islice

from sqlalchemy import text

from marketplace.local import children
from marketplace.local.processes import Child
from marketplace.web.rsgi import THREADS
from tests import factories
from tests.benchmarks import crowd
from tests.benchmarks.crowd import Run, Wish
from tests.benchmarks.lines import Line, beside
from tests.benchmarks.stand import Stand, Visitor, serving

STYLES = 60
SPREAD = 200
MEMBERS_OF_A_RUN = 60_000
"""More than a run of ten seconds can serve: who comes twice finds their hold taken."""
RUNS = crowd.TIMES + 1
MEMBERS = MEMBERS_OF_A_RUN * RUNS + 10
UNITS = 1_000_000
SCARCE = 200
JSON = "application/json"
PAGE_FLOOR, HOLD_FLOOR, HOLD_FLOOR_ONE_STATEMENT = 0.45, 0.6, 3.0
REFUSED_FLOOR, SPREAD_FLOOR = 1.0, 0.5


@dataclass(frozen=True)
class Offered:
    """A sale and what it offers."""

    sale_id: int
    ref: str
    items: tuple[int, ...]


@dataclass
class Hot:
    """A crowd before the doors, the sales it wants, and the bare server beside them."""

    stand: Stand
    visitors: list[Visitor]
    first_member: int
    wide_ref: str
    random: random.Random
    _empty: list[Run] = field(default_factory=list)

    def empty(self) -> Run:
        """What the same server answers without any work; measured once."""
        if not self._empty:
            self._empty.append(self.rush_bare(lambda _: [Wish("/empty")]))
        return self._empty[0]

    def rush_bare(self, wishes: Callable[[int], Iterator[Wish] | list[Wish]]) -> Run:
        """A crowd at the bare server."""
        return crowd.rush(_limits_url(self.stand), self.stand.folder, wishes)

    def sale(self, *, units: int, items: int = 1) -> Offered:
        """A new sale, open since an hour."""
        with self.stand.session() as session:
            sale, offered = factories.open_sale(session, units=units, items=items)
            return Offered(sale.id, sale.ref, tuple(item.id for item in offered))

    def holds(self, wanted: Offered, *, due: int | None = None) -> Run:
        """A crowd that holds: each member once, each one of the pieces; ``due``: the answer that all of them expect."""

        def wishes(run: int) -> Iterator[Wish]:
            return (
                Wish(
                    f"/sales/{wanted.ref}/holds",
                    each.cookie,
                    f"item={self.random.choice(wanted.items)}&style=1&key={each.key}&csrf_token={each.token}",
                )
                for each in self._of_run(run)
            )

        return crowd.rush(self.stand.web, self.stand.folder, wishes, accept=JSON, due=due)

    def looks(self, ref: str) -> Run:
        """A crowd that opens the page of a sale."""

        def wishes(run: int) -> Iterator[Wish]:
            return (Wish(f"/sales/{ref}", each.cookie) for each in self._of_run(run))

        return crowd.rush(self.stand.web, self.stand.folder, wishes)

    def _of_run(self, run: int) -> Iterator[Visitor]:
        """Those whose turn it is: nobody comes twice."""
        return islice(self.visitors, run * MEMBERS_OF_A_RUN, (run + 1) * MEMBERS_OF_A_RUN)


@contextmanager
def opened(stand: Stand, *, seed: int) -> Iterator[Hot]:
    """The crowd with its sessions, in an order of ``seed``, and the bare server while the block lasts."""
    with stand.session() as session:
        sale, items = factories.open_sale(session, units=20, items=STYLES)
        for each in items:
            style_id = session.get_one(factories.Variant, each.variant_id).style_id
            factories.photograph(session, of=session.get_one(factories.Style, style_id))
        first_member = factories.member(session).id + 1
    visitors = stand.invite(MEMBERS)
    chance = random.Random(seed)  # noqa: S311 - an order that can be repeated, no secret
    chance.shuffle(visitors)
    with serving(_limits(stand), stand, f"{_limits_url(stand)}/empty"):
        yield Hot(stand, visitors, first_member, sale.ref, chance)


def empty_view(scene: Hot) -> Iterator[Line]:
    """The limit itself beside the same view on granian's WSGI: what the passage from a loop to threads takes."""
    stand, url = scene.stand, f"http://localhost:{scene.stand.surroundings.ports['threads']}"
    with serving(_limits_by_threads(stand), stand, f"{url}/empty"):
        threads = crowd.rush(url, stand.folder, lambda _: [Wish("/empty")])
    yield beside("empty_view", scene.empty(), "empty view, WSGI", threads, 0.0)


def sale_page(scene: Hot) -> Iterator[Line]:
    """The page of sixty pieces for members who are signed in."""
    empty = scene.empty()
    yield beside("sale_page", scene.looks(scene.wide_ref), "empty view", empty, PAGE_FLOOR)


def hold_hot(scene: Hot) -> Iterator[Line]:
    """Everybody wants the same piece, and there is enough of it."""
    empty, wanted = scene.empty(), scene.sale(units=UNITS)

    def bare(run: int) -> Iterator[Wish]:
        begin = scene.first_member + run * MEMBERS_OF_A_RUN
        return (
            Wish("/hold", "", f"item={other.items[0]}&member={member}")
            for member in range(begin, begin + MEMBERS_OF_A_RUN)
        )

    other = scene.sale(units=UNITS)
    one = scene.rush_bare(bare)
    hold = scene.holds(wanted)
    yield beside("hold_hot", hold, "empty view", empty, HOLD_FLOOR)
    yield beside("hold_hot", hold, "one-statement hold", one, HOLD_FLOOR_ONE_STATEMENT)


def hold_spread(scene: Hot) -> Iterator[Line]:
    """Everybody wants one of two hundred pieces."""
    empty = scene.empty()
    run = scene.holds(scene.sale(units=UNITS // SPREAD, items=SPREAD))
    yield beside("hold_spread", run, "empty view", empty, SPREAD_FLOOR)


def hold_refused(scene: Hot) -> Iterator[Line]:
    """Two hundred units for everybody who comes: two hundred are served, all others told no."""
    empty, wanted = scene.empty(), scene.sale(units=SCARCE)
    # The warm-up takes what there is: after it, whoever is not told no was not answered as is due.
    run = scene.holds(wanted, due=HTTPStatus.CONFLICT)
    held = _held(scene.stand, wanted)
    yield beside("hold_refused", run, "empty view", empty, REFUSED_FLOOR)
    yield Line(
        name="exact_stock",
        value=held,
        unit="units",
        p50_ms=run.p50_ms,
        p99_ms=run.p99_ms,
        failures=abs(held - SCARCE),
        limit_name="units there are",
        limit_value=SCARCE,
        ratio=held / SCARCE,
        floor=1.0,
        ok=held == SCARCE,
    )


def _held(stand: Stand, wanted: Offered) -> int:
    with stand.session() as session:
        count = text("SELECT coalesce(sum(units), 0) FROM holds WHERE sale_id = :sale")
        return int(session.execute(count, {"sale": wanted.sale_id}).scalar_one())


def _limits(stand: Stand) -> Child:
    """The bare application on the shop's own server, as the shop is served."""
    return _bare(stand, "empty", {"wsgi:front": "tests.benchmarks.limits:front"})


def _limits_by_threads(stand: Stand) -> Child:
    """The same by granian's WSGI, with as many threads."""
    app = {"rsgi": "wsgi", "wsgi:front": "tests.benchmarks.limits:app"}
    bare = _bare(stand, "threads", app)
    return replace(bare, command=(*bare.command, "--blocking-threads", str(THREADS)))


def _bare(stand: Stand, name: str, changed: dict[str, str]) -> Child:
    web, _ = children.doors(stand.surroundings)
    ports = stand.surroundings.ports
    changed = {**changed, str(ports["web"]): str(ports[name])}
    return Child(
        name=name,
        what="what the same server can do without any rule",
        command=tuple(changed.get(word, word) for word in web.command),
        environment={**web.environment, "LIMITS_DATABASE_URL": stand.surroundings.owner_url},
        stop_seconds_max=web.stop_seconds_max,
    )


def _limits_url(stand: Stand) -> str:
    return f"http://localhost:{stand.surroundings.ports['empty']}"


MEASURES: dict[str, Callable[[Hot], Iterator[Line]]] = {
    "empty_view": empty_view,
    "sale_page": sale_page,
    "hold_hot": hold_hot,
    "hold_spread": hold_spread,
    "hold_refused": hold_refused,
}
