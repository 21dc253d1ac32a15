"""Inserting many rows at once, as fast as each database can."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, Text, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.types import TypeEngine

from datasource.database.tables import Words, without_nul
from datasource.database.upserts import keeping

# Below it, COPY's own round trips cost more than they save.
_FEW = 50


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert new rows, which all have the same columns in the same order."""
    if len(rows) < _FEW:
        if rows:
            connection.execute(insert(table), rows)
        return
    # Past SQLAlchemy, whose work for each value is half of all: its types are seen to here.
    names = list(rows[0])
    words = [name for name in names if isinstance(table.c[name].type, Words)]
    for row in rows:
        for name in words:
            row[name] = without_nul(row[name])
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
        return
    driver = connection.connection.cursor()
    # COPY is three times as fast as an INSERT for each row.
    with driver.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_postgres_type(table.c[name].type) for name in names])
        for row in rows:
            copy.write_row(tuple(row.values()))


def insert_new_keys(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], answer: str
) -> set[Any]:
    """Insert the rows whose key is not there yet; answers the column `answer` of those. Of
    several rows with one key, the first is inserted."""
    if not rows:
        return set()
    column = table.c[answer]
    if connection.dialect.name != "postgresql":
        statement = keeping(table, "sqlite").returning(column)
        return set(connection.scalars(statement, rows))
    names = list(rows[0])
    arrays = [func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names]
    every = insert_into_postgresql(table).from_select(names, select(*arrays))
    values = {name: [row[name] for row in rows] for name in names}
    return set(connection.scalars(every.on_conflict_do_nothing().returning(column), values))


def _postgres_type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, LargeBinary):
        return "bytea"
    return "text" if isinstance(kind, Text | Words) else "int8"
