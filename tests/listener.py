"""A brand's endpoint on this machine: remembers what it was told, answers as it is bid."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Listener:
    """``answers`` are given in turn, the last one for ever; ``told`` are headers and body of each message."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening():
    listener = Listener()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.told.append((dict(self.headers), body))
            answers = listener.answers
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    listener.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
