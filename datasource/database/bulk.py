"""Inserting many rows at once, as fast as each database can."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Connection,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.types import TypeEngine

from datasource.database.tables import Words, without_nul
from datasource.database.upserts import keeping

# Below it, COPY's own round trips cost more than they save.
_FEW = 50
_ROWS = "rows"


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


def put_rows(connection: Connection, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows with a statement of datasource/database/upserts.py, which says what becomes of
    those whose key is there. All have the same columns; no two that replace have one key."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(statement, rows)
    else:
        connection.execute(_of_json(statement, list(rows[0])), {_ROWS: _json(rows)})


def insert_new_keys(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]], answer: str
) -> set[Any]:
    """Insert the rows whose key is not there yet; answers the column `answer` of those. Of
    several rows with one key, the first is inserted."""
    if not rows:
        return set()
    found = table.c[answer]
    if connection.dialect.name != "postgresql":
        statement = keeping(table, "sqlite").returning(found)
        return set(connection.scalars(statement, rows))
    statement = _of_json(keeping(table, "postgresql"), list(rows[0])).returning(found)
    return set(connection.scalars(statement, {_ROWS: _json(rows)}))


def _of_json(statement: Any, names: Sequence[str]) -> Any:
    """The statement for many rows at once, all in one parameter. With one statement a row, even
    without waiting between them, the write of a batch takes a third more time of this process and
    a fifth more of the server's; arrays, one a column, take this process as long."""
    columns = [column(name, statement.table.c[name].type) for name in names]
    rows = func.json_to_recordset(cast(bindparam(_ROWS, type_=Text), JSON))
    records = rows.table_valued(*columns, name="records").render_derived(with_types=True)
    return statement.from_select(names, select(*(records.c[name] for name in names)))


def _json(rows: Sequence[dict[str, Any]]) -> str:
    text = msgspec.json.encode(rows)
    if rb"\u0000" in text:
        cleaned = [
            {name: without_nul(v) if isinstance(v, str) else v for name, v in row.items()}
            for row in rows
        ]
        text = msgspec.json.encode(cleaned)
    return text.decode()


def _postgres_type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, LargeBinary):
        return "bytea"
    return "text" if isinstance(kind, Text | Words) else "int8"
