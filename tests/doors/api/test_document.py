"""The published document, held against the door by a machine that reads it: what it promises is what is answered."""

from __future__ import annotations

import itertools
import re
from http import HTTPStatus

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks

from marketplace.domain.keys import Scope
from tests.architecture import brand_scene

EXAMPLES = 4
"""Of each kind for each address: enough to find what is written down wrongly, in seconds."""
DEEDS = itertools.count(1)

load_all_checks()
EXPLAINED = {
    "positive_data_acceptance": (
        "a well-formed request is refused where its thing is not there, or not in a state for it"
    ),
    "use_after_free": "nothing is ever deleted here",
    "ensure_resource_availability": "nothing is made and looked up without a worker in between",
}
"""Checks that do not apply, and why."""


@pytest.fixture
def ours(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Ours")


@pytest.fixture
def document(app):
    found = schemathesis.openapi.from_wsgi("/api/brand/v1/openapi.json", app)
    found.config.generation.update(modes=list(schemathesis.GenerationMode))
    return found


def test_the_door_keeps_what_its_document_promises(document, machine, ours):
    words = machine(ours.owner).words
    checks = [check for check in CHECKS.get_all() if check.__name__ not in EXPLAINED]
    asked, answered = set(), set()

    for result in document.get_all_operations():
        assert result.__class__.__name__ == "Ok", result.err()
        operation = result.ok()
        asked.add(operation.label)
        for mode in schemathesis.GenerationMode:
            own = {name: ours.ids[name] for name in named_in(operation)} if mode.is_positive else {}
            answered |= _held(operation, mode, words, checks, own)

    assert len(asked) == 22
    assert {label for label in asked if label.startswith("GET")} == answered


def named_in(operation):
    """The things of the brand that an address names: with them, there is something to be answered."""
    return re.findall(r"{(\w+)}", operation.path)


def _held(operation, mode, words, checks, own):
    """The operation's name, if a question was answered at least once."""
    found = set()
    more = {"path_parameters": own} if own else {}
    strategy = operation.as_strategy(generation_mode=mode, **more)

    @seed(20261124)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def hold(case):
        case.headers["Authorization"] = f"Bearer {words}"
        if mode.is_positive and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"deed-{next(DEEDS)}"
        answer = case.call_and_validate(checks=checks)
        if answer.status_code == HTTPStatus.OK and operation.method.upper() == "GET":
            found.add(operation.label)

    hold()
    return found


def test_every_scope_opens_something(document):
    named = {
        operation.definition.raw["description"].split("`")[1]
        for operation in (each.ok() for each in document.get_all_operations())
    }

    assert named == {str(scope) for scope in Scope}
