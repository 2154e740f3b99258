from __future__ import annotations

import pytest

from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


SLUGS = ("terms", "privacy", "returns", "imprint")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_everybody_reads_the_legal_pages_in_their_language(anonymous, slug, locale):
    answer = anonymous.get(f"/pages/{slug}", headers={"Accept-Language": locale})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{locale}"' in page
    assert f'<article class="prose" lang="{locale}">' in page
    assert "**" not in page


def test_there_is_no_other_page(anonymous):
    assert anonymous.get("/pages/nothing").status_code == 404


@pytest.fixture
def operator(database, operator_client):
    with database.session() as session:
        somebody = factories.operator(session)
    return operator_client(somebody)


def newest(database):
    return database.value("SELECT max(id) FROM legal_pages WHERE slug = 'terms' AND locale = 'en'")


def test_an_operator_writes_a_new_version_and_the_old_one_is_kept(operator, anonymous, database):
    before = newest(database)

    answer = operator.post(
        "/admin/pages/terms/en",
        {"title": "Terms", "body": "## One\n\nA **new** text.", "based_on": before},
    )

    read = anonymous.get("/pages/terms").get_data(as_text=True)
    assert answer.status_code == 303
    assert "<h2>One</h2>" in read
    assert "<p>A <strong>new</strong> text.</p>" in read
    assert database.value("SELECT count(*) FROM legal_pages WHERE slug = 'terms'") == 3
    assert database.rows("SELECT name FROM events") == [("legal.page_changed",)]


def test_two_who_write_at_once_do_not_overwrite_each_other(operator, database):
    before = newest(database)
    operator.post("/admin/pages/terms/en", {"title": "A", "body": "A", "based_on": before})

    late = operator.post("/admin/pages/terms/en", {"title": "B", "body": "B", "based_on": before})

    assert late.status_code == 422
    assert "B</textarea>" in late.get_data(as_text=True)
    assert database.value("SELECT title FROM legal_pages ORDER BY id DESC LIMIT 1") == "A"


def test_a_text_cannot_bring_markup_of_its_own(operator, anonymous, database):
    body = (
        "<script>alert(1)</script> [a](javascript:alert(1)) [b](//evil.example) "
        '[c](https://x.example/"onmouseover=1) ![d](/x) **<b>bold</b>**'
    )

    operator.post(
        "/admin/pages/terms/en", {"title": "T", "body": body, "based_on": newest(database)}
    )

    read = anonymous.get("/pages/terms").get_data(as_text=True)
    article = read[read.index("<article") : read.index("</article>")]
    assert "<script" not in article
    assert 'javascript:alert(1)"' not in article
    assert 'href="//' not in article
    assert "<b>" not in article
    assert 'onmouseover=1"' not in article


def test_members_and_nobody_do_not_write_legal_pages(anonymous, member_client, database):
    with database.session() as session:
        somebody = factories.member(session)

    refused = [
        client.post(
            "/admin/pages/terms/en", {"title": "X", "body": "X", "based_on": 1}, token=False
        )
        for client in (anonymous, member_client(somebody))
    ]

    assert [answer.status_code for answer in refused] == [404, 404]
    assert database.value("SELECT count(*) FROM events") == 0
