"""Each deed is done once: the name that a machine gives it leads back to the first answer."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, g, request

from marketplace.api.hanging import DEED, door
from marketplace.domain.replies import BODY_LENGTH_MAX, KEY_LENGTH_MAX, DeedUnnamed, Reply
from marketplace.services import replies
from marketplace.web import bearer

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

REPLAYED = "Idempotency-Replayed"
NOT_KEPT = frozenset((HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
"""Answers that say nothing of the deed itself; asked for again, it is tried again. So are faults of ours."""


@door.before_request  # type: ignore[untyped-decorator]  # the library ships no types
def begin() -> Response | None:
    """Before each deed: begin it, or give the first answer again."""
    if request.method != "POST":
        return None
    key = request.headers.get(DEED, "")
    if not 0 < len(key) <= KEY_LENGTH_MAX or not all("!" <= letter <= "~" for letter in key):
        raise DeedUnnamed(most=KEY_LENGTH_MAX)
    known = replies.begin(bearer.tools(), key=key, fingerprint=_fingerprint())
    if known is not None:
        return _again(known)
    g.deed = key
    return None


@door.after_request  # type: ignore[untyped-decorator]  # the library ships no types
def finish(response: Response) -> Response:
    """After each deed that was begun here: keep its answer, unless it came to nothing through no fault of the asker."""
    key = g.pop("deed", None)
    if key is None:
        return response
    code = response.status_code
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code in NOT_KEPT:
        replies.drop(bearer.tools(), key=key)
        return response
    body = response.get_data(as_text=True)
    assert len(body) <= BODY_LENGTH_MAX, "a deed answers shortly"
    location = response.headers.get("Location", "")
    replies.finish(
        bearer.tools(), key=key, reply=Reply(code, response.content_type, location, body)
    )
    return response


def _again(known: Reply) -> Response:
    answer = Response(known.body, known.status, content_type=known.kind)
    answer.headers[REPLAYED] = "true"
    if known.location:
        answer.headers["Location"] = known.location
    return answer


def _fingerprint() -> bytes:
    """What was asked: address and content. Of files their names and bytes, for a form is written anew each time."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name!r} {value!r}\n".encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda each: each[0]):
            digest.update(f"{name!r} {file.filename!r} {_of_file(file).hex()}\n".encode())
    else:
        digest.update(request.get_data())
    return digest.digest()


def _of_file(file: FileStorage) -> bytes:
    found = hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]  # a binary stream
    file.stream.seek(0)
    return found
