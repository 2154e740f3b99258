"""A house whose demo was broken off opens without it as well: its clock is right, and what is there holds together."""

from __future__ import annotations

import pytest

from marketplace.local import state
from tests.journeys import house as houses
from tests.journeys import small

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TURNED = "SELECT abs(extract(epoch FROM house_now() - clock_timestamp())) < 1"


def test_a_house_whose_filling_was_broken_off_opens_without_it(tmp_path_factory):
    folder, sent = tmp_path_factory.mktemp("broken"), tmp_path_factory.mktemp("sent")
    small.few(small.OWN, sent)
    houses.begun_and_broken_off(folder, sent)

    with houses.opened(folder, demo=False) as running:
        assert running.rows(TURNED) == [(True,)]
        assert running.value("SELECT count(*) FROM brands") > 0
        assert not state.State(folder).demo.exists()
        assert running.broken() == []

    with houses.opened(folder, demo=False) as again:
        assert again.rows(TURNED) == [(True,)]
