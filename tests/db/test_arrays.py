"""What is written as an array is what PostgreSQL reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from marketplace.db import arrays

KINDS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "uuid": st.uuids(),
    "bytea": st.binary(max_size=40),
    "boolean": st.booleans(),
    "interval": st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
    "text": st.text(
        st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=20
    )
    | st.sampled_from(["NULL", "", '"', "\\", "{a,b}", " ", "'"]),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_what_is_written_is_read(database, kind, data):
    values = data.draw(st.lists(st.none() | KINDS[kind], max_size=8))

    with database.session() as session:
        read = session.execute(
            text(f"SELECT CAST(CAST(:written AS text) AS {kind}[])"),
            {"written": arrays.written(values)},
        ).scalar_one()

    assert [
        bytes(each) if kind == "bytea" and each is not None else each for each in read
    ] == values


def test_what_no_question_is_asked_with_is_refused():
    with pytest.raises(TypeError, match="float"):
        arrays.written([1.5])
