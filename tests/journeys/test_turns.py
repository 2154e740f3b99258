"""Paying while many do: the order is taken, the page tells place and wait, and the pay page opens by itself.

With scripts and without; the clock and the worker that open it are processes of their own.
"""

import pytest
from sqlalchemy import text

from tests import factories
from tests.journeys import looking
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

SHUT = """
INSERT INTO call_tokens (endpoint, number, back_at)
SELECT 'sessions.create', n, clock_timestamp() + interval '1 hour' FROM generate_series(1, 25) n
ON CONFLICT (endpoint, number) DO UPDATE SET back_at = excluded.back_at
"""
OPEN = "UPDATE call_tokens SET back_at = '-infinity' WHERE endpoint = 'sessions.create'"
PAY_PAGE_SECONDS_MAX = 30
WORDS = {
    "en": "Many are paying at this moment. You are next.",
    "fr": "Beaucoup paient en ce moment. C’est bientôt votre tour.",  # noqa: RUF001 - as it is printed
}


def _do(place, statement):
    with place.house.session() as session:
        session.execute(text(statement))


@pytest.fixture
def shut(place):
    """Nobody is let through to open a pay page, until a test lets them."""
    _do(place, SHUT)
    yield
    _do(place, OPEN)


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("fr", True), ("en", False)])
def test_a_member_waits_for_the_pay_page_and_comes_to_it(place, meet, shut, language, scripts):
    with place.house.session() as session:
        sale = place.open_sale(session, brand=f"Maison du tour {language} {scripts}", styles=1)
        member = place.member(session, language=language)
        factories.address(session, of=member)
        item = session.query(factories.SaleItem).filter_by(sale_id=sale.id).first()
        factories.hold(session, by=member, on=item)
    person = meet("the member", language=language, scripts=scripts)
    place.lets_in(person, member.account_id)

    person.goes("/checkout")
    person.page.locator("form[action='/checkout/known'] button").click()
    person.page.wait_for_url("**/turn")
    person.reads(WORDS[language])
    person.keeps_a_picture(f"turn-{language}")
    if scripts:
        assert looking.faults(person, "the turn") == []
    _do(place, OPEN)

    person.page.wait_for_url("**/c/pay/**", timeout=PAY_PAGE_SECONDS_MAX * 1_000)
    assert place.house.value("SELECT count(*) FROM payments WHERE state = 'prepared'") == 0
