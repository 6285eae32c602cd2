"""Recomputes the digest of a training set from its Parquet files, with nothing but pyarrow.

    python training-set-digest.py training_set.parquet
    python training-set-digest.py training_set/

It is the SHA-256 of the rows' canonical CSV, as docs/training-sets.md has it.
"""

import datetime
import decimal
import hashlib
import math
import struct
import sys
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

EPOCH = datetime.date(1970, 1, 1)
DAY = 86_400_000_000


def single(value: float) -> str:
    """The shortest decimal that gives the same 32-bit number again."""
    if not math.isfinite(value):
        return repr(value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return repr(float(text))
    raise ValueError(value)


def clock(micros: int) -> str:
    seconds, fraction = divmod(micros, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:06}".rstrip("0") if fraction else text


def instant(micros: int, zone: str) -> str:
    days, rest = divmod(micros, DAY)
    return f"{EPOCH + datetime.timedelta(days=days)} {clock(rest)}{zone}"


def blob(value: bytes) -> str:
    plain = set(range(32, 127)) - set(b"\\'\"")
    return "".join(chr(byte) if byte in plain else f"\\x{byte:02X}" for byte in value)


def text_of(type_: pa.DataType):
    """How a value of a column is written."""
    if pa.types.is_boolean(type_):
        return lambda value: "true" if value else "false"
    if pa.types.is_integer(type_) or pa.types.is_string(type_):
        return str
    if pa.types.is_float32(type_):
        return single
    if pa.types.is_float64(type_):
        return repr
    if pa.types.is_decimal(type_):
        return lambda value: format(decimal.Decimal(value), f".{type_.scale}f")
    if pa.types.is_date(type_):
        return str
    if pa.types.is_binary(type_):
        return blob
    if str(type_) == "extension<arrow.uuid>" or pa.types.is_fixed_size_binary(type_):
        return lambda value: str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value))
    raise TypeError(f"no canonical text for {type_}")


def inside(text: str | None) -> str:
    """A value in a nested one, which has nothing inside itself."""
    if text is None:
        return "NULL"
    spaces = " \t\n\v\f\r"
    plain = text and text[0] not in spaces and text[-1] not in spaces and text.lower() != "null"
    return text if plain and not set(text) & set("\"'(),:=[]{}") else quoted(text)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def members(array: pa.Array):
    """The values of an array as they are written in others; null is NULL."""
    texts = canonical(array)
    return [text or "NULL" for text in texts] if pa.types.is_nested(array.type) else [inside(text) for text in texts]


def nested(array: pa.Array):
    if pa.types.is_struct(array.type):
        names = [quoted(field.name) for field in array.type]
        rows = zip(*(members(child) for child in array.flatten()))
        texts = ["{" + ", ".join(f"{name}: {text}" for name, text in zip(names, row)) + "}" for row in rows]
    else:
        is_map = pa.types.is_map(array.type)
        pairs = zip(members(array.keys), members(array.items)) if is_map else ((text,) for text in members(array.values))
        items = ["=".join(pair) for pair in pairs]
        begin, end = "{}" if is_map else "[]"
        offsets = array.offsets.to_pylist()
        texts = [begin + ", ".join(items[a:b]) + end for a, b in zip(offsets, offsets[1:])]
    return [text if valid else None for text, valid in zip(texts, array.is_valid().to_pylist())]


def canonical(column: pa.Array):
    """The values of a column as text; null is None."""
    type_ = column.type
    if pa.types.is_nested(type_):
        return nested(column)
    if pa.types.is_timestamp(type_):
        zone = "" if type_.tz is None else "+00"
        micros = column.cast(pa.timestamp("us", type_.tz)).cast(pa.int64()).to_pylist()
        return [None if value is None else instant(value, zone) for value in micros]
    if pa.types.is_time(type_):
        return [None if value is None else clock(value) for value in column.cast(pa.int64()).to_pylist()]
    text = text_of(type_)
    return [None if value is None else text(value) for value in column.to_pylist()]


def cell(text: str | None) -> str:
    if text is None:
        return ""
    if text == "" or any(special in text for special in '#,"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def digest(path: Path) -> str:
    """Files of a directory are read in the order of their names."""
    files = [parquet.ParquetFile(file) for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])]
    hashed = hashlib.sha256()
    hashed.update((",".join(cell(name) for name in files[0].schema_arrow.names) + "\n").encode())
    for batch in (batch for file in files for batch in file.iter_batches()):
        for row in zip(*(canonical(column) for column in batch.columns)):
            hashed.update((",".join(cell(text) for text in row) + "\n").encode())
    return f"sha256:{hashed.hexdigest()}"


if __name__ == "__main__":
    print(digest(Path(sys.argv[1])))
