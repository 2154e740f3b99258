"""What becomes of a file in which some rows are wrong: the brand decides before anything enters."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.imports.codes import Severity
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.domain.imports.problems import Problem


class Policy(StrEnum):
    """What enters where some rows are refused.

    ``refuse_all``: nothing, unless every row is sound. ``refuse_failed``: the sound rows. ``ignore_failed``:
    also rows of which one cell is wrong that a row can do without; they enter without it.
    """

    REFUSE_ALL = "refuse_all"
    REFUSE_FAILED = "refuse_failed"
    IGNORE_FAILED = "ignore_failed"


class RowsRefused(Refusal):
    """Nothing enters as long as ``count`` rows are wrong, as the brand chose."""

    code = "rows_refused"


CAN_DO_WITHOUT = frozenset(
    {
        "gtin_scientific", "gtin_check_digit", "gtin_length", "gtin_unreadable", "price_unreadable",
        "price_negative", "price_too_large", "number_ambiguous", "units_unreadable", "units_negative",
        "units_too_large", "composition_sum", "style_refused",
    }
)  # fmt: skip
"""What is wrong with one cell only; without it the row still says which goods it is about."""


def can_do_without(problems: Iterable[Problem]) -> bool:
    """Whether a row with these problems may enter without the cells that are wrong."""
    blocks = [problem.code for problem in problems if problem.severity is Severity.BLOCK]
    return bool(blocks) and CAN_DO_WITHOUT.issuperset(blocks)
