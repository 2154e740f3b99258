"""The loop before a WSGI application: it is told what any server would tell it, and all it answers leaves."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import replace

import pytest

from marketplace.web import rsgi
from marketplace.web.app import behind_proxies
from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Answer, Front
from tests.doors import hand
from tests.doors.hand import Headers, Protocol, Scope

WHO = ContextVar("who", default="nobody")
LONG = 3_000_000


@pytest.fixture
def before():
    """The loop before a WSGI application, gone after the test."""
    made = []

    def make(app, **more):
        made.append(Front(Leaving(app), threads=2, **more))
        return made[-1]

    yield make
    for each in made:
        each.__rsgi_del__(None)


class Pieces:
    """An answer that comes in pieces and remembers that it was closed."""

    def __init__(self, *pieces, breaks=False):
        self.pieces = list(pieces)
        self.closed = 0
        self.breaks = breaks

    def __iter__(self):
        yield from self.pieces
        if self.breaks:
            raise ValueError

    def close(self):
        self.closed += 1


def saying(answer, *headers, status="200 OK"):
    """An application that gives this answer to everybody."""

    def app(_environ, start_response):
        start_response(status, list(headers))
        return answer

    return app


def told(front, scope=None, body=b"", **more):
    protocol = Protocol(body, **more)
    hand.asked(front, (scope or Scope(), protocol))
    return protocol


def test_a_request_is_described_as_wsgi_has_it():
    environ = rsgi.surroundings(
        Scope(
            "POST",
            "/café ☕/a\ufffdb",
            "q=%20&z=é",
            Headers(
                ("host", "aubaine.example"),
                ("content-type", "text/plain"),
                ("content-length", "3"),
                ("cookie", "a=1"),
                ("cookie", "b=2"),
                ("x-two", "1"),
                ("x-two", "2"),
            ),
            "https",
            client="[::1]:50000",
        )
    )

    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café ☕/a\ufffdb"
    assert {
        name: value
        for name, value in environ.items()
        if name.isupper() and name not in {"PATH_INFO", "GATEWAY_INTERFACE"}
    } == {
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "[::1]",
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": "q=%20&z=é",
        "HTTP_HOST": "aubaine.example",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "HTTP_COOKIE": "a=1;b=2",
        "HTTP_X_TWO": "1,2",
    }
    assert environ["wsgi.url_scheme"] == "https"


def test_a_host_may_be_named_as_http_2_does_and_strange_names_fill_no_memory():
    strange = Headers(*((f"x-{number}", "1") for number in range(2 * rsgi.NAMES_MAX)))

    environ = rsgi.surroundings(Scope(headers=strange, authority="aubaine.example"))

    assert environ["HTTP_HOST"] == "aubaine.example"
    assert environ["HTTP_X_999"] == "1"
    assert len(rsgi.NAMES) == rsgi.NAMES_MAX


def test_a_short_answer_leaves_whole_and_is_closed(before):
    pieces = Pieces(b"one ", b"", b"two")
    headers = (("Content-Length", "7"), ("X-Own", "1"))

    answer = told(before(saying(pieces, *headers, status="201 Created")))

    assert (answer.status, answer.headers, answer.pieces) == (201, list(headers), [b"one two"])
    assert pieces.closed == 1


@pytest.mark.parametrize("length", [None, str(LONG)])
def test_an_answer_that_is_long_or_of_unknown_length_leaves_piece_by_piece(before, length):
    pieces = Pieces(b"one", b"", b"two", b"three")
    headers = [("Content-Length", length)] if length else []

    answer = told(before(saying(pieces, *headers)))

    assert answer.pieces == [b"one", b"two", b"three"]
    assert pieces.closed == 1


def test_an_answer_without_a_word_is_an_answer(before):
    pieces = Pieces()

    answer = told(before(saying(pieces, status="204 No Content")))

    assert (answer.status, answer.body, pieces.closed) == (204, b"", 1)


def test_what_is_written_the_old_way_comes_first(before):
    def app(_environ, start_response):
        write = start_response("200 OK", [("Content-Length", "6")])
        write(b"one")
        return [b"two"]

    assert told(before(app)).body == b"onetwo"


def test_who_hangs_up_is_sent_no_more_and_the_answer_is_closed(before):
    pieces = Pieces(*[b"piece"] * 5)

    with pytest.raises(hand.Gone):
        told(before(saying(pieces)), hangs_up_after=2)

    assert pieces.closed == 1


@pytest.mark.parametrize("headers", [(), (("Content-Length", "9"),)])
def test_an_answer_that_breaks_off_is_closed_and_the_trouble_told(before, headers):
    pieces = Pieces(b"piece", breaks=True)

    with pytest.raises(ValueError, match=r"^$"):
        told(before(saying(pieces, *headers)))

    assert pieces.closed == 1


def test_a_file_is_read_in_large_pieces(before, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * LONG)

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", str(LONG))])
        return environ["wsgi.file_wrapper"](path.open("rb"), 10)

    answer = told(before(app))

    assert answer.body == path.read_bytes()
    assert len(answer.pieces[0]) == rsgi.PIECE_BYTES


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.mark.parametrize("size", [0, 3, rsgi.READ_AHEAD_BYTES_MAX, 900_000])
@pytest.mark.parametrize("told_before", [True, False])
def test_a_body_is_read_to_its_end_whether_its_length_is_told_or_not(before, size, told_before):
    body = bytes(range(256)) * (size // 256) + b"!" * (size % 256)
    headers = ("content-length", str(size)) if told_before else ("transfer-encoding", "chunked")

    answer = told(before(echo), Scope("POST", headers=Headers(headers)), body)

    assert answer.body == body


def test_what_announces_no_body_is_not_waited_for_over_http_1_and_is_over_http_2(before):
    front = before(echo)

    assert told(front, Scope("POST"), b"a body").body == b""
    assert told(front, Scope("POST", http_version="2"), b"a body").body == b"a body"
    assert told(front, Scope("GET", http_version="2"), b"a body").body == b""


def test_a_long_body_that_nobody_reads_is_not_received(before):
    scope = Scope("POST", headers=Headers(("content-length", str(LONG))))
    protocol = Protocol(b"x" * LONG)

    hand.asked(before(saying([b"no"], ("Content-Length", "2"))), (scope, protocol))

    assert (protocol.body, len(protocol._body)) == (b"no", LONG)


def test_a_part_of_a_long_body_is_received_as_it_is_read(before):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "3")])
        return [environ["wsgi.input"].read(3)]

    scope = Scope("POST", headers=Headers(("content-length", str(LONG))))
    protocol = Protocol(b"abc" + b"x" * LONG)
    hand.asked(before(app), (scope, protocol))

    assert protocol.body == b"abc"
    assert len(protocol._body) >= LONG - 2 * rsgi.PIECE_BYTES


def test_a_body_that_is_broken_off_is_a_connection_that_is_lost(before):
    scope = Scope("POST", headers=Headers(("transfer-encoding", "chunked")))

    with pytest.raises(ConnectionResetError):
        told(before(echo), scope, hand.BROKEN_OFF)


def test_requests_do_not_see_each_others_surroundings(before):
    meeting = threading.Barrier(2)

    def app(environ, start_response):
        found = WHO.get()
        WHO.set(environ["PATH_INFO"])
        start_response("200 OK", [])

        def pieces():
            meeting.wait(30)
            yield f"{found} {WHO.get()}".encode()

        return pieces()

    front = before(app)
    bodies = []
    for _ in range(2):  # so that each thread is somebody's second
        first, second = Protocol(), Protocol()
        hand.asked(front, (Scope(path="/1"), first), (Scope(path="/2"), second))
        bodies.append((first.body, second.body))

    assert set(bodies) == {(b"nobody /1", b"nobody /2")}


class Quick:
    """Answers what is asked at /quick; remembers how the visitor was described."""

    def __init__(self):
        self.tools = self
        self.clients = []

    def covers(self, path):
        return path.startswith("/quick")

    def asking(self, environ):
        WHO.set(environ["PATH_INFO"])
        self.clients.append(environ["REMOTE_ADDR"])
        yield "a question"
        if environ["PATH_INFO"] == "/quick":
            return Answer(200, [("X-Who", WHO.get())], b"quick")
        return None

    async def awaited(self, asked, within):
        try:
            within.run(next, asked)
            within.run(asked.send, "an answer")
        except StopIteration as end:
            return end.value

    def behind(self, _environ, start_response):
        start_response("200 OK", [("Content-Length", "6"), ("X-Who", WHO.get())])
        return [b"behind"]


def seen(environ, _start_response):
    environ["REMOTE_ADDR"] = "192.0.2.1"


def test_what_is_quick_is_answered_first_and_what_it_leaves_is_asked_behind_it(before):
    quick = Quick()
    front = before(saying([b"whole"], ("Content-Length", "5")), quick=quick, seen=seen)

    answers = [told(front, Scope(path=path)) for path in ("/quick", "/quick/not", "/other")]

    assert [each.body for each in answers] == [b"quick", b"behind", b"whole"]
    assert [each.headers[-1] for each in answers[:2]] == [
        ("X-Who", "/quick"),
        ("X-Who", "/quick/not"),
    ]
    assert quick.clients == ["192.0.2.1", "192.0.2.1"]
    assert WHO.get() == "nobody"


def test_visitors_are_seen_through_the_houses_proxies(settings):
    environ = rsgi.surroundings(
        Scope(
            headers=Headers(
                ("host", "10.0.0.2"),
                ("x-forwarded-for", "203.0.113.9, 203.0.113.7"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "aubaine.example"),
            )
        )
    )

    behind_proxies(replace(settings, proxy_hops=1), rsgi.nobody)(environ, None)

    named = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")
    assert [environ[name] for name in named] == ["203.0.113.7", "https", "aubaine.example"]


def test_who_goes_says_so_at_every_address(before):
    quick = Quick()
    app = Leaving(saying([b"whole"], ("Content-Length", "5")))
    front = Front(app, threads=1, quick=quick)
    app.go()

    answers = [told(front, Scope(path=path)) for path in ("/quick", "/health")]
    front.__rsgi_del__(None)

    assert answers[0].body == b"whole"
    assert ("connection", "close") in answers[0].headers
    assert answers[1].status == 503
    assert quick.clients == []
