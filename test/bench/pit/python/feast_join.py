"""Feast's DuckDB offline store makes the same training set from the same rows; prints its seconds and what it found.

It ends, and says so, when its time is over.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

os.environ["FEAST_USAGE"] = "False"

import duckdb
import ibis
import pandas as pd
import pyarrow.parquet as parquet
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.repo_config import RepoConfig
from feast.types import Bool, Float32, Float64, Int32, String

request = json.loads(sys.argv[1])
# What it would take beyond this, other programs on the machine need.
resource.setrlimit(resource.RLIMIT_AS, (request["memoryBytes"], request["memoryBytes"]))
folder = Path(request["folder"])
features = {"amount": Float64, "score": Float32, "visits": Int32, "active": Bool, "segment": String}

user = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
views = []
for name in request["views"]:
    # One flat file of each view, as Feast's users have it.
    path = folder / f"feast-{name}.parquet"
    if not path.exists():
        pattern = folder / "catalog" / "warehouse" / "bench" / name / "**" / "*.parquet"
        duckdb.sql(f"COPY (FROM read_parquet('{pattern}', hive_partitioning = false)) TO '{path}' (FORMAT parquet)")
    views.append(
        FeatureView(
            name=name,
            entities=[user],
            ttl=timedelta(days=request["ttlDays"]),
            schema=[Field(name=feature, dtype=dtype) for feature, dtype in features.items()],
            source=FileSource(
                name=f"{name}_source",
                path=str(path),
                timestamp_field="event_timestamp",
                created_timestamp_column="created",
            ),
        )
    )

with tempfile.TemporaryDirectory() as repo:
    config = RepoConfig(
        project="bench",
        provider="local",
        registry=f"{repo}/registry.db",
        online_store={"type": "sqlite", "path": f"{repo}/online.db"},
        offline_store={"type": "duckdb"},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    store.apply([user, *views])
    entity_rows = pd.read_parquet(folder / "spine.parquet").head(request["spineRows"])
    # Room to spill: with DuckDB's own limit it would be ended by the system's.
    connection = ibis.duckdb.connect(memory_limit="10GiB", temp_directory=f"{folder}/feast-spill", threads=2)
    spill = shutil.disk_usage(folder).free * 8 // 10
    connection.raw_sql(f"SET max_temp_directory_size = '{spill} bytes'")
    ibis.set_backend(connection)
    begin, cpu_begin = time.perf_counter(), time.process_time()

    def answer(**found: object) -> None:
        watch.cancel()
        seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu_begin
        print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, **found}), flush=True)

    def give_up() -> None:
        answer(failure="not done by then")
        shutil.rmtree(f"{folder}/feast-spill", ignore_errors=True)
        os._exit(0)

    watch = threading.Timer(request["limitSeconds"], give_up)
    watch.daemon = True
    watch.start()
    try:
        result = store.get_historical_features(
            entity_df=entity_rows,
            features=[f"{name}:{feature}" for name in request["views"] for feature in features],
            full_feature_names=True,
        ).to_arrow()
        parquet.write_table(result, request["out"])
    except (MemoryError, duckdb.Error) as error:
        answer(failure=f"{str(error).split(':')[0]} with {spill >> 30} GiB to spill to")
    else:
        found = result.num_rows - result.column(f"{request['views'][0]}__amount").null_count
        answer(found=found)
