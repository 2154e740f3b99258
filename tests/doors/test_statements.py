"""Statements at both doors and at the machines': read by the brand, approved by one person, paid by another."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace import bootstrap
from marketplace.config import SettingsError
from marketplace.db.brands import BrandUser
from marketplace.domain.doors import BrandRole
from marketplace.domain.moments import HOUSE_ZONE, wall_time
from marketplace.domain.settlements import Waits, claim
from marketplace.domain.settlements.lateness import ABOVE_BPS, half_year
from marketplace.queries import statements
from marketplace.services import settlements
from tests import factories
from tests.settlement_scenes import bought, closed, issued, payable, selling, sent_back

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def scene(database, paying, simulator, clock):
    """Eight of ten units were kept; the provisional statement is there and on paper."""
    found = selling(database, reserve_bps=1_000, chargebacks=[{"reason": "damaged", "minor": 450}])
    payable(database, found.brand_id)
    orders = bought(database, paying, simulator, found, 6, 4)
    closed(paying, clock)
    sent_back(database, paying, orders[0], 2)
    clock.turn(days=16)
    (statement_id,) = issued(paying)
    settlements.keep_paper(paying, statement_id=statement_id)
    return found, statement_id


@pytest.fixture
def brand(scene, database, brand_client):
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == scene[0].account_id)
        return brand_client(session.scalars(wanted).one())


@pytest.fixture
def operators(database, operator_client):
    """Two people of the house who can prove who they are."""
    with database.session() as session:
        at = factories.house_now(session)
        people = [
            factories.operator(session, totp_secret=SECRET, totp_confirmed_at=at) for _ in range(2)
        ]
    return [operator_client(person) for person in people]


def code(database) -> str:
    with database.session() as session:
        return pyotp.TOTP(SECRET).at(factories.house_now(session))


def test_the_brand_reads_what_is_paid_when_and_what_it_waits_for(database, scene, brand):
    answer = words(brand.get("/brand/statements"))
    assert "Statement 1" in answer
    assert "€220.00" in answer
    assert "To be approved A person of the house looks at it and approves it." in answer
    assert "What comes next" in answer

    page = words(brand.get("/brand/statements/1"))
    # 8 kept at 40.00: 266.67 without VAT, a quarter is commission, a tenth of the rest waits.
    assert "10 units sold; 0 cancelled, 2 sent back." in page
    assert "Due for what members kept, without VAT €200.00" in page
    assert "VAT on it €40.00" in page
    assert "Reserve until the sale is final -€20.00" in page
    assert "Payable since the deal began €220.00" in page
    assert "Your cost recovered" not in page
    database.run("UPDATE collections SET cost_total_minor = 40000")
    assert "Your cost recovered 50%" in words(brand.get("/brand/statements/1"))
    assert database.value("SELECT count(*) FROM statements") == 1


def test_every_file_of_a_statement_adds_to_the_page(scene, brand):
    sealed = brand.get("/brand/statements/1/file.json").get_data()
    figures = json.loads(sealed)
    (section,) = figures["sections"]
    assert sum(line["due_minor"] for line in section["lines"]) == section["due_minor"] == 20_000
    assert figures["to_pay_minor"] == figures["sums"]["payable_minor"] == 22_000
    table = brand.get("/brand/statements/1/file.csv").get_data().decode("utf-8-sig").splitlines()
    assert len(table) == 1 + len(section["lines"])
    assert table[1].endswith("320.00;266.67;66.67;200.00;0")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(brand.get("/brand/statements/1/file.xlsx").get_data())
    )
    assert len(book.sheet_names) == 2
    paper = brand.get("/brand/statements/1/paper-en.pdf")
    assert (paper.mimetype, paper.get_data()[:5]) == ("application/pdf", b"%PDF-")
    assert brand.get("/brand/statements/2").status_code == 404


def test_one_person_approves_with_a_fresh_code_and_another_pays(database, scene, brand, operators):
    found, statement_id = scene
    first, second = operators
    page = f"/admin/statements/{statement_id}"
    assert "Approve the payout" in words(first.get(page))

    wrong = first.post(f"{page}/approve", {"code": "000000"})
    assert wrong.status_code == 422
    assert database.value("SELECT state FROM payouts") == "waiting"
    assert first.post(f"{page}/approve", {"code": code(database)}).status_code == 303
    assert "another person hands it to the bank" in words(first.get(page))
    refused = first.post(f"{page}/pay", {"reference": "SEPA 7"})
    assert refused.status_code == 422
    assert "Two persons do this" in words(refused)
    assert "It is paid" in words(second.get(page))
    assert second.post(f"{page}/pay", {"reference": "SEPA 7"}).status_code == 303

    told = words(brand.get("/brand/statements"))
    assert "SEPA 7" in told
    assert "Paid on" in told
    assert "Nothing" not in told
    looks = "SELECT count(*) FROM looks WHERE brand_id = :b AND thing = 'bank'"
    assert database.value(looks, b=found.brand_id) >= 1


def test_a_charge_is_proposed_with_its_proof_contested_and_decided(
    database, scene, brand, operators
):
    found, _ = scene
    first, second = operators
    form = f"/admin/deals/{found.deal_id}/charge"
    assert "Damaged on arrival: €4.50 each" in words(first.get(form))

    empty = first.post(form, {"reason": "damaged", "units": "2", "found": "Wet."})
    assert empty.status_code == 422
    assert "Name the photograph or document that shows the fault." in words(empty)
    said = {"reason": "damaged", "units": "2", "found": "Wet."}
    sent = first.post(form, {**said, "proof": (io.BytesIO(b"%PDF-1.7"), "box.pdf")})
    assert sent.status_code == 303
    charge_id = database.value("SELECT id FROM charges")
    assert "To be contested by" in words(brand.get("/brand/statements"))
    assert "Look at the charge that the house proposes for" in words(brand.get("/brand/"))
    assert brand.get(f"/brand/charges/{charge_id}/proof").get_data() == b"%PDF-1.7"

    answer = brand.post(f"/brand/charges/{charge_id}/contest", {"objection": "They were dry."})
    assert answer.status_code == 303
    assert "They were dry." in words(second.get(f"/admin/charges/{charge_id}"))
    decide = f"/admin/charges/{charge_id}/decide"
    assert first.post(decide, {"units": "2", "decision": "Wet."}).status_code == 422
    assert second.post(decide, {"units": "1", "decision": "One was."}).status_code == 303
    assert "Final amount: €4.50" in words(brand.get(f"/brand/charges/{charge_id}"))
    assert "Final" in words(second.get("/admin/charges"))
    relation = words(brand.get("/brand/relation"))
    assert "Paid in time 0 late: 0, to be paid: 1" in relation
    assert "Charges contested 1 upheld: 1, withdrawn: 0" in relation
    assert "Look at the charge" not in words(brand.get("/brand/"))


def test_a_brand_whose_money_is_late_reads_what_it_may_claim(
    database, scene, brand_client, clock, paying
):
    due_on = database.value("SELECT due_on FROM statements")
    clock.turn(days=(due_on - clock.now().date()).days + 10)
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == scene[0].account_id)
        page = words(brand_client(session.scalars(wanted).one()).get("/brand/statements/1"))
    rates = dict.fromkeys([half_year(due_on), half_year(due_on + timedelta(days=10))], 215)
    at_door = scene[0].brand(replace(paying, ecb_rates_bps=rates))

    late = statements.one(at_door, number=1)
    database.run("UPDATE bank_details SET in_force_at = in_force_at + interval '9 years'")
    waits = statements.one(at_door, number=1)

    days = (wall_time(clock.now(), HOUSE_ZONE).date() - due_on).days
    assert f"The house is {days} days late. Without a reminder you may claim interest" in page
    assert "and €40.00 for the trouble" in page
    owed, rate_bps = late.summary.to_pay, 215 + ABOVE_BPS
    assert late.claim == claim(
        owed, due_on=due_on, until=due_on + timedelta(days=days), rates=rates
    )
    assert (late.claim.rate_bps, late.claim.interest.minor > 0) == (rate_bps, True)
    assert (waits.summary.waits, waits.claim) == (Waits.ACCOUNT, None)


def test_a_house_with_a_wrong_reference_rate_does_not_open(settings, tools):
    with pytest.raises(SettingsError, match="ECB_RATES names first days of half-years"):
        bootstrap.assembled(replace(settings, ecb_rates=("2026-02-01:2",)), tools.vault)


def test_whoever_only_looks_contests_nothing(database, scene, brand_client):
    with database.session() as session:
        of = session.get_one(factories.Brand, scene[0].brand_id)
        viewer = factories.brand_user(session, of=of, role=BrandRole.VIEWER)
    looking = brand_client(viewer)

    assert looking.get("/brand/statements/1").status_code == 200
    assert looking.post("/brand/charges/1/contest", {"objection": "No."}).status_code == 403
