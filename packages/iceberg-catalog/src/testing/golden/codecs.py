"""Writes the golden manifest again with every codec: `cd` here, `python codecs.py` (fastavro 1.13.1, cramjam, backports.zstd)."""

import fastavro

with open("manifest.avro", "rb") as file:
    reader = fastavro.reader(file)
    schema, records = reader.writer_schema, list(reader)
    metadata = {key: value for key, value in reader.metadata.items() if not key.startswith("avro.")}
for codec in ("null", "deflate", "snappy", "zstandard"):
    with open(f"manifest-{codec}.avro", "wb") as file:
        # An interval of one byte gives a block for each record.
        fastavro.writer(file, schema, records, codec=codec, sync_interval=1, metadata=metadata)
