from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from marketplace.db import passwords
from marketplace.domain.accounts import (
    PER_ACCOUNT,
    PER_ADDRESS,
    AlreadyThere,
    EmailRefused,
    LinkSpent,
    PasswordRefused,
    SecondFactorRequired,
    SignInRefused,
    TooManyAttempts,
    check_password,
    email_key,
    network_of,
    wait_seconds,
)
from marketplace.domain.doors import BrandRole, Door, Realm
from marketplace.domain.refusals import NotFound
from marketplace.services import accounts
from tests import factories

NEW = "seven swans at the old mill"


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(factories.PASSWORD)


@pytest.fixture
def hallway(tools):
    return tools.at_door(Door.HALLWAY)


@pytest.fixture
def somebody(database, kept):
    with database.session() as session:
        return factories.member(session, email="camille@example.org", password_hash=kept)


def sign_in(
    hallway, *, password=factories.PASSWORD, email="camille@example.org", network="203.0.113.9"
):
    return accounts.sign_in(
        hallway, realm=Realm.MEMBER, email=email, password=password, network=network
    )


def word_of(database, tools):
    return tools.sealed(
        database.value("SELECT facts FROM letters ORDER BY id DESC LIMIT 1")["seed"]
    )


def ask(hallway, email="camille@example.org"):
    accounts.ask_reset(hallway, realm=Realm.MEMBER, email=email, network="203.0.113.9")


def test_a_reset_sets_the_password_and_ends_every_session(database, hallway, tools, somebody):
    begun = sign_in(hallway)
    ask(hallway)

    accounts.reset_password(
        hallway, realm=Realm.MEMBER, word=word_of(database, tools), password=NEW
    )

    assert accounts.knock(tools, reference=begun.reference, realm=Realm.MEMBER) is None
    with pytest.raises(SignInRefused):
        sign_in(hallway)
    assert sign_in(hallway, password=NEW).complete
    assert database.rows("SELECT kind, transactional FROM letters ORDER BY id") == [
        ("password_reset", True),
        ("password_changed", True),
    ]


def test_a_reset_works_once_and_spends_the_other_links(database, hallway, tools, somebody):
    words = []
    for _ in range(2):
        ask(hallway)
        words.append(word_of(database, tools))
    accounts.reset_password(hallway, realm=Realm.MEMBER, word=words[0], password=NEW)

    for word in words:
        with pytest.raises(LinkSpent):
            accounts.reset_password(
                hallway, realm=Realm.MEMBER, word=word, password=factories.PASSWORD
            )

    assert sign_in(hallway, password=NEW).complete


def test_a_reset_lapses_after_an_hour(database, hallway, tools, somebody, clock):
    ask(hallway)
    clock.turn(hours=1)

    with pytest.raises(LinkSpent):
        accounts.reset_password(
            hallway, realm=Realm.MEMBER, word=word_of(database, tools), password=NEW
        )

    assert sign_in(hallway).complete


def test_a_reset_is_bound_to_the_address_it_was_sent_to(database, hallway, tools, somebody):
    ask(hallway)
    database.run("UPDATE accounts SET email_key = 'other@example.org'")

    with pytest.raises(LinkSpent):
        accounts.reset_password(
            hallway, realm=Realm.MEMBER, word=word_of(database, tools), password=NEW
        )


def test_a_reset_opens_no_other_door(database, hallway, tools, somebody):
    ask(hallway)

    with pytest.raises(LinkSpent):
        accounts.reset_password(
            hallway, realm=Realm.OPERATOR, word=word_of(database, tools), password=NEW
        )


def test_a_reset_does_not_go_past_the_second_factor(database, hallway, tools, somebody):
    database.run(
        "UPDATE accounts SET totp_secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', totp_confirmed_at = house_now()"
    )
    ask(hallway)
    accounts.reset_password(
        hallway, realm=Realm.MEMBER, word=word_of(database, tools), password=NEW
    )

    begun = sign_in(hallway, password=NEW)

    assert not begun.complete
    assert not accounts.knock(tools, reference=begun.reference, realm=Realm.MEMBER).complete


def test_a_password_that_cannot_be_taken_leaves_the_link_as_it_was(
    database, hallway, tools, somebody
):
    ask(hallway)
    word = word_of(database, tools)

    with pytest.raises(PasswordRefused):
        accounts.reset_password(hallway, realm=Realm.MEMBER, word=word, password="12345678")

    assert accounts.link_lives(hallway, word=word)


def test_nobody_is_written_to_where_there_is_no_account(database, hallway, somebody):
    for email in ("nobody@example.org", "no address"):
        assert ask(hallway, email) is None

    assert database.value("SELECT count(*) FROM letters") == 0


