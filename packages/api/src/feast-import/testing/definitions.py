from datetime import timedelta
from feast import Entity, FeatureView, FeatureService, Field, FileSource, PushSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Array, Bool, Bytes, Float32, Float64, Int32, Int64, String, UnixTimestamp, Map, Uuid
import pandas as pd

driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64, description="A driver, by id.", owner="mobility", tags={"pii": "no"})
rider = Entity(name="rider", join_keys=["rider"], value_type=ValueType.STRING)
stats_source = FileSource(name="driver_stats", path="data/driver_stats.parquet", timestamp_field="event_timestamp", created_timestamp_column="created", field_mapping={"trips": "avg_daily_trips"})
stats = FeatureView(name="driver_hourly_stats", entities=[driver], ttl=timedelta(days=1), source=stats_source, online=True,
  schema=[Field(name="conv_rate", dtype=Float32, description="Share taken."), Field(name="acc_rate", dtype=Float64), Field(name="avg_daily_trips", dtype=Int64), Field(name="driver_id", dtype=Int64)],
  tags={"team": "ml"}, description="What drivers did.", owner="mobility@example.com")
everything = FeatureView(name="everything", entities=[driver, rider], ttl=timedelta(0), online=False,
  source=PushSource(name="pushed", batch_source=FileSource(name="more", path="data/more.parquet", timestamp_field="ts")),
  schema=[Field(name=n, dtype=t) for n, t in [("b", Bytes), ("s", String), ("i", Int32), ("flag", Bool), ("at", UnixTimestamp), ("id", Uuid), ("floats", Array(Float32)), ("m", Map)]])

@on_demand_feature_view(sources=[stats, RequestSource(name="req", schema=[Field(name="x", dtype=Int64)])], schema=[Field(name="ratio", dtype=Float64)])
def computed(inputs: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"ratio": inputs["conv_rate"] * inputs["x"]})

service = FeatureService(name="driver_activity", features=[stats[["conv_rate", "avg_daily_trips"]], everything[["s", "i"]]], owner="ml", tags={"tier": "1"})
aliased = FeatureService(name="pairs", features=[stats.with_name("origin").with_join_key_map({"driver_id": "first_driver"}), stats.with_name("destination").with_join_key_map({"driver_id": "second_driver"})])
computing = FeatureService(name="computing", features=[stats, computed])
