"""The checks on migrations find what they are there for."""

from __future__ import annotations

from marketplace.local import checks

BEGIN = "SET lock_timeout = '2s';\nBEGIN;\n"


def test_a_migration_that_would_stop_a_running_shop_is_found(capfd):
    stops_all = f"{BEGIN}ALTER TABLE orders ADD COLUMN gift text NOT NULL;\nCOMMIT;\n"
    blocks_writes = f"{BEGIN}CREATE INDEX late ON orders (member_id);\nCOMMIT;\n"

    assert checks.linted(stops_all, checks.SQUAWK_LEFT_OUT) == 1
    assert checks.linted(blocks_writes, checks.SQUAWK_LEFT_OUT) == 1
    said = capfd.readouterr().out
    assert "adding-required-field" in said
    assert "require-concurrent-index-creation" in said


def test_a_migration_that_harms_nobody_passes():
    harmless = f"{BEGIN}ALTER TABLE orders ADD COLUMN gift text;\nCOMMIT;\n"

    assert checks.linted(harmless, checks.SQUAWK_LEFT_OUT) == 0


def test_the_migrations_of_this_tree_pass():
    assert checks.head() == 0
    assert checks.squawk() == 0
