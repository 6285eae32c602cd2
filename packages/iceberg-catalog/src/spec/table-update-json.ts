import { schemaId, snapshotId, sortOrderId, specId } from "./ids.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import { parseUnboundPartitionSpec, partitionSpecToJson } from "./partition-spec-json.ts";
import { parseSchema, schemaToJson } from "./schema-json.ts";
import { parseSnapshot, parseSnapshotRef, snapshotRefToJson, snapshotToJson } from "./snapshot-json.ts";
import { parseSortOrder, sortOrderToJson } from "./sort-order-json.ts";
import { type LastAdded, lastAdded, type TableUpdate } from "./table-update.ts";

/** "The one added last", as the wire writes it. */
const lastAddedOnWire = -1;

/** Reads an update. @throws IcebergError `METADATA_INVALID` also for an action that is not known */
export function parseTableUpdate(json: JsonReader): TableUpdate {
  const action = json.field("action").string();
  switch (action) {
    case "assign-uuid":
      return { action, uuid: json.field("uuid").string() };
    case "upgrade-format-version":
      return { action, formatVersion: json.field("format-version").integer() };
    case "add-schema":
      return { action, schema: parseSchema(json.field("schema")) };
    case "set-current-schema":
      return { action, schemaId: orLastAdded(json.field("schema-id"), schemaId) };
    case "add-spec":
      return { action, spec: parseUnboundPartitionSpec(json.field("spec")) };
    case "set-default-spec":
      return { action, specId: orLastAdded(json.field("spec-id"), specId) };
    case "add-sort-order":
      return { action, sortOrder: parseSortOrder(json.field("sort-order")) };
    case "set-default-sort-order":
      return { action, sortOrderId: orLastAdded(json.field("sort-order-id"), sortOrderId) };
    case "add-snapshot":
      return { action, snapshot: parseSnapshot(json.field("snapshot")) };
    case "set-snapshot-ref":
      return { action, refName: json.field("ref-name").string(), ref: parseSnapshotRef(json) };
    case "remove-snapshots":
      return {
        action,
        snapshotIds: json
          .field("snapshot-ids")
          .array()
          .map((id) => snapshotId(id.long())),
      };
    case "remove-snapshot-ref":
      return { action, refName: json.field("ref-name").string() };
    case "set-location":
      return { action, location: json.field("location").string() };
    case "set-properties":
      return { action, updates: json.field("updates").stringMap() };
    case "remove-properties":
      return { action, removals: json.field("removals").strings() };
    case "set-statistics":
      return { action, statistics: ofSnapshot(json.field("statistics")) };
    case "set-partition-statistics":
      return { action, partitionStatistics: ofSnapshot(json.field("partition-statistics")) };
    case "remove-statistics":
    case "remove-partition-statistics":
      return { action, snapshotId: snapshotId(json.field("snapshot-id").long()) };
    case "remove-partition-specs":
      return {
        action,
        specIds: json
          .field("spec-ids")
          .array()
          .map((id) => specId(id.integer())),
      };
    case "remove-schemas":
      return {
        action,
        schemaIds: json
          .field("schema-ids")
          .array()
          .map((id) => schemaId(id.integer())),
      };
    default:
      throw json.invalid(`"${action}" is no update of a table`);
  }
}

export function tableUpdateToJson(update: TableUpdate): JsonObject {
  const { action } = update;
  switch (action) {
    case "assign-uuid":
      return { action, uuid: update.uuid };
    case "upgrade-format-version":
      return { action, "format-version": BigInt(update.formatVersion) };
    case "add-schema":
      return { action, schema: schemaToJson(update.schema) };
    case "set-current-schema":
      return { action, "schema-id": orMinusOne(update.schemaId) };
    case "add-spec":
      return { action, spec: partitionSpecToJson(update.spec) };
    case "set-default-spec":
      return { action, "spec-id": orMinusOne(update.specId) };
    case "add-sort-order":
      return { action, "sort-order": sortOrderToJson(update.sortOrder) };
    case "set-default-sort-order":
      return { action, "sort-order-id": orMinusOne(update.sortOrderId) };
    case "add-snapshot":
      return { action, snapshot: snapshotToJson(update.snapshot) };
    case "set-snapshot-ref":
      return { action, "ref-name": update.refName, ...snapshotRefToJson(update.ref) };
    case "remove-snapshots":
      return { action, "snapshot-ids": update.snapshotIds };
    case "remove-snapshot-ref":
      return { action, "ref-name": update.refName };
    case "set-location":
      return { action, location: update.location };
    case "set-properties":
      return { action, updates: update.updates };
    case "remove-properties":
      return { action, removals: update.removals };
    case "set-statistics":
      return { action, statistics: update.statistics };
    case "set-partition-statistics":
      return { action, "partition-statistics": update.partitionStatistics };
    case "remove-statistics":
    case "remove-partition-statistics":
      return { action, "snapshot-id": update.snapshotId };
    case "remove-partition-specs":
      return { action, "spec-ids": update.specIds.map(BigInt) };
    case "remove-schemas":
      return { action, "schema-ids": update.schemaIds.map(BigInt) };
  }
}

/** A statistics file is kept as it came, but must say whose it is. */
function ofSnapshot(json: JsonReader): JsonValue {
  json.field("snapshot-id").long();
  return json.value;
}

function orLastAdded<Id>(json: JsonReader, brand: (id: number) => Id): Id | LastAdded {
  const id = json.integer();
  return id === lastAddedOnWire ? lastAdded : brand(id);
}

function orMinusOne(id: number | LastAdded): bigint {
  return BigInt(id === lastAdded ? lastAddedOnWire : id);
}
