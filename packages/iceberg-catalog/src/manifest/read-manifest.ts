import type { FieldId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import type { PartitionSpec } from "../spec/partition-spec.ts";
import type { Schema } from "../spec/schema.ts";
import { type EntryFields, entryFields } from "./entry-fields.ts";
import type { EntryLayout } from "./entry-layout.ts";
import { ManifestRow } from "./manifest-row.ts";
import { type EntryBlock, openManifest } from "./open-manifest.ts";

export interface ReadManifestOptions {
  /** The spec the manifest list names for the manifest; what the manifest itself says of it is not trusted. */
  readonly spec: PartitionSpec;
  /** Partition values are promoted to its types. */
  readonly schema: Schema;
  /** Columns whose counts and bounds are wanted; the others' are skipped unread. Left out: all of everything. */
  readonly statsOf?: ReadonlySet<FieldId>;
}

/**
 * Yields a manifest's rows, deleted ones too, after inheritance (spec, "Sequence Number Inheritance").
 * @throws IcebergError `DATA_INVALID`, `UNSUPPORTED`
 */
export function* readManifest(
  bytes: Uint8Array,
  manifest: ManifestFile,
  options: ReadManifestOptions,
): Generator<ManifestEntry> {
  const { layout, blocks } = openManifest(bytes);
  const row = manifestRows(options)(layout, manifest);
  for (const block of blocks) yield* takeRows(block, row, toEntry);
}

const toEntry = (row: ManifestRow): ManifestEntry => row.toEntry();

/** Compiles what reads manifests of one spec; what is compiled for a writer's layout serves all manifests that have it. */
export function manifestRows(
  options: ReadManifestOptions,
): (layout: EntryLayout, manifest: ManifestFile) => ManifestRow {
  const compiled = new Map<EntryLayout, EntryFields>();
  return (layout, manifest) => {
    const fields = compiled.get(layout) ?? entryFields(layout, options);
    compiled.set(layout, fields);
    return new ManifestRow(fields, manifest);
  };
}

/** What `take` makes of a block's rows; a row that it makes nothing of is never decoded. */
export function takeRows<T>(block: EntryBlock, row: ManifestRow, take: (row: ManifestRow) => T | undefined): T[] {
  const taken: T[] = [];
  for (let i = 0; i < block.rows; i++) {
    const made = take(row.moveTo(block, i));
    if (made !== undefined) taken.push(made);
  }
  return taken;
}
