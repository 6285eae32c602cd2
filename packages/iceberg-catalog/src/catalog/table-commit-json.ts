import type { JsonObject } from "../spec/json.ts";
import type { JsonReader } from "../spec/json-reader.ts";
import { parseTableRequirement, tableRequirementToJson } from "../spec/table-requirement-json.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import { parseTableUpdate, tableUpdateToJson } from "../spec/table-update-json.ts";
import type { IdentifiedCommit, TableCommit } from "./catalog.ts";
import { parseTableIdentifier, tableIdentifierToJson } from "./table-identifier-json.ts";

export function parseTableCommit(json: JsonReader): TableCommit {
  return {
    requirements: json.items("requirements").map(parseTableRequirement),
    updates: json.items("updates").map(parseTableUpdate),
  };
}

export function tableCommitToJson(commit: TableCommit): JsonObject {
  return {
    requirements: commit.requirements.map(tableRequirementToJson),
    updates: commit.updates.flatMap(oneSnapshotEach).map(tableUpdateToJson),
  };
}

/** Catalogs of older releases of the Java reference take one snapshot at a time. */
function oneSnapshotEach(update: TableUpdate): readonly TableUpdate[] {
  if (update.action !== "remove-snapshots") return [update];
  return update.snapshotIds.map((id) => ({ ...update, snapshotIds: [id] }));
}

export function parseIdentifiedCommit(json: JsonReader): IdentifiedCommit {
  return { identifier: parseTableIdentifier(json.field("identifier")), ...parseTableCommit(json) };
}

export function identifiedCommitToJson(commit: IdentifiedCommit): JsonObject {
  return { identifier: tableIdentifierToJson(commit.identifier), ...tableCommitToJson(commit) };
}
