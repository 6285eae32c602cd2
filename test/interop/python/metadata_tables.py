"""Shows the metadata tables of a table as PyIceberg has them, each value as `spell` in metadata-tables.test.ts spells it."""

import datetime
import re

from interop import load, main, spelled
from pyiceberg.conversions import from_bytes
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import TimestampType, TimestamptzType, TimeType

epoch = datetime.datetime(1970, 1, 1)
bound_names = {"lower_bound": "lower_bounds", "upper_bound": "upper_bounds"}


def show(request):
    table = load(request)
    inspect = table.inspect
    names = [
        "snapshots",
        "history",
        "refs",
        "metadata_log_entries",
        "manifests",
        "files",
        "data_files",
        "delete_files",
        "all_data_files",
        "entries",
        "partitions",
    ]
    return {name: [spell(readable(table, row)) for row in getattr(inspect, name)().to_pylist()] for name in names}


def readable(table, row):
    """The row with column bounds as people write them, made of the bytes that the same row has."""
    if "readable_metrics" not in row:
        return row
    file = row.get("data_file", row)
    metrics = {}
    for field in table.schema().fields:
        column = dict(row["readable_metrics"][field.name])
        for name, bounds in bound_names.items():
            raw = dict(file[bounds] or {}).get(field.field_id)
            column[name] = None if raw is None else human(field.field_type, from_bytes(field.field_type, raw))
        metrics[field.name] = column
    return {**row, "readable_metrics": metrics}


def human(kind, value):
    """As other engines write it: a fraction of a second without the zeros at its end."""
    text = IdentityTransform().to_human_string(kind, value)
    return re.sub(r"(\.\d+?)0+(?=\+|$)", r"\1", text) if is_time(kind) else text


def is_time(kind):
    return isinstance(kind, (TimestampType, TimestamptzType, TimeType))


def spell(value):
    if value is None:
        return None
    if isinstance(value, dict):
        return {str(key): spell(member) for key, member in value.items()}
    if isinstance(value, list):
        # Arrow gives maps as pairs.
        if value and all(isinstance(pair, tuple) for pair in value):
            return {str(key): spell(member) for key, member in value}
        return [spell(member) for member in value]
    if isinstance(value, datetime.datetime):
        return str((value.replace(tzinfo=None) - epoch) // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.date):
        return str((value - epoch.date()).days)
    return spelled(value)


main(show)
