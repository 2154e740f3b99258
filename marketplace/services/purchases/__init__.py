"""Purchase orders: what a conditional sale sold is ordered, confirmed by the brand, and counted as it comes.

It is closed among the orders of members (``services.orders``), whom its end refunds.
"""

from __future__ import annotations

from marketplace.services.purchases.confirming import confirm
from marketplace.services.purchases.counting import Line, count
from marketplace.services.purchases.ordering import order_sold
from marketplace.services.purchases.telling import tell

__all__ = ["Line", "confirm", "count", "order_sold", "tell"]
