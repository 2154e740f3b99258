"""Suppression: a brand's own customers, kept out of its sales wherever members meet them.

A brand's list is a set of marks (HMAC of SHA-256 of an address), and so is what a member carries. ``kept_from`` looks
one up in the other: two reads of an index, asked with every hold and once with every request of a member.
"""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
TABLES = ("suppression_lists", "suppressed_marks")

KEPT_FROM = """
CREATE FUNCTION kept_from(member bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- The brands that keep this member out of their sales.
    SELECT coalesce(array_agg(x.brand_id), '{}')
    FROM members m JOIN suppressed_marks x ON x.mark = m.mark WHERE m.id = member
$$
"""

RATES = """
CREATE FUNCTION buyer_rates() RETURNS TABLE (sales bigint, low_ppm bigint, middle_ppm bigint, high_ppm bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Buyers of each sale that closed within a year, per million active members of its territory today: how many
    -- sales there were, and the quartiles. Of all brands together, so that none reads another's.
    WITH crowd AS (
        SELECT m.territory, count(*) AS members FROM members m
        JOIN accounts a ON a.id = m.account_id AND a.state = 'active' GROUP BY m.territory
    ), of_sales AS (
        SELECT s.id, (SELECT count(DISTINCT h.member_id) FROM holds h WHERE h.sale_id = s.id AND h.state = 'sold')
                     * 1000000 / c.members AS ppm
        FROM sales s JOIN crowd c ON c.territory = s.territory
        WHERE s.state NOT IN ('draft', 'scheduled', 'cancelled')
          AND s.closes_at BETWEEN house_instant() - interval '365 days' AND house_instant()
    )
    SELECT count(*), coalesce(percentile_disc(0.25) WITHIN GROUP (ORDER BY ppm), 0),
           coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY ppm), 0),
           coalesce(percentile_disc(0.75) WITHIN GROUP (ORDER BY ppm), 0)
    FROM of_sales
$$
"""

