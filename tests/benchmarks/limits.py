"""What the same server and the same store can do without any rule: the limits that the lines stand beside.

``front`` is served by granian as the shop is, with as many processes and threads; ``app`` by its WSGI, for comparing.
"""

from __future__ import annotations

import os

from flask import Flask, request
from sqlalchemy import create_engine, text

from marketplace.web.leaving import Leaving
from marketplace.web.rsgi import Front

POOL_SIZE = 4

ONE_STATEMENT = text(
    """
    WITH taken AS (
        UPDATE sale_items SET available = available - 1, held = held + 1
        WHERE id = :item AND available >= 1 RETURNING id, brand_id, sale_id, price_minor
    )
    INSERT INTO holds
        (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, expires_at, cap_at)
    SELECT brand_id, sale_id, id, :member, gen_random_uuid(), 1, price_minor,
           now() + interval '10 minutes', now() + interval '15 minutes'
    FROM taken RETURNING id
    """
)

app = Flask(__name__)
engine = create_engine(os.environ["LIMITS_DATABASE_URL"], pool_size=POOL_SIZE, max_overflow=0)
autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")


@app.get("/empty")
def empty() -> str:
    """Nothing at all."""
    return ""


@app.post("/hold")
def hold() -> tuple[str, int]:
    """One conditional decrement and one row, durable; no rule, nobody asked who it is."""
    asked = {"item": request.form["item"], "member": request.form["member"]}
    with autocommit.connect() as connection:
        taken = connection.execute(ONE_STATEMENT, asked).scalar_one_or_none()
    return (str(taken), 201) if taken else ("", 409)


front = Front(Leaving(app))
