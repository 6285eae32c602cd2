import type { NewManifestEntry } from "../manifest/entry-encoding.ts";
import { readManifestList } from "../manifest/read-manifest-list.ts";
import { withSequenceNumber, writeManifest } from "../manifest/write-manifest.ts";
import { writeManifestList } from "../manifest/write-manifest-list.ts";
import { type SequenceNumber, sequenceNumber, timestampMs } from "../spec/ids.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Operation, Snapshot } from "../spec/snapshot.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import { requirementsFor } from "../spec/update-requirements.ts";
import type { Table } from "../table.ts";
import type { TestEnvironment } from "./test-environment.ts";

/** Commits a snapshot as other engines do: any operation, with data or delete files, which may claim to be older. */
export async function commitSnapshot(
  table: Table,
  environment: TestEnvironment,
  operation: Operation,
  files: readonly DataFile[],
  age: { readonly dataSequenceNumber?: SequenceNumber } = {},
): Promise<Table> {
  const snapshotId = environment.snapshotId();
  const parent = table.currentSnapshot();
  const next = sequenceNumber(table.metadata.lastSequenceNumber + 1n);
  const location = `${table.metadata.location}/metadata/${environment.uuid()}`;
  const entries = files.map((dataFile): NewManifestEntry => ({ status: "added", snapshotId, dataFile, ...age }));
  const { bytes, manifest } = writeManifest({
    path: `${location}-m0.avro`,
    content: files.some(({ content }) => content !== "data") ? "deletes" : "data",
    snapshotId,
    schema: table.schema,
    spec: table.spec,
    entries,
  });
  await table.io.write(manifest.manifestPath, bytes);
  const snapshot: Snapshot = {
    snapshotId,
    ...(parent && { parentSnapshotId: parent.snapshotId }),
    sequenceNumber: next,
    timestampMs: timestampMs(Math.max(environment.now(), table.metadata.lastUpdatedMs)),
    manifestList: `${location}-list.avro`,
    summary: { operation, properties: {} },
    schemaId: table.metadata.currentSchemaId,
  };
  const inherited = parent ? readManifestList(await table.io.read(parent.manifestList)) : [];
  const list = writeManifestList(snapshot, [withSequenceNumber(manifest, next), ...inherited]);
  await table.io.write(snapshot.manifestList, list);
  const updates: readonly TableUpdate[] = [
    { action: "add-snapshot", snapshot },
    { action: "set-snapshot-ref", refName: "main", ref: { type: "branch", snapshotId } },
  ];
  const requirements = requirementsFor(table.metadata, updates);
  return table.at(await table.catalog.updateTable(table.identifier, { requirements, updates }));
}
