"""One running house for all journeys that leave it whole, one Chromium, and the files that brands send."""

import os
from pathlib import Path

import pytest

from tests.journeys import counter as counters
from tests.journeys import house as houses
from tests.journeys import looking, small, town
from tests.journeys.acts import Files
from tests.journeys.person import CHROMIUM, FLAGS, Person

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "supplier-files"
PICTURES = "JOURNEY_PICTURES"
"""Names a folder in which journeys leave photographs of their pages, to be looked at."""


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """A house without a demo: every process real, and one for all journeys, each of which brings its own people."""
    with houses.opened(tmp_path_factory.mktemp("house"), OUTWARD_ANYWHERE="1") as running:
        yield running


@pytest.fixture(scope="session")
def place(house, tmp_path_factory):
    """The town of the house: people who can sign in and scenes that are set without a click."""
    with town.of(house, tmp_path_factory.mktemp("town")) as standing:
        yield standing


@pytest.fixture(scope="module")
def counter(stores, template, tmp_path_factory):
    """The three doors on a database with a clock that can be turned."""
    with counters.opened(stores, template, tmp_path_factory.mktemp("counter")) as running:
        yield running


@pytest.fixture
def meet(chromium, house):
    """Meet somebody at a browser of their own; none of them may have had reason to complain."""
    met = []
    folder = os.environ.get(PICTURES)

    def meeting(name, **more):
        pictures = Path(folder) if folder and more.get("scripts", True) else None
        met.append(Person(chromium, house.url, name, pictures=pictures, **more))
        return met[-1]

    yield meeting
    complaints = [each for person in met for each in person.complaints]
    for person in met:
        person.leaves()
    assert complaints == []


@pytest.fixture
def sees():
    """Look at the page that somebody is on: what axe and a phone find wrong with it is told at the end."""
    found = []

    def looks(person, address):
        found.extend(looking.faults(person, address))

    yield looks
    assert found == []


@pytest.fixture(scope="session")
def own_files():
    """The project's own file in Magento's layout."""
    return small.OWN


@pytest.fixture(scope="session")
def brands_files(own_files):
    """A file as a brand really sent it, with its photographs; the project's own where it is absent."""
    if not SHARED.is_dir():
        return own_files
    return Files(
        sheet=SHARED / "magento-mens.csv",
        images=SHARED / "magento-mens-hoodies-images.zip",
        style="Chaz Kangeroo Hoodie",
        scarce="MH01-XS-Black",
        plenty="MH01-S-Black",
        styles=48,
        variants=630,
        photographs=60,
    )
