"""Stripe's lists: newest first, filtered by links and times, turned page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.local.stripe import forms
from marketplace.local.stripe.dressing import listed
from marketplace.local.stripe.errors import Record, invalid, missing
from marketplace.local.stripe.store import read

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.forms import Reader

PAGE_DEFAULT = 10
PAGE_MAX = 100

_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TERM = re.compile(
    r"""\s*(metadata\[(?P<mark>['"])(?P<key>[^'"]+)(?P=mark)\]|[a-z_]+)\s*"""
    r"""(?P<comparison>:|[<>]=?)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[0-9]+)\s*(?:AND\b|and\b|$)"""
)
_SEARCHED = frozenset({"status", "customer", "currency", "created", "amount"})

PAGING: dict[str, Reader] = {
    "limit": forms.whole(1, PAGE_MAX),
    "starting_after": forms.text(),
    "ending_before": forms.text(),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One list endpoint: of what, where, and which parameters are links to filter by."""

    kind: str
    url: str
    links: tuple[str, ...] = ()

    def __call__(self, call: Call) -> Record:
        """One page."""
        where, values = self._filters(call)
        return page(call, self.kind, self.url, where, values)

    def _filters(self, call: Call) -> tuple[list[str], list[str | int]]:
        where: list[str] = []
        values: list[str | int] = []
        for link in self.links:
            if link in call.values:
                where.append(f"{link}=?")
                values.append(call.values[link])
        for comparison, second in call.given("created", {}).items():
            where.append(f"created {_COMPARISONS[comparison]} ?")
            values.append(second)
        if "types" in call.values:
            where.append(f"type in ({', '.join('?' * len(call.values['types']))})")
            values.extend(call.values["types"])
        return where, values


def page(call: Call, kind: str, url: str, where: list[str], values: list[str | int]) -> Record:
    """One page of ``kind`` matching ``where``; goes by ``starting_after`` or ``ending_before``."""
    after, before = call.given("starting_after"), call.given("ending_before")
    if after and before:
        message = "Cannot specify both starting_after and ending_before."
        raise invalid(message, param="ending_before")
    limit = call.given("limit", PAGE_DEFAULT)
    where, values = ["object=?", *where], [kind, *values]
    if after:
        where.append("seq < ?")
        values.append(_position(call, kind, after, "starting_after"))
    if before:
        where.append("seq > ?")
        values.append(_position(call, kind, before, "ending_before"))
    order = "asc" if before else "desc"
    rows = call.books.connection.execute(
        f"select body from objects where {' and '.join(where)} order by seq {order} limit ?",  # noqa: S608  # our own names
        (*values, limit + 1),
    ).fetchall()
    found = [read(row[0]) for row in rows[:limit]]
    return listed(url, found[::-1] if before else found, more=len(rows) > limit)


def _position(call: Call, kind: str, name: str, param: str) -> int:
    row = call.books.connection.execute(
        "select seq from objects where id=? and object=?", (name, kind)
    ).fetchone()
    if row is None:
        raise missing(kind, name, param=param)
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Search:
    """Stripe's search, as far as ``field:'value'`` terms joined by AND go; no OR, no negation."""

    kind: str
    url: str

    def __call__(self, call: Call) -> Record:
        """The matching objects, newest first."""
        where: list[str] = []
        values: list[str | int] = []
        for comparison, field, value in _terms(call.values["query"]):
            where.append(f"json_extract(body, ?) {comparison} ?")
            values.extend([field, value])
        if call.given("page"):
            call.values["starting_after"] = call.values["page"]
        found = page(call, self.kind, self.url, where, values)
        following = found["data"][-1]["id"] if found["has_more"] else None
        return {**found, "object": "search_result", "next_page": following}


def _terms(query: str) -> list[tuple[str, str, str | int]]:
    """Each term's comparison, the JSON path of its field, and the value sought."""
    terms, position = [], 0
    while position < len(query):
        match = _TERM.match(query, position)
        if match is None:
            message = f"We were unable to parse your search query: {query[position:]!r}"
            raise invalid(message, param="query")
        position = match.end()
        terms.append(_term(match))
    return terms


def _term(match: re.Match[str]) -> tuple[str, str, str | int]:
    quoted = match["value"]
    value = re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted[0] in "'\"" else int(quoted)
    comparison = "=" if match["comparison"] == ":" else match["comparison"]
    if match["key"]:
        return comparison, f'$.metadata."{match["key"]}"', value
    if match[1] not in _SEARCHED:
        raise invalid(f"Field `{match[1]}` is an unsupported search field.", param="query")
    return comparison, f"$.{match[1]}", value
