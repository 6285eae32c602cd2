"""Reads a table's manifest list and manifests as plain Avro, and as PyIceberg does."""

import fastavro
from interop import load, main


def field_ids(schema):
    """The ids that an Avro schema gives its fields, list elements, and map keys and values, by path."""
    found = {}

    def visit(node, path):
        if isinstance(node, list):
            for option in node:
                visit(option, path)
        elif isinstance(node, dict):
            for key in ("element-id", "key-id", "value-id"):
                if key in node:
                    found[f"{path}.{key}"] = node[key]
            for field in node.get("fields", []):
                inner = f"{path}.{field['name']}" if path else field["name"]
                if "field-id" in field:
                    found[inner] = field["field-id"]
                visit(field["type"], inner)
            visit(node.get("items"), path)
            visit(node["type"] if isinstance(node.get("type"), (dict, list)) else None, path)

    visit(schema, "")
    return found


def read_avro(location):
    with open(location.removeprefix("file://"), "rb") as file:
        reader = fastavro.reader(file)
        return reader.writer_schema, reader.metadata, list(reader)


def read_manifests(request):
    table = load(request)
    snapshot = table.current_snapshot()
    list_schema, list_metadata, listed = read_avro(snapshot.manifest_list)
    manifest_schema, manifest_metadata, entries = read_avro(listed[0]["manifest_path"])
    manifests = snapshot.manifests(table.io)
    seen = [entry for manifest in manifests for entry in manifest.fetch_manifest_entry(table.io)]
    first = entries[0]["data_file"]
    return {
        "listIds": field_ids(list_schema),
        "listMetadata": sorted(list_metadata),
        "list": {name: listed[0][name] for name in ("content", "partition_spec_id", "added_files_count", "added_rows_count")},
        "manifestIds": field_ids(manifest_schema),
        "manifestMetadata": sorted(manifest_metadata),
        "manifest": {name: manifest_metadata[name] for name in ("format-version", "content", "partition-spec-id")},
        "entry": {name: first[name] for name in ("content", "file_format", "record_count", "partition", "sort_order_id")},
        "counts": [len(manifests), len(seen), sum(entry.data_file.record_count for entry in seen)],
        "sequenceNumbers": [[entry.sequence_number, entry.file_sequence_number] for entry in seen],
    }


main(read_manifests)
