"""Paces of past sales, releases during a sale, who bought and what was wanted in tens, and reports of later days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE_DOORS = ("member", "operator", "worker", "hallway")
KINDS = ("hourly", "closing", "day_30", "day_60")
KINDS_BEFORE = KINDS[:2]
MINE = "(current_setting('role') <> 'aubaine_brand' OR s.brand_id::text = current_setting('aubaine.brand_id', true))"

WANTING = f"""
CREATE FUNCTION people_left_wanting(sale bigint, at timestamptz)
RETURNS TABLE (sale_item_id bigint, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- How many different members were refused an item, or let it go back unpaid, and had not bought it by `at`: in
    -- whole tens, and no row where they are fewer than ten.
    SELECT w.sale_item_id, count(*) / 10 * 10
    FROM sales s, LATERAL (
        SELECT d.sale_item_id, d.member_id FROM demand_signals d
        WHERE d.sale_id = s.id AND s.opens_at + d.minute * interval '1 minute' < at
        UNION
        SELECT h.sale_item_id, h.member_id FROM holds h
        WHERE h.sale_id = s.id AND h.expires_at <= at
          AND (h.state IN ('held', 'expired') OR (h.state = 'sold' AND h.ended_at > at))
    ) w
    WHERE s.id = sale AND {MINE}
      AND NOT EXISTS (
          SELECT FROM order_lines l JOIN holds b ON b.id = l.hold_id
          WHERE l.sale_item_id = w.sale_item_id AND l.paid_at <= at AND b.member_id = w.member_id
      )
    GROUP BY w.sale_item_id HAVING count(*) >= 10
$$
"""
REGION = """
CREATE FUNCTION region_of(address jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    -- FR-75 of a French postcode (three figures overseas, 20 for Corsica), the country alone elsewhere.
    SELECT CASE
        WHEN coalesce(address->>'country', '') = '' THEN ''
        WHEN address->>'country' <> 'FR' THEN address->>'country'
        WHEN address->>'postcode' ~ '^9[78][0-9]{3}$' THEN 'FR-' || left(address->>'postcode', 3)
        WHEN address->>'postcode' ~ '^[0-9]{5}$' THEN 'FR-' || left(address->>'postcode', 2)
        ELSE ''
    END
$$
"""
REGIONS = f"""
CREATE FUNCTION people_by_region(sale bigint, at timestamptz)
RETURNS TABLE (region text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Different members who had bought by `at`, each counted once, where the first parcel went: whole tens. Regions of
    -- fewer than ten are told together, without a name; where those are fewer than ten in all, the smallest region
    -- that could be told goes with them, so that no sum less its parts says how few they are.
    WITH bought AS (
        SELECT DISTINCT ON (o.member_id) region_of(o.address) AS region
        FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = sale AND l.paid_at <= at AND {MINE}
        ORDER BY o.member_id, l.paid_at, l.id
    ),
    counted AS (SELECT b.region, count(*) AS people FROM bought b GROUP BY b.region),
    ranked AS (
        SELECT c.region, c.people, c.region = '' OR c.people < 10 AS small,
               sum(c.people) FILTER (WHERE c.region = '' OR c.people < 10) OVER () AS few,
               row_number() OVER (ORDER BY c.region = '' OR c.people < 10, c.people, c.region) AS place
        FROM counted c
    ),
    folded AS (
        SELECT CASE WHEN r.small OR (r.few BETWEEN 1 AND 9 AND r.place = 1) THEN '' ELSE r.region END AS region, r.people
        FROM ranked r
    )
    SELECT f.region, sum(f.people)::bigint / 10 * 10 FROM folded f GROUP BY f.region HAVING sum(f.people) >= 10
$$
"""
KNOWN = f"""
CREATE FUNCTION people_known(sale bigint, at timestamptz)
RETURNS TABLE (buyers bigint, known bigint, fresh bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Different members who had bought by `at`, and which of them had bought from the brand before the sale opened:
    -- whole tens, NULL where they are fewer than ten.
    WITH bought AS (
        SELECT DISTINCT o.member_id, s.brand_id, s.opens_at
        FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = sale AND l.paid_at <= at AND {MINE}
    ),
    told AS (
        SELECT EXISTS (
            SELECT FROM orders e JOIN order_lines f ON f.order_id = e.id
            WHERE e.member_id = b.member_id AND f.brand_id = b.brand_id AND f.paid_at < b.opens_at
        ) AS known
        FROM bought b
    )
    SELECT nullif(count(*) / 10 * 10, 0), nullif(count(*) FILTER (WHERE t.known) / 10 * 10, 0),
           nullif(count(*) FILTER (WHERE NOT t.known) / 10 * 10, 0)
    FROM told t
$$
"""
PEERS = f"""
CREATE FUNCTION pace_of_peers(sale bigint, places bigint[])
RETURNS TABLE (place bigint, peers bigint, low_bps bigint, mid_bps bigint, high_bps bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- What share of their sales pieces that never ran out had made, in sales of the same length that had closed when
    -- this one opened. Other brands' pieces only where at least three brands stand behind them.
    WITH candidates AS (
        SELECT p.brand_id, s.brand_id AS own_id, p.paid, p.paid_by
        FROM sales s JOIN paces p ON p.sale_item_id IS NOT NULL
             AND p.closed_at <= s.opens_at AND p.closed_at > s.opens_at - interval '2 years'
             AND p.span_minutes BETWEEN extract(epoch FROM s.closes_at - s.opens_at) / 60 * 0.9
                                    AND extract(epoch FROM s.closes_at - s.opens_at) / 60 * 1.1
        WHERE s.id = sale AND {MINE}
        ORDER BY p.closed_at DESC, p.id LIMIT 500
    ),
    others AS (SELECT count(DISTINCT c.brand_id) AS brands FROM candidates c WHERE c.brand_id <> c.own_id),
    used AS (
        SELECT c.paid, c.paid_by FROM candidates c, others o WHERE c.brand_id = c.own_id OR o.brands >= 3
    ),
    shares AS (
        SELECT w.place, u.paid, least(u.paid, coalesce((u.paid_by->>w.place::int)::bigint, u.paid)) AS by_then
        FROM used u, unnest(places) AS w (place)
    )
    SELECT f.place, count(*), percentile_disc(0.1) WITHIN GROUP (ORDER BY f.by_then * 10000 / f.paid),
           round(sum(f.by_then) * 10000 / sum(f.paid))::bigint,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY f.by_then * 10000 / f.paid)
    FROM shares f GROUP BY f.place
$$
"""
CATEGORY = """
CREATE FUNCTION main_category(sale bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- The category of most pieces in a sale, in small letters; NULL where none is named.
    SELECT lower(trim(st.category))
    FROM sale_items i JOIN variants v ON v.id = i.variant_id JOIN styles st ON st.id = v.style_id
    WHERE i.sale_id = sale AND trim(st.category) <> ''
    GROUP BY 1 ORDER BY sum(i.units) DESC, 1 LIMIT 1
$$
"""
MEDIAN = f"""
CREATE FUNCTION pace_of_category(sale bigint, places bigint[])
RETURNS TABLE (place bigint, brands bigint, median_bps bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- The median, over other brands' last sale in the category, of the share of its pieces that was paid: in steps
    -- of five percent, and NULL where fewer than five brands stand behind it: which of them it is, and how that one
    -- did to the piece, cannot be read off it.
    WITH last AS (
        SELECT DISTINCT ON (p.brand_id) p.accepted, p.paid, p.paid_by
        FROM sales s JOIN paces p ON p.sale_item_id IS NULL AND p.brand_id <> s.brand_id
             AND p.closed_at <= s.opens_at AND p.closed_at > s.opens_at - interval '2 years'
        WHERE s.id = sale AND p.accepted > 0 AND p.category = main_category(s.id) AND {MINE}
        ORDER BY p.brand_id, p.closed_at DESC, p.id
    ),
    shares AS (
        SELECT w.place,
               least(l.accepted, coalesce((l.paid_by->>w.place::int)::bigint, l.paid)) * 10000 / l.accepted AS bps
        FROM last l, unnest(places) AS w (place)
    )
    SELECT f.place, count(*), CASE WHEN count(*) >= 5
           THEN round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f.bps) / 500)::bigint * 500 END
    FROM shares f GROUP BY f.place
$$
"""
RETURNED = f"""
CREATE FUNCTION returned_by_cause(sale bigint, at timestamptz)
RETURNS TABLE (sale_item_id bigint, cause text, units bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Units that had left orders by `at`, and why their money went back; nothing of the refund or its member. A
    -- column has the name of the argument, so that is told by its place.
    SELECT g.sale_item_id,
           CASE WHEN g.way = 'cancelled' AND r.cause = 'operator' THEN 'cancelled' ELSE r.cause END,
           sum(g.units)::bigint
    FROM line_returns g JOIN refunds r ON r.id = g.refund_id JOIN sales s ON s.id = g.sale_id
    WHERE g.sale_id = $1 AND g.at <= $2 AND {MINE}
    GROUP BY 1, 2
$$
"""
FUNCTIONS = (
    (WANTING, "people_left_wanting(bigint, timestamptz)"),
    (REGIONS, "people_by_region(bigint, timestamptz)"),
    (KNOWN, "people_known(bigint, timestamptz)"),
    (CATEGORY, "main_category(bigint)"),
    (PEERS, "pace_of_peers(bigint, bigint[])"),
    (MEDIAN, "pace_of_category(bigint, bigint[])"),
    (RETURNED, "returned_by_cause(bigint, timestamptz)"),
)


def upgrade() -> None:
    """Make them."""
    _make_paces()
    _make_releases()
    _kinds(KINDS)
    op.execute(REGION)
    for written, signature in FUNCTIONS:
        op.execute(written)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(
            f"GRANT EXECUTE ON FUNCTION {signature} TO aubaine_brand, aubaine_operator, aubaine_worker"
        )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _made() -> sa.Column[object]:
    return sa.Column(
        "created_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("house_now()"),
        nullable=False,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _make_paces() -> None:
    op.create_table(
        "paces",
        _id(),
        _number("brand_id"),
        _number("sale_id"),
        _number("sale_item_id", null=True),
        _number("span_minutes"),
        sa.Column("category", sa.String(200), server_default="", nullable=False),
        _number("accepted"),
        _number("paid"),
        sa.Column("paid_by", postgresql.JSONB(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        _made(),
        sa.CheckConstraint("accepted >= 0 AND paid >= 0", name="ck_paces_counts"),
        _refers("paces", "brand_id", "brands"),
        _refers("paces", "sale_id", "sales"),
        _refers("paces", "sale_item_id", "sale_items"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paces")),
        sa.UniqueConstraint(
            "sale_id",
            "sale_item_id",
            name=op.f("uq_paces_sale_id_sale_item_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_paces_closed_at", "paces", ["closed_at"])
    _wall("paces")
    op.execute(
        "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON paces "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE paces ENABLE ALWAYS TRIGGER only_grows")
    op.execute("GRANT SELECT, INSERT ON paces TO aubaine_operator, aubaine_worker")


def _make_releases() -> None:
    op.create_table(
        "releases",
        _id(),
        _number("brand_id"),
        _number("sale_id"),
        _number("sale_item_id"),
        sa.Column("key", sa.String(80), nullable=False),
        _number("units"),
        sa.Column("placed", sa.BigInteger(), server_default="0", nullable=False),
        _number("account_id", null=True),
        _made(),
        sa.CheckConstraint("units > 0 AND placed BETWEEN 0 AND units", name="ck_releases_units"),
        _refers("releases", "brand_id", "brands"),
        _refers("releases", "sale_id", "sales"),
        _refers("releases", "sale_item_id", "sale_items"),
        _refers("releases", "account_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_releases_brand_id_key")),
    )
    op.create_index("ix_releases_sale", "releases", ["sale_id", "sale_item_id"])
    _wall("releases")
    op.execute(
        "GRANT SELECT, INSERT ON releases TO aubaine_brand, aubaine_operator, aubaine_worker"
    )
    op.execute("GRANT UPDATE (placed) ON releases TO aubaine_operator, aubaine_worker")


def _wall(table: str) -> None:
    doors = ", ".join(f"aubaine_{door}" for door in HOUSE_DOORS)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY house ON {table} TO {doors}, CURRENT_USER USING (true) WITH CHECK (true)"
    )
    op.execute(
        f"CREATE POLICY own_brand ON {table} TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )


def _kinds(kinds: tuple[str, ...]) -> None:
    told = ", ".join(f"'{each}'" for each in kinds)
    op.execute("ALTER TABLE reports DROP CONSTRAINT ck_reports_reportkind")
    op.execute(
        f"ALTER TABLE reports ADD CONSTRAINT ck_reports_reportkind CHECK (kind IN ({told})) NOT VALID"
    )


def downgrade() -> None:
    """Take them away."""
    for _, signature in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP FUNCTION region_of(jsonb)")
    _kinds(KINDS_BEFORE)
    op.drop_table("releases")
    op.drop_table("paces")
