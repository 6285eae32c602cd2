"""Says of each filter which files PyIceberg would open, and which of all files hold rows that match."""

import pyarrow.parquet as pq
from interop import connect, main
from pyiceberg import expressions
from pyiceberg.expressions.literals import literal
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import expression_to_pyarrow

operations = {
    "eq": expressions.EqualTo,
    "not-eq": expressions.NotEqualTo,
    "lt": expressions.LessThan,
    "lt-eq": expressions.LessThanOrEqual,
    "gt": expressions.GreaterThan,
    "gt-eq": expressions.GreaterThanOrEqual,
    "starts-with": expressions.StartsWith,
    "not-starts-with": expressions.NotStartsWith,
    "is-null": expressions.IsNull,
    "not-null": expressions.NotNull,
    "is-nan": expressions.IsNaN,
    "not-nan": expressions.NotNaN,
}


def expression(schema, case):
    operation, column = operations[case["op"]], case["column"]
    if "value" not in case:
        return operation(column)
    kind = schema.find_field(column).field_type
    value = case["value"]
    if str(kind) == "binary" or str(kind).startswith("fixed"):
        value = bytes.fromhex(value)
    elif str(kind) in ("float", "double"):
        value = float(value)
    elif str(kind) == "boolean":
        value = value == "true"
    return operation(column, literal(value).to(kind))


def prune(request):
    catalog = connect(request)
    tables = {}
    for name in {case["table"] for case in request["cases"]}:
        table = catalog.load_table(name)
        paths = [task.file.file_path for task in table.scan().plan_files()]
        tables[name] = (table, {path: pq.read_table(path.removeprefix("file://")) for path in paths})
    answers = []
    for case in request["cases"]:
        table, files = tables[case["table"]]
        schema = table.schema()
        wanted = expression(schema, case)
        bound = expression_to_pyarrow(bind(schema, wanted, case_sensitive=True), schema)
        answers.append(
            {
                "planned": [task.file.file_path for task in table.scan(row_filter=wanted).plan_files()],
                "matching": [path for path, rows in files.items() if rows.filter(bound).num_rows > 0],
            }
        )
    return answers


main(prune)
