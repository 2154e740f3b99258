"""A brand before it begins and as it leaves: its list, its file, its bank details, its states."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

import pyotp
import pytest

from marketplace.db import joining
from marketplace.db.catalogue import CollectionState
from marketplace.domain.accounts import CodeRefused
from marketplace.domain.brands.bank import BankChangeCooling, BankChangeOver
from marketplace.domain.brands.checklist import AnswerRefused, Gate, GateClosed, ItemKind
from marketplace.domain.brands.kyb import Part
from marketplace.domain.brands.states import BrandState, BrandStillOpen, BrandStopped
from marketplace.domain.doors import Door
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.refusals import NotFound
from marketplace.queries import brand_joining
from marketplace.services import brands, catalogue
from marketplace.services.brands.lists import Item
from marketplace.toolbox import Upload
from tests import factories
from tests.domain.test_kyb import WHOLE

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
IBAN = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"


class Scene:
    """A brand that joins, with its owner's hands, the hallway's and the house's."""

    def __init__(self, database, tools, *, state=BrandState.ONBOARDING) -> None:
        with database.session() as session:
            of = factories.brand(session, name="Maison A", state=state)
            owner = factories.brand_user(
                session, of=of, totp_secret=SECRET, totp_confirmed_at=factories.house_now(session)
            )
            operator = factories.operator(session)
            offered = factories.collection(
                session, of=of, brief_problem="Empty it.", brief_deadline=date(2099, 3, 31)
            )
            self.collection_id = offered.id
            factories.variant(session, of=factories.style(session, of=offered))
        self.database, self.tools = database, tools
        self.brand_id, self.owner_id = of.id, owner.account_id
        self.brand = tools.at_door(Door.BRAND, account_id=self.owner_id, brand_id=of.id)
        self.hallway = tools.at_door(Door.HALLWAY, account_id=self.owner_id)
        self.house = tools.at_door(Door.OPERATOR, account_id=operator.id)

    def items(self, kind=None, gate=Gate.SUBMISSION):
        found = brand_joining.look(self.brand, brand_id=self.brand_id).items
        return [each for each in found if kind in {None, each.kind} and each.gate is gate]

    def state(self):
        return self.database.rows("SELECT state, state_reason FROM brands")[0]

    def code(self):
        with self.database.session() as session:
            return pyotp.TOTP(SECRET).at(factories.house_now(session))

    def change_bank(self, number=IBAN, code=None):
        return brands.change_bank(
            self.hallway,
            brand_id=self.brand_id,
            account_id=self.owner_id,
            holder="Maison A SAS",
            number=number,
            code=code or self.code(),
        )

    def letters(self):
        return self.database.rows(
            "SELECT kind, coalesce(address, 'owner') FROM letters ORDER BY kind, 2"
        )


@pytest.fixture
def scene(database, tools):
    return Scene(database, tools)


@pytest.fixture
def ready(database, tools):
    return Scene(database, tools, state=BrandState.READY)


def document(tmp_path, name="extract.pdf", content=b"%PDF-1.7"):
    path = tmp_path / "sent"
    path.write_bytes(content)
    return Upload(name, path)


def fill(scene, tmp_path):
    """Give everything that the first gate asks for."""
    brands.change_file(scene.brand, brand_id=scene.brand_id, said=WHOLE)
    for item in scene.items(ItemKind.UPLOAD):
        brands.upload(
            scene.brand, brand_id=scene.brand_id, item_id=item.item_id, file=document(tmp_path)
        )
    for item in scene.items(ItemKind.ATTEST):
        brands.attest(
            scene.brand,
            brand_id=scene.brand_id,
            item_id=item.item_id,
            said=item.asks["fr"],
            agreed=True,
        )


def accept_all(scene):
    for item in scene.items():
        brands.accept(scene.house, brand_id=scene.brand_id, item_id=item.item_id)


def test_a_collection_waits_until_the_list_is_settled(scene, tmp_path):
    with pytest.raises(GateClosed) as refused:
        catalogue.submit(scene.brand, collection_id=scene.collection_id)
    assert refused.value.facts == {"reason": "submission", "missing": 6, "total": 6}

    fill(scene, tmp_path)
    assert {item.state for item in scene.items()} == {"submitted"}
    accept_all(scene)

    assert scene.state() == ("ready", "")
    catalogue.submit(scene.brand, collection_id=scene.collection_id)
    assert scene.database.value("SELECT state FROM collections") == CollectionState.SUBMITTED
    assert ("brand_ready", "owner") in scene.letters()


