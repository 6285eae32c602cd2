import { schemaId, sequenceNumber, snapshotId, timestampMs } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JsonReader } from "./json-reader.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { Operation, Snapshot, SnapshotRef, SnapshotSummary } from "./snapshot.ts";

const operations: readonly Operation[] = ["append", "replace", "overwrite", "delete"];

/** Reads a snapshot; one that version 1 wrote has sequence number 0 (spec, "Snapshots"). */
export function parseSnapshot(json: JsonReader): Snapshot {
  const parent = json.optional("parent-snapshot-id")?.long();
  const schema = json.optional("schema-id")?.integer();
  return omitUndefined({
    snapshotId: snapshotId(json.field("snapshot-id").long()),
    parentSnapshotId: parent === undefined || parent === -1n ? undefined : snapshotId(parent),
    sequenceNumber: sequenceNumber(json.optional("sequence-number")?.long() ?? 0n),
    timestampMs: timestampMs(json.field("timestamp-ms").integer()),
    ...parseManifests(json),
    summary: parseSummary(json.optional("summary")),
    schemaId: schema === undefined ? undefined : schemaId(schema),
  });
}

export function snapshotToJson(snapshot: Snapshot): JsonObject {
  return {
    "sequence-number": snapshot.sequenceNumber === 0n ? undefined : snapshot.sequenceNumber,
    "snapshot-id": snapshot.snapshotId,
    "parent-snapshot-id": snapshot.parentSnapshotId,
    "timestamp-ms": BigInt(snapshot.timestampMs),
    summary: { operation: snapshot.summary.operation, ...snapshot.summary.properties },
    "manifest-list": snapshot.manifests === undefined ? snapshot.manifestList : undefined,
    manifests: snapshot.manifests,
    "schema-id": snapshot.schemaId === undefined ? undefined : BigInt(snapshot.schemaId),
  };
}

export function parseSnapshotRef(json: JsonReader): SnapshotRef {
  const common = {
    snapshotId: snapshotId(json.field("snapshot-id").long()),
    maxRefAgeMs: json.optional("max-ref-age-ms")?.integer(),
  };
  const type = json.field("type").string().toLowerCase();
  switch (type) {
    case "tag":
      return omitUndefined({ type, ...common });
    case "branch":
      return omitUndefined({
        type,
        ...common,
        minSnapshotsToKeep: json.optional("min-snapshots-to-keep")?.integer(),
        maxSnapshotAgeMs: json.optional("max-snapshot-age-ms")?.integer(),
      });
    default:
      throw json.invalid(`"${type}" is no kind of ref: branch, tag`);
  }
}

export function snapshotRefToJson(ref: SnapshotRef): JsonObject {
  return {
    "snapshot-id": ref.snapshotId,
    type: ref.type,
    ...(ref.type === "branch" && {
      "min-snapshots-to-keep": optionalLong(ref.minSnapshotsToKeep),
      "max-snapshot-age-ms": optionalLong(ref.maxSnapshotAgeMs),
    }),
    "max-ref-age-ms": optionalLong(ref.maxRefAgeMs),
  };
}

function optionalLong(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

/** Version 1 may list the manifests where the manifest list would be. */
function parseManifests(json: JsonReader): Pick<Snapshot, "manifestList" | "manifests"> {
  const manifestList = json.optional("manifest-list")?.string();
  if (manifestList !== undefined) return { manifestList };
  const manifests = json.optional("manifests")?.strings();
  if (manifests === undefined) throw json.invalid(`"manifest-list" is missing`);
  return { manifestList: "", manifests };
}

/** Version 1 may leave the summary out; `overwrite` then promises least. */
function parseSummary(json: JsonReader | undefined): SnapshotSummary {
  if (json === undefined) return { operation: "overwrite", properties: {} };
  const { operation: name, ...properties } = json.stringMap();
  const operation = name === undefined ? "overwrite" : operations.find((known) => known === name);
  if (operation === undefined) throw json.invalid(`"${name}" is no operation: ${operations.join(", ")}`);
  return { operation, properties };
}
