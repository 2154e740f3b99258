from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.domain.brands import bank, kyb
from marketplace.domain.brands.kyb import Company, KybRefused, Part

WHOLE = Company(
    legal_name="Maison Verrier SAS",
    country="FR",
    address_line="3 quai de la Loire",
    postcode="44000",
    city="Nantes",
    register_name="RCS Nantes",
    register_number="732829320",
    vat_number="FR44732829320",
    tin="732829320",
    contact_name="Alma Verrier",
    contact_email="alma@verrier.example",
    contact_phone="+33240123456",
    certified=True,
)


def test_a_whole_file_lacks_nothing_and_stays_as_it_was():
    assert {part: kyb.lacking(WHOLE, part) for part in Part} == dict.fromkeys(Part, ())
    assert kyb.checked(WHOLE) == WHOLE


def test_numbers_are_written_as_their_registers_write_them():
    said = replace(
        WHOLE,
        vat_number="fr 44 732 829 320",
        register_number="732 829 320",
        tin="732 829 320",
        contact_phone="0033 2 40 12 34 56",
    )

    assert kyb.checked(said) == WHOLE


@pytest.mark.parametrize(
    ("country", "field", "said", "reason"),
    [
        ("FR", "vat_number", "FR45732829320", "check_digit"),
        ("FR", "vat_number", "FR4473282932", "length"),
        ("FR", "vat_number", "DE136695976", "country"),
        ("DE", "vat_number", "DE136695978", "check_digit"),
        ("FR", "register_number", "732829321", "check_digit"),
        ("FR", "register_number", "73282932", "length"),
        ("IT", "tin", "00743110158", "check_digit"),
        ("US", "tin", "0413", "form"),
        ("JP", "tin", "!", "form"),
        ("FR", "contact_phone", "02 40 12 34 56", "form"),
    ],
)
def test_a_slip_of_the_finger_is_named_on_its_field(country, field, said, reason):
    plain = Company(legal_name="A", country=country)

    with pytest.raises(KybRefused) as refused:
        kyb.checked(replace(plain, **{field: said}))

    assert refused.value.facts == {"problems": {field: reason}}


def test_all_faults_are_told_at_once():
    said = replace(WHOLE, vat_number="FR45732829320", tin="1", contact_phone="?")

    with pytest.raises(KybRefused) as refused:
        kyb.checked(said)

    assert set(refused.value.facts["problems"]) == {"vat_number", "tin", "contact_phone"}


def test_outside_the_union_no_vat_number_is_owed():
    assert kyb.lacking(Company(country="FR"), Part.TAX) == ("tin", "vat_number")
    assert kyb.lacking(Company(country="GB"), Part.TAX) == ("tin",)


def test_what_changed_and_which_parts_it_touches():
    after = replace(WHOLE, city="Rennes", tin="")

    assert kyb.changed(WHOLE, after) == ("city", "tin")
    assert kyb.touched(("city", "tin")) == {Part.COMPANY, Part.TAX}


def test_an_iban_is_read_as_people_copy_it_and_shows_its_end_alone():
    iban = bank.read("fr76 3000 6000 0112 3456 7890 189")

    assert (iban.number, iban.last_four, iban.country) == (
        "FR7630006000011234567890189",
        "0189",
        "FR",
    )
    assert "3000" not in repr(iban)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("FR7630006000011234567890188", "check_digit"),
        ("FR76", "check_digit"),
        ("XX7630006000011234567890189", "check_digit"),
        ("12", "form"),
    ],
)
def test_an_iban_that_cannot_be_right_is_refused_without_being_repeated(said, reason):
    with pytest.raises(bank.BankRefused) as refused:
        bank.read(said)

    assert refused.value.__cause__ is None
    assert said not in str(refused.value)
