import protobuf from "protobufjs";
import { IcecoreError } from "../errors.ts";

/** What Feast's registry file holds, as far as it can be carried over: a subset of its `feast.core.Registry` message. */
export interface FeastRegistry {
  readonly entities: readonly { readonly spec: FeastEntity }[];
  readonly featureViews: readonly { readonly spec: FeastView }[];
  readonly streamFeatureViews: readonly { readonly spec: FeastView }[];
  readonly onDemandFeatureViews: readonly { readonly spec: Named }[];
  readonly labelViews: readonly { readonly spec: Named }[];
  readonly featureServices: readonly { readonly spec: FeastService }[];
  readonly savedDatasets: readonly { readonly spec: Named }[];
  readonly permissions: readonly { readonly spec: Named }[];
}

interface Named {
  readonly name: string;
}

interface Described extends Named {
  readonly description: string;
  readonly owner: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface FeastEntity extends Described {
  readonly valueType: number;
  readonly joinKey: string;
}

export interface FeastField extends Named {
  readonly valueType: number;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface FeastView extends Described {
  readonly entities: readonly string[];
  readonly features: readonly FeastField[];
  readonly entityColumns: readonly FeastField[];
  readonly ttl?: { readonly seconds: number };
  readonly online: boolean;
  readonly batchSource?: FeastSource;
  readonly streamSource?: FeastSource;
}

export interface FeastSource extends Named {
  readonly type: number;
  readonly fieldMapping: Readonly<Record<string, string>>;
  readonly timestampField: string;
  readonly createdTimestampColumn: string;
  readonly fileOptions?: { readonly uri: string };
  readonly customOptions?: { readonly configuration: Uint8Array };
  readonly batchSource?: FeastSource;
}

export interface FeastService extends Described {
  readonly features: readonly FeastProjection[];
}

export interface FeastProjection {
  readonly featureViewName: string;
  readonly featureViewNameAlias: string;
  readonly featureColumns: readonly FeastField[];
  readonly joinKeyMap: Readonly<Record<string, string>>;
}

const described = (description: number, owner: number, tags: number) =>
  `string description = ${description}; string owner = ${owner}; map<string, string> tags = ${tags};`;

/** Field numbers are those of Feast's protocol buffers; what is left out here is skipped. */
const schema = `
syntax = "proto3";
message Registry {
  repeated Entity entities = 1;
  repeated View feature_views = 6;
  repeated Service feature_services = 7;
  repeated Other on_demand_feature_views = 8;
  repeated Other saved_datasets = 11;
  repeated StreamView stream_feature_views = 14;
  repeated Other permissions = 16;
  repeated Other label_views = 19;
}
message Other { Name spec = 1; }
message Name { string name = 1; }
message Entity { EntitySpec spec = 1; }
message EntitySpec { string name = 1; int32 value_type = 2; string join_key = 4; ${described(3, 10, 8)} }
message View { ViewSpec spec = 1; }
message ViewSpec {
  string name = 1; repeated string entities = 3; repeated Field features = 4; Duration ttl = 6; Source batch_source = 7;
  bool online = 8; Source stream_source = 9; repeated Field entity_columns = 12; ${described(10, 11, 5)}
}
message StreamView { StreamViewSpec spec = 1; }
message StreamViewSpec {
  string name = 1; repeated string entities = 3; repeated Field features = 4; repeated Field entity_columns = 5;
  Duration ttl = 9; Source batch_source = 10; bool online = 12; ${described(6, 8, 7)}
}
message Field { string name = 1; int32 value_type = 2; map<string, string> tags = 3; string description = 4; }
message Duration { int64 seconds = 1; }
message Source {
  int32 type = 1; map<string, string> field_mapping = 2; string timestamp_field = 3; string created_timestamp_column = 5;
  FileOptions file_options = 11; CustomOptions custom_options = 16; string name = 20; Source batch_source = 26;
}
message FileOptions { string uri = 2; }
message CustomOptions { bytes configuration = 1; }
message Service { ServiceSpec spec = 1; }
message ServiceSpec { string name = 1; repeated Projection features = 3; ${described(5, 6, 4)} }
message Projection {
  string feature_view_name = 1; repeated Field feature_columns = 2; string feature_view_name_alias = 3;
  map<string, string> join_key_map = 4;
}
`;

/** Reads a registry file of Feast's. @throws IcecoreError `ARGUMENT_INVALID` when it is none */
export function parseFeastRegistry(bytes: Uint8Array, path: string): FeastRegistry {
  const message = protobuf.parse(schema).root.lookupType("Registry");
  try {
    const decoded = message.decode(bytes);
    const registry = message.toObject(decoded, { defaults: true, longs: Number });
    const items = Object.values(registry).flat();
    if (items.length === 0 || items.some((item) => !item?.spec?.name)) throw new TypeError("it has no names");
    return registry as FeastRegistry;
  } catch (cause) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `${path} is no registry file of Feast; name the file at registry.path of its feature_store.yaml`,
      { cause },
    );
  }
}
