"""Calls to addresses that strangers name, against real servers on this machine."""

from __future__ import annotations

import socket
import ssl
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from marketplace.domain.outward import AddressRefused
from marketplace.gateways.outward import ANSWER_BYTES_MAX, REDIRECTS_MAX, OutwardCalls
from marketplace.toolbox import Fetched, GatewayRefusal, GatewayTrouble

PUBLIC = "93.184.216.34"
JPEG = frozenset(("image/jpeg",))
BYTES_MAX = 100_000


PAGES = {
    "/photograph": (200, b"p" * 90_000, {"kind": "image/jpeg; charset=binary"}),
    "/page": (200, b"<p>", {"kind": "text/html"}),
    "/large": (200, b"p" * (BYTES_MAX + 1), {"kind": "image/jpeg"}),
    "/short": (200, b"p" * 10, {"kind": "image/jpeg", "declared": 20}),
    "/packed": (200, b"p", {"kind": "image/jpeg", "Content-Encoding": "gzip"}),
    "/moved": (301, b"", {"Location": "/photograph"}),
    "/round": (302, b"", {"Location": "/round"}),
    "/inside": (302, b"", {"Location": "https://169.254.169.254/latest/meta-data/"}),
}
"""What is answered to a GET: status, body, headers."""


class Stranger(ThreadingHTTPServer):
    """A server of somebody else's: remembers what it was told, answers as its path says."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.told = []
        self.over = Event()

    def url(self, path, scheme="http", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.server_port}{path}"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers), body))
        if self.path == "/drips":
            return self.drip(b"HTTP/1.1 200 OK\r\n")
        if self.path == "/moved":
            return self.say(302, b"", Location=self.server.url("/elsewhere"))
        if self.path == "/nonsense":
            return self.wfile.write(b"how do you do\r\n\r\n")
        return self.say(200, b"a" * (ANSWER_BYTES_MAX * 3))

    def do_GET(self):
        self.server.told.append((self.path, dict(self.headers), b""))
        if self.path == "/drips":
            self.drip(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        elif self.path == "/endless":
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.end_headers()
            self.drip(b"p", step=b"p" * BYTES_MAX)
        else:
            status, body, more = PAGES.get(self.path, (404, b"", {}))
            self.say(status, body, **more)

    def say(self, status, body, *, kind="text/plain", declared=None, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if declared is None else declared))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, start, *, step=b"X"):
        """A byte now and then, so that no single wait is ever too long."""
        self.wfile.write(start)
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(step)
            except OSError:
                return

    def log_message(self, *_):
        pass


@contextmanager
def serving(server):
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def stranger():
    with serving(Stranger()) as server:
        yield server


@pytest.fixture
def trusting():
    """Calls as on a machine where both sides are one's own."""
    return OutwardCalls(anywhere=True)


@pytest.fixture
def answered(monkeypatch):
    """Lets names stand for what a test says; what was asked."""
    asked = []
    as_it_is = socket.getaddrinfo

    def arrange(*answers):
        left = list(answers)

        def look_up(host, port, *given, **more):
            if host.replace(".", "").isdecimal():
                return as_it_is(host, port, *given, **more)
            asked.append(host)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return arrange


@pytest.fixture
def connected(monkeypatch):
    """Where connections were made to; none is."""
    made = []

    def note(address, timeout=None):
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", note)
    return made


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["169.254.169.254"], ["10.0.0.7"], ["::1"], [PUBLIC, "192.168.0.1"]],
)
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
    answered, connected, tmp_path, addresses
):
    answered(addresses)
    calls = OutwardCalls()

    for call in (
        lambda: calls.check("https://shop.example/hook"),
        lambda: calls.send("https://shop.example/hook", body=b"{}", headers={}),
        lambda: calls.fetch(
            "https://shop.example/a.jpg", tmp_path / "a", bytes_max=BYTES_MAX, kinds=JPEG
        ),
    ):
        with pytest.raises(AddressRefused) as no:
            call()
        assert no.value.facts["reason"] == "not_public"
    assert connected == []


def test_a_name_that_answers_otherwise_a_moment_later_leads_nowhere_else(answered, connected):
    asked = answered([PUBLIC], ["127.0.0.1"])

    with pytest.raises(GatewayTrouble, match="no_connection"):
        OutwardCalls().send("https://shop.example/hook", body=b"{}", headers={})

    assert asked == ["shop.example"]
    assert connected == [(PUBLIC, 443)]


def test_an_address_that_was_taken_is_looked_at_again_when_it_is_called(answered, connected):
    answered([PUBLIC], ["127.0.0.1"])
    calls = OutwardCalls()
    calls.check("https://shop.example/hook")

    with pytest.raises(AddressRefused):
        calls.send("https://shop.example/hook", body=b"{}", headers={})

    assert connected == []


def test_a_name_that_nobody_goes_by_is_refused(monkeypatch):
    def nobody(*_arguments, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "nobody")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    with pytest.raises(AddressRefused) as no:
        OutwardCalls().check("https://nobody.example/")

    assert no.value.facts == {"reason": "unknown_host", "host": "nobody.example"}


