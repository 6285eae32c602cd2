import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import { omitUndefined } from "../spec/omit-undefined.ts";
import { parseUnboundPartitionSpec, partitionSpecToJson } from "../spec/partition-spec-json.ts";
import { parseSchema, schemaToJson } from "../spec/schema-json.ts";
import { parseSortOrder, sortOrderToJson } from "../spec/sort-order-json.ts";
import type { CreateTableRequest } from "./catalog.ts";

export function parseCreateTableRequest(json: JsonReader): CreateTableRequest {
  const [spec, order] = [json.optional("partition-spec"), json.optional("write-order")];
  return omitUndefined({
    schema: parseSchema(json.field("schema")),
    location: json.optional("location")?.string(),
    partitionSpec: spec && parseUnboundPartitionSpec(spec),
    sortOrder: order && parseSortOrder(order),
    properties: json.optional("properties")?.stringMap(),
  });
}

export function createTableRequestToJson(request: CreateTableRequest): JsonObject {
  return {
    location: request.location,
    schema: schemaToJson(request.schema),
    "partition-spec": request.partitionSpec && partitionSpecToJson(request.partitionSpec),
    "write-order": request.sortOrder && sortOrderToJson(request.sortOrder),
    properties: request.properties ?? {},
  };
}
