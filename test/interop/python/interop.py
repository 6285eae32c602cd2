"""What the scripts of this folder share."""

import datetime
import decimal
import json
import struct
import sys

import pyarrow as pa
from pyiceberg.catalog.rest import RestCatalog


def main(answer):
    """Calls answer with the request in the first argument and prints what it returns as JSON."""
    print(json.dumps(answer(json.loads(sys.argv[1]))))


def connect(request):
    return RestCatalog("icecore", uri=request["uri"], **request.get("properties", {}))


def load(request):
    return connect(request).load_table(request["table"])


def spelled_rows(table):
    """The rows of an Arrow table, each value as `spelledRows` in rows.ts spells it."""
    return [list(row) for row in zip(*[spelled_column(column) for column in table.columns])]


def spelled_column(column):
    return [None if value is None else spelled(value) for value in values(column)]


def values(column):
    """The values of an Arrow column as Iceberg has them: days and microseconds for dates and times."""
    if pa.types.is_timestamp(column.type) or pa.types.is_time(column.type):
        column = column.cast(pa.int64())
    elif pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return column.to_pylist()


def spelled(value):
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return "nan" if value != value else struct.pack(">d", value).hex()
    if isinstance(value, decimal.Decimal):
        sign, digits, _ = value.as_tuple()
        return f"{'-' if sign and any(digits) else ''}{int(''.join(map(str, digits)))}"
    return str(value)


def arrow_rows(table, rows):
    """Rows of JSON values as an Arrow table that fits an Iceberg table: timestamps and dates as ISO 8601, longs as text."""
    schema = table.schema().as_arrow()
    columns = [pa.array([parsed(field.type, row.get(field.name)) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def parsed(kind, value):
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return datetime.datetime.fromisoformat(value)
    if pa.types.is_date(kind):
        return datetime.date.fromisoformat(value)
    return int(value) if pa.types.is_integer(kind) else value
