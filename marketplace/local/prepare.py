"""Brings the database to the newest schema and lets the application log in; runs before the doors.

A process of its own, because it alone holds the owner's address: no door and no worker ever does.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote, urlsplit

from marketplace import config
from marketplace.db import migrate
from marketplace.local.turning import Clock

FILLED_LATER = "DEMO_COMES"
"""Names the variable that is 1 where the demo will fill this house, or go on with it."""


def main() -> int:
    """Migrate MIGRATION_DATABASE_URL; give the application's login the password in DATABASE_URL.

    A demo that was broken off in its past has left the clock turned back: unless it is taken up again, it is set right.
    """
    app_url = os.environ["DATABASE_URL"]
    owner_url = os.environ.get("MIGRATION_DATABASE_URL") or app_url
    migrate.upgrade(owner_url)
    login = urlsplit(app_url)
    if login.username == migrate.APP_LOGIN and os.environ.get("EMBEDDED") == "1":
        migrate.create_app_login(owner_url, unquote(login.password or ""))
        if os.environ.get(FILLED_LATER) != "1":
            Clock(config.from_environment(os.environ), owner_url).set_right()
    return 0


if __name__ == "__main__":
    sys.exit(main())
