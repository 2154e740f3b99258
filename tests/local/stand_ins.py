"""What the small tree's servers serve: a page, and a job that takes its time."""

from __future__ import annotations

import os
import time


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


def long_job(sign: str) -> None:
    with open(sign, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(str(os.getpid()))
    time.sleep(60)
