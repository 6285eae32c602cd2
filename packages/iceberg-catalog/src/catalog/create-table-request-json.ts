import { firstPartitionFieldId, unpartitioned } from "../spec/bind-partition-spec.ts";
import { partitionFieldId } from "../spec/ids.ts";
import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import { omitUndefined } from "../spec/omit-undefined.ts";
import { parseUnboundPartitionSpec, partitionSpecToJson } from "../spec/partition-spec-json.ts";
import { parseSchema, schemaToJson } from "../spec/schema-json.ts";
import { parseSortOrder, sortOrderToJson } from "../spec/sort-order-json.ts";
import type { UnboundPartitionSpec } from "../spec/table-update.ts";
import { unsorted } from "../spec/unsorted.ts";
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

/** Says what a request may leave out, too: there are catalogs that do not know what it means when it is left out. */
export function createTableRequestToJson(request: CreateTableRequest, isStaged = false): JsonObject {
  return {
    location: request.location,
    schema: schemaToJson(request.schema),
    "partition-spec": partitionSpecToJson(numbered(request.partitionSpec ?? unpartitioned)),
    "write-order": sortOrderToJson(request.sortOrder ?? unsorted),
    "stage-create": isStaged,
    properties: request.properties ?? {},
  };
}

/** The ids that a new table's partition fields get. */
function numbered(spec: UnboundPartitionSpec): UnboundPartitionSpec {
  const fields = spec.fields.map((field, i) => ({ ...field, fieldId: partitionFieldId(firstPartitionFieldId + i) }));
  return { ...spec, fields };
}
