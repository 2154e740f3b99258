"""How a stored object is shown: without its private fields, and expanded where that was asked.

A field whose name begins with ``_`` is the simulator's own and never leaves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe.errors import Record, invalid

if TYPE_CHECKING:
    from marketplace.local.stripe.store import Books

EXPANSION_DEPTH_MAX = 4
LINE_ITEMS_SHOWN_MAX = 10

_PREFIXES = {
    "ch_": "charge",
    "cus_": "customer",
    "dp_": "dispute",
    "pi_": "payment_intent",
    "pm_": "payment_method",
    "re_": "refund",
    "seti_": "setup_intent",
    "txn_": "balance_transaction",
}
_EXPANDABLE = frozenset(
    {
        "balance_transaction",
        "charge",
        "customer",
        "latest_charge",
        "payment_intent",
        "payment_method",
        "setup_intent",
        "source",
    }
)


class Dresser:
    """Shows objects to the outside; knows the address under which the pay page is reached."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def plain(self, record: Record) -> Record:
        """The object as the API shows it, nothing expanded."""
        shown = {name: value for name, value in record.items() if not name.startswith("_")}
        if record["object"] == "checkout.session":
            opened = record["status"] == "open"
            shown["url"] = f"{self._base_url}/c/pay/{record['id']}" if opened else None
        if record["object"] == "payment_intent" and shown["next_action"]:
            shown["next_action"] = self._redirect(record)
        if record["object"] == "setup_intent" and shown["next_action"]:
            shown["next_action"] = self._redirect(record)
        return shown

    def _redirect(self, record: Record) -> Record:
        url = f"{self._base_url}/authenticate/{record['id']}"
        return {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": record["_return_url"], "url": url},
        }

    def dressed(self, books: Books, record: Record, paths: list[str]) -> Record:
        """The object with each of ``paths`` (``payment_intent.latest_charge``) expanded."""
        if record["object"] in {"list", "search_result"}:
            inner = [_below(path, "data") for path in paths]
            data = [self.dressed(books, each, inner) for each in record["data"]]
            return {**record, "data": data}
        shown = self.plain(record)
        for path in paths:
            steps = path.split(".")
            if len(steps) > EXPANSION_DEPTH_MAX:
                message = f"You cannot expand more than {EXPANSION_DEPTH_MAX} levels of a property."
                raise invalid(message, param="expand")
            self._expand(books, record, shown, steps)
        return shown

    def _expand(self, books: Books, record: Record, shown: Record, steps: list[str]) -> None:
        name, *deeper = steps
        if name == "line_items" and record["object"] == "checkout.session":
            shown[name] = line_items(record)
        elif name == "refunds" and record["object"] == "charge":
            refunds = books.matching("refund", "charge", record["id"])[::-1]
            url = f"/v1/charges/{record['id']}/refunds"
            shown[name] = listed(url, [self.plain(refund) for refund in refunds])
        elif name in _EXPANDABLE and name in record:
            self._expand_link(books, shown, name, deeper)
        else:
            message = f"This property cannot be expanded ({name})."
            raise invalid(message, param="expand")

    def _expand_link(self, books: Books, shown: Record, name: str, deeper: list[str]) -> None:
        value = shown[name]
        if isinstance(value, str):
            kind = next(kind for prefix, kind in _PREFIXES.items() if value.startswith(prefix))
            record = books.get(kind, value)
            shown[name] = self.plain(record)
        elif isinstance(value, dict):
            record = books.get(value["object"], value["id"])
        else:
            return
        if deeper:
            self._expand(books, record, shown[name], deeper)


def _below(path: str, head: str) -> str:
    first, _, rest = path.partition(".")
    if first != head or not rest:
        message = f"This property cannot be expanded ({path}). You may want to try expanding "
        message += f"'{head}.{path}' instead."
        raise invalid(message, param="expand")
    return rest


def listed(url: str, data: list[Record], *, more: bool = False) -> Record:
    """Stripe's list object."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def line_items(session: Record) -> Record:
    """A session's line items as the expanded property shows them."""
    items = items_of(session)
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    more = len(items) > LINE_ITEMS_SHOWN_MAX
    return listed(url, items[:LINE_ITEMS_SHOWN_MAX], more=more)


def items_of(session: Record) -> list[Record]:
    """All line items of a session, without what is only for the pay page."""
    return [
        {name: value for name, value in item.items() if not name.startswith("_")}
        for item in session["_line_items"]
    ]
