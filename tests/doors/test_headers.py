from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.domain.doors import Realm
from marketplace.queries import photographs as asked
from marketplace.queries.sale_page import Picture
from marketplace.web import access, photographs
from marketplace.web.app import create_app
from tests import factories


@pytest.fixture
def hung():
    return ()  # the hallway alone


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


@pytest.fixture
def answers(anonymous):
    found = {
        "page": anonymous.get("/sign-in"),
        "not found": anonymous.get("/nothing"),
        "refused": anonymous.post("/sign-in", {"email": "a"}, token=False),
        "static": anonymous.get("/static/css/door-bare.css"),
        "no static": anonymous.get("/static/css/none.css"),
        "health": anonymous.get("/health"),
        "redirect": anonymous.post("/language", {"locale": "en"}),
    }
    for answer in found.values():
        answer.close()
    return found


def policy_of(answer):
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return {part.split(" ", 1)[0]: part.partition(" ")[2] for part in parts}


def test_every_answer_says_what_a_browser_may_do_with_it(answers):
    for what, answer in answers.items():
        for name, value in EVERYWHERE.items():
            assert answer.headers[name] == value, what
        assert "geolocation=()" in answer.headers["Permissions-Policy"], what
        assert "Content-Security-Policy" in answer.headers, what
        assert answer.headers["Referrer-Policy"] == "same-origin", what
        assert len(answer.headers["X-Request-ID"]) == 32, what


def test_the_policy_begins_with_nothing_and_allows_little(answers):
    policy = policy_of(answers["page"])

    nonce = policy.pop("script-src").removeprefix("'self' ")
    assert nonce.startswith("'nonce-")
    assert len(nonce) >= len("'nonce-'") + 21  # 128 bits
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "form-action": "'self' http://127.0.0.1:9",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }


def test_the_nonce_is_new_each_time(anonymous):
    first, second = (policy_of(anonymous.get("/sign-in"))["script-src"] for _ in range(2))

    assert first != second


def test_pages_may_listen_to_the_live_channel(settings, tools, compiled):
    app = create_app(replace(settings, live_url="http://localhost:8001"), tools, [])

    answer = app.test_client().get("/sign-in")

    assert policy_of(answer)["connect-src"] == "'self' http://localhost:8001"


def test_pages_are_never_stored_and_static_files_long(anonymous):
    page = anonymous.get("/sign-in")
    css = page.get_data(as_text=True).split('rel="stylesheet" href="')[1].split('"')[0]

    named = anonymous.get(css.replace("&amp;", "&"))
    unnamed = anonymous.get(css.split("?")[0])
    wrong = anonymous.get(css.split("?")[0] + "?v=000000000000")
    for answer in (named, unnamed, wrong):
        answer.close()

    assert page.headers["Cache-Control"] == "no-store"
    assert "?v=" in css
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in named.headers
    assert unnamed.headers["Cache-Control"] == wrong.headers["Cache-Control"] == "no-cache"


def test_only_https_is_promised_for_a_year_where_https_is_spoken(settings, tools, anonymous):
    secure = create_app(replace(settings, public_url="https://aubaine.example"), tools, [])

    answer = secure.test_client().get("/sign-in", base_url="https://aubaine.example")

    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in anonymous.get("/sign-in").headers


@pytest.mark.parametrize("path", ["/reset/some-word", "/join/some-word", "/brand/join/some-word"])
def test_a_page_whose_address_is_a_secret_tells_nobody(anonymous, path):
    answer = anonymous.get(path)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert 'name="referrer"' not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8000", "127.0.0.1:8000"]
)
def test_a_host_that_is_not_ours_is_refused(app, host):
    answer = app.test_client().get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"


