"""Cells made safe to keep, and HTML reduced to its words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.imports import compositions, rows
from marketplace.domain.imports.rows import Row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Écru ", "Écru"),
        ("E\u0301cru", "Écru"),
        ("\u200bNoir\u202e", "Noir"),
        ("a\x00b\x07", "ab"),
        ("line\nline", "line\nline"),
        ("#N/A", ""),
        ("#REF!", ""),
    ],
)
def test_cells_are_cleaned(text, expected):
    assert rows.cleaned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://127.0.0.1/x")', " =2+2", "=1", "@SUM(A1)", "+cmd|' /C calc'!A0",
        "-SUM(1)", "\uff1d1+1",
    ],
)  # fmt: skip
def test_formulas_are_known(text):
    assert rows.is_formula(text)


@pytest.mark.parametrize(
    "text", ["- soft and warm", "+33 1 23 45", "-50", "@brand", "A=B", "T-shirt"]
)
def test_plain_words_are_no_formulas(text):
    assert not rows.is_formula(text)


def test_html_becomes_lines_of_words():
    html = "<p>Soft &amp; warm</p>\n<ul><li>One</li><li>Two</li></ul><script>alert(1)</script>"

    assert rows.plain_text(html) == "Soft & warm\n• One\n• Two"


def test_text_without_markup_stays_as_it_is():
    assert rows.plain_text("Size < 38 & up\nnew line") == "Size < 38 & up\nnew line"


@given(st.text(alphabet="<>/!ab &;lip=\"'\n", max_size=200))
def test_no_tag_survives(text):
    assert "<p>" not in rows.plain_text(f"<p>{text}</p>")


@pytest.mark.parametrize("text", ["<" * 30_000, "<a " * 10_000, "&" * 30_000, "<script>" * 4_000])
def test_hostile_markup_costs_no_more_than_its_length(text):
    begun = time.process_time()

    rows.plain_text(f"<p>{text}")

    assert time.process_time() - begun < 1


@given(st.text(alphabet="100%5 ,;:wol\n/", max_size=120))
def test_any_text_has_a_composition_or_none(text):
    assert all(part.fibres for part in compositions.parsed(text))


def test_a_row_of_white_space_is_blank():
    assert Row(3, ("", " ", "\u00a0")).is_blank
    assert not Row(3, ("", "0")).is_blank
