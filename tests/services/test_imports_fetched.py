"""Photographs that a file names by their addresses, fetched from a real server once the file is let in."""

from __future__ import annotations

import io
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image

from marketplace.gateways.outward import OutwardCalls
from marketplace.queries import import_desk
from marketplace.services import imports
from tests.import_scenes import HEADER, Desk, opened


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), colour).save(out, "JPEG")
    return out.getvalue()


PAGES = {
    "/a/1.jpg": ("image/jpeg", picture("navy")),
    "/b/1.jpg": ("image/jpeg", picture("red")),
    "/page.jpg": ("text/html", b"<p>sign in first"),
    "/broken.jpg": ("image/jpeg", picture("green")[:400]),
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        kind, body = PAGES.get(self.path, ("", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        running.asked = []
        running.url = f"http://127.0.0.1:{running.server_port}"
        Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(
        database, replace(tools, outward=OutwardCalls(anywhere=True, seconds=3)), tmp_path
    )


def listed(server, *paths: str) -> str:
    rows = "".join(
        f"K{number};Knit;Navy;M;K{number};4;120,00;PT;FW25;{path if '://' in path else server.url + path}\n"
        for number, path in enumerate(paths, start=1)
    )
    return f"{HEADER};Image\n{rows}"


def ends(desk: Desk, number: int) -> list[tuple[str, str | None]]:
    shown = import_desk.photographs(desk.brand, import_id=number).photographs
    ended = {each.style_code: each.problem.code if each.problem else None for each in shown}
    return sorted(ended.items())


def test_nothing_is_called_before_the_file_is_let_in(desk, server):
    number = desk.previewed(desk.file(listed(server, "/a/1.jpg")))

    shown = import_desk.photographs(desk.brand, import_id=number).photographs
    assert [(each.style_code, each.waits) for each in shown] == [("K1", True)]
    assert server.asked == []


def test_each_photograph_is_fetched_and_hung_or_has_its_own_reason(database, desk, server):
    number = desk.imported(
        desk.file(listed(server, "/a/1.jpg", "/b/1.jpg", "/gone.jpg", "/page.jpg", "/broken.jpg"))
    )

    assert ends(desk, number) == [
        ("K1", None),
        ("K2", None),
        ("K3", "photograph_unreachable"),
        ("K4", "photograph_kind"),
        ("K5", "photograph_damaged"),
    ]
    assert database.rows(
        "SELECT s.code, p.width, p.filename LIKE '127.0.0.1:%/1.jpg' FROM photographs p"
        " JOIN styles s ON s.id = p.style_id ORDER BY s.code"
    ) == [("K1", 600, True), ("K2", 600, True)]
    assert database.value("SELECT state FROM imports") == "finished"


def test_the_same_addresses_in_the_next_file_are_not_called_again(database, desk, server):
    text = listed(server, "/a/1.jpg")
    desk.imported(desk.file(text))

    number = desk.imported(desk.file(text.replace(";4;", ";5;")))

    assert server.asked == ["/a/1.jpg"]
    assert ends(desk, number) == [("K1", None)]
    assert database.value("SELECT count(*) FROM photographs") == 1


def test_a_worker_killed_while_fetching_goes_on_with_the_rest(database, desk, server, monkeypatch):
    number = desk.previewed(desk.file(listed(server, "/a/1.jpg", "/b/1.jpg")))
    imports.confirm(desk.brand, import_id=number)
    imports.apply(desk.worker, import_id=number)
    monkeypatch.setattr(imports.drawing, "ADDRESSES_PER_ROUND_MAX", 1)
    fetched, calls = imports.drawing.fetching.fetched, []

    def dies_second(tools, url):
        calls.append(url)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fetched(tools, url)

    monkeypatch.setattr(imports.drawing.fetching, "fetched", dies_second)
    with pytest.raises(KeyboardInterrupt):
        imports.draw(desk.worker, import_id=number)
    imports.draw(desk.worker, import_id=number)

    assert server.asked == ["/a/1.jpg", "/b/1.jpg"]
    assert database.value("SELECT count(*) FROM photographs") == 2


@pytest.mark.parametrize(
    "address", ["http://93.184.216.34/a.jpg", "https://127.0.0.1/a.jpg", "https://[::1]/a.jpg"]
)
def test_the_house_s_own_surroundings_are_never_called(database, tools, tmp_path, server, address):
    desk = opened(database, replace(tools, outward=OutwardCalls(seconds=2)), tmp_path)

    number = desk.imported(desk.file(listed(server, address)))

    assert ends(desk, number) == [("K1", "photograph_address")]
    assert database.value("SELECT count(*) FROM photographs") == 0
