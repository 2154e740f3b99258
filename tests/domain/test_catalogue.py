"""What a collection owes before it is submitted or sold, and what a file may change of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.domain import catalogue
from marketplace.domain.catalogue import (
    Brief,
    BriefIncomplete,
    BriefRefused,
    Evidence,
    EvidenceKind,
    EvidenceRefused,
    Fact,
    FactRefused,
    StyleFacts,
)

TODAY = date(2026, 11, 22)
BRIEF = Brief("A warehouse to empty before the move.", date(2027, 2, 28), "No outlet shops.")
COMPLETE = StyleFacts(
    name="Knit",
    description="A plain knit.",
    composition="100% wool",
    condition="new_with_tags",
    manufacturer="Maison SAS",
    origin="PT",
    photographs=1,
)


def test_a_complete_style_lacks_nothing():
    assert catalogue.lacking(COMPLETE) == ()


def test_what_a_style_lacks_is_named_and_its_origin_blocks_nothing():
    facts = replace(COMPLETE, composition="", origin="", photographs=0)

    assert catalogue.lacking(facts) == (Fact.COMPOSITION, Fact.ORIGIN, Fact.PHOTOGRAPH)
    assert catalogue.blocking(facts) == (Fact.COMPOSITION, Fact.PHOTOGRAPH)


def test_what_is_no_textile_owes_no_composition():
    assert catalogue.lacking(replace(COMPLETE, composition="", not_textile=True)) == ()


def test_a_brief_with_all_it_needs_may_be_submitted():
    catalogue.check_submission(BRIEF, variants=3, units=40, today=TODAY)


@pytest.mark.parametrize(
    ("brief", "variants", "units", "lacks"),
    [
        (replace(BRIEF, problem="  "), 3, 40, ("problem",)),
        (replace(BRIEF, deadline=None), 3, 40, ("deadline",)),
        (BRIEF, 0, 0, ("variants", "units")),
        (BRIEF, 3, 0, ("units",)),
    ],
)
def test_what_a_submission_lacks_is_named(brief, variants, units, lacks):
    with pytest.raises(BriefIncomplete) as no:
        catalogue.check_submission(brief, variants=variants, units=units, today=TODAY)

    assert no.value.facts["lacks"] == lacks


def test_a_deadline_lies_ahead():
    with pytest.raises(BriefRefused):
        catalogue.check_brief(replace(BRIEF, deadline=TODAY), today=TODAY)


@pytest.mark.parametrize(
    ("reference", "seen_on", "reason"),
    [
        (" ", date(2026, 3, 1), "no_place"),
        ("Our shop", date(2026, 11, 23), "in_the_future"),
        ("Our shop", date(2025, 11, 21), "too_old"),
    ],
)
def test_evidence_that_proves_nothing_is_refused(reference, seen_on, reason):
    stated = Evidence(EvidenceKind.OWN_SHOP, reference, seen_on)

    with pytest.raises(EvidenceRefused) as no:
        catalogue.check_evidence(stated, today=TODAY)

    assert no.value.facts["reason"] == reason


STORED = {"name": "Knit", "units_offered": 10, "origin": "PT", "details": {"season": "FW25"}}


def test_a_file_changes_what_it_says_differently():
    line = {"name": "Fine knit", "units_offered": 0, "origin": "PT", "details": {"warnings": "x"}}

    assert catalogue.changes(STORED, line) == {
        "name": "Fine knit",
        "units_offered": 0,
        "details": {"season": "FW25", "warnings": "x"},
    }


def test_a_file_that_says_nothing_blanks_nothing():
    line = {"name": "", "units_offered": None, "origin": "", "details": {}}

    assert catalogue.changes(STORED, line) == {}


@pytest.mark.parametrize(
    ("fact", "said", "columns"),
    [
        (Fact.ORIGIN, " Portugal ", {"origin": "PT"}),
        (Fact.CONDITION, "Neuf avec étiquette", {"condition": "new_with_tags"}),
        (Fact.MANUFACTURER, "Maison SAS, Nantes", {"manufacturer": "Maison SAS, Nantes"}),
    ],
)
def test_what_a_person_states_is_understood(fact, said, columns):
    assert catalogue.understood(fact, said) == columns


def test_a_stated_composition_is_kept_with_its_parts():
    columns = catalogue.understood(Fact.COMPOSITION, "80 % wool, 20 % silk")

    assert columns["composition"] == "80 % wool, 20 % silk"
    assert [fibre["bps"] for fibre in columns["composition_parts"][0]["fibres"]] == [8_000, 2_000]


@pytest.mark.parametrize(
    ("fact", "said", "reason"),
    [
        (Fact.ORIGIN, "Atlantis", "country_unknown"),
        (Fact.CONDITION, "lovely", "condition_unknown"),
        (Fact.COMPOSITION, "wool", "composition_without_percentages"),
        (Fact.COMPOSITION, "80 % wool", "composition_sum"),
        (Fact.MANUFACTURER, "  ", "blank"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(fact, said, reason):
    with pytest.raises(FactRefused) as no:
        catalogue.understood(fact, said)

    assert (no.value.facts["field"], no.value.facts["reason"]) == (str(fact), reason)
