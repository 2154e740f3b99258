"""Documents handed over: what somebody gave us, never shown as a page of ours, and what the house writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import make_response

if TYPE_CHECKING:
    from flask import Response


def download(name: str, content: bytes) -> Response:
    """The file under its own name, as bytes without a kind: no browser opens it in our name."""
    answer = make_response(content)
    answer.mimetype = "application/octet-stream"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Security-Policy"] = "sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def written(name: str, content: bytes, kind: str) -> Response:
    """A file that the house wrote, to be kept under this name; ``kind`` is its media type."""
    answer = make_response(content)
    answer.content_type = kind
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def paper(name: str, content: bytes) -> Response:
    """A paper that the house printed, to be read at once or kept under this name."""
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
