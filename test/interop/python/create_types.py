"""Creates tables of every primitive type: one without partitions, and one per way to partition by a column."""

import datetime
import decimal
import uuid

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
    FixedType,
    FloatType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

utc = datetime.timezone.utc
moments = [
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime.datetime(1970, 1, 1),
    datetime.datetime(2017, 11, 16, 22, 31, 8, 123456),
    datetime.datetime(1900, 2, 28, 23),
    datetime.datetime(2024, 2, 29, 12, 0, 0, 1),
    datetime.datetime(2017, 11, 16, 21),
]
hash_uuid = uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7")
wide = decimal.Decimal("1234567890123456789012345678.9012345678")

columns = {
    "a_boolean": (BooleanType(), [True, False, None, True, False, True]),
    "an_int": (IntegerType(), [-(2**31), 2**31 - 1, 0, -1, 34, None]),
    "a_long": (LongType(), [-(2**63), 2**63 - 1, 0, -1, 2**53 + 1, None]),
    "a_float": (FloatType(), [float("nan"), -0.0, 0.5, float("inf"), -1.5, None]),
    "a_double": (DoubleType(), [float("nan"), -0.0, 5e-324, float("-inf"), 0.1, None]),
    "a_decimal": (DecimalType(9, 2), [decimal.Decimal(t) for t in ("14.20", "-14.20", "0.01", "-9999999.99", "0")] + [None]),
    "a_wide_decimal": (DecimalType(38, 10), [wide, -wide, decimal.Decimal(1), decimal.Decimal(-1), decimal.Decimal(0), None]),
    "a_date": (DateType(), [moment.date() for moment in moments[:5]] + [None]),
    "a_time": (TimeType(), [moment.time() for moment in moments[:5]] + [None]),
    "a_timestamp": (TimestampType(), moments),
    "a_timestamptz": (TimestamptzType(), [moment.replace(tzinfo=utc) for moment in moments[:5]] + [None]),
    "a_string": (StringType(), ["iceberg", "", "a/b=c %20", "Ünï 🛫 " * 5, "\uffff\uffff\uffff and more than sixteen", None]),
    "a_uuid": (UUIDType(), [hash_uuid.bytes, bytes(16), b"\xff" * 16, hash_uuid.bytes[::-1], bytes(15) + b"\x01", None]),
    "a_fixed": (FixedType(4), [b"\x00\x01\x02\x03", b"\xff" * 4, bytes(4), b"\x80\x00\x00\x00", b"abcd", None]),
    "a_binary": (BinaryType(), [b"\x00\x01\x02\x03", b"\xff" * 20, b"", b"\x80", b"abcd" * 9, None]),
}
# What is left out here, PyIceberg cannot write.
identities = [name for name in columns if name not in ("a_float", "a_double", "a_uuid")]
buckets = [name for name in columns if name not in ("a_boolean", "a_float", "a_double", "a_time")]
truncations = ["an_int", "a_long", "a_decimal", "a_wide_decimal", "a_string"]
times = ["a_date", "a_timestamp", "a_timestamptz"]
partitionings = [
    *[(name, "identity") for name in identities],
    *[(name, "bucket[4]") for name in buckets],
    *[(name, "truncate[3]") for name in truncations],
    *[(name, transform) for name in times for transform in ("year", "month", "day")],
    *[(name, "hour") for name in times[1:]],
]

ids = {name: position + 1 for position, name in enumerate(columns)}
schema = Schema(*[NestedField(ids[name], name, kind, required=False) for name, (kind, _) in columns.items()])


def arrow_table():
    target = schema.as_arrow()
    arrays = [pa.array(columns[field.name][1], storage_of(field.type)).cast(field.type) for field in target]
    return pa.Table.from_arrays(arrays, schema=target)


def storage_of(kind):
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def create(request):
    catalog = connect(request)
    catalog.create_namespace("types")
    rows = arrow_table()
    catalog.create_table("types.everything", schema).append(rows)
    for name, transform in partitionings:
        # Folders are named by it, and readers that believe in Hive's folders see a column there.
        field_name = name if transform == "identity" else f"{name}_part"
        field = PartitionField(ids[name], 1000, parse_transform(transform), field_name)
        table = f"types.{name}_by_{transform.split('[')[0]}"
        catalog.create_table(table, schema, partition_spec=PartitionSpec(field)).append(rows)
    return [".".join(name) for name in catalog.list_tables("types")]


main(create)
