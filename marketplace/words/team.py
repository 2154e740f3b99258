"""The roles of a brand's people in words: what each is called and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.doors import BrandRole
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

ROLES: dict[BrandRole, Lazy] = {
    BrandRole.OWNER: lazy("Owner"),
    BrandRole.COMMERCIAL: lazy("Commercial"),
    BrandRole.CONTENT: lazy("Content"),
    BrandRole.FINANCE: lazy("Finance"),
    BrandRole.VIEWER: lazy("Viewer"),
}

DOES: dict[BrandRole, Lazy] = {
    BrandRole.OWNER: lazy("does everything, and lets people in and out"),
    BrandRole.COMMERCIAL: lazy("brings collections, submits, negotiates and signs"),
    BrandRole.CONTENT: lazy("brings collections and photographs, approves how a sale is shown"),
    BrandRole.FINANCE: lazy("answers for the company, its taxes and its bank details"),
    BrandRole.VIEWER: lazy("looks at everything that is not confidential to the others"),
}