def test_where_everything_is_on_one_machine_its_loopback_names_are_ours(settings, tools):
    app = create_app(replace(settings, embedded=True), tools, [])

    assert app.test_client().get("/sign-in", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_a_forwarded_address_is_believed_only_behind_as_many_proxies_as_there_are(settings, tools):
    plain, proxied = (create_app(replace(settings, proxy_hops=hops), tools, []) for hops in (0, 1))
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}

    ignored = plain.test_client().get("/sign-in", headers=forged)
    believed = proxied.test_client().get("/sign-in", headers=forged)

    assert ignored.status_code == 200
    assert believed.status_code == 400


def test_a_body_may_be_so_large_and_no_larger(anonymous):
    answer = anonymous.post("/sign-in", {"email": "a" * (access.BODY_BYTES_MAX + 1)})

    assert answer.status_code == 413


@pytest.fixture
def photograph(database, tools):
    with database.session() as session:
        style = factories.style(
            session, of=factories.collection(session, of=factories.brand(session))
        )
        row = factories.photograph(session, of=style)
    for width in ("400", "800", "1200"):
        tools.files.put(row.widths[width], b"\xff\xd8\xff picture " + width.encode())
    return row


@pytest.fixture
def address(app):
    def make(photograph_id, width):
        with app.test_request_context("/"):
            return photographs.shown_url(Picture(photograph_id, 1200, 1600, "", ""), width)

    return make


@pytest.mark.parametrize("realm", list(Realm))
def test_a_photograph_is_shown_to_whoever_is_signed_in(
    database, signed_in, photograph, address, realm
):
    with database.session() as session:
        if realm is Realm.MEMBER:
            account_id = factories.member(session).account_id
        elif realm is Realm.BRAND:
            account_id = factories.brand_user(session, of=factories.brand(session)).account_id
        else:
            account_id = factories.operator(session).id

    answer = signed_in(account_id).get(address(photograph.id, 600))

    assert answer.status_code == 200
    assert answer.data == b"\xff\xd8\xff picture 800"
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_photograph_is_not_shown_to_nobody(anonymous, photograph, address):
    assert anonymous.get(address(photograph.id, 800)).status_code == 404


def test_an_address_of_a_photograph_cannot_be_made_up(database, member_client, photograph, address):
    with database.session() as session:
        somebody = factories.member(session)
    client = member_client(somebody)
    good = address(photograph.id, 800)

    answers = [
        client.get(made_up).status_code
        for made_up in (good[:-1], good + "A", f"/photographs/{photograph.id}", "/photographs/x.y")
    ]

    assert answers == [404, 404, 404, 404]


def test_an_address_of_a_photograph_lapses(database, member_client, photograph, address, clock):
    with database.session() as session:
        somebody = factories.member(session)
    client = member_client(somebody)
    good = address(photograph.id, 800)
    clock.turn(days=3)

    assert client.get(good).status_code == 404


def test_the_width_that_is_enough_is_chosen(tools, photograph):
    keys = [
        asked.stored(tools, photograph_id=photograph.id, width=width)
        for width in (1, 400, 401, 1200, 9000)
    ]

    assert keys == [photograph.widths[width] for width in ("400", "400", "800", "1200", "1200")]


def test_a_browser_that_reads_avif_gets_it_and_others_what_all_can_read(
    database, tools, member_client, photograph, address
):
    with database.session() as session:
        somebody = factories.member(session)
        row = session.get(type(photograph), photograph.id)
        row.widths = {**row.widths, "800.avif": "p/avif"}
    tools.files.put("p/avif", b"\0\0\0\x1cftypavif and so on")
    client = member_client(somebody)

    dense = client.get(address(photograph.id, 800), headers={"Accept": "image/avif,image/webp,*/*"})
    plain = client.get(address(photograph.id, 800), headers={"Accept": "*/*"})

    assert (dense.content_type, dense.data[4:12]) == ("image/avif", b"ftypavif")
    assert plain.content_type == "image/jpeg"
    assert "Accept" in dense.headers["Vary"]
    assert "Accept" in plain.headers["Vary"]
