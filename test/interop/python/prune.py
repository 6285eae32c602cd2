"""Says of each filter which files PyIceberg would open, and which of all files hold rows that match."""

import operator

import pyarrow.parquet as pq
from interop import connect, main, values
from pyiceberg import expressions
from pyiceberg.expressions.literals import literal

comparisons = {
    "eq": (expressions.EqualTo, operator.eq),
    "not-eq": (expressions.NotEqualTo, operator.ne),
    "lt": (expressions.LessThan, operator.lt),
    "lt-eq": (expressions.LessThanOrEqual, operator.le),
    "gt": (expressions.GreaterThan, operator.gt),
    "gt-eq": (expressions.GreaterThanOrEqual, operator.ge),
    "starts-with": (expressions.StartsWith, str.startswith),
    "not-starts-with": (expressions.NotStartsWith, lambda text, prefix: not text.startswith(prefix)),
}


def filter_of(schema, case):
    """The filter as PyIceberg's expression, and as a function of a value of the column."""
    op, column = case["op"], case["column"]
    if op == "is-null":
        return expressions.IsNull(column), lambda value: value is None
    if op == "not-null":
        return expressions.NotNull(column), lambda value: value is not None
    expression, matches = comparisons[op]
    wanted = literal_of(schema.find_field(column).field_type, case["value"])
    # A UUID's literal is its bytes.
    return expression(column, wanted), lambda value: value is not None and matches(getattr(value, "bytes", value), wanted.value)


def literal_of(kind, text):
    name = str(kind)
    if name == "binary" or name.startswith("fixed"):
        return literal(bytes.fromhex(text)).to(kind)
    if name in ("float", "double"):
        return literal(float(text)).to(kind)
    return literal(text == "true" if name == "boolean" else text).to(kind)


def prune(request):
    catalog = connect(request)
    tables = {name: catalog.load_table(name) for name in {case["table"] for case in request["cases"]}}
    files = {name: files_of(table) for name, table in tables.items()}
    answers = []
    for case in request["cases"]:
        table = tables[case["table"]]
        expression, matches = filter_of(table.schema(), case)
        answers.append(
            {
                "planned": [task.file.file_path for task in table.scan(row_filter=expression).plan_files()],
                "matching": [
                    path
                    for path, rows in files[case["table"]].items()
                    if any(matches(value) for value in values(rows[case["column"]]))
                ],
            }
        )
    return answers


def files_of(table):
    paths = [task.file.file_path for task in table.scan().plan_files()]
    return {path: pq.read_table(path.removeprefix("file://")) for path in paths}


main(prune)
