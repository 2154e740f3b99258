"""The pay page without JavaScript, in two languages, by form posts alone."""

import html

import pytest

from marketplace.local.stripe import words
from tests.local.stripe import shop


def opened(api, **changes):
    return api.checkout.sessions.create(shop.order(**changes))


def test_the_page_shows_what_is_bought_and_says_that_no_money_moves(api):
    session = opened(api)

    page = shop.browse(session.url, Accept_Language="en")

    assert page.status == 200
    assert "Stripe simulator. No money moves" in page.text
    assert "Wool coat" in page.text
    assert "Pay €98.00" in page.text
    assert f'<a href="{shop.CANCEL_URL}">Back</a>' in page.text
    assert "<script" not in page.text


def test_paying_leads_to_the_shop_with_the_session_named(api):
    session = opened(api)

    answer = shop.browse(session.url, shop.card_form())

    assert answer.status == 303
    assert answer.headers["location"] == f"https://shop.example/paid?session={session.id}"
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": shop.DECLINES}, "Your bank declined the card. Use another card."),
        ({"number": shop.NO_FUNDS}, "The card has insufficient funds. Use another card."),
        ({"number": "1234"}, "The card number is not correct."),
        ({"number": "4539148803436467"}, "This is not a test card."),
        ({"expiry": "soon"}, "The expiry month is not valid."),
        ({"expiry": "01/21"}, "The card has expired, or its year is not valid."),
        ({"cvc": "12"}, "The security code is not valid."),
    ],
)
def test_a_card_that_is_not_taken_is_explained_and_what_was_typed_stays(api, changes, sentence):
    session = opened(api)

    page = shop.browse(session.url, shop.card_form(**changes), Accept_Language="en")

    assert page.status == 402
    assert 'role="alert"' in page.text
    assert sentence in html.unescape(page.text)
    assert 'value="Camille Martin"' in page.text
    assert api.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize(("answer", "status"), [("approve", "complete"), ("deny", "open")])
def test_the_bank_asks_on_a_page_of_its_own(api, answer, status):
    session = opened(api)

    to_bank = shop.browse(session.url, shop.card_form(shop.ASKS_UNLESS_SET_UP))
    bank_url = f"{session.url}/authenticate"
    question = shop.browse(bank_url, Accept_Language="en")
    after = shop.browse(bank_url, {"answer": answer}, Accept_Language="en")

    assert to_bank.headers["location"] == f"/c/pay/{session.id}/authenticate"
    assert "Your bank asks you to confirm" in question.text
    assert "€98.00" in question.text
    assert api.checkout.sessions.retrieve(session.id).status == status
    if answer == "approve":
        assert after.headers["location"].startswith("https://shop.example/paid")
    else:
        assert after.status == 402
        assert "Your bank could not confirm that it was you." in after.text


def test_the_bank_has_nothing_to_ask_before_a_card_was_given(api):
    session = opened(api)

    answer = shop.browse(f"{session.url}/authenticate", {"answer": "approve"})

    assert (answer.status, answer.headers["location"]) == (303, f"/c/pay/{session.id}")
    assert api.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_an_expired_session_shows_a_page_that_says_so_and_takes_nothing(api):
    session = opened(api)
    api.checkout.sessions.expire(session.id)

    for form in (None, shop.card_form()):
        page = shop.browse(session.url, form, Accept_Language="en")
        assert page.status == 200
        assert "This page has expired" in page.text
        assert shop.CANCEL_URL in page.text
    assert api.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_a_completed_session_leads_back_to_the_shop(api, simulator):
    session = opened(api)
    simulator.pay(session.id)

    page = shop.browse(session.url, Accept_Language="en")

    assert "This payment is complete" in page.text
    assert f"https://shop.example/paid?session={session.id}" in page.text


@pytest.mark.parametrize(
    ("locale", "accepted", "title"),
    [
        ("fr", "en", "Paiement"),
        ("fr-CA", "en", "Paiement"),
        ("en", "fr", "Payment"),
        ("auto", "de, fr;q=0.8, en;q=0.5", "Paiement"),
        (None, "de", "Payment"),
    ],
)
def test_the_page_speaks_the_sessions_language_or_the_browsers(api, locale, accepted, title):
    session = opened(api, **({"locale": locale} if locale else {}))

    page = shop.browse(session.url, Accept_Language=accepted)

    assert f"<title>{title}</title>" in page.text


def test_sums_are_written_as_the_language_writes_them():
    assert words.money(149_900, "eur", "fr") == "1\u202f499,00\xa0€"
    assert words.money(149_900, "eur", "en") == "€1,499.00"
    assert words.money(5_000, "jpy", "en") == "¥5,000"


def test_both_languages_say_the_same_things():
    english, french = words.WORDS["en"], words.WORDS["fr"]

    assert list(english) == list(french)
    assert all(text.count("{") == french[name].count("{") for name, text in english.items())


def test_the_page_is_walled_in_and_its_form_may_lead_to_the_shop(api):
    page = shop.browse(opened(api).url)

    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self' https://shop.example"
    )
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_what_the_shop_writes_is_shown_as_text(api):
    session = opened(api, line_items=[shop.item("<script>alert(1)</script> & Co", 900)])

    page = shop.browse(session.url)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page.text


def test_an_address_is_asked_for_where_none_is_known(api):
    asked = shop.order()
    del asked["customer_email"]
    session = api.checkout.sessions.create(asked)

    without = shop.browse(session.url, shop.card_form(), Accept_Language="en")
    shop.browse(session.url, shop.card_form(email="elsa@example.com"))

    assert "Enter your e-mail address." in without.text
    shown = api.checkout.sessions.retrieve(session.id)
    assert shown.customer_details.email == "elsa@example.com"


def test_an_unknown_page_says_so(simulator):
    for path in ("/", "/c/pay/cs_test_unknown", "/authenticate/pi_unknown", "/c/pay/../../etc"):
        page = shop.browse(simulator.url + path, Accept_Language="en")

        assert page.status == 404
        assert "There is no such page" in page.text
