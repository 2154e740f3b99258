"""The company's file: asked once, and good for three laws.

Sources: DSA, art. 30 (name, address, register and number, contact, self-certification); Directive (EU) 2021/514 (DAC7,
Annex V: TIN, VAT number, register number); INFORM Consumers Act, 15 USC 45f (tax number, contact). Numbers are checked
for their form and check digits, which finds slips of the finger; the house's people compare them with the documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import (
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
    ValidationError,
)

from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NUMBER_LENGTH_MAX = 40
PLAIN_NUMBER = re.compile(r"[A-Z0-9]{4,20}")
PHONE = re.compile(r"\+[0-9]{6,15}")
EU = frozenset(str(each).upper() for each in eu_vat.MEMBER_STATES) | {"EL"}
VAT_PREFIX = MappingProxyType({"GR": "EL"})
"""Greece writes its VAT numbers with the letters of its own name."""
REGISTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "FR": ("siren", "siret"),
        "DE": (),
        "BE": ("vat",),
        "AT": ("businessid",),
        "PL": ("regon",),
        "SE": ("orgnr",),
        "NO": ("orgnr",),
        "DK": ("cvr",),
        "FI": ("ytunnus",),
        "EE": ("registrikood",),
        "CH": ("uid",),
    }
)
"""Where a register's numbers carry a check digit, the modules that know it; elsewhere only the form is looked at."""
TINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "FR": ("siren", "siret", "nif"),
        "DE": ("stnr", "idnr"),
        "IT": ("iva", "codicefiscale"),
        "ES": ("nif",),
        "PT": ("nif",),
        "BE": ("vat",),
        "NL": ("bsn",),
        "AT": ("tin",),
        "PL": ("nip",),
        "GB": ("utr",),
        "US": ("ein", "tin"),
        "SE": ("orgnr",),
        "FI": ("ytunnus",),
        "CH": ("uid",),
    }
)
"""The tax numbers of companies, country by country (OECD, TIN list by jurisdiction)."""


REASONS: Mapping[type[Exception], str] = MappingProxyType(
    {
        InvalidLength: "length",
        InvalidFormat: "form",
        InvalidChecksum: "check_digit",
        InvalidComponent: "country",
    }
)
"""What the library finds, as words of ours."""


class Part(StrEnum):
    """Parts of the file, each of which an item of the list may ask for."""

    COMPANY = "company"
    TAX = "tax"
    CONTACT = "contact"
    CERTIFICATION = "certification"


class KybRefused(Refusal):
    """A field of the file cannot be taken; ``problems`` maps each field to what is wrong with it."""

    code = "kyb_refused"


@dataclass(frozen=True, slots=True)
class Company:
    """What the file says. Empty text: not said yet."""

    legal_name: str = ""
    country: str = ""
    address_line: str = ""
    postcode: str = ""
    city: str = ""
    register_name: str = ""
    register_number: str = ""
    vat_number: str = ""
    tin: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    certified: bool = False


PARTS: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        Part.COMPANY: (
            "legal_name",
            "country",
            "address_line",
            "postcode",
            "city",
            "register_name",
            "register_number",
        ),
        Part.TAX: ("tin", "vat_number"),
        Part.CONTACT: ("contact_name", "contact_email", "contact_phone"),
        Part.CERTIFICATION: ("certified",),
    }
)
FIELDS = tuple(each.name for each in fields(Company))


def lacking(of: Company, part: Part) -> tuple[str, ...]:
    """The fields of this part that are not said yet. A VAT number is owed within the Union only."""
    names = PARTS[part]
    if part is Part.TAX and of.country not in EU:
        names = ("tin",)
    return tuple(name for name in names if not getattr(of, name))


def changed(before: Company, after: Company) -> tuple[str, ...]:
    """The fields that say something else now."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def touched(names: tuple[str, ...]) -> frozenset[Part]:
    """The parts that these fields belong to."""
    return frozenset(part for part, inside in PARTS.items() if set(names) & set(inside))


def checked(said: Company) -> Company:
    """The file with its numbers written as their registers write them. Refuses with KybRefused, all faults at once."""
    problems: dict[str, str] = {}
    land = said.country
    found = replace(
        said,
        vat_number=_number(problems, "vat_number", said.vat_number, _vat, land),
        register_number=_number(problems, "register_number", said.register_number, _register, land),
        tin=_number(problems, "tin", said.tin, _tin, land),
        contact_phone=_phone(problems, said.contact_phone),
    )
    if problems:
        raise KybRefused(problems=problems)
    return found


def _number(
    problems: dict[str, str], name: str, said: str, read: Callable[[str, str], str], country: str
) -> str:
    if not said:
        return ""
    try:
        return read(said, country)
    except ValidationError as no:
        problems[name] = _reason(no)
        return said


def _reason(no: ValidationError) -> str:
    """What stdnum found, as a word of ours."""
    return REASONS.get(type(no), "form")


def _vat(said: str, country: str) -> str:
    prefix = VAT_PREFIX.get(country, country)
    plain = re.sub(r"[\s.\-/]", "", said).upper()
    if prefix in EU:
        number = eu_vat.validate(plain)
        if not number.startswith(prefix):
            raise InvalidComponent
        return number
    module = get_cc_module(country.lower(), "vat") if country else None
    return str(module.validate(plain)) if module else _plain(plain)


def _register(said: str, country: str) -> str:
    return _by_modules(said, country, REGISTERS.get(country, ()))


def _tin(said: str, country: str) -> str:
    names = TINS.get(country, ())
    return _by_modules(said, country, names) if names else _plain(said)


def _by_modules(said: str, country: str, names: tuple[str, ...]) -> str:
    """The number as the first module that takes it writes it; otherwise what the first of them says is wrong."""
    first: ValidationError | None = None
    for name in names:
        module = get_cc_module(country.lower(), name)
        if module is None:
            continue
        try:
            return str(module.validate(said))
        except ValidationError as no:
            first = first or no
    if first is not None:
        raise first
    return said.strip() if not names else _plain(said)


def _plain(said: str) -> str:
    number = re.sub(r"[\s.\-/]", "", said).upper()
    if not PLAIN_NUMBER.fullmatch(number):
        raise InvalidFormat
    return number


def _phone(problems: dict[str, str], said: str) -> str:
    if not said:
        return ""
    number = re.sub(r"[\s.\-()/]", "", said)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not PHONE.fullmatch(number):
        problems["contact_phone"] = "form"
    return number
