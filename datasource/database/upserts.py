"""Inserting rows that may be there already: the same statement for both databases."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def inserting(table: Table, dialect: str) -> Any:
    """An INSERT of that dialect's own kind, which knows what to do about a conflict."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def keeping(table: Table, dialect: str) -> Any:
    """INSERT that leaves a row with the same key as it is."""
    return inserting(table, dialect).on_conflict_do_nothing()


def replacing(table: Table, dialect: str, *besides: str) -> Any:
    """INSERT that replaces the other columns of a row with the same key, `besides` excepted."""
    statement = inserting(table, dialect)
    keys = [column.name for column in table.primary_key]
    others = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys and column.name not in besides
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=others)
