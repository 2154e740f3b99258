"""A brand's people have five roles: content and finance stand beside owner, commercial and viewer."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = ("owner", "commercial", "viewer")
AFTER = ("owner", "commercial", "content", "finance", "viewer")


def upgrade() -> None:
    """Let the new roles be given."""
    _allow(AFTER)


def downgrade() -> None:
    """Whoever has one of the new roles looks on."""
    op.execute("UPDATE brand_users SET role = 'viewer' WHERE role IN ('content', 'finance')")
    _allow(BEFORE)


def _allow(roles: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{role}'" for role in roles)
    op.execute("ALTER TABLE brand_users DROP CONSTRAINT ck_brand_users_brandrole")
    op.execute(
        "ALTER TABLE brand_users ADD CONSTRAINT ck_brand_users_brandrole "
        f"CHECK (role IN ({allowed})) NOT VALID"
    )
    with op.get_context().autocommit_block():  # looking at every row must not keep readers out
        op.execute("ALTER TABLE brand_users VALIDATE CONSTRAINT ck_brand_users_brandrole")