def statements(vault, deed):
    """How many statements ``deed`` sends to the database."""
    sent = []

    def count(*_given):
        sent.append(1)

    event.listen(vault.engine, "before_cursor_execute", count)
    try:
        deed()
    except SignInRefused:
        pass
    finally:
        event.remove(vault.engine, "before_cursor_execute", count)
    return len(sent)


def test_the_same_work_is_done_whether_or_not_there_is_an_account(hallway, vault, somebody):
    sign_ins = [
        statements(
            vault, lambda email=email: sign_in(hallway, email=email, password="wrong sentence")
        )
        for email in ("camille@example.org", "nobody@example.org", "no address")
    ]
    resets = [
        statements(vault, lambda email=email: ask(hallway, email))
        for email in ("camille@example.org", "nobody@example.org", "no address")
    ]

    assert len(set(sign_ins)) == 1
    assert resets[1] == resets[2] == resets[0] - 1  # the letter


def test_letters_to_one_address_have_a_limit_whether_or_not_there_is_an_account(hallway, somebody):
    for email in ("camille@example.org", "nobody@example.org"):
        for _ in range(5):
            ask(hallway, email)
        with pytest.raises(TooManyAttempts):
            ask(hallway, email)


def test_a_burst_of_guesses_is_counted_before_it_is_looked_at(database, hallway, somebody):
    def guess(number):
        try:
            sign_in(hallway, password=f"guess number {number}")
        except TooManyAttempts:
            return "waits"
        except SignInRefused:
            return "refused"
        return "in"

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(guess, range(20)))

    assert answers.count("refused") == 5
    assert answers.count("waits") == 15


def test_one_code_given_twice_at_once_opens_one_session(database, hallway, tools, somebody):
    import pyotp  # noqa: PLC0415

    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    database.run("UPDATE accounts SET totp_secret = :s, totp_confirmed_at = house_now()", s=secret)
    halves = [sign_in(hallway) for _ in range(4)]
    code = pyotp.TOTP(secret).at(database.value("SELECT extract(epoch FROM house_now())::bigint"))

    def give(half):
        try:
            return accounts.give_code(
                hallway, reference=half.reference, realm=Realm.MEMBER, code=code
            ).complete
        except Exception as no:  # noqa: BLE001 - told by its name
            return type(no).__name__

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(give, halves))

    assert answers.count(True) == 1
    assert database.value("SELECT count(*) FROM sessions WHERE second_factor_at IS NOT NULL") == 1


def test_the_second_factor_comes_off_with_the_password_but_never_an_operators(
    database, hallway, tools, kept
):
    with database.session() as session:
        at = factories.house_now(session)
        secret = {
            "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "totp_confirmed_at": at,
            "password_hash": kept,
        }
        member = factories.member(session, **secret)
        operator = factories.operator(session, **secret)

    with pytest.raises(SignInRefused):
        accounts.remove_factor(hallway, account_id=member.account_id, password="not the password")
    accounts.remove_factor(hallway, account_id=member.account_id, password=factories.PASSWORD)
    with pytest.raises(SecondFactorRequired):
        accounts.remove_factor(hallway, account_id=operator.id, password=factories.PASSWORD)

    assert database.rows("SELECT realm FROM accounts WHERE totp_secret IS NOT NULL") == [
        ("operator",)
    ]


def test_an_operator_whose_phone_is_lost_begins_anew(database, house, kept):
    with database.session() as session:
        at = factories.house_now(session)
        factories.operator(
            session, email="op@example.org", totp_secret="X" * 32, totp_confirmed_at=at
        )

    accounts.renew_factor(house, email="OP@example.org")

    assert database.rows("SELECT totp_secret, totp_confirmed_at FROM accounts") == [(None, None)]
    with pytest.raises(NotFound):
        accounts.renew_factor(house, email="nobody@example.org")


def test_a_brands_invitation_becomes_a_person_of_the_brand(database, house, hallway, tools):
    brand_id = accounts.create_brand(
        house, name="Maison A", legal_name="Maison A SAS", country="FR"
    )
    link = accounts.invite_to_brand(
        house,
        brand_id=brand_id,
        email="a@maison.example",
        name="A",
        role=BrandRole.COMMERCIAL,
        locale="fr",
    )

    begun = accounts.join_brand(
        hallway, word=link.rpartition("/")[2], name="Anna Roy", password=NEW, locale="fr"
    )

    knocked = accounts.knock(tools, reference=begun.reference, realm=Realm.BRAND)
    assert (knocked.brand_id, knocked.brand_role, knocked.name) == (
        brand_id,
        BrandRole.COMMERCIAL,
        "Anna Roy",
    )
    assert link.startswith("http://localhost:8000/brand/join/")
    with pytest.raises(LinkSpent):
        accounts.join_brand(
            hallway, word=link.rpartition("/")[2], name="B", password=NEW, locale="fr"
        )


