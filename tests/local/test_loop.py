"""The house on granian's event loop and on its threads: the same requests over the wire, and the same answers."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from marketplace.local import children, ports
from marketplace.local.state import ROOT
from tests import factories
from tests.benchmarks import stand as stands
from tests.local import kin, slow

pytestmark = pytest.mark.slow

OWN = re.compile(
    r"nonce-[\w-]+|nonce=\"[^\"]+\"|value=\"[^\"]+\"|data-server-now=\"[^\"]+\"|[0-9a-f]{32}"
)
"""What differs each time somebody asks."""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
UNITS, MEMBERS = 5, 40


class Both:
    """The same house behind both interfaces."""

    def __init__(self, stand, threads_url):
        self.stand = stand
        self.urls = (stand.web, threads_url)
        self.visitors = stand.invite(MEMBERS)
        with stand.session() as session:
            sale, (item,) = factories.open_sale(session, units=UNITS)
            self.ref, self.item = sale.ref, item.id

    def told(self, ask):
        """What ``ask`` is told at each of them."""
        return [self.once(url, ask) for url in self.urls]

    def once(self, url, ask):
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            ask(connection)
            answer = connection.getresponse()
            body = answer.read()
        headers = sorted(
            (name.lower(), OWN.sub("", value))
            for name, value in answer.getheaders()
            if name.lower() not in {"date", "x-request-id", "set-cookie", "connection"}
        )
        try:
            return answer.status, headers, OWN.sub("", body.decode())
        except UnicodeDecodeError:
            return answer.status, headers, body


@pytest.fixture(scope="module")
def both():
    with stands.standing() as stand:
        web, _ = children.doors(stand.surroundings)
        port = str(stand.surroundings.ports["empty"])
        changed = {
            "rsgi": "wsgi",
            "wsgi:front": "wsgi:app",
            str(stand.surroundings.ports["web"]): port,
        }
        threads = replace(
            web,
            name="threads",
            command=(*(changed.get(word, word) for word in web.command), "--blocking-threads", "8"),
            environment={
                name: value for name, value in web.environment.items() if name != "METRICS_PORT"
            },
        )
        url = f"http://localhost:{port}"
        with stands.serving(threads, stand, f"{url}/static/icon.svg"):
            yield Both(stand, url)


def asking(method, path, body=None, /, *, host="localhost:80", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def ask(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host)
        for name, value in named.items():
            for each in value if isinstance(value, tuple) else (value,):
                connection.putheader(name, each)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)

    return ask


def in_chunks(path, body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def ask(connection):
        pieces = (body[at : at + 7_000] for at in range(0, len(body), 7_000))
        sent = {"Host": "localhost:80", "Transfer-Encoding": "chunked", **named}
        connection.request("POST", path, pieces, sent, encode_chunked=True)

    return ask


FONT = next(iter(sorted((ROOT / "marketplace/web/static").rglob("*.woff2"))))
FONT_PATH = f"/static/{FONT.relative_to(ROOT / 'marketplace/web/static')}"
FORGED = b"email=a%40example.org&password=b&csrf_token=none"
ASKED = {
    "the first page": asking("GET", "/"),
    "its head alone": asking("HEAD", "/sign-in"),
    "nothing there": asking("GET", "/sales/none-of-this-name"),
    "a path in other letters": asking("GET", "/caf%C3%A9%20%E2%98%95/%2e%2e/%2F"),
    "a path that is no text": asking("GET", "/%ff%fe"),
    "a question with signs": asking("GET", "/sign-in?next=%2Fbag&x=%C3%A9+%20"),
    "another language": asking("GET", "/sign-in", Accept_Language="fr-FR,fr;q=0.9"),
    "a sheet": asking("GET", "/static/css/door-member.css", Accept_Encoding="gzip"),
    "a font": asking("GET", FONT_PATH),
    "a font's head": asking("HEAD", FONT_PATH),
    "a part of a font": asking("GET", FONT_PATH, Range="bytes=100-299"),
    "a foreign host": asking("GET", "/", host="elsewhere.example"),
    "a method that is not allowed": asking("DELETE", "/sign-in"),
    "a form without its token": asking("POST", "/sign-in", FORGED, **FORM),
    "the same in chunks": in_chunks("/sign-in", FORGED, **FORM),
    "a form as large as may be": asking("POST", "/sign-in", b"a=" + b"x" * 900_000, **FORM),
    "a form that says it is too large": asking(
        "POST", "/sign-in", **FORM, Content_Length="2000000"
    ),
    "many headers": asking("GET", "/sign-in", **{f"X_Own_{n}": "1" for n in range(60)}),
}


@pytest.mark.parametrize("what", ASKED)
def test_what_is_asked_over_the_wire_is_answered_the_same(both, what):
    loop, threads = both.told(ASKED[what])

    assert loop == threads
    assert loop[0] in {200, 206, 302, 303, 400, 403, 404, 405, 413}
    assert any(name == "content-security-policy" for name, _ in loop[1])


def test_health_is_told_by_both(both):
    assert [status for status, _, _ in both.told(asking("GET", "/health"))] == [200, 200]


def test_cookies_in_several_headers_are_one_browsers(both):
    visitor = both.visitors[0]
    ask = asking("GET", f"/sales/{both.ref}", Cookie=("first=1", visitor.cookie, "last=2"))

    for _ in range(2):  # the first is written by the application, the second comes from the loop
        loop, threads = both.told(ask)

        assert loop == threads
        assert loop[0] == 200
    stock = both.told(asking("GET", f"/sales/{both.ref}/stock", Cookie=visitor.cookie))
    assert stock[0] == stock[1]


def test_a_crowd_at_both_holds_what_there_is_and_not_one_more(both):
    def hold(number):
        visitor = both.visitors[number]
        body = f"item={both.item}&style=1&key={visitor.key}&csrf_token={visitor.token}".encode()
        headers = {**FORM, "Cookie": visitor.cookie, "Accept": "application/json"}
        ask = asking("POST", f"/sales/{both.ref}/holds", body, **headers)
        return both.once(both.urls[number % 2], ask)[0]

    with ThreadPoolExecutor(MEMBERS) as people:
        statuses = list(people.map(hold, range(MEMBERS)))

    assert sorted(statuses) == [201] * UNITS + [409] * (MEMBERS - UNITS)


# One server alone, and how it ends


@pytest.fixture
def server():
    """A server of slow answers with four threads, as the house's is started, and its port."""
    port = ports.free()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "marketplace.web.server", "--interface", "rsgi"),
            *("--workers", "1", "--workers-kill-timeout", "20", "--no-ws"),
            *("--port", str(port), "slow:front"),
        ],
        cwd=Path(slow.__file__).parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DRAIN_SECONDS": "0"},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    kin.eventually(lambda: ports.answers(port))
    yield process, port
    below = kin.descendants(process.pid)
    process.terminate()
    process.wait(30)
    assert kin.survivors(below) == {}


