"""Papers of deals: what acceptance froze, printed once, the same for both sides and held against its hash."""

from __future__ import annotations

import hashlib

import pytest

from marketplace.domain.refusals import NotFound
from marketplace.queries import papers
from marketplace.services import deals
from marketplace.words import agreements
from tests.services.test_deals import Talks, proposed, talks

__all__ = ("Talks", "talks")


def kept(database):
    return database.rows("SELECT locale, sha256, storage_key FROM deal_papers ORDER BY locale")


@pytest.fixture
def deal_id(talks) -> int:
    made = proposed(talks)
    deals.accept(talks.brand, deal_id=made.deal_id, number=1)
    return made.deal_id


def test_the_paper_is_kept_in_both_languages_and_read_by_both_sides(
    database, talks, tools, deal_id
):
    deals.keep_paper(tools, deal_id=deal_id)

    assert [locale for locale, _, _ in kept(database)] == ["en", "fr"]
    ours = papers.of_deal(talks.house, deal_id=deal_id, locale="en")
    theirs = papers.of_deal(talks.brand, deal_id=deal_id, locale="en")
    assert ours == theirs
    assert hashlib.sha256(ours.content).hexdigest() == ours.sha256
    assert ours.content.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in ours.content


def test_the_paper_says_what_was_agreed_by_whom_and_its_seal(database, tools, deal_id, monkeypatch):
    told = {}

    def printed(kind, *, lang, title, facts):
        told[lang] = (kind, title, facts)
        return b"%PDF-"

    monkeypatch.setattr(agreements.papers, "printed", printed)
    deals.keep_paper(tools, deal_id=deal_id)

    kind, _title, facts = told["en"]
    assert kind == "agreements"
    assert [row[1] for row in facts["worked"]["lines"]] == ["12", "16", "20"]
    assert [row[2] for row in facts["worked"]["lines"]] == ["€210.00", "€280.00", "€350.00"]
    assert [row[1:4] for row in facts["goods"]["lines"]] == [["10", "-", "€30.00"]] * 2
    assert facts["seal"]["lines"][-1] == (
        "Seal",
        database.value("SELECT sha256 FROM deal_versions"),
    )
    assert told["fr"][2]["goods"]["heading"] == "Marchandise"


def test_printing_again_keeps_what_is_kept_and_would_make_the_same(database, tools, deal_id):
    deals.keep_paper(tools, deal_id=deal_id)
    first = kept(database)
    deals.keep_paper(tools, deal_id=deal_id)
    assert kept(database) == first

    database.run("DELETE FROM deal_papers")
    deals.keep_paper(tools, deal_id=deal_id)

    assert [row[:2] for row in kept(database)] == [row[:2] for row in first]


def test_a_paper_that_was_changed_is_never_handed_out(database, tools, talks, deal_id):
    deals.keep_paper(tools, deal_id=deal_id)
    for _, _, key in kept(database):
        tools.files.put(key, b"%PDF-1.7 something else")

    with pytest.raises(AssertionError, match="was changed"):
        papers.of_deal(talks.brand, deal_id=deal_id, locale="fr")


def test_a_deal_in_talks_has_no_paper(talks, tools):
    made = proposed(talks)

    with pytest.raises(NotFound):
        deals.keep_paper(tools, deal_id=made.deal_id)
    assert papers.of_deal(talks.brand, deal_id=made.deal_id, locale="en") is None
