"""The headline of a sale's figures: eight of them, each named with what it is a share of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.domain.money import Money
from marketplace.domain.reports import milestones
from marketplace.web.figures.times import at_minute
from marketplace.words import _, figures, formats, ngettext

if TYPE_CHECKING:
    from marketplace.domain.reports import FirstHour, Snapshot


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the headline, as finished strings; ``beside`` it, what it is compared with."""

    label: str
    value: str
    note: str = ""
    more: str = ""
    beside: tuple[str, ...] = ()


def headline(found: Snapshot, zone: str, *, live: bool) -> tuple[tuple[Figure, ...], ...]:
    """Two rows of figures, each named with what it is a share of."""
    return _sold(found, live=live), _worth(found, zone)


def _sold(found: Snapshot, *, live: bool) -> tuple[Figure, ...]:
    whole, count = found.whole, formats.count
    gone = whole.cancelled + whole.returned
    return (
        Figure(
            _("Pieces paid"),
            count(whole.paid),
            _(
                "%(sold)s sold of %(accepted)s accepted",
                sold=count(whole.sold),
                accepted=count(whole.accepted),
            ),
        ),
        Figure(
            _("Sell-through, gross"),
            figures.share(whole.gross_bps),
            _("of the pieces accepted"),
            _(
                "Net of %(gone)s cancelled or returned: %(net)s",
                gone=count(gone),
                net=figures.share(whole.net_bps),
            )
            if gone
            else _("Net: the same, nothing came back"),
        ),
        Figure(
            _("In bags now") if live else _("In bags then"),
            count(whole.in_bags),
            _("held by members, not yet paid"),
        ),
        Figure(
            _("Refused adds"),
            count(whole.refused_adds),
            _("tries when no piece was free"),
            ngettext(
                "and %(num)s hold ran out unpaid",
                "and %(num)s holds ran out unpaid",
                whole.expired_holds,
                num=count(whole.expired_holds),
            ),
        ),
    )


def _worth(found: Snapshot, zone: str) -> tuple[Figure, ...]:
    whole, currency = found.whole, found.currency
    hour = formats.clock(found.opens_at + timedelta(hours=1), zone)
    return (
        Figure(
            _("Cost recovered"),
            figures.share(whole.recovered_bps),
            _("of your cost of %(cost)s, without VAT", cost=_sum(whole.cost_known_minor, currency))
            if whole.cost_known_minor
            else _("you have not told us your cost"),
        ),
        Figure(
            _("Sold in the first hour"),
            figures.share(whole.first_hour_bps),
            _(
                "%(paid)s paid by %(hour)s, of %(there)s pieces then on sale",
                paid=formats.count(whole.first_hour),
                hour=hour,
                there=formats.count(whole.accepted_first),
            ),
            beside=beside(found.first_hour, zone),
        ),
        Figure(
            _("Sales with VAT, gross"),
            _sum(whole.gross_minor, currency),
            _("net of what came back: %(net)s", net=_sum(whole.net_minor, currency)),
        ),
        Figure(
            _("Due to you, so far"),
            _sum(whole.due_minor, currency),
            _(
                "without VAT; %(sum)s with it",
                sum=_sum(whole.due_minor + whole.due_vat_minor, currency),
            ),
        ),
    )


def beside(found: FirstHour | None, zone: str) -> tuple[str, ...]:
    """How the last sale and the category did in their first hour; nothing in a report kept without it."""
    if found is None:
        return ()
    last = found.before
    if last is None:
        return (_("no earlier sale of yours to compare with"), *_median(found))
    facts = {
        "title": last.title,
        "day": formats.day_short(datetime.fromisoformat(last.opened_at), zone),
        "share": figures.share(last.sold_bps),
        "paid": formats.count(last.paid),
    }
    said = (
        _("%(title)s, %(day)s: %(share)s in its first hour, %(paid)s paid", **facts)
        if found.whole
        else _("%(title)s, %(day)s: %(share)s by the same minute, %(paid)s paid", **facts)
    )
    return (said, *_median(found))


def _median(found: FirstHour) -> tuple[str, ...]:
    if found.median_bps is None:
        return ()
    share = figures.share(found.median_bps)
    if found.whole:
        return (_("median of your category: %(share)s of accepted in the first hour", share=share),)
    return (_("median of your category: %(share)s of accepted by the same minute", share=share),)


def _sum(minor: int, currency: str) -> str:
    return formats.money_short(Money(minor, currency))


def reached(found: Snapshot, zone: str) -> tuple[str, ...]:
    """When a quarter, half, three quarters and all of the pieces had been paid, where they were."""
    words = {
        2_500: _("a quarter paid at %(when)s"),
        5_000: _("half at %(when)s"),
        7_500: _("three quarters at %(when)s"),
        10_000: _("all at %(when)s"),
    }
    found_at = milestones(found.curve, found.whole.accepted)
    return tuple(
        words[share_bps] % {"when": at_minute(found, minute, zone)}
        for share_bps, minute in found_at.items()
    )