def test_what_is_sent_back_says_why_and_is_given_again(scene, tmp_path):
    fill(scene, tmp_path)
    item = scene.items(ItemKind.UPLOAD)[0]
    place = {"brand_id": scene.brand_id, "item_id": item.item_id}

    brands.send_back(scene.house, **place, reason="Older than three months.")

    back = next(each for each in scene.items() if each.item_id == item.item_id)
    assert (back.state, back.reason, back.with_the_brand) == (
        "sent_back",
        "Older than three months.",
        True,
    )
    assert ("item_sent_back", "owner") in scene.letters()
    brands.upload(scene.brand, **place, file=document(tmp_path, "newer.pdf"))
    again = next(each for each in scene.items() if each.item_id == item.item_id)
    assert (again.state, again.reason, again.filename) == ("submitted", "", "newer.pdf")


def test_the_rest_is_waived_for_one_reason(scene):
    assert (
        brands.waive_missing(scene.house, brand_id=scene.brand_id, reason="Known since 2019.") == 6
    )

    assert scene.state() == ("ready", "")
    assert {(item.state, item.reason) for item in scene.items()} == {
        ("waived", "Known since 2019.")
    }


def test_an_accepted_part_that_changes_goes_to_the_house_again_and_an_emptied_one_is_open(
    scene, tmp_path
):
    fill(scene, tmp_path)
    accept_all(scene)

    names = brands.change_file(
        scene.brand,
        brand_id=scene.brand_id,
        said=replace(WHOLE, city="Rennes", contact_phone=""),
    )

    assert names == ("city", "contact_phone")
    standing = {item.part: item.state for item in scene.items(ItemKind.DATA)}
    assert standing == {
        Part.COMPANY: "submitted",
        Part.CONTACT: "open",
        Part.CERTIFICATION: "accepted",
    }
    assert scene.state() == ("ready", "")


def test_the_trail_of_the_file_names_its_fields_and_not_what_they_say(scene):
    brands.change_file(scene.brand, brand_id=scene.brand_id, said=WHOLE)

    told = scene.database.rows("SELECT data::text FROM events WHERE name = 'brand.file_changed'")

    assert len(told) == 1
    assert "vat_number" in told[0][0]
    assert "732829320" not in told[0][0]


def test_a_brand_cannot_decide_on_what_it_gave(scene, tmp_path):
    fill(scene, tmp_path)
    item = scene.items()[0]

    with pytest.raises(Exception, match="row-level security"):
        brands.accept(scene.brand, brand_id=scene.brand_id, item_id=item.item_id)

    assert scene.items()[0].state == "submitted"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("a.exe", b"x", "kind_of_file"), ("a.pdf", b"", "size_of_file")],
)
def test_a_document_of_another_kind_or_none_is_refused(scene, tmp_path, name, content, reason):
    item = scene.items(ItemKind.UPLOAD)[0]

    with pytest.raises(AnswerRefused) as refused:
        brands.upload(
            scene.brand,
            brand_id=scene.brand_id,
            item_id=item.item_id,
            file=document(tmp_path, name, content),
        )

    assert refused.value.facts == {"reason": reason}
    assert scene.database.value("SELECT count(*) FROM stored_files") == 0


def test_a_statement_that_was_rewritten_meanwhile_is_not_signed(scene):
    item = scene.items(ItemKind.ATTEST)[0]
    place = {"brand_id": scene.brand_id, "item_id": item.item_id}

    with pytest.raises(AnswerRefused):
        brands.attest(scene.brand, **place, said="Something else.", agreed=True)
    with pytest.raises(AnswerRefused):
        brands.attest(scene.brand, **place, said=item.asks["en"], agreed=False)


def test_an_item_that_is_asked_no_more_is_not_missing(scene):
    for item in scene.items():
        asked = Item(
            item.kind, item.gate, item.part, dict(item.titles), dict(item.asks), 1, active=False
        )
        brands.change_item(scene.house, item_id=item.item_id, item=asked)

    catalogue.submit(scene.brand, collection_id=scene.collection_id)

    assert scene.items() == []


def test_a_suspended_brand_begins_nothing_reads_why_and_is_taken_up_again(ready):
    brands.suspend(ready.house, brand_id=ready.brand_id, reason="The extract was forged.")

    with pytest.raises(BrandStopped):
        catalogue.submit(ready.brand, collection_id=ready.collection_id)
    assert ready.state() == ("suspended", "The extract was forged.")
    assert ready.letters() == [("brand_state", "owner")]
    brands.waive_missing(ready.house, brand_id=ready.brand_id, reason="Seen on paper.")
    brands.resume(ready.house, brand_id=ready.brand_id, reason="It was not.")
    assert ready.state() == ("ready", "It was not.")


