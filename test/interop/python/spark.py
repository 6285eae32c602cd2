"""Runs the SQL statements that come as JSON lines, and answers each with a JSON line: its rows, or why it failed."""

import datetime
import decimal
import json
import os
import sys
import time

from pyspark.sql import Row, SparkSession

EPOCH = datetime.datetime(1970, 1, 1)


def main(request):
    os.environ["TZ"] = "UTC"
    time.tzset()
    # What Spark's Java prints goes elsewhere.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    spark = session(request)
    print(json.dumps({"version": spark.version}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(spark, json.loads(line))), file=answers, flush=True)
    spark.stop()


def session(request):
    catalog = "spark.sql.catalog.ice"
    config = {
        "spark.jars": request["jar"],
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dderby.system.home={request['folder']}",
        "spark.local.dir": request["folder"],
        "spark.ui.enabled": "false",
        "spark.default.parallelism": "2",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": f"{request['folder']}/spark-warehouse",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.defaultCatalog": "ice",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "rest",
        f"{catalog}.uri": request["uri"],
        f"{catalog}.cache-enabled": "false",
        # Tables that our catalog would not have.
        "spark.sql.catalog.disk": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.disk.type": "hadoop",
        "spark.sql.catalog.disk.warehouse": f"{request['folder']}/catalog/warehouse/disk",
    }
    builder = SparkSession.builder.master("local[2]").appName("interop")
    for name, value in config.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def answer(spark, request):
    try:
        frame = spark.sql(request["sql"])
        return {"columns": frame.columns, "rows": [spelled(row) for row in frame.collect()]}
    except Exception as error:  # the test says whether it should have worked
        return {"error": str(error)[:4000]}


def spelled(value):
    """A value as `spelledSelect` in spelled-rows.ts spells it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, float):
        return f"double {value!r}"
    if isinstance(value, decimal.Decimal):
        return f"decimal {value:f}"
    if isinstance(value, datetime.datetime):
        return str((value - EPOCH) // datetime.timedelta(microseconds=1))
    if isinstance(value, datetime.date):
        return str((value - EPOCH.date()).days)
    if isinstance(value, Row):
        return {name: spelled(value[name]) for name in value.__fields__}
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if isinstance(value, dict):
        return [{"key": spelled(key), "value": spelled(item)} for key, item in value.items()]
    return str(value)


main(json.loads(sys.argv[1]))
