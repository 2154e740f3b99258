"""The people of a brand: let in, given another role, let go."""

from __future__ import annotations

import pyotp
import pytest

from marketplace.db import passwords
from marketplace.domain.accounts import LinkSpent, SecondFactorRequired, SignInRefused
from marketplace.domain.brands.team import InvitationFollowed, LastOwner
from marketplace.domain.doors import BrandRole, Door, Realm
from marketplace.domain.refusals import NotFound
from marketplace.queries import brand_team
from marketplace.services import accounts
from tests import factories

EMAIL = "nora@maison.example"


@pytest.fixture(scope="module")
def kept():
    return passwords.hashed(factories.PASSWORD)


@pytest.fixture
def owner(database, kept):
    with database.session() as session:
        of = factories.brand(session)
        return factories.brand_user(session, of=of, password_hash=kept, name="Alma Owner")


@pytest.fixture
def hands(tools, owner):
    """The tools of the owner, at the hallway."""
    return tools.at_door(Door.HALLWAY, account_id=owner.account_id)


def invited(hands, owner, role=BrandRole.VIEWER) -> tuple[int, str]:
    link = accounts.invite_to_brand(
        hands, brand_id=owner.brand_id, email=EMAIL, name="Nora", role=role, locale="fr"
    )
    people = brand_team.people(hands, brand_id=owner.brand_id)
    return next(each.account_id for each in people if each.email == EMAIL), word(link)


def word(link: str) -> str:
    return link.rpartition("/")[2]


def joined(hands, owner, role) -> int:
    account_id, followed = invited(hands, owner, role)
    accounts.join_brand(hands, word=followed, name="Nora", password=factories.PASSWORD, locale="fr")
    return account_id


def sign_in(tools):
    return accounts.sign_in(
        tools.at_door(Door.HALLWAY),
        realm=Realm.BRAND,
        email=EMAIL,
        password=factories.PASSWORD,
        network="::1",
    )


def told(database, brand_id):
    return [
        (name, data)
        for name, data in database.rows(
            "SELECT name, data FROM events WHERE brand_id = :b ORDER BY id", b=brand_id
        )
    ]


@pytest.mark.parametrize(("role", "complete"), [("finance", False), ("content", True)])
def test_whoever_follows_an_invitation_gives_the_factor_their_role_asks_for(
    tools, hands, owner, role, complete
):
    _, followed = invited(hands, owner, BrandRole(role))

    begun = accounts.join_brand(
        hands, word=followed, name="Nora", password=factories.PASSWORD, locale="fr"
    )

    knocked = accounts.knock(tools, reference=begun.reference, realm=Realm.BRAND)
    assert (begun.complete, knocked.complete) == (complete, complete)
    waiting = accounts.factor_to_set_up(hands, account_id=begun.account_id)
    assert (waiting is None) is complete


def test_finance_sets_the_second_factor_up_and_cannot_take_it_off(hands, owner, tools):
    account_id = joined(hands, owner, BrandRole.FINANCE)
    secret = accounts.factor_to_set_up(hands, account_id=account_id).secret

    whole = accounts.confirm_factor(hands, account_id=account_id, code=pyotp.TOTP(secret).now())

    assert accounts.knock(tools, reference=whole.reference, realm=Realm.BRAND).complete
    with pytest.raises(SecondFactorRequired):
        accounts.remove_factor(hands, account_id=account_id, password=factories.PASSWORD)


def test_an_invitation_sent_again_makes_the_first_link_worthless(hands, owner, database, clock):
    account_id, first = invited(hands, owner)
    clock.turn(days=15)

    second = word(accounts.resend_invitation(hands, brand_id=owner.brand_id, account_id=account_id))

    with pytest.raises(LinkSpent):
        accounts.invited_to_brand(hands, word=first)
    assert accounts.invited_to_brand(hands, word=second) == (EMAIL, "Nora")
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'brand_invitation'") == 2


def test_a_withdrawn_invitation_opens_nothing_and_frees_its_address(hands, owner, database):
    account_id, first = invited(hands, owner)

    accounts.withdraw_invitation(hands, brand_id=owner.brand_id, account_id=account_id)

    with pytest.raises(LinkSpent):
        accounts.invited_to_brand(hands, word=first)
    assert database.value("SELECT state FROM letters") == "withheld"
    again, second = invited(hands, owner, BrandRole.COMMERCIAL)
    assert again != account_id
    assert accounts.invited_to_brand(hands, word=second) == (EMAIL, "Nora")


def test_whoever_has_come_in_has_no_invitation_to_withdraw(hands, owner):
    account_id = joined(hands, owner, BrandRole.VIEWER)

    for act in (accounts.withdraw_invitation, accounts.resend_invitation):
        with pytest.raises(InvitationFollowed):
            act(hands, brand_id=owner.brand_id, account_id=account_id)


def test_a_new_role_ends_the_sessions_and_is_written_down(hands, owner, tools, database):
    account_id = joined(hands, owner, BrandRole.VIEWER)
    begun = sign_in(tools)

    accounts.change_role(
        hands, brand_id=owner.brand_id, account_id=account_id, role=BrandRole.FINANCE
    )

    assert accounts.knock(tools, reference=begun.reference, realm=Realm.BRAND) is None
    assert not sign_in(tools).complete
    assert told(database, owner.brand_id)[-1] == (
        "brand.role_changed",
        {"role_was": "viewer", "role_now": "finance"},
    )


def test_whoever_is_let_go_is_out_at_once_and_may_be_invited_anew(hands, owner, tools):
    account_id = joined(hands, owner, BrandRole.VIEWER)
    begun = sign_in(tools)

    accounts.remove_from_brand(hands, brand_id=owner.brand_id, account_id=account_id)

    assert accounts.knock(tools, reference=begun.reference, realm=Realm.BRAND) is None
    with pytest.raises(SignInRefused):
        sign_in(tools)
    assert joined(hands, owner, BrandRole.CONTENT) != account_id


def test_the_last_owner_cannot_leave_though_another_is_invited(hands, owner, database):
    invited(hands, owner, BrandRole.OWNER)
    place = {"brand_id": owner.brand_id, "account_id": owner.account_id}
    before = len(told(database, owner.brand_id))

    with pytest.raises(LastOwner):
        accounts.remove_from_brand(hands, **place)
    with pytest.raises(LastOwner):
        accounts.change_role(hands, **place, role=BrandRole.VIEWER)

    assert len(told(database, owner.brand_id)) == before


def test_people_of_another_brand_are_not_there(hands, owner, database):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    theirs = {"brand_id": owner.brand_id, "account_id": other.account_id}

    for act in (accounts.remove_from_brand, accounts.resend_invitation):
        with pytest.raises(NotFound):
            act(hands, **theirs)
    with pytest.raises(NotFound):
        accounts.change_role(hands, **theirs, role=BrandRole.OWNER)
    with pytest.raises(NotFound):
        brand_team.one(hands, **theirs)


def test_the_house_lets_a_lost_phone_be_replaced(hands, owner, tools, database):
    account_id = joined(hands, owner, BrandRole.FINANCE)
    secret = accounts.factor_to_set_up(hands, account_id=account_id).secret
    accounts.confirm_factor(hands, account_id=account_id, code=pyotp.TOTP(secret).now())
    with database.session() as session:
        house = tools.at_door(Door.OPERATOR, account_id=factories.operator(session).id)

    accounts.renew_persons_factor(house, brand_id=owner.brand_id, account_id=account_id)

    assert not sign_in(tools).complete
    assert accounts.factor_to_set_up(hands, account_id=account_id).secret != secret