def test_nobody_signs_in_to_an_invitation_that_was_not_followed(house, hallway, database):
    brand_id = accounts.create_brand(
        house, name="Maison A", legal_name="Maison A SAS", country="FR"
    )
    accounts.invite_to_brand(
        house,
        brand_id=brand_id,
        email="a@maison.example",
        name="A",
        role=BrandRole.OWNER,
        locale="en",
    )

    for password in ("", "none yet"):
        with pytest.raises(SignInRefused):
            accounts.sign_in(
                hallway,
                realm=Realm.BRAND,
                email="a@maison.example",
                password=password,
                network="::1",
            )


def test_one_address_is_one_account_of_a_realm(house, database):
    accounts.create_operator(house, email="op@example.org", name="Op", password=NEW)

    with pytest.raises(AlreadyThere):
        accounts.create_operator(house, email="OP@example.org", name="Op", password=NEW)

    assert database.value("SELECT count(*) FROM accounts") == 1


def test_what_is_long_past_is_forgotten_and_the_rest_kept(
    database, hallway, tools, somebody, clock
):
    old = sign_in(hallway)
    ask(hallway)
    clock.turn(days=200)
    young = sign_in(hallway)

    forgotten = [accounts.forget_old(tools) for _ in range(2)]

    assert forgotten == [4 + 1 + 1, 0]  # four counts, the old session, the old link
    assert accounts.knock(tools, reference=old.reference, realm=Realm.MEMBER) is None
    assert accounts.knock(tools, reference=young.reference, realm=Realm.MEMBER) is not None


def test_a_password_kept_with_weaker_figures_is_kept_anew(database, hallway):
    from argon2 import PasswordHasher  # noqa: PLC0415

    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(factories.PASSWORD)
    with database.session() as session:
        factories.member(session, email="camille@example.org", password_hash=weak)

    sign_in(hallway)

    assert not passwords.outdated(database.value("SELECT password_hash FROM accounts"))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (" Camille@Example.ORG ", "camille@example.org"),
        ("\uff23amille@example.org", "camille@example.org"),
        ("a+tag@example.co.uk", "a+tag@example.co.uk"),
        ("é@exämple.fr", "é@exämple.fr"),
    ],
)
def test_two_spellings_are_one_address(typed, key):
    assert email_key(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "@b.fr",
        "a@@b.fr",
        "a b@c.fr",
        "a@b.fr\n",
        "a@b.fr\r\nBcc: x@y.fr",
        "a" * 250 + "@b.fr",
        "<a@b.fr>",
    ],
)
def test_what_is_no_address_is_refused(typed):
    if typed.strip() != typed and typed.strip() == "a@b.fr":
        assert email_key(typed) == "a@b.fr"
        return
    with pytest.raises(EmailRefused):
        email_key(typed)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "ünïcödé pâsswörd",
        "        spaces        x",
        "日本語のパスワード",
        "x" * 28 + "yzabcdef" * 4,
    ],
)
def test_any_characters_make_a_password(password):
    check_password(
        password, common=passwords.common(), context=("camille@example.org", "Camille Laurent")
    )


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("seven77", "short"),
        ("x" * 257, "long"),
        ("Password1", "common"),
        ("QWERTYUIOP", "common"),
        ("abababababab", "common"),
        ("Camille-Laurent", "plain"),
        ("aubaine2026", "plain"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password, reason):
    with pytest.raises(PasswordRefused) as no:
        check_password(
            password,
            common=passwords.common(),
            context=("camille@example.org", "Camille Laurent", "aubaine"),
        )

    assert no.value.facts["reason"] == reason


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("not an address", "unknown"),
    ],
)
def test_failures_are_counted_by_household(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("budget", "failures", "oldest", "last", "wait"),
    [
        (PER_ACCOUNT, 4, 100, 0, 0),
        (PER_ACCOUNT, 5, 100, 0, 30),
        (PER_ACCOUNT, 50, 600, 29, 1),
        (PER_ACCOUNT, 50, 600, 30, 0),
        (PER_ADDRESS, 19, 0, 0, 0),
        (PER_ADDRESS, 20, 0, 0, 300),
        (PER_ADDRESS, 20, 299, 0, 1),
        (PER_ADDRESS, 20, 300, 0, 0),
    ],
)
def test_how_long_one_waits(budget, failures, oldest, last, wait):
    seconds = {"since_oldest": timedelta(seconds=oldest), "since_last": timedelta(seconds=last)}

    assert wait_seconds(budget, failures=failures, **seconds) == wait
