from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.domain.accounts import (
    AlreadyThere,
    EmailRefused,
    InvitationsSpent,
    LinkSpent,
    PasswordRefused,
)
from marketplace.domain.doors import Door
from marketplace.domain.territories import UnknownTerritory
from marketplace.services import members
from tests import factories

PASSWORD = "seven swans at the old mill"


@pytest.fixture
def sponsor(database):
    with database.session() as session:
        return factories.member(session, email="sponsor@example.org")


@pytest.fixture
def at(tools):
    """The hallway's tools, in somebody's hands."""
    return lambda account_id=None: tools.at_door(Door.HALLWAY, account_id=account_id)


def word_of(database, tools, kind="member_invitation"):
    """The word of the newest letter's link, as the letter carries it."""
    facts = database.value(
        f"SELECT facts FROM letters WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
    )
    return tools.sealed(facts["seed"])


def about(**more):
    given = {"name": "Nora Blum", "password": PASSWORD, "territory": "BE", "locale": "fr", **more}
    return members.Joining(**given)


def test_an_invitation_becomes_a_member_whose_sponsor_is_known(database, at, tools, sponsor):
    members.invite(
        at(sponsor.account_id), account_id=sponsor.account_id, email=" Nora@Example.org "
    )

    begun = members.join(at(), word=word_of(database, tools), about=about())

    account = database.rows(
        "SELECT email, email_key, name, locale, zone, realm FROM accounts WHERE id = :id",
        id=begun.account_id,
    )
    assert account == [
        ("Nora@Example.org", "nora@example.org", "Nora Blum", "fr", "Europe/Brussels", "member")
    ]
    assert database.rows(
        "SELECT sponsor_id, territory FROM members WHERE account_id = :id", id=begun.account_id
    ) == [(sponsor.id, "BE")]
    assert database.value("SELECT accepted_at IS NOT NULL FROM invitations")
    assert database.value("SELECT invitations_left FROM members WHERE id = :id", id=sponsor.id) == 4
    assert [name for (name,) in database.rows("SELECT name FROM events ORDER BY id")] == [
        "member.invitation_sent",
        "account.created",
        "member.invitation_accepted",
    ]
    assert begun.complete


def test_the_tables_do_not_keep_the_links_word(database, at, tools, sponsor):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    word = word_of(database, tools)

    kept = database.rows("SELECT token_hash::text FROM tokens") + database.rows(
        "SELECT facts::text FROM letters"
    )

    assert len(word) == 43  # 256 bits
    assert all(word not in text for (text,) in kept)


def test_an_invitation_works_once(database, at, tools, sponsor):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    word = word_of(database, tools)
    members.join(at(), word=word, about=about())

    with pytest.raises(LinkSpent):
        members.join(at(), word=word, about=about(name="Somebody Else"))

    assert database.value("SELECT count(*) FROM members") == 2


def test_an_invitation_lapses_after_fourteen_days(database, at, tools, sponsor, clock):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    clock.turn(days=14)

    with pytest.raises(LinkSpent):
        members.join(at(), word=word_of(database, tools), about=about())

    assert database.value("SELECT count(*) FROM members") == 1


def test_an_invitation_that_was_not_used_comes_back_once(database, at, tools, sponsor, clock):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    clock.turn(days=14)

    returned = [members.return_lapsed_invitations(tools) for _ in range(2)]

    assert returned == [1, 0]
    assert database.rows(
        "SELECT i.email, t.email_key FROM invitations i JOIN tokens t ON t.id = i.token_id"
    ) == [("", "")]
    assert database.rows("SELECT address, facts, state FROM letters") == [(None, {}, "withheld")]
    assert database.value("SELECT invitations_left FROM members WHERE id = :id", id=sponsor.id) == 5


def test_a_used_invitation_does_not_come_back(database, at, tools, sponsor, clock):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    members.join(at(), word=word_of(database, tools), about=about())
    clock.turn(days=15)

    assert members.return_lapsed_invitations(tools) == 0
    assert database.value("SELECT invitations_left FROM members WHERE id = :id", id=sponsor.id) == 4


