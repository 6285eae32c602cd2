"""Appends rows to a table."""

from interop import arrow_rows, load, main


def append(request):
    table = load(request)
    table.append(arrow_rows(table, request["rows"]))
    return {"snapshotId": str(table.current_snapshot().snapshot_id)}


main(append)
