"""Writes the golden manifest, manifest list and what PyIceberg reads in them: `cd` here, `python generate.py` (pyiceberg 0.12)."""

import datetime
import json
import pathlib
import uuid
from collections.abc import Mapping
from decimal import Decimal

from pyiceberg.conversions import to_bytes
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import (
    DataFile, DataFileContent, FileFormat, ManifestEntry, ManifestEntryStatus, read_manifest_list, write_manifest,
    write_manifest_list,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform
from pyiceberg.typedef import Record
from pyiceberg.types import (
    BinaryType, BooleanType, DateType, DecimalType, DoubleType, FixedType, FloatType, IntegerType, LongType,
    NestedField, StringType, TimestampType, TimestamptzType, TimeType, UUIDType,
)

HERE = pathlib.Path(".")  # run it here: the manifest list holds the path as it is given
SNAPSHOT = 8954219738921234567

VALUES = [
    ("boolean", BooleanType(), True),
    ("int", IntegerType(), -2147483640),
    ("long", LongType(), 9223372036854775807),
    ("float", FloatType(), -0.5),
    ("double", DoubleType(), -2.25),
    ("date", DateType(), -1),
    ("time", TimeType(), 86399999999),
    ("timestamp", TimestampType(), -1),
    ("timestamptz", TimestamptzType(), 1510871468000001),
    ("string", StringType(), "Zürich \U0001f600/="),
    ("uuid", UUIDType(), uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7")),
    ("fixed", FixedType(3), b"\x00\x7f\xff"),
    ("binary", BinaryType(), b"\xff\x00"),
    ("decimal", DecimalType(20, 2), Decimal("-12345678901234567.89")),
]
TRANSFORMS = [
    ("bucket[16]", "string"), ("truncate[3]", "string"), ("truncate[10]", "int"), ("year", "date"),
    ("month", "timestamp"), ("day", "timestamptz"), ("hour", "timestamp"), ("void", "long"),
]

schema = Schema(*[NestedField(i + 1, name, type_, required=False) for i, (name, type_, _) in enumerate(VALUES)], schema_id=3)
ids = {name: i + 1 for i, (name, _, _) in enumerate(VALUES)}
pairs = [("identity", name) for name, _, _ in VALUES] + TRANSFORMS
spec = PartitionSpec(
    *[
        PartitionField(ids[source], 1000 + i, parse_transform(transform), f"{source} {transform}")
        for i, (transform, source) in enumerate(pairs)
    ],
    spec_id=7,
)


def partition():
    row = {name: value for name, _, value in VALUES}
    types = {name: type_ for name, type_, _ in VALUES}
    return [parse_transform(transform).transform(types[source])(row[source]) for transform, source in pairs]


def data_file(path, values):
    present = any(value is not None for value in values)
    bounds = {ids[name]: to_bytes(type_, value) for name, type_, value in VALUES} if present else None
    return DataFile.from_args(
        content=DataFileContent.DATA, file_path=path, file_format=FileFormat.PARQUET, partition=Record(*values),
        record_count=3, file_size_in_bytes=1 << 40, column_sizes={1: 10, 2: 20} if present else None,
        value_counts={1: 3, 14: 3} if present else None, null_value_counts={1: 0, 14: 1} if present else None,
        nan_value_counts={4: 1} if present else None, lower_bounds=bounds, upper_bounds=bounds,
        split_offsets=[4, 1 << 33] if present else None, sort_order_id=0 if present else None,
    )


def plain(value):
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, Decimal):
        return str(int(value.scaleb(2)))
    if isinstance(value, (datetime.date, uuid.UUID)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    return str(value)


io = PyArrowFileIO()
output = io.new_output(str(HERE / "manifest.avro"))
with write_manifest(2, spec, schema, output, SNAPSHOT, "deflate") as writer:
    for path, values in (("s3://b/a%2Fb c.parquet", partition()), ("s3://b/nulls.parquet", [None] * len(pairs))):
        writer.add_entry(
            ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, snapshot_id=SNAPSHOT, data_file=data_file(path, values))
        )
manifest = writer.to_manifest_file()
manifest_list = HERE / "manifest-list.avro"
with write_manifest_list(2, io.new_output(str(manifest_list)), SNAPSHOT, 42, 9, "deflate") as writer:
    writer.add_manifests([manifest])

[listed] = list(read_manifest_list(io.new_input(str(manifest_list))))
entries = listed.fetch_manifest_entry(io, discard_deleted=False)
expected = {
    "manifestList": {
        "sequenceNumber": listed.sequence_number, "minSequenceNumber": listed.min_sequence_number,
        "addedSnapshotId": str(listed.added_snapshot_id), "specId": listed.partition_spec_id,
        "addedFiles": listed.added_files_count, "addedRows": listed.added_rows_count,
        "lowerBounds": [plain(p.lower_bound) for p in listed.partitions],
        "containsNull": [p.contains_null for p in listed.partitions],
    },
    "partitionFields": [[f.name, str(f.transform), f.source_id] for f in spec.fields],
    "columns": [[name, str(type_)] for name, type_, _ in VALUES],
    "values": [plain(value) for _, _, value in VALUES],
    "entries": [
        {
            "sequenceNumber": e.sequence_number, "filePath": e.data_file.file_path,
            "partition": [plain(e.data_file.partition[i]) for i in range(len(pairs))],
            "lowerBounds": plain(e.data_file.lower_bounds), "valueCounts": plain(e.data_file.value_counts),
            "splitOffsets": [str(o) for o in e.data_file.split_offsets] if e.data_file.split_offsets else None,
        }
        for e in entries
    ],
}
(HERE / "expected.json").write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n")
