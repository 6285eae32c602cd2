"""Creates a table, writes to it, changes its columns and its partitioning, and writes again."""

import datetime

import pyarrow as pa
from interop import connect, main
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform
from pyiceberg.types import DateType, DoubleType, IntegerType, LongType, NestedField, StringType


def evolve(request):
    catalog = connect(request)
    catalog.create_namespace("evolution")
    schema = Schema(
        NestedField(1, "id", LongType(), required=False),
        NestedField(2, "old_name", StringType(), required=False),
        NestedField(3, "count", IntegerType(), required=False),
        NestedField(4, "gone", DoubleType(), required=False),
    )
    table = catalog.create_table(request["table"], schema)
    old = {"id": [1, 2, 3], "old_name": ["a", None, "c"], "count": [-1, 2**31 - 1, None], "gone": [0.5, 1.5, None]}
    table.append(pa.table(old, schema=table.schema().as_arrow()))
    before = table.current_snapshot().snapshot_id
    with table.update_schema() as update:
        update.rename_column("old_name", "new_name")
        update.update_column("count", LongType())
        update.delete_column("gone")
        update.add_column("added", DateType(), "Came later.")
        update.move_first("added")
    with table.update_schema() as update:
        update.add_column("gone", StringType())
    with table.update_spec() as update:
        update.add_field("new_name", BucketTransform(4), "name_bucket")
    new = {
        "added": [datetime.date(2024, 2, 29), None],
        "id": [4, 5],
        "new_name": ["d", None],
        "count": [2**40, -(2**40)],
        "gone": ["back", None],
    }
    table.append(pa.table(new, schema=table.schema().as_arrow()))
    return {"before": str(before)}


main(evolve)
