"""A promise is kept early, kept, late, broken or given up: computed from its dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain.promises import Keeping, keeping

DUE = datetime(2026, 12, 24, 18, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("kept_at", "void_at", "now", "expected"),
    [
        (None, None, DUE - MINUTE, Keeping.PENDING),
        (None, None, DUE + MINUTE, Keeping.BROKEN),
        (DUE - DAY, None, DUE, Keeping.EARLY),
        (DUE - DAY + MINUTE, None, DUE, Keeping.KEPT),
        (DUE, None, DUE, Keeping.KEPT),
        (DUE + MINUTE, None, DUE + DAY, Keeping.LATE),
        (None, DUE - DAY, DUE + DAY, Keeping.VOID),
    ],
)
def test_how_a_promise_stands(kept_at, void_at, now, expected):
    assert keeping(due_at=DUE, kept_at=kept_at, void_at=void_at, now=now) is expected
