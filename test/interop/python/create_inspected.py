"""Creates tables of most types, each partitioned in one way, with an append, an overwrite, and columns that changed since."""

import datetime
import decimal

import pyarrow as pa
from interop import connect, main
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)

schema = Schema(
    NestedField(1, "flag", BooleanType()),
    NestedField(2, "count", IntegerType()),
    NestedField(3, "big", LongType()),
    NestedField(4, "ratio", DoubleType()),
    NestedField(5, "price", DecimalType(9, 2)),
    NestedField(6, "day", DateType()),
    NestedField(7, "at", TimestampType()),
    NestedField(8, "name", StringType()),
    NestedField(9, "raw", BinaryType()),
)
rows = {
    "flag": [True, False, None],
    "count": [-1, 2**31 - 1, None],
    "big": [-(2**63), 2**53 + 1, None],
    "ratio": [0.5, -1.25, None],
    "price": [decimal.Decimal("14.20"), decimal.Decimal("-0.01"), None],
    "day": [datetime.date(1969, 12, 31), datetime.date(2017, 11, 16), None],
    "at": [datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), datetime.datetime(2017, 11, 16, 22, 31, 8), None],
    "name": ["a/b=c %20", "\u2603 and more than sixteen letters", None],
    "raw": [b"\x00\x01", b"\xff" * 20, None],
}
partitionings = {
    "plain": None,
    "by_hour": (7, "hour"),
    "by_month": (6, "month"),
    "by_price": (5, "truncate[50]"),
    "by_name": (8, "identity"),
    "by_bucket": (3, "bucket[4]"),
}


def create(request):
    catalog = connect(request)
    catalog.create_namespace("inspected")
    for name, partitioning in partitionings.items():
        fields = []
        if partitioning is not None:
            source, transform = partitioning
            fields = [PartitionField(source, 1000, parse_transform(transform), schema.find_column_name(source) + "_part")]
        table = catalog.create_table(f"inspected.{name}", schema, partition_spec=PartitionSpec(*fields))
        table.append(pa.table(rows, schema=schema.as_arrow()))
        table.overwrite(pa.table(rows, schema=schema.as_arrow()), overwrite_filter="big < 0")
        with table.update_schema() as update:
            update.update_column("count", LongType()).rename_column("ratio", "share").add_column("late", StringType())
    return list(partitionings)


main(create)
