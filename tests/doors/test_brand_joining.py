"""Joining at the brands' door and at the house's: the list, the file, the bank details, applying."""

from __future__ import annotations

import io

import pyotp
import pytest

from marketplace.domain.brands.states import BrandState
from marketplace.domain.doors import BrandRole
from tests import factories
from tests.domain.test_kyb import WHOLE

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
IBAN = "FR7630006000011234567890189"
FILE = {
    **{name: str(getattr(WHOLE, name)) for name in WHOLE.__slots__ if name != "certified"},
    "certified": "1",
}
APPLICATION = {
    "name": "Maison Nouvelle",
    "country": "FR",
    "person": "Nora Neuve",
    "email": "nora@nouvelle.example",
    "said": "Four hundred coats.",
}


@pytest.fixture
def hung():
    return ("supplier_portal", "marketplace.admin")


@pytest.fixture
def of(database):
    with database.session() as session:
        return factories.brand(session, name="Maison A", state=BrandState.ONBOARDING)


@pytest.fixture
def person(database, of, brand_client):
    def make(role=BrandRole.OWNER):
        with database.session() as session:
            known = {"totp_secret": SECRET, "totp_confirmed_at": factories.house_now(session)}
            user = factories.brand_user(session, of=of, role=role, **known)
        return brand_client(user)

    return make


@pytest.fixture
def house(database, operator_client):
    with database.session() as session:
        somebody = factories.operator(session)
    return operator_client(somebody)


def text(answer):
    return answer.get_data(as_text=True)


def item_of(database, kind):
    return database.value(
        "SELECT min(id) FROM checklist_items WHERE kind = :k AND gate = 'submission'", k=kind
    )


def test_the_home_says_how_much_is_missing_and_where_to_go(person):
    page = text(person().get("/brand/"))

    assert "Before you begin: 0 of 7 items are settled" in page
    assert "7 items wait for you." in page
    assert 'href="/brand/joining"' in page


def test_a_brand_gives_its_list_and_the_house_accepts_it(database, of, person, house):
    owner = person()
    owner.post("/brand/company", FILE)
    for (item,) in database.rows("SELECT id FROM checklist_items WHERE kind = 'upload'"):
        sent = {"item": str(item), "document": (io.BytesIO(b"%PDF"), "extract.pdf")}
        answer = owner.post("/brand/joining/documents", sent, content_type="multipart/form-data")
        assert answer.status_code == 303
    statement = database.value("SELECT asks->>'en' FROM checklist_items WHERE kind = 'attest'")
    signed = {"item": str(item_of(database, "attest")), "said": statement, "agreed": "1"}
    owner.post("/brand/joining/statements", signed)
    assert "The house looks at what you gave." in text(owner.get("/brand/"))

    desk = f"/admin/brands/{of.id}/joining"
    assert text(house.get(desk)).count(">Accept<") == 7
    for (item,) in database.rows("SELECT id FROM checklist_items"):
        house.post(f"{desk}/{item}/accept")

    assert database.value("SELECT state FROM brands") == "ready"
    assert "You may submit collections." in text(owner.get("/brand/joining"))


def test_a_document_is_handed_over_to_be_kept_and_to_nobody_else(database, of, person, house):
    owner = person()
    item = item_of(database, "upload")
    sent = {"item": str(item), "document": (io.BytesIO(b"<script>"), "été.pdf")}
    owner.post("/brand/joining/documents", sent, content_type="multipart/form-data")
    number = database.value("SELECT id FROM stored_files")

    answer = house.get(f"/admin/brands/{of.id}/documents/{number}")

    assert (answer.status_code, answer.data, answer.mimetype) == (
        200,
        b"<script>",
        "application/octet-stream",
    )
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%A9t%C3%A9.pdf"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert house.get(f"/admin/brands/{of.id + 1}/documents/{number}").status_code == 404
    assert person(BrandRole.VIEWER).get(f"/brand/joining/documents/{number}").status_code == 403


def test_wrong_numbers_are_marked_each_on_its_field_and_nothing_is_written(database, person):
    wrong = {**FILE, "vat_number": "FR45732829320", "contact_phone": "0240123456"}

    page = person(BrandRole.FINANCE).post("/brand/company", wrong)

    assert page.status_code == 422
    assert "The check digit does not agree" in text(page)
    assert 'id="f-vat_number-error"' in text(page)
    assert 'id="f-contact_phone-error"' in text(page)
    assert database.value("SELECT count(*) FROM kyb_files") == 0


@pytest.mark.parametrize("address", ["/brand/company", "/brand/bank"])
@pytest.mark.parametrize("role", [BrandRole.COMMERCIAL, BrandRole.CONTENT, BrandRole.VIEWER])
def test_company_and_bank_belong_to_owners_and_finance(person, address, role):
    answer = person(role).get(address)

    assert answer.status_code == 403
    assert "another role in your team: Owner, Finance." in text(answer)


