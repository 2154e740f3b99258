"""One-time codes: right for half a minute, one step to each side, and once."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import pyotp

from marketplace.domain.accounts import CODE_STEP_SECONDS, code_steps

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.db.accounts import Account


def use(account: Account, code: str, *, at: datetime) -> bool:
    """Whether ``code`` is right at ``at``; it is used up then. The caller has locked ``account``."""
    assert account.totp_secret is not None, "an account without a secret has no codes"
    given = "".join(code.split())
    maker = pyotp.TOTP(account.totp_secret)
    for step in code_steps(at, account.totp_last_step):
        if hmac.compare_digest(maker.at(step * CODE_STEP_SECONDS).encode(), given.encode()):
            account.totp_last_step = step
            return True
    return False
