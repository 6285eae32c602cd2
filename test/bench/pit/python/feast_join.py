"""Feast's DuckDB offline store makes the same training set from the same rows; prints its seconds and what it found."""

import json
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

os.environ["FEAST_USAGE"] = "False"

import duckdb
import pandas as pd
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
    begin = time.perf_counter()
    result = store.get_historical_features(
        entity_df=entity_rows,
        features=[f"{name}:{feature}" for name in request["views"] for feature in features],
        full_feature_names=True,
    ).to_arrow()
    seconds = time.perf_counter() - begin

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
found = result.num_rows - result.column(f"{request['views'][0]}__amount").null_count
print(json.dumps({"seconds": seconds, "peakMb": peak, "rows": result.num_rows, "found": found}))
