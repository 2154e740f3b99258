"""``aubaine operators``, ``brands``, ``members`` and ``migrate``: how the first people come in."""

from __future__ import annotations

import io
from dataclasses import dataclass, fields

import pytest

from marketplace import cli
from marketplace.domain.doors import Door, Realm
from marketplace.services import accounts, members

PASSWORD = "seven swans at the old mill"


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def aubaine(capsys, monkeypatch, settings, database):
    """The command, in this process, on this test's stores."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is None:
            continue
        if isinstance(value, tuple):
            value = ",".join(value)
        monkeypatch.setenv(
            field.name.upper(), str(int(value)) if isinstance(value, bool) else str(value)
        )
    monkeypatch.setenv("MIGRATION_DATABASE_URL", database.owner_url)
    # The throw-away server of tests may forget what was committed; a command would refuse to work on it.
    monkeypatch.setattr("marketplace.bootstrap.prepare", lambda _engine: None)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def run(*arguments: str, typed: str = "") -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(arguments)
        return Said(code, *capsys.readouterr())

    return run


def operator(aubaine, email="op@example.org", password=PASSWORD):
    return aubaine(
        *("operators", "create", "--email", email, "--name", "Claire Aubin", "--password-stdin"),
        typed=f"{password}\n",
    )


def test_the_first_operator_comes_in(aubaine, database, tools):
    said = operator(aubaine)

    begun = accounts.sign_in(
        tools.at_door(Door.HALLWAY),
        realm=Realm.OPERATOR,
        email="op@example.org",
        password=PASSWORD,
        network="::1",
    )
    assert (said.code, said.err) == (0, "")
    assert "http://localhost:8000/admin/" in said.out
    assert not begun.complete
    assert PASSWORD not in said.out


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("op@example.org", "password1", "This password is among those that are guessed first"),
        ("no address", PASSWORD, "This is not an e-mail address"),
    ],
)
def test_what_cannot_be_taken_is_said_in_one_sentence(aubaine, database, email, password, sentence):
    said = operator(aubaine, email, password)

    assert said.code == 1
    assert said.err.startswith(sentence)
    assert len(said.err.splitlines()) == 1
    assert database.value("SELECT count(*) FROM accounts") == 0


def test_an_operator_is_made_once(aubaine):
    operator(aubaine)

    said = operator(aubaine)

    assert said.code == 1
    assert said.err.startswith("There is an account with this address already, ")


def test_a_lost_phone_is_replaced(aubaine, database):
    operator(aubaine)
    database.run("UPDATE accounts SET totp_secret = 'x', totp_confirmed_at = house_now()")

    said = aubaine("operators", "renew-second-step", "--email", "op@example.org")

    assert said.code == 0
    assert database.rows("SELECT totp_secret, totp_confirmed_at FROM accounts") == [(None, None)]


def test_a_brand_and_its_first_person_come_in(aubaine, tools, database):
    made = aubaine(
        "brands", "create", "--name", "Maison A", "--legal-name", "Maison A SAS", "--country", "fr"
    )
    number = str(database.value("SELECT id FROM brands"))
    said = aubaine(
        *(
            "brands",
            "invite",
            "--brand",
            number,
            "--email",
            "a@maison.example",
            "--name",
            "Anna",
            "--language",
            "fr",
        )
    )

    word = said.out.strip().rpartition("/")[2]
    begun = accounts.join_brand(
        tools.at_door(Door.HALLWAY), word=word, name="Anna Roy", password=PASSWORD, locale="fr"
    )
    assert (made.code, said.code, begun.complete) == (0, 0, False)  # the second step comes next
    assert database.rows("SELECT kind FROM letters") == [("brand_invitation",)]


def test_nobody_speaks_for_a_brand_that_is_not_there(aubaine, database):
    said = aubaine("brands", "invite", "--brand", "7", "--email", "a@b.example", "--name", "A")

    assert said.code == 1
    assert database.value("SELECT count(*) FROM accounts") == 0


def test_the_first_member_is_invited_by_the_house(aubaine, tools):
    said = aubaine("members", "invite", "--email", "first@example.org", "--language", "fr")

    word = said.out.strip().rpartition("/")[2]
    assert members.invited(tools.at_door(Door.HALLWAY), word=word) == "first@example.org"


def test_the_database_is_migrated_again_without_harm(aubaine):
    assert aubaine("migrate").code == 0


@pytest.mark.parametrize("address", ["", "sqlite:///x", "postgresql://nobody@127.0.0.1:9/nothing"])
def test_a_database_that_cannot_be_migrated_is_named_in_one_sentence(aubaine, monkeypatch, address):
    monkeypatch.setenv("MIGRATION_DATABASE_URL", address)

    said = aubaine("migrate")

    assert said.code == 2
    assert "Traceback" not in said.err
    assert said.err


def test_a_missing_setting_is_named(aubaine, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")

    said = operator(aubaine)

    assert said.code == 2
    assert said.err.startswith("SECRET_KEY is not set.")


def test_a_database_that_does_not_answer_is_named(aubaine, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")

    said = operator(aubaine)

    assert said.code == 2
    assert said.err.startswith("The database cannot be reached")
