"""Accounts: coming in, staying, leaving; passwords, second factors, and the people of house and brands."""

from marketplace.db.accounts import Begun
from marketplace.services.accounts.applications import (
    Applicant,
    accept_application,
    apply,
    decline_application,
)
from marketplace.services.accounts.factors import (
    FactorToSetUp,
    begin_factor,
    confirm_factor,
    factor_to_set_up,
    prove,
    remove_factor,
)
from marketplace.services.accounts.forgetting import forget_old
from marketplace.services.accounts.people import (
    create_brand,
    create_operator,
    invited_to_brand,
    join_brand,
    renew_factor,
)
from marketplace.services.accounts.resets import (
    ask_reset,
    change_password,
    link_lives,
    reset_password,
)
from marketplace.services.accounts.sessions import (
    Knocked,
    coming,
    knock,
    knocking,
    sign_out,
    sign_out_everywhere,
)
from marketplace.services.accounts.sign_in import give_code, sign_in
from marketplace.services.accounts.team import (
    change_role,
    invite_to_brand,
    remove_from_brand,
    renew_persons_factor,
    resend_invitation,
    withdraw_invitation,
)

__all__ = (
    "Applicant",
    "Begun",
    "FactorToSetUp",
    "Knocked",
    "accept_application",
    "apply",
    "ask_reset",
    "begin_factor",
    "change_password",
    "change_role",
    "coming",
    "confirm_factor",
    "create_brand",
    "create_operator",
    "decline_application",
    "factor_to_set_up",
    "forget_old",
    "give_code",
    "invite_to_brand",
    "invited_to_brand",
    "join_brand",
    "knock",
    "knocking",
    "link_lives",
    "prove",
    "remove_factor",
    "remove_from_brand",
    "renew_factor",
    "renew_persons_factor",
    "resend_invitation",
    "reset_password",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "withdraw_invitation",
)
