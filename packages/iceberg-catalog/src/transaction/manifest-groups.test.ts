import { expect, it } from "vitest";
import { sequenceNumber, snapshotId, specId } from "../spec/ids.ts";
import type { ManifestFile } from "../spec/manifest.ts";
import { manifestGroups } from "./manifest-groups.ts";

const counts = { addedFiles: 1, existingFiles: 0, deletedFiles: 0, addedRows: 1n, existingRows: 0n, deletedRows: 0n };
const manifest = (length: number, changes: Partial<ManifestFile> = {}): ManifestFile => ({
  manifestPath: `memory://t/${length}`,
  manifestLength: BigInt(length),
  partitionSpecId: specId(0),
  content: "data",
  sequenceNumber: sequenceNumber(1n),
  minSequenceNumber: sequenceNumber(1n),
  addedSnapshotId: snapshotId(1n),
  counts,
  ...changes,
});

it("manifests are rewritten where there are too many, or too large ones, of a spec and a content", () => {
  const [small, group] = manifestGroups([manifest(10), manifest(20), manifest(5, { content: "deletes" })], 100);
  expect(group).toBeUndefined();
  expect(small?.manifests).toHaveLength(2);
  expect(small?.entriesPerManifest(7)).toBe(7);
  const [large] = manifestGroups([manifest(250)], 100);
  expect([large?.entriesPerManifest(7), large?.entriesPerManifest(0)]).toEqual([3, 1]);
  expect(manifestGroups([manifest(10), manifest(10, { partitionSpecId: specId(1) })], 100)).toEqual([]);
});

it("a manifest without counts is rewritten alone, since format 2 cannot list it", () => {
  const { counts: _, ...uncounted } = manifest(10);
  expect(manifestGroups([uncounted], 100)).toHaveLength(1);
  expect(manifestGroups([manifest(10)], 100)).toEqual([]);
});