TAKE = """
CREATE OR REPLACE FUNCTION take_holds(members bigint[], items bigint[], asked integer[], keys uuid[])
RETURNS TABLE (
    place integer, outcome text, hold_id bigint, expires_at timestamptz, price_minor bigint,
    next_release_at timestamptz, next_release_units bigint, most bigint, sold_out_at timestamptz, opens_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Ask for holds: request n is members[n] wanting asked[n] units of items[n] under the idempotency key keys[n].
-- Answers come in the order asked; each request stands for itself. The clock is read after the locks.
#variable_conflict use_column
DECLARE
    at timestamptz;
    n integer;
    item record;
    earlier record;
    holding bigint;
    holding_sale bigint;
    extra integer;
    taken bigint;
BEGIN
    IF cardinality(members) <> cardinality(items) OR cardinality(items) <> cardinality(asked)
       OR cardinality(asked) <> cardinality(keys) THEN
        RAISE EXCEPTION 'asks are told in arrays of one length' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;

    INSERT INTO member_sales (sale_id, member_id)
    SELECT DISTINCT i.sale_id, a.member_id
    FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM member_sales m
    WHERE (m.sale_id, m.member_id) IN (
        SELECT i.sale_id, a.member_id
        FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
    )
    ORDER BY m.sale_id, m.member_id FOR NO KEY UPDATE;

    at := house_now();
    PERFORM reclaim_lapsed(items, at);

    FOR n IN 1 .. cardinality(items) LOOP
        place := n;
        outcome := NULL; hold_id := NULL; expires_at := NULL; price_minor := NULL;
        next_release_at := NULL; next_release_units := NULL; most := NULL; sold_out_at := NULL; opens_at := NULL;

        -- Asked before under this key: the same answer, and nothing new is taken.
        SELECT h.id, h.expires_at, h.price_minor, h.state, h.sale_item_id, h.units INTO earlier
        FROM holds h WHERE h.member_id = members[n] AND h.key = keys[n];
        IF FOUND THEN
            outcome := CASE
                WHEN earlier.sale_item_id <> items[n] OR earlier.units <> asked[n] THEN 'key_reused'
                WHEN earlier.state = 'held' THEN 'held'
                WHEN earlier.state = 'sold' THEN 'bought'
                ELSE 'lapsed'
            END;
            IF outcome <> 'key_reused' THEN
                hold_id := earlier.id; expires_at := earlier.expires_at; price_minor := earlier.price_minor;
            END IF;
            RETURN NEXT; CONTINUE;
        END IF;

        SELECT i.id, i.brand_id, i.sale_id, i.lot_id, i.price_minor, i.available, i.held, i.stopped_at, i.sold_out_at,
               i.limit_per_member, s.limit_per_member AS sale_limit, s.state, s.opens_at, s.closes_at,
               CASE WHEN b.told_ahead THEN s.teaser_at ELSE s.opens_at END AS teaser_at
        INTO item FROM sale_items i JOIN sales s ON s.id = i.sale_id JOIN brands b ON b.id = s.brand_id
        WHERE i.id = items[n];

        -- The same rule as domain.sales.phase: before the teaser a sale is not spoken of at all, and to whom its brand
        -- keeps out it never is.
        IF NOT FOUND OR item.state IN ('draft', 'cancelled') OR at < item.teaser_at
           OR item.brand_id = ANY (kept_from(members[n])) THEN outcome := 'not_found';
        ELSIF item.state = 'closed' OR at >= item.closes_at THEN outcome := 'closed';
        ELSIF item.state = 'paused' THEN outcome := 'paused';
        ELSIF at < item.opens_at THEN outcome := 'not_open'; opens_at := item.opens_at;
        ELSIF item.stopped_at IS NOT NULL THEN outcome := 'stopped';
        END IF;
        IF outcome IS NOT NULL THEN RETURN NEXT; CONTINUE; END IF;

        -- Holds plus paid less returned, over all tabs. A hold of another item may have lapsed without anybody
        -- having said so in its row: the clock decides.
        SELECT coalesce(sum(h.units - h.returned_units) FILTER (WHERE h.sale_item_id = item.id), 0),
               coalesce(sum(h.units - h.returned_units), 0)
        INTO holding, holding_sale
        FROM holds h
        WHERE h.member_id = members[n] AND h.sale_id = item.sale_id
          AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at));
        IF holding + asked[n] > item.limit_per_member OR holding_sale + asked[n] > item.sale_limit THEN
            outcome := 'limit_reached';
            most := greatest(least(item.limit_per_member - holding, item.sale_limit - holding_sale), 0);
            RETURN NEXT; CONTINUE;
        END IF;

        UPDATE sale_items i SET
            available = i.available - asked[n], held = i.held + asked[n],
            sold_out_at = CASE WHEN i.available = asked[n] THEN at ELSE i.sold_out_at END
        WHERE i.id = item.id AND i.available >= asked[n]
        RETURNING i.id INTO taken;

        IF taken IS NOT NULL THEN
            outcome := 'held';
            price_minor := item.price_minor;
            SELECT CASE WHEN m.extra_time THEN 300 ELSE 0 END INTO STRICT extra FROM members m WHERE m.id = members[n];
            INSERT INTO holds (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, created_at,
                               expires_at, cap_at, extra_seconds)
            VALUES (item.brand_id, item.sale_id, item.id, members[n], keys[n], asked[n], item.price_minor, at,
                    at + interval '10 minutes' + extra * interval '1 second',
                    at + interval '15 minutes' + extra * interval '1 second', extra)
            RETURNING holds.id, holds.expires_at INTO hold_id, expires_at;
            INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, created_at)
            VALUES (item.brand_id, item.lot_id, item.id, hold_id, 'held', asked[n], at);
            RETURN NEXT; CONTINUE;
        END IF;

        -- What empties the shelf may be the member's own hold, from another tab: then it is simply theirs.
        SELECT h.id, h.expires_at, h.price_minor INTO earlier
        FROM holds h WHERE h.member_id = members[n] AND h.sale_item_id = item.id AND h.state = 'held'
        ORDER BY h.expires_at LIMIT 1;
        IF FOUND THEN
            outcome := 'already_held';
            hold_id := earlier.id; expires_at := earlier.expires_at; price_minor := earlier.price_minor;
            RETURN NEXT; CONTINUE;
        END IF;

        most := item.available;
        outcome := CASE WHEN item.available > 0 THEN 'too_many' WHEN item.held > 0 THEN 'all_in_bags' ELSE 'sold_out' END;
        sold_out_at := item.sold_out_at;
        -- What comes back within the minute in which the first unit does: "two come back at 07:14 unless paid".
        SELECT min(h.expires_at), sum(h.units) INTO next_release_at, next_release_units
        FROM holds h
        WHERE h.sale_item_id = item.id AND h.state = 'held'
          AND date_trunc('minute', h.expires_at) = (
              SELECT date_trunc('minute', min(f.expires_at)) FROM holds f
              WHERE f.sale_item_id = item.id AND f.state = 'held'
          );
        INSERT INTO demand_signals
            (brand_id, sale_id, sale_item_id, member_id, signal, minute, units, last_at, created_at)
        VALUES (item.brand_id, item.sale_id, item.id, members[n],
                CASE WHEN item.held > 0 THEN 'refused_in_bags' ELSE 'refused_sold_out' END,
                div(extract(epoch FROM at - item.opens_at), 60), asked[n], at, at)
        ON CONFLICT (sale_item_id, member_id, signal, minute) DO UPDATE SET
            times = demand_signals.times + 1, last_at = excluded.last_at,
            units = greatest(demand_signals.units, excluded.units);
        RETURN NEXT;
    END LOOP;
END $$
"""

