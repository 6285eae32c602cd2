"""Reads a table: its rows, and how many files PyIceberg plans to open for them."""

from interop import load, main, spelled_rows


def read(request):
    scan = load(request).scan(
        snapshot_id=int(request["snapshotId"]) if "snapshotId" in request else None,
        row_filter=request.get("filter", "true"),
        selected_fields=tuple(request.get("columns", ["*"])),
    )
    return {"files": len(list(scan.plan_files())), "rows": spelled_rows(scan.to_arrow())}


main(read)
