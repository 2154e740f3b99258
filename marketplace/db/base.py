"""What every table shares: names of constraints, column kinds, and the clock that fills them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAME_LENGTH_MAX = 200
CODE_LENGTH_MAX = 80
TEXT_LENGTH_MAX = 8_000

HOUSE_NOW = text("house_now()")
"""The database's clock. Decisions about now are made by it alone; tests turn it by an offset."""


class Base(DeclarativeBase):
    """The declarative base; constraint names are stable so that a violated one can be put in words."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this attribute
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        datetime: DateTime(timezone=True),
        int: BigInteger,
        str: Text,
    }


Pk = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
Currency = Annotated[str, mapped_column(String(3))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=HOUSE_NOW)]


def states(kind: type[StrEnum]) -> Enum:
    """A text column that holds only the values of ``kind``, with a CHECK to say so."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def refers_together(columns: str, to: str) -> ForeignKeyConstraint:
    """One reference of several columns: ``columns`` to ``table(columns)``, each a list with commas.

    What the other row knows of its own owners is checked by the same look, and cannot differ here.
    """
    table, _, others = to.removesuffix(")").partition("(")
    there = [f"{table}.{each}" for each in others.split(", ")]
    return ForeignKeyConstraint(columns.split(", "), there, ondelete="RESTRICT")


def refers(to: str, *, index: bool = False, unique: bool = False) -> Any:  # noqa: ANN401 - a mapped_column of any nullability
    """A reference to ``table.column``; rows of the house are kept, so deletion is always restricted."""
    return mapped_column(
        BigInteger, ForeignKey(to, ondelete="RESTRICT"), index=index, unique=unique or None
    )
