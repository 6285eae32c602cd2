"""Appends one row at a time, beginning with others at the same moment, and says which were acknowledged."""

from interop import arrow_rows, load, main
from pyiceberg.exceptions import CommitFailedException


def append_often(request):
    table = load(request)
    acknowledged = []
    for row in request["rows"]:
        try:
            table.append(arrow_rows(table, [row]))
            acknowledged.append(row["airport"])
        except CommitFailedException:
            table.refresh()
    return acknowledged


main(append_often)
