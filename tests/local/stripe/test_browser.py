"""The pay page in a real Chromium, with JavaScript and without: its walls let a buyer through."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.local.stripe import shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]


class Thanks(BaseHTTPRequestHandler):
    """The shop's own page, on another origin than the pay page."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"Merci")

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def shop_url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Thanks) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_buyer_is_declined_authenticates_with_another_card_and_returns_to_the_shop(
    api, chromium, shop_url, scripts
):
    context = chromium.new_context(java_script_enabled=scripts, locale="fr-FR")
    page = context.new_page()
    session = api.checkout.sessions.create(
        shop.order(success_url=f"{shop_url}/paid?session={{CHECKOUT_SESSION_ID}}")
    )

    page.goto(session.url)
    page.get_by_label("Numéro de carte").fill(shop.DECLINES)
    page.get_by_role("button", name="Payer").click()
    refused = page.get_by_role("alert").inner_text()
    page.get_by_label("Numéro de carte").fill(shop.ASKS_ALWAYS)
    page.get_by_role("button", name="Payer").click()
    page.get_by_role("button", name="Accepter").click()
    page.wait_for_url(f"{shop_url}/paid?session={session.id}")
    context.close()

    assert "Votre banque a refusé la carte." in refused
    assert api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_page_is_whole_at_every_width(api, chromium):
    session = api.checkout.sessions.create(shop.order())

    for width in (320, 390, 1280):
        context = chromium.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(session.url)

        wide = page.evaluate("document.documentElement.scrollWidth")
        context.close()
        assert wide <= width