def test_a_message_arrives_as_it_was_sent_and_its_answer_is_read_in_part(stranger, trusting):
    reply = trusting.send(
        stranger.url("/hook?a=1"), body=b'{"a":1}', headers={"Content-Type": "application/json"}
    )

    ((path, headers, body),) = stranger.told
    assert (path, body) == ("/hook?a=1", b'{"a":1}')
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{stranger.server_port}"
    assert (reply.status, len(reply.start)) == (200, ANSWER_BYTES_MAX)


def test_a_message_follows_no_redirect(stranger, trusting):
    reply = trusting.send(stranger.url("/moved"), body=b"{}", headers={})

    assert reply.status == 302
    assert [path for path, _headers, _body in stranger.told] == ["/moved"]


def test_whoever_drips_is_cut_off(stranger, tmp_path):
    calls = OutwardCalls(anywhere=True, seconds=1)
    file = tmp_path / "a.jpg"

    with pytest.raises(GatewayTrouble, match="slow"):
        calls.send(stranger.url("/drips"), body=b"{}", headers={})
    with pytest.raises(GatewayTrouble, match="slow"):
        calls.fetch(stranger.url("/drips"), file, bytes_max=BYTES_MAX, kinds=JPEG)

    assert not file.exists()


def test_an_answer_that_is_none_is_trouble(stranger, trusting):
    with pytest.raises(GatewayTrouble, match="unreadable"):
        trusting.send(stranger.url("/nonsense"), body=b"{}", headers={})


def test_a_line_break_in_a_header_is_not_sent(stranger, trusting):
    with pytest.raises(GatewayTrouble, match="unreadable"):
        trusting.send(stranger.url("/hook"), body=b"{}", headers={"X-A": "1\r\nX-B: 2"})

    assert stranger.told == []


@pytest.mark.parametrize("path", ["/photograph", "/moved"])
def test_a_photograph_is_fetched_into_a_file(stranger, trusting, tmp_path, path):
    file = tmp_path / "a.jpg"

    fetched = trusting.fetch(stranger.url(path), file, bytes_max=BYTES_MAX, kinds=JPEG)

    assert fetched == Fetched("image/jpeg", 90_000)
    assert file.read_bytes() == b"p" * 90_000


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/page", "kind"),
        ("/packed", "kind"),
        ("/large", "too_large"),
        ("/endless", "too_large"),
        ("/missing", "status_404"),
        ("/round", "redirects"),
    ],
)
def test_what_is_no_such_file_is_refused_and_leaves_nothing(
    stranger, trusting, tmp_path, path, code
):
    file = tmp_path / "a.jpg"

    with pytest.raises(GatewayRefusal) as no:
        trusting.fetch(stranger.url(path), file, bytes_max=BYTES_MAX, kinds=JPEG)

    assert no.value.code == code
    assert not file.exists()
    assert len(stranger.told) <= REDIRECTS_MAX + 1


def test_a_file_that_breaks_off_is_trouble_and_leaves_nothing(stranger, trusting, tmp_path):
    file = tmp_path / "a.jpg"

    with pytest.raises(GatewayTrouble, match="unreadable"):
        trusting.fetch(stranger.url("/short"), file, bytes_max=BYTES_MAX, kinds=JPEG)

    assert not file.exists()


def test_a_redirect_is_looked_at_like_the_first_address(stranger, tmp_path, monkeypatch):
    calls = OutwardCalls(anywhere=True)
    real = calls._addresses

    def strict_after_the_first(place):
        calls._anywhere = False
        return real(place) if place.host != "127.0.0.1" else ("127.0.0.1",)

    monkeypatch.setattr(calls, "_addresses", strict_after_the_first)

    with pytest.raises(AddressRefused) as no:
        calls.fetch(stranger.url("/inside"), tmp_path / "a", bytes_max=BYTES_MAX, kinds=JPEG)

    assert no.value.facts["reason"] == "not_public"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate for ``shop.example``, signed by nobody but itself."""
    folder = tmp_path_factory.mktemp("certificate")
    key, papers = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        (
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=shop.example"),
            *("-addext", "subjectAltName=DNS:shop.example"),
            *("-keyout", str(key), "-out", str(papers)),
        ),
        check=True,
        capture_output=True,
    )
    return key, papers


@pytest.fixture
def ciphered(certificate):
    key, papers = certificate
    server = Stranger()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield server


@pytest.mark.parametrize(
    ("host", "known", "outcome"),
    [("shop.example", True, 200), ("other.example", True, "tls"), ("shop.example", False, "tls")],
)
def test_over_https_the_name_is_proven_though_the_connection_goes_to_an_address(
    ciphered, certificate, answered, host, known, outcome
):
    answered(["127.0.0.1"])
    context = ssl.create_default_context(cafile=certificate[1] if known else None)
    calls = OutwardCalls(anywhere=True, context=context)

    try:
        found = calls.send(ciphered.url("/hook", "https", host), body=b"{}", headers={}).status
    except GatewayTrouble as trouble:
        found = str(trouble)

    assert found == outcome
    assert len(ciphered.told) == (1 if outcome == 200 else 0)