@pytest.mark.parametrize(
    "email", ["other@example.org", "SPONSOR@example.org", "nobody@example.org"]
)
def test_inviting_oneself_a_member_or_a_stranger_costs_and_answers_the_same(
    database, at, sponsor, email
):
    with database.session() as session:
        factories.member(session, email="other@example.org")

    answer = members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email=email)

    assert answer is None
    assert database.value("SELECT invitations_left FROM members WHERE id = :id", id=sponsor.id) == 4
    assert database.value("SELECT count(*) FROM invitations") == 1
    assert database.value("SELECT count(*) FROM tokens") == 1
    assert database.value("SELECT count(*) FROM letters") == 1


def test_a_member_who_is_invited_is_told_that_they_are_one(database, at, sponsor):
    with database.session() as session:
        other = factories.member(session, email="other@example.org")

    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="other@example.org")

    assert database.rows("SELECT kind, account_id, address FROM letters") == [
        ("member_already", other.account_id, None)
    ]


def test_twelve_at_once_give_five_invitations_and_not_one_more(database, at, sponsor):
    def invite(number):
        try:
            members.invite(
                at(sponsor.account_id),
                account_id=sponsor.account_id,
                email=f"friend{number}@example.org",
            )
        except InvitationsSpent:
            return "spent"
        return "given"

    with ThreadPoolExecutor(12) as threads:
        answers = sorted(threads.map(invite, range(12)))

    assert answers == ["given"] * 5 + ["spent"] * 7
    assert database.value("SELECT invitations_left FROM members WHERE id = :id", id=sponsor.id) == 0
    assert database.value("SELECT count(*) FROM letters") == 5


def test_two_who_follow_one_link_at_once_are_one_member(database, at, tools, sponsor):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    word = word_of(database, tools)

    def join(_number):
        try:
            members.join(at(), word=word, about=about())
        except LinkSpent:
            return "spent"
        return "joined"

    with ThreadPoolExecutor(6) as threads:
        answers = sorted(threads.map(join, range(6)))

    assert answers == ["joined"] + ["spent"] * 5
    assert database.value("SELECT count(*) FROM members") == 2


def test_two_invitations_of_one_person_are_one_member(database, at, tools, sponsor):
    words = []
    for _ in range(2):
        members.invite(
            at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org"
        )
        words.append(word_of(database, tools))
    members.join(at(), word=words[0], about=about())

    with pytest.raises(LinkSpent):
        members.join(at(), word=words[1], about=about())

    assert database.value("SELECT count(*) FROM accounts") == 2


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"password": "short"}, PasswordRefused),
        ({"password": "password1"}, PasswordRefused),
        ({"territory": "US"}, UnknownTerritory),
    ],
)
def test_what_cannot_be_taken_leaves_the_invitation_as_it_was(
    database, at, tools, sponsor, more, refusal
):
    members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="nora@example.org")
    word = word_of(database, tools)

    with pytest.raises(refusal):
        members.join(at(), word=word, about=about(**more))

    assert database.value("SELECT count(*) FROM accounts") == 1
    assert members.join(at(), word=word, about=about()).complete


def test_what_is_no_address_costs_nothing(database, at, sponsor):
    with pytest.raises(EmailRefused):
        members.invite(at(sponsor.account_id), account_id=sponsor.account_id, email="no address")

    assert database.value("SELECT invitations_left FROM members") == 5


def test_the_house_invites_in_its_own_name(database, at, tools, house):
    link = members.invite_by_house(house, email="first@example.org", locale="fr")

    begun = members.join(at(), word=link.rpartition("/")[2], about=about())

    assert link.startswith("http://localhost:8000/join/")
    assert database.rows(
        "SELECT sponsor_id FROM members WHERE account_id = :id", id=begun.account_id
    ) == [(None,)]


def test_the_house_is_told_who_is_a_member(house, sponsor):
    with pytest.raises(AlreadyThere):
        members.invite_by_house(house, email="sponsor@example.org", locale="fr")
