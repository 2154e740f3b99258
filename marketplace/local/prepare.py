"""Brings the database to the newest schema and lets the application log in; runs before the doors.

A process of its own, because it alone holds the owner's address: no door and no worker ever does.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import unquote, urlsplit

from marketplace.db import migrate


def main() -> int:
    """Migrate MIGRATION_DATABASE_URL; give the application's login the password in DATABASE_URL."""
    app_url = os.environ["DATABASE_URL"]
    owner_url = os.environ.get("MIGRATION_DATABASE_URL") or app_url
    migrate.upgrade(owner_url)
    login = urlsplit(app_url)
    if login.username == migrate.APP_LOGIN and os.environ.get("EMBEDDED") == "1":
        migrate.create_app_login(owner_url, unquote(login.password or ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