def get(port, path):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.parametrize(("path", "due"), [("/slow", 4), ("/pieces", slow.PIECES * 65_536)])
def test_what_was_begun_is_answered_before_the_end(server, path, due):
    process, port = server
    with ThreadPoolExecutor(1) as people:
        answer = people.submit(get, port, path)
        time.sleep(slow.SECONDS / 3)
        process.send_signal(signal.SIGTERM)
        status, body = answer.result()

    assert (status, len(body)) == (200, due)
    assert process.wait(30) == 0


def test_people_who_hang_up_keep_no_thread(server):
    _, port = server
    for path, sent in (("/body", b"x" * 200_000), ("/pieces", b"")):
        for _ in range(12):
            length = 1_000_000 if sent else 0
            with socket.create_connection(("127.0.0.1", port)) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
                connection.sendall(head.encode() + sent)
                connection.recv(1) if not sent else time.sleep(0.02)

    assert get(port, "/")[0] == 200
    assert get(port, "/slow")[0] == 200


def test_people_who_hang_up_while_they_wait_are_not_served(server):
    _, port = server
    with ThreadPoolExecutor(4) as people:
        slow_ones = [people.submit(get, port, "/slow") for _ in range(4)]
        time.sleep(slow.SECONDS / 5)
        for _ in range(12):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(b"GET /left HTTP/1.1\r\nHost: a\r\n\r\n")
                time.sleep(0.01)
        assert [each.result()[0] for each in slow_ones] == [200] * 4

    assert get(port, "/seen") == (200, b"0")


def test_a_server_that_goes_says_so_and_closes_each_connection(server):
    process, port = server
    (worker,) = [pid for pid in kin.descendants(process.pid) if "granian" not in str(pid)][-1:]
    os.kill(worker, signal.SIGUSR1)

    kin.eventually(lambda: get(port, "/health")[0] == 503)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()

    assert (answer.status, answer.getheader("connection")) == (200, "close")
