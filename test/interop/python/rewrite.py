"""Deletes rows, or puts others in their place, by rewriting the files that hold them."""

from interop import arrow_rows, load, main


def rewrite(request):
    table = load(request)
    if "rows" in request:
        table.overwrite(arrow_rows(table, request["rows"]), overwrite_filter=request["filter"])
    else:
        table.delete(request["filter"])
    return {"operations": [snapshot.summary.operation.value for snapshot in table.snapshots()]}


main(rewrite)
