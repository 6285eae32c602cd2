"""Makes Feast's repository of the same view with Redis as online store, and materializes it when asked; prints the seconds."""

import json
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

os.environ["FEAST_USAGE"] = "False"

from feast import Entity, FeatureStore, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import Bool, Float32, Float64, Int32, Int64

request = json.loads(sys.argv[1])
repo = Path(request["repo"])
repo.mkdir(parents=True, exist_ok=True)
(repo / "feature_store.yaml").write_text(
    f"""project: bench
provider: local
registry: {repo}/registry.db
online_store: {{ type: redis, connection_string: "{request["connectionString"]}" }}
offline_store: {{ type: duckdb }}
entity_key_serialization_version: 3
"""
)
types = {"d": Float64, "f": Float32, "i": Int32, "l": Int64, "b": Bool}
names = ["d0", "d1", "d2", "d3", "d4", "f0", "f1", "i0", "l0", "b0"]
driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
view = FeatureView(
    name="driver_stats",
    entities=[driver],
    ttl=timedelta(days=0),
    schema=[Field(name=name, dtype=types[name[0]]) for name in names],
    source=PushSource(
        name="pushed",
        batch_source=FileSource(
            name="rows", path=request["parquet"], timestamp_field="event_timestamp", created_timestamp_column="created"
        ),
    ),
)
store = FeatureStore(repo_path=str(repo))
store.apply([driver, view])
started = time.perf_counter()
if request["materialize"]:
    begin, end = (datetime(2026, 1, day, tzinfo=timezone.utc) for day in (1, 4))
    sys.stdout, out = sys.stderr, sys.stdout
    store.materialize(begin, end)
    sys.stdout = out
print(json.dumps({"seconds": time.perf_counter() - started}))
