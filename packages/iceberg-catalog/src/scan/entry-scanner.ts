import type { EntryLayout } from "../manifest/entry-layout.ts";
import type { ManifestRow } from "../manifest/manifest-row.ts";
import { manifestRows, takeRows } from "../manifest/read-manifest.ts";
import type { EntryFacts } from "../spec/file-facts.ts";
import type { FieldId, SpecId } from "../spec/ids.ts";
import type { ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import type { Schema } from "../spec/schema.ts";
import { manifestCacheOf } from "./manifest-cache.ts";
import { mapOrdered } from "./map-ordered.ts";
import { fetchManifest, manifestConcurrency, type ScanSource } from "./scan-source.ts";

type RowsOfSpec = (layout: EntryLayout, manifest: ManifestFile) => ManifestRow;

/** Reads the manifests of a table for one scan: what is compiled for the first of them serves the others. */
export class EntryScanner {
  readonly #source: ScanSource;
  readonly #schema: Schema;
  readonly #statsOf: ReadonlySet<FieldId> | undefined;
  readonly #rowsBySpec = new Map<SpecId, RowsOfSpec>();

  /** @param statsOf the columns whose statistics are decoded; left out: all of them */
  constructor(source: ScanSource, schema: Schema, statsOf?: ReadonlySet<FieldId>) {
    this.#source = source;
    this.#schema = schema;
    this.#statsOf = statsOf;
  }

  /**
   * What `take` makes of the manifests' rows, some at a time, in their order. A few manifests are fetched ahead; beyond that
   * memory does not depend on how many there are. @throws IcebergError `FILE_NOT_FOUND`, `DATA_INVALID`
   */
  async *stream<T>(
    manifests: Iterable<ManifestFile>,
    take: (row: ManifestRow) => T | undefined,
  ): AsyncGenerator<readonly T[]> {
    const { io } = this.#source;
    const allowance = manifestCacheOf(io).allowance();
    const open = async (manifest: ManifestFile) => ({ manifest, ...(await fetchManifest(io, manifest, allowance)) });
    for await (const { manifest, layout, blocks } of mapOrdered(manifests, manifestConcurrency, open)) {
      const row = this.#rowsOf(manifest)(layout, manifest);
      for (const block of blocks) {
        const taken = takeRows(block, row, take);
        if (taken.length > 0) yield taken;
      }
    }
  }

  /** All rows that `keep` wants. */
  async collect(manifests: Iterable<ManifestFile>, keep: (entry: EntryFacts) => boolean): Promise<ManifestEntry[]> {
    const all: ManifestEntry[] = [];
    const take = (row: ManifestRow) => (keep(row) ? row.toEntry() : undefined);
    for await (const entries of this.stream(manifests, take)) for (const entry of entries) all.push(entry);
    return all;
  }

  #rowsOf({ partitionSpecId }: ManifestFile): RowsOfSpec {
    const known = this.#rowsBySpec.get(partitionSpecId);
    if (known !== undefined) return known;
    const spec = requirePartitionSpec(this.#source.metadata, partitionSpecId);
    const rows = manifestRows({ spec, schema: this.#schema, ...(this.#statsOf && { statsOf: this.#statsOf }) });
    this.#rowsBySpec.set(partitionSpecId, rows);
    return rows;
  }
}
