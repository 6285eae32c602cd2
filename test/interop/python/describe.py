"""Says what PyIceberg sees of a catalog and its tables."""

from interop import connect, main


def describe_table(table):
    names = {field.field_id: field.name for field in table.schema().fields}
    return {
        "columns": [
            f"{f.field_id} {f.name} {f.field_type}{' required' if f.required else ''}: {f.doc}"
            for f in table.schema().fields
        ],
        "partitions": [f"{f.field_id} {f.name} = {f.transform}({names[f.source_id]})" for f in table.spec().fields],
        "sort": [
            f"{f.transform}({names[f.source_id]}) {f.direction.value} {f.null_order.value}"
            for f in table.sort_order().fields
        ],
        "properties": dict(table.properties),
        "operations": [snapshot.summary.operation.value for snapshot in table.snapshots()],
        "refs": {name: ref.snapshot_ref_type.value for name, ref in table.refs().items()},
        "format-version": table.format_version,
    }


def describe(request):
    catalog = connect(request)
    namespaces = catalog.list_namespaces()
    return {
        "namespaces": [".".join(namespace) for namespace in namespaces],
        "tables": [".".join(name) for namespace in namespaces for name in catalog.list_tables(namespace)],
        "table": describe_table(catalog.load_table(request["table"])),
    }


main(describe)
