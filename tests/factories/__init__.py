"""Believable rows for tests: plain functions on an owner's session; each returns the row it made.

Counters are arranged together with the movements that explain them, so that the books are sound from the start.
"""

from __future__ import annotations

from sqlalchemy import text

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, BrandUser
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.deals import Deal
from marketplace.db.holds import Hold
from marketplace.db.sales import SaleItem
from marketplace.db.stock import Lot
from marketplace.db.suppression import SuppressedMark
from marketplace.domain.doors import Realm
from tests.factories.goods import collection, deal, evidence, lot, photograph, style, variant
from tests.factories.kin import PASSWORD, house_now
from tests.factories.people import account, address, brand, brand_user, member, operator
from tests.factories.trading import hold, open_sale, order, sale, sale_item, sell, sizes_on_sale

__all__ = (
    "PASSWORD",
    "Account",
    "Brand",
    "BrandUser",
    "Collection",
    "Deal",
    "Hold",
    "Lot",
    "Realm",
    "SaleItem",
    "Style",
    "SuppressedMark",
    "Variant",
    "account",
    "address",
    "brand",
    "brand_user",
    "collection",
    "deal",
    "evidence",
    "hold",
    "house_now",
    "lot",
    "member",
    "open_sale",
    "operator",
    "order",
    "photograph",
    "sale",
    "sale_item",
    "sell",
    "sizes_on_sale",
    "style",
    "text",
    "variant",
)
