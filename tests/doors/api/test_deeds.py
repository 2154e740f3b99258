"""A deed is done once, however often it is asked for under one name; what is kept is swept."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.db.brands import Brand
from marketplace.domain.replies import DeedUnderWay, Reply
from marketplace.services import imports, replies
from tests import factories

SHEET = (
    b"Style code;Style name;Colour;Size;SKU;Units;Condition;Defects\n"
    b"K1;Knit;Navy;S;K1-NS;4;second choice;A pulled thread\nK1;Knit;Navy;M;K1-NM;x;;\n"
)


@pytest.fixture
def collection(database, person):
    with database.session() as session:
        return factories.collection(session, of=session.get_one(Brand, person.brand_id))


def form(content=SHEET, name="lot.csv"):
    return {"data": {"sheet": (io.BytesIO(content), name)}, "content_type": "multipart/form-data"}


def test_a_file_goes_all_the_way_into_the_collection(machine, person, collection, tools):
    asking = machine(person)

    sent = asking.post(f"/collections/{collection.id}/imports", **form())
    number = sent.json["id"]
    assert (sent.status_code, sent.json["state"]) == (201, "uploaded")
    assert sent.headers["Location"] == f"/api/brand/v1/imports/{number}"
    imports.read(tools, import_id=number)
    guessed = asking.get(f"/imports/{number}").json
    columns = {each["name"]: each["field"] for each in guessed["columns"]}
    assert columns["Style code"] == "style_code"

    asked = asking.post(f"/imports/{number}/mapping", json={"columns": columns, "point": ","})
    assert (asked.status_code, asked.json["state"]) == (202, "judging")
    imports.judge(tools, import_id=number)
    rows = asking.get(f"/imports/{number}/problems").json["data"]
    (refused,) = [each for each in rows if each["verdict"] == "refused"]
    assert (refused["number"], refused["problems"][0]["column"]) == (3, "Units")

    let_in = asking.post(f"/imports/{number}/confirm")
    assert (let_in.status_code, let_in.json["state"]) == (202, "applying")
    imports.apply(tools, import_id=number)
    (variant,) = asking.get(f"/collections/{collection.id}/variants").json["data"]
    assert (variant["sku"], variant["units"], variant["rrp"]) == ("K1-NS", 4, None)
    (style,) = asking.get(f"/collections/{collection.id}/styles").json["data"]
    assert (style["id"], style["code"]) == (variant["style_id"], "K1")
    assert (style["condition"], style["defects"]) == ("second_choice", "A pulled thread")

    imports.draw(tools, import_id=number)
    undone = asking.post(f"/imports/{number}/undo")
    assert (undone.status_code, undone.json["state"]) == (202, "undoing")
    imports.take_back(tools, import_id=number)
    assert asking.get(f"/collections/{collection.id}/variants").json["data"] == []


def test_the_same_deed_again_gives_the_first_answer_and_does_nothing(
    database, machine, person, collection
):
    asking = machine(person)
    path = f"/collections/{collection.id}/imports"

    first = asking.post(path, deed="once", **form())
    again = asking.post(path, deed="once", **form())

    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert database.value("SELECT count(*) FROM imports") == 1


def test_a_no_is_given_again_too(database, machine, person, collection):
    asking = machine(person)
    number = asking.post(f"/collections/{collection.id}/imports", **form()).json["id"]

    first = asking.post(f"/imports/{number}/confirm", deed="once")
    database.run("UPDATE imports SET state = 'previewed'")
    again = asking.post(f"/imports/{number}/confirm", deed="once")

    assert (first.status_code, first.json["code"]) == (409, "illegal_move")
    assert again.json == first.json
    assert database.value("SELECT state FROM imports") == "previewed"


@pytest.mark.parametrize("other", ["content", "address"])
def test_one_name_for_two_deeds_is_refused(database, machine, person, collection, other):
    asking = machine(person)
    path = f"/collections/{collection.id}/imports"
    asking.post(path, deed="once", **form())

    if other == "content":
        answer = asking.post(path, deed="once", **form(SHEET + b"K2;Coat;Navy;S;K2-NS;4\n"))
    else:
        answer = asking.post("/imports/1/confirm", deed="once")

    assert (answer.status_code, answer.json["code"]) == (422, "deed_named_twice")
    assert database.value("SELECT count(*) FROM imports") == 1


@pytest.mark.parametrize("name", ["", " ", "é", "a" * 201])
def test_a_deed_without_a_name_is_not_done(app, database, machine, person, collection, name):
    answer = machine(person).client.open(
        f"/api/brand/v1/collections/{collection.id}/imports",
        method="POST",
        headers={
            "Authorization": f"Bearer {machine(person).words}",
            "Idempotency-Key": name.encode().decode("latin-1"),
        },
        **form(),
    )

    assert (answer.status_code, answer.json["code"]) == (400, "deed_unnamed")
    assert database.value("SELECT count(*) FROM imports") == 0


def test_two_brands_may_use_one_name(database, machine, person, collection):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    machine(person).post(f"/collections/{collection.id}/imports", deed="once", **form())

    answer = machine(other).post(f"/collections/{collection.id}/imports", deed="once", **form())

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_deed_under_way_is_not_begun_again_until_it_was_broken_off(clock, at_brand, person):
    tools = at_brand(person)
    assert replies.begin(tools, key="once", fingerprint=b"asked") is None

    with pytest.raises(DeedUnderWay):
        replies.begin(tools, key="once", fingerprint=b"asked")
    clock.turn(minutes=5, seconds=1)
    assert replies.begin(tools, key="once", fingerprint=b"asked") is None
    with pytest.raises(DeedUnderWay):
        replies.begin(tools, key="once", fingerprint=b"asked")


def test_of_many_who_begin_a_deed_at_once_one_does(at_brand, person):
    tools, together = at_brand(person), threading.Barrier(8)

    def begin(_):
        together.wait()
        try:
            return replies.begin(tools, key="once", fingerprint=b"asked")
        except DeedUnderWay:
            return "under way"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(begin, range(8)))

    assert sorted(map(str, found)) == ["None"] + ["under way"] * 7


def test_answers_are_forgotten_after_a_day(database, clock, tools, at_brand, person):
    replies.begin(at_brand(person), key="once", fingerprint=b"asked")
    replies.finish(at_brand(person), key="once", reply=Reply(200, "application/json", "", "{}"))

    assert replies.forget(tools) == 0
    clock.turn(hours=24, seconds=1)
    assert replies.forget(tools) == 1
    assert database.value("SELECT count(*) FROM kept_replies") == 0


def test_lists_go_on_where_they_ended_whatever_comes_between(database, machine, person):
    with database.session() as session:
        brand = session.get_one(Brand, person.brand_id)
        old = [factories.collection(session, of=brand, name=f"C{n}").id for n in range(5)]
    asking = machine(person)

    first = asking.get("/collections?limit=2").json
    with database.session() as session:
        factories.collection(session, of=session.get_one(Brand, person.brand_id), name="New")
    second = asking.get(f"/collections?limit=2&cursor={first['next']}").json
    third = asking.get(f"/collections?limit=2&cursor={second['next']}").json

    seen = [each["id"] for page in (first, second, third) for each in page["data"]]
    assert seen == old[::-1]
    assert third["next"] is None


def test_a_cursor_of_another_list_or_another_brand_is_refused(database, machine, person):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
        for user in (person, other):
            brand = session.get_one(Brand, user.brand_id)
            for _ in range(2):
                factories.collection(session, of=brand)
    cursor = machine(person).get("/collections?limit=1").json["next"]

    answers = [
        machine(other).get(f"/collections?cursor={cursor}"),
        machine(person).get(f"/deals?cursor={cursor}"),
        machine(person).get("/collections?cursor=7"),
        machine(person).get(f"/collections?cursor={cursor[:-1]}"),
    ]

    assert {(each.status_code, each.json["code"]) for each in answers} == {(422, "cursor_refused")}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "page=2", "offset=3"])
def test_a_page_has_its_limits(machine, person, query):
    answer = machine(person).get(f"/collections?{query}")

    assert (answer.status_code, answer.json["code"]) == (422, "form_rejected")
    assert list(answer.json["errors"]) == [query.partition("=")[0]]