def test_bank_details_are_asked_for_with_a_code_and_never_shown_whole(database, person, of, house):
    finance = person(BrandRole.FINANCE)
    form = {"holder": "Maison A SAS", "iban": IBAN, "code": "000000"}

    refused = finance.post("/brand/bank", form)
    assert refused.status_code == 422
    assert IBAN not in text(refused)

    with database.session() as session:
        code = pyotp.TOTP(SECRET).at(factories.house_now(session))
    finance.post("/brand/bank", {**form, "code": code})

    for page in (finance.get("/brand/bank"), house.get(f"/admin/brands/{of.id}/joining")):
        assert "0189" in text(page)
        assert "3000600001" not in text(page)
    details = str(database.value("SELECT id FROM bank_details"))
    assert finance.post("/brand/bank/cancel", {"details": details}).status_code == 303


def test_a_suspended_brand_reads_why_on_its_first_page(of, person, house):
    move = f"/admin/brands/{of.id}/moves/suspend"
    assert house.post(move, {"reason": ""}).status_code == 422
    assert house.get(f"/admin/brands/{of.id}/moves/resume").status_code == 404

    house.post(move, {"reason": "The extract was forged."})

    assert "The extract was forged." in text(person().get("/brand/"))
    assert house.get(f"/admin/brands/{of.id}/moves/resume").status_code == 200


def test_a_brand_that_cannot_leave_is_shown_with_what_is_open(database, of, house):
    with database.session() as session:
        offered = factories.collection(session, of=session.get_one(factories.Brand, of.id))
        variant = factories.variant(session, of=factories.style(session, of=offered))
        agreed = factories.deal(session, of=offered, variants=[variant])
        sale = factories.sale(session, under=agreed)
        factories.sale_item(session, of=sale, variant=variant, units=10)

    page = text(house.get(f"/admin/brands/{of.id}/moves/terminate"))

    assert "1 sale that has not ended" in page
    assert "10 unsold units in the house\u2019s stock" in page
    assert "<textarea" not in page


def test_the_house_writes_its_own_list(database, house, person):
    item = {
        "kind": "upload",
        "gate": "submission",
        "position": "3",
        "title_en": "Product safety file",
        "title_fr": "Dossier de sécurité",
        "asks_en": "As the law asks.",
        "asks_fr": "Comme la loi le demande.",
        "active": "1",
    }

    assert house.post("/admin/checklist/new", {**item, "kind": "data"}).status_code == 422
    house.post("/admin/checklist/new", item)

    assert "Product safety file" in text(person().get("/brand/joining"))
    number = database.value("SELECT max(id) FROM checklist_items")
    house.post(f"/admin/checklist/{number}", {**item, "active": "0"})
    assert "Product safety file" not in text(person().get("/brand/joining"))


def test_a_brand_applies_is_accepted_and_invited(database, client_at, house, tools):
    stranger = client_at(factories.Realm.BRAND)
    assert stranger.get("/brand/apply").status_code == 200

    assert stranger.post("/brand/apply", APPLICATION).location == "/brand/apply/received"
    stranger.post("/brand/apply", APPLICATION)

    assert database.value("SELECT count(*) FROM applications") == 1
    number = database.value("SELECT id FROM applications")
    assert "Maison Nouvelle" in text(house.get("/admin/applications"))
    accepted = house.post(f"/admin/applications/{number}/accept")
    assert accepted.location.endswith("/joining")
    assert database.rows("SELECT name, state FROM brands") == [("Maison Nouvelle", "onboarding")]
    assert database.rows("SELECT kind FROM letters ORDER BY id") == [
        ("application_received",),
        ("brand_invitation",),
    ]
    assert house.post(f"/admin/applications/{number}/accept").status_code == 409


def test_an_application_is_declined_with_a_reason_that_is_told(database, client_at, house):
    client_at(factories.Realm.BRAND).post("/brand/apply", APPLICATION)
    place = f"/admin/applications/{database.value('SELECT id FROM applications')}"

    assert house.post(f"{place}/decline", {"reason": ""}).status_code == 422
    house.post(f"{place}/decline", {"reason": "We do not sell coats."})

    assert database.rows(
        "SELECT address, facts->>'reason' FROM letters WHERE kind = 'application_declined'"
    ) == [("nora@nouvelle.example", "We do not sell coats.")]
    assert "We do not sell coats." in text(house.get(place))


def test_a_machine_that_applies_again_and_again_has_to_wait(database, client_at):
    stranger = client_at(factories.Realm.BRAND)
    for number in range(5):
        stranger.post("/brand/apply", {**APPLICATION, "email": f"a{number}@x.example"})

    answer = stranger.post("/brand/apply", {**APPLICATION, "email": "a6@x.example"})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert database.value("SELECT count(*) FROM applications") == 5
