"""Feast, with the definitions of feast.test.ts: writes and reads an online store as it is asked to, line by line."""

import base64
import datetime
import json
import os
import sys
import tempfile
import traceback

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource
from feast.repo_config import RepoConfig
from feast.types import Array, Bool, Bytes, Float32, Float64, Int32, Int64, String, UnixTimestamp
from feast.value_type import ValueType


def definitions(folder):
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    rider = Entity(name="rider", join_keys=["rider"], value_type=ValueType.STRING)
    path = os.path.join(folder, "rows.parquet")
    pd.DataFrame({"event_timestamp": [], "created": []}).to_parquet(path)

    def source(name):
        return FileSource(name=name, path=path, timestamp_field="event_timestamp", created_timestamp_column="created")

    driver_stats = FeatureView(
        name="driver_stats",
        entities=[driver],
        ttl=datetime.timedelta(days=36500),
        source=source("driver_source"),
        schema=[
            Field(name="driver_id", dtype=Int64),
            Field(name="conv_rate", dtype=Float32),
            Field(name="rating", dtype=Float64),
            Field(name="trips", dtype=Int64),
            Field(name="rank", dtype=Int32),
            Field(name="active", dtype=Bool),
            Field(name="name", dtype=String),
            Field(name="photo", dtype=Bytes),
            Field(name="seen_at", dtype=UnixTimestamp),
            Field(name="flags", dtype=Array(Bool)),
            Field(name="ranks", dtype=Array(Int32)),
            Field(name="days", dtype=Array(Int64)),
            Field(name="embedding", dtype=Array(Float32)),
            Field(name="scores", dtype=Array(Float64)),
            Field(name="labels", dtype=Array(String)),
            Field(name="photos", dtype=Array(Bytes)),
            Field(name="visits", dtype=Array(UnixTimestamp)),
        ],
    )
    ride_stats = FeatureView(
        name="ride_stats",
        entities=[driver, rider],
        ttl=datetime.timedelta(days=36500),
        source=source("ride_source"),
        schema=[
            Field(name="driver_id", dtype=Int64),
            Field(name="rider", dtype=String),
            Field(name="rides", dtype=Int64),
        ],
    )
    service = FeatureService(name="driver_activity", features=[driver_stats[["rating", "trips"]], ride_stats])
    return [driver, rider, driver_stats, ride_stats, service]


def open_store(folder, project, online_store):
    store = FeatureStore(
        config=RepoConfig(
            project=project,
            provider="local",
            registry=os.path.join(folder, f"{online_store['type']}.db"),
            online_store=online_store,
            entity_key_serialization_version=3,
        )
    )
    store.apply(definitions(folder))
    return store


def answer(store, request):
    for view, rows in request.get("write", {}).items():
        store.write_to_online_store(view, frame(rows))
    answers = []
    for read in request.get("read", []):
        features = store.get_feature_service(read["service"]) if "service" in read else read["features"]
        answers.append(spelled(store.get_online_features(features=features, entity_rows=read["entities"])))
    return answers


def frame(rows):
    rows = [{"created": row["event_timestamp"], **row} for row in rows]
    columns = {name: [value(name, row.get(name)) for row in rows] for name in rows[0]}
    return pd.DataFrame({name: pd.Series(values, dtype=dtype(name, values)) for name, values in columns.items()})


def value(name, item):
    if item is None:
        return None
    if isinstance(item, list):
        return [value(name, element) for element in item]
    if name in ("event_timestamp", "created", "seen_at", "visits"):
        return pd.Timestamp(item)
    return base64.b64decode(item) if name in ("photo", "photos") else item


def dtype(name, values):
    if name in ("trips", "rank", "rides") and None in values:
        return "Int64"
    if name in ("event_timestamp", "created", "seen_at"):
        return "datetime64[us, UTC]"
    return None


def spelled(answer):
    """By output name: values, statuses and event timestamps in seconds."""
    proto = answer.proto
    columns = answer.to_dict()
    return {
        name: {
            "values": [plain(item) for item in columns[name]],
            "statuses": [int(status) for status in vector.statuses],
            "seconds": [stamp.seconds for stamp in vector.event_timestamps],
        }
        for name, vector in zip(proto.metadata.feature_names.val, proto.results)
    }


def plain(item):
    if isinstance(item, list):
        return [plain(element) for element in item]
    if isinstance(item, bytes):
        return base64.b64encode(item).decode()
    if isinstance(item, datetime.datetime):
        return int(item.replace(tzinfo=item.tzinfo or datetime.timezone.utc).timestamp())
    return item


def main():
    """Answers requests, one a line: what Feast does is quick, and its start is not."""
    stores = {}
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            request = json.loads(line)
            key = json.dumps(request["online_store"])
            try:
                if key not in stores:
                    stores[key] = open_store(folder, request["project"], request["online_store"])
                reply = {"answer": answer(stores[key], request)}
            except Exception:
                reply = {"error": traceback.format_exc()}
            print("reply:" + json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