BEFORE = run_path(str(Path(__file__).with_name("0004_holds.py")))["TAKE"].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1
)


def upgrade() -> None:
    """Make the tables, the function that looks a member up, and let holds ask it."""
    op.add_column("members", sa.Column("mark", sa.LargeBinary(), nullable=True))
    _make_lists()
    _make_marks()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_brand ON suppression_lists TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON suppression_lists AS RESTRICTIVE TO aubaine_brand "
        f"USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        "GRANT SELECT ON suppression_lists TO aubaine_brand, aubaine_operator, aubaine_worker"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON suppression_lists TO aubaine_hallway")
    op.execute("GRANT SELECT, INSERT, DELETE ON suppressed_marks TO aubaine_hallway")
    for body in (KEPT_FROM, RATES, TAKE):
        op.execute(body)
    for name, roles in WHO.items():
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")
    with op.get_context().autocommit_block():  # members are written to while it is built
        op.create_index(
            "ix_members_unmarked",
            "members",
            ["id"],
            postgresql_where=sa.text("mark IS NULL"),
            postgresql_concurrently=True,
        )


WHO = {
    "kept_from(bigint)": "aubaine_app, aubaine_member",
    "buyer_rates()": "aubaine_hallway",
}


def _at(name: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _number(name: str, *, default: str | None = None, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _make_lists() -> None:
    op.create_table(
        "suppression_lists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _number("brand_id"),
        _number("entries"),
        _number("told", null=True),
        _at("told_at"),
        *(_number(name, default="0") for name in ("sales", "low_ppm", "middle_ppm", "high_ppm")),
        _at("changed_at", null=False),
        _number("changed_by_id", null=True),
        _refers("suppression_lists", "brand_id", "brands"),
        _refers("suppression_lists", "changed_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression_lists")),
        sa.UniqueConstraint("brand_id", name=op.f("uq_suppression_lists_brand_id")),
    )


def _make_marks() -> None:
    op.create_table(
        "suppressed_marks",
        sa.Column("brand_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        _refers("suppressed_marks", "brand_id", "brands"),
        sa.PrimaryKeyConstraint("brand_id", "mark", name=op.f("pk_suppressed_marks")),
    )
    op.create_index("ix_suppressed_marks_mark", "suppressed_marks", ["mark"])


def downgrade() -> None:
    """Let everybody in again."""
    with op.get_context().autocommit_block():
        op.drop_index("ix_members_unmarked", "members", postgresql_concurrently=True)
    op.execute(BEFORE)
    for name in WHO:
        op.execute(f"DROP FUNCTION {name}")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("members", "mark")
