"""A brand's file and an operator's sale on a phone and at a desk, in both languages, with scripts and without."""

from datetime import timedelta

import pytest

from tests.journeys import acts, town
from tests.journeys.person import CHROMIUM
from tests.journeys.small import approved, few

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]


@pytest.fixture(scope="module")
def few_files(own_files, tmp_path_factory):
    return few(own_files, tmp_path_factory.mktemp("few"))


@town.EVERY_WAY
def test_a_brand_sends_its_list(meet, place, few_files, way):
    with place.house.session() as session:
        of = town.factories.brand(session)
        email = _email(session, place.brand_user(session, of=of, language=way["language"]))
    person = meet("the brand", **way)

    town.signs_in(person, "/brand/", email)
    town.gives_the_second_factor(person)
    acts.brand_makes_a_collection(person, "Men, end of line")
    acts.brand_sends(person, few_files)
    acts.brand_confirms_the_import(person, few_files)
    acts.import_comes_to(
        person,
        person.plural(
            "%(num)s variant of this file is in your collection.",
            "%(num)s variants of this file are in your collection.",
            few_files.variants,
        ),
    )
    person.follows("To the collection")

    person.reads("Men, end of line", few_files.style)
    assert (
        place.house.value("SELECT count(*) FROM variants WHERE brand_id = :id", id=of.id)
        == few_files.variants
    )
    assert (
        place.house.value("SELECT count(*) FROM photographs WHERE brand_id = :id", id=of.id)
        == few_files.photographs
    )


@town.EVERY_WAY
def test_an_operator_schedules_a_sale(meet, place, way):
    lot = "Lot " + "-".join(str(value) for value in (way["size"]["width"], *list(way.values())[1:]))
    with place.house.session() as session:
        operator = place.operator(session, language=way["language"])
        desk = place.desk(session, operator=operator, collection=lot)
        skus = [
            row.sku
            for row in (session.get_one(town.factories.Variant, each) for each in desk.variant_ids)
        ]
    person = meet("the operator", **way)

    town.signs_in(person, "/admin/", operator.email)
    town.gives_the_second_factor(person)
    opens = acts.next_opening(timedelta(days=3).total_seconds())
    ref = acts.operator_drafts_a_sale(person, lot, "The winter house", opens)
    acts.operator_fills_it(person, [(sku, 5, "60.00") for sku in skus])
    approved(place, desk, ref)
    acts.operator_schedules(person, ref)

    person.reads("The sale is scheduled. It opens by itself at its time.")
    assert place.house.rows(
        "SELECT s.state, sum(i.units) FROM sales s JOIN sale_items i ON i.sale_id = s.id WHERE s.ref = :ref"
        " GROUP BY s.state",
        ref=ref,
    ) == [("scheduled", 10)]


def _email(session, user):
    return session.get_one(town.factories.Account, user.account_id).email