def test_a_brand_with_units_in_stock_cannot_leave_and_is_told_what_is_open(database, ready):
    with database.session() as session:
        of = session.get_one(factories.Brand, ready.brand_id)
        offered = factories.collection(session, of=of, name="Agreed")
        variant = factories.variant(session, of=factories.style(session, of=offered))
        factories.deal(session, of=offered, variants=[variant])
        sale = factories.sale(session, under=session.query(factories.Deal).one())
        factories.sale_item(session, of=sale, variant=variant)

    with pytest.raises(BrandStillOpen) as refused:
        brands.terminate(ready.house, brand_id=ready.brand_id, reason="They asked.")

    matters = refused.value.facts["matters"]
    assert (matters.sales, matters.orders) == (1, 0)
    assert matters.units > 0
    assert ready.state() == ("ready", "")


def test_a_brand_with_nothing_open_leaves_for_good(ready):
    brands.terminate(ready.house, brand_id=ready.brand_id, reason="They asked.")

    assert ready.state() == ("terminated", "They asked.")
    with pytest.raises(IllegalMove):
        brands.resume(ready.house, brand_id=ready.brand_id, reason="Once more.")


def test_a_change_rests_while_the_details_before_stay_in_force(ready, clock):
    ready.change_bank()
    clock.turn(hours=48)

    ready.change_bank(OTHER)

    found = brand_joining.bank(ready.brand, brand_id=ready.brand_id)
    assert (found.in_force.last_four, found.cooling.last_four) == ("0189", "3000")
    clock.turn(minutes=1)
    with pytest.raises(BankChangeCooling):
        ready.change_bank(OTHER)
    brands.cancel_bank(ready.hallway, brand_id=ready.brand_id, details_id=found.cooling.details_id)
    clock.turn(hours=48)
    after = brand_joining.bank(ready.brand, brand_id=ready.brand_id)
    assert (after.in_force.last_four, after.cooling) == ("0189", None)


def test_what_is_in_force_is_not_cancelled(ready, clock):
    ready.change_bank()
    details_id = ready.database.value("SELECT id FROM bank_details")
    clock.turn(hours=48)

    with pytest.raises(BankChangeOver):
        brands.cancel_bank(ready.hallway, brand_id=ready.brand_id, details_id=details_id)
    with pytest.raises(NotFound):
        brands.cancel_bank(ready.hallway, brand_id=ready.brand_id + 1, details_id=details_id)


def test_a_change_is_told_to_the_owners_and_to_the_address_that_was_there_before(ready, clock):
    brands.change_file(ready.brand, brand_id=ready.brand_id, said=WHOLE)
    ready.change_bank()
    clock.turn(hours=48)
    moved = replace(WHOLE, contact_email="thief@example.org")
    brands.change_file(ready.brand, brand_id=ready.brand_id, said=moved)

    ready.change_bank(OTHER)

    told = ready.database.rows(
        "SELECT coalesce(address, 'owner') FROM letters WHERE kind = 'bank_changes' ORDER BY id"
    )
    assert [each for (each,) in told] == [
        *("owner", WHOLE.contact_email),
        *("owner", WHOLE.contact_email),
    ]


def test_without_a_fresh_code_nothing_changes_and_a_code_is_good_once(ready):
    with pytest.raises(CodeRefused):
        ready.change_bank(code="000000")
    assert ready.database.value("SELECT count(*) FROM bank_details") == 0

    code = ready.code()
    ready.change_bank(code=code)
    brands.cancel_bank(
        ready.hallway,
        brand_id=ready.brand_id,
        details_id=ready.database.value("SELECT id FROM bank_details"),
    )
    with pytest.raises(CodeRefused):
        ready.change_bank(code=code)


def test_an_account_number_stands_in_no_event_letter_or_log_and_no_page_can_read_it(ready, caplog):
    caplog.set_level(logging.DEBUG)

    ready.change_bank()

    written = ready.database.rows("SELECT to_jsonb(e)::text FROM events e")
    written += ready.database.rows("SELECT to_jsonb(l)::text FROM letters l")
    assert [each for (each,) in written if "3000600001" in each] == []
    assert "3000600001" not in caplog.text
    for door in (ready.brand, ready.hallway, ready.house):
        with (
            pytest.raises(Exception, match="permission denied"),
            door.reading() as session,
        ):
            session.execute(joining.select(joining.BankDetails.iban)).all()
