"""The checker sees what is wrong with shops that are wrong on purpose, in what their customers were told alone."""

from __future__ import annotations

import itertools

import pytest

from tests.chaos import checker, kernels

NUMBERS = itertools.count(1)
IN_HANDS = "more in hands than there is"


@pytest.fixture
def scratch(stores):
    """An empty database."""
    name = f"kernel{next(NUMBERS)}"
    yield stores.postgres.create_database(name)
    stores.postgres.drop_database(name)


def rules(happening, shop):
    """The rules that are broken when this happens at this shop."""
    return {each.rule for each in checker.findings(happening(shop))}


def test_a_shop_that_is_right_breaks_no_rule_in_a_rush(scratch):
    assert rules(kernels.rush, kernels.Shop(scratch)) == set()


def test_a_shop_that_is_right_breaks_no_rule_when_holds_end(scratch):
    assert rules(kernels.second_thoughts, kernels.Shop(scratch)) == set()


def test_reading_then_writing_puts_more_into_hands_than_there_is(scratch):
    assert rules(kernels.rush, kernels.ReadsThenWrites(scratch)) == {IN_HANDS}


def test_counting_then_inserting_puts_more_into_hands_than_there_is(scratch):
    assert rules(kernels.rush, kernels.CountsThenInserts(scratch)) == {IN_HANDS}


def test_renewing_without_a_look_gives_one_unit_to_two(scratch):
    assert rules(kernels.second_thoughts, kernels.RenewsUnchecked(scratch)) == {IN_HANDS}


def test_enqueueing_before_the_commit_loses_letters(scratch):
    assert rules(kernels.rush, kernels.EnqueuesBeforeItCommits(scratch)) == {"letters about orders"}
