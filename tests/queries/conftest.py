"""Counts the statements that a question costs."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

FRAME = ("SET TRANSACTION READ ONLY", "SELECT set_config(")
"""What every look begins with; the rest is the question's own."""


@pytest.fixture
def statements(vault):
    """A block that collects the statements which the application sends meanwhile."""

    @contextmanager
    def collect():
        sent = []

        def note(_connection, _cursor, statement, *_):
            if not statement.startswith(FRAME):
                sent.append(statement)

        event.listen(vault.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(vault.engine, "before_cursor_execute", note)

    return collect
