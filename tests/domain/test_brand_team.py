from __future__ import annotations

import pytest

from marketplace.domain.accounts import owes_second_factor
from marketplace.domain.brands.team import (
    PEOPLE_MAX,
    LastOwner,
    TeamFull,
    check_owner_stays,
    check_room,
)
from marketplace.domain.doors import BrandRole, Realm

OTHERS = [None, *(role for role in BrandRole if role is not BrandRole.OWNER)]


@pytest.mark.parametrize("becomes", OTHERS)
def test_the_last_owner_stays_an_owner(becomes):
    with pytest.raises(LastOwner):
        check_owner_stays(is_owner=True, becomes=becomes, other_owners=0)

    check_owner_stays(is_owner=True, becomes=becomes, other_owners=1)
    check_owner_stays(is_owner=False, becomes=becomes, other_owners=0)
    check_owner_stays(is_owner=True, becomes=BrandRole.OWNER, other_owners=0)


def test_a_brand_has_room_for_so_many_people_and_not_one_more():
    check_room(PEOPLE_MAX - 1)

    with pytest.raises(TeamFull) as refused:
        check_room(PEOPLE_MAX)

    assert refused.value.facts == {"most": PEOPLE_MAX}


def test_owners_and_finance_and_people_of_the_house_owe_a_second_factor():
    owing = [role for role in BrandRole if owes_second_factor(Realm.BRAND, role)]

    assert owing == [BrandRole.OWNER, BrandRole.FINANCE]
    assert owes_second_factor(Realm.OPERATOR, None)
    assert not owes_second_factor(Realm.MEMBER, None)
