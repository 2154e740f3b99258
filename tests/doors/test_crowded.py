"""A process that has no room: who is one too many is told so at once, and who left is not served any more."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace import words as words_of_the_house
from marketplace.web.crowded import turning_away
from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Front, surroundings
from tests.doors.hand import Headers, Protocol, Scope

PATIENCE = 20


class House:
    """An application that answers nobody before :meth:`open`, and remembers whom it was asked by."""

    def __init__(self):
        self.asked = []
        self.begun = threading.Semaphore(0)
        self._open = threading.Event()

    def open(self):
        self._open.set()

    def __call__(self, environ, start_response):
        self.asked.append(environ["PATH_INFO"])
        self.begun.release()
        assert self._open.wait(PATIENCE)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"told"]


@pytest.fixture
def house():
    return House()


def come(house, *people, threads=1, waiting=1):
    """Everybody comes, one after the other; the house answers once all of them are there. Their protocols."""
    front = Front(Leaving(house), threads=threads, waiting=waiting)
    protocols = [Protocol(leaves=leaves) for _, leaves in people]

    async def all_of_them():
        tasks = []
        for (path, _), protocol in zip(people, protocols, strict=True):
            tasks.append(asyncio.ensure_future(front.__rsgi__(Scope(path=path), protocol)))
            for _turn in range(5):
                await asyncio.sleep(0)
        for _begun in range(min(threads, len(people))):
            await asyncio.to_thread(house.begun.acquire)
        house.open()
        await asyncio.gather(*tasks)

    with ThreadPoolExecutor(1) as loop:
        loop.submit(asyncio.run, all_of_them()).result()
    front.__rsgi_del__(None)
    return protocols


def test_who_is_one_too_many_is_told_at_once_and_the_others_are_served(house):
    told = come(house, *[(f"/{n}", False) for n in range(5)], threads=1, waiting=2)

    assert [each.status for each in told] == [200, 200, 200, 503, 503]
    assert house.asked == ["/0", "/1", "/2"]
    assert ("retry-after", "5") in told[3].headers


def test_there_is_room_again_once_somebody_was_served(house):
    come(house, ("/0", False), ("/1", False))

    assert [each.status for each in come(house, ("/2", False), ("/3", False))] == [200, 200]


@pytest.mark.parametrize("path", ["/health", "/webhooks/stripe"])
def test_what_the_house_lives_by_has_room_when_nobody_else_has(house, path):
    told = come(house, ("/0", False), ("/1", False), ("/2", False), (path, False))

    assert [each.status for each in told] == [200, 200, 503, 200]


def test_who_left_before_their_turn_is_not_asked_for_any_more(house):
    told = come(house, ("/0", False), ("/1", True), ("/2", False), waiting=5)

    assert house.asked == ["/0", "/2"]
    assert [each.status for each in told] == [200, 0, 200]


def test_who_leaves_gives_their_place_in_the_line_to_the_next(house):
    told = come(house, ("/0", False), ("/1", True), ("/2", False), waiting=1)

    assert [each.status for each in told] == [200, 0, 200]


def test_what_was_begun_is_done_although_nobody_waits_for_it(house):
    told = come(house, ("/0", True), ("/1", False))

    assert house.asked == ["/0", "/1"]
    assert told[1].body == b"told"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Many are here at this moment"), ("fr-FR,fr;q=0.9", "Beaucoup de monde en ce moment")],
)
def test_people_read_a_page_of_the_house_in_their_language(settings, language, words):
    scope = Scope(headers=Headers(("accept-language", language), ("accept", "text/html")))

    told = turning_away(settings)(surroundings(scope))

    names = {name.lower(): value for name, value in told.headers}
    assert told.status == 503
    assert names["retry-after"] == "5"
    assert "default-src 'none'" in names["content-security-policy"]
    assert names["cache-control"] == "no-store"
    assert words in told.body.decode()


def test_writing_the_pages_leaves_the_language_as_it_was(settings):
    words_of_the_house.begin("en")

    turning_away(settings)

    assert words_of_the_house.locale() == "en"


def test_programs_read_a_code(settings):
    scope = Scope(headers=Headers(("accept", "application/json")))

    told = turning_away(settings)(surroundings(scope))

    assert ("Content-Type", "application/problem+json") in told.headers
    assert json.loads(told.body)["code"] == "busy"
    assert json.loads(told.body)["status"] == 503


def test_who_asks_for_nothing_in_particular_reads_english(settings):
    assert "Nothing was changed" in turning_away(settings)(surroundings(Scope())).body.decode()
