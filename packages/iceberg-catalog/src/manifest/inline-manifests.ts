import { openContainer } from "../avro/container.ts";
import { schemaId, sequenceNumber, specId } from "../spec/ids.ts";
import type { EntryStatus, ManifestFile } from "../spec/manifest.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { decodeUtf8 } from "../spec/utf8.ts";
import type { ManifestRow } from "./manifest-row.ts";
import { openManifest } from "./open-manifest.ts";
import { manifestRows, takeRows } from "./read-manifest.ts";
import { readManifestList } from "./read-manifest-list.ts";

/** The manifests of a snapshot, wherever it lists them. @throws IcebergError `FILE_NOT_FOUND`, `DATA_INVALID` */
export async function readManifestsOf(
  { manifestList, manifests, ...snapshot }: Pick<Snapshot, "manifestList" | "manifests" | "snapshotId">,
  read: (location: string) => Promise<Uint8Array>,
): Promise<readonly ManifestFile[]> {
  if (manifests === undefined) return readManifestList(await read(manifestList));
  const described: ManifestFile[] = [];
  for (const path of manifests) described.push(describeManifest(path, await read(path), snapshot));
  return described;
}

/** The row that a manifest list would have for a manifest of format 1, as far as the manifest itself tells. */
function describeManifest(manifestPath: string, bytes: Uint8Array, owner: Pick<Snapshot, "snapshotId">): ManifestFile {
  const partitionSpecId = specId(Number(textOf(openContainer(bytes).metadata.get("partition-spec-id")) ?? 0));
  const unowned: ManifestFile = {
    manifestPath,
    manifestLength: BigInt(bytes.length),
    partitionSpecId,
    content: "data",
    sequenceNumber: sequenceNumber(0n),
    minSequenceNumber: sequenceNumber(0n),
    addedSnapshotId: owner.snapshotId,
  };
  const rows = rowsOf(bytes, unowned);
  const files = (status: EntryStatus): number => rows.filter((row) => row.status === status).length;
  const records = (status: EntryStatus): bigint =>
    rows.reduce((sum, row) => (row.status === status ? sum + row.recordCount : sum), 0n);
  return {
    ...unowned,
    // A manifest was written by the snapshot that its changes are of.
    addedSnapshotId: rows.find(({ status }) => status !== "existing")?.snapshotId ?? owner.snapshotId,
    counts: {
      addedFiles: files("added"),
      existingFiles: files("existing"),
      deletedFiles: files("deleted"),
      addedRows: records("added"),
      existingRows: records("existing"),
      deletedRows: records("deleted"),
    },
  };
}

function rowsOf(bytes: Uint8Array, manifest: ManifestFile) {
  const { layout, blocks } = openManifest(bytes);
  const nothing = {
    spec: { specId: manifest.partitionSpecId, fields: [] },
    schema: { schemaId: schemaId(0), fields: [], identifierFieldIds: [] },
  };
  const row = manifestRows(nothing)(layout, manifest);
  const take = ({ status, snapshotId, dataFile }: ManifestRow) => ({
    status,
    snapshotId,
    recordCount: dataFile.recordCount,
  });
  return [...blocks].flatMap((block) => takeRows(block, row, take));
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && decodeUtf8(bytes);
