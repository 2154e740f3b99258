"""A wire carries, hesitates, swallows, and loses answers to what was done."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.chaos.wires import State, Wire

PATIENCE_SECONDS = 20


@pytest.fixture
def heard():
    """What the far end was asked."""
    return []


def spoken(heard, talk):
    """Hold ``talk`` with an echo at the far end of a wire; what came of it."""

    async def echo(asked, answers):
        while word := await asked.readline():
            heard.append(word)
            answers.write(word)
        answers.close()

    async def course():
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        wire = Wire(lambda: server.sockets[0].getsockname()[1])
        asked, says = await asyncio.open_connection("127.0.0.1", await wire.open())
        try:
            return await asyncio.wait_for(talk(wire, asked, says), PATIENCE_SECONDS)
        finally:
            says.close()
            await wire.close()
            server.close()

    # In a thread of its own: a browser's test before this one leaves its loop running.
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(lambda: asyncio.run(course())).result()


def test_a_sound_wire_carries_both_ways(heard):
    async def talk(_wire, asked, says):
        says.write(b"hello\n")
        return await asked.readline()

    assert spoken(heard, talk) == b"hello\n"


def test_a_slow_wire_carries_all_the_same(heard):
    async def talk(wire, asked, says):
        wire.become(State.SLOW)
        says.write(b"hello\n")
        return await asked.readline()

    assert spoken(heard, talk) == b"hello\n"


def test_what_a_dark_wire_was_given_arrives_when_it_is_light_again(heard):
    async def talk(wire, asked, says):
        wire.become(State.DARK)
        says.write(b"hello\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked.readline(), 0.2)
        before = list(heard)
        wire.become(State.SOUND)
        return before, await asked.readline()

    assert spoken(heard, talk) == ([], b"hello\n")


def test_a_deaf_wire_loses_the_answer_to_what_was_done(heard):
    async def talk(wire, asked, says):
        wire.become(State.DEAF)
        says.write(b"hello\n")
        return await asked.readline()

    assert spoken(heard, talk) == b""
    assert heard == [b"hello\n"]
