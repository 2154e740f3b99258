"""Documents that somebody gave: always handed over to be kept, never shown as a page of ours."""

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
