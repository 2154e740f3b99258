from __future__ import annotations

from tests import factories


def test_nobody_is_shown_the_sign_in_form_of_the_door(anonymous):
    answer = anonymous.get("/anything")

    assert answer.status_code == 404
    assert 'action="/sign-in"' in answer.get_data(as_text=True)


def test_a_member_reads_the_first_page(database, member_client):
    with database.session() as session:
        somebody = factories.member(session)

    answer = member_client(somebody).get("/sign-in")

    assert answer.status_code == 303
