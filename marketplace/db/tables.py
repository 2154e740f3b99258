"""All tables at once, for migrations, invariants and tests that need the whole."""

from marketplace.db import (  # noqa: F401 - importing registers the tables
    accounts,
    attachments,
    audit,
    brands,
    catalogue,
    contacts,
    conversations,
    deals,
    deliveries,
    demand,
    guard_rails,
    holds,
    imports,
    inbox,
    joining,
    keys,
    ledger,
    members,
    orders,
    outbox,
    paces,
    payments,
    promises,
    releases,
    replies,
    reports,
    rights,
    sales,
    stock,
    suppression,
    touches,
)
from marketplace.db.base import Base

METADATA = Base.metadata
