import { IcebergError } from "../errors.ts";
import type { EntryFacts, FileFacts, Lookup } from "../spec/file-facts.ts";
import { fieldId, type SequenceNumber, type SnapshotId, sequenceNumber, snapshotId, sortOrderId } from "../spec/ids.ts";
import type { DataFile, EntryStatus, ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import { entryStatuses, fileContents, present, wordOf } from "./codes.ts";
import type { EntryFields, StatisticField } from "./entry-fields.ts";
import type { EntryBlock } from "./open-manifest.ts";

/**
 * A row of a manifest, after inheritance, each value decoded when it is asked for. It is a window that moves on: what
 * shall stay is taken out with `toDataFile` or `toEntry`.
 */
export class ManifestRow implements EntryFacts {
  readonly dataFile: FileFacts;
  readonly #fields: EntryFields;
  readonly #manifest: ManifestFile;
  #block!: EntryBlock;
  #row = 0;

  constructor(fields: EntryFields, manifest: ManifestFile) {
    this.#fields = fields;
    this.#manifest = manifest;
    this.dataFile = this.#facts();
  }

  moveTo(block: EntryBlock, row: number): this {
    this.#block = block;
    this.#row = row;
    return this;
  }

  get status(): EntryStatus {
    const code = present(this.#fields.status(this.#block, this.#row), "status");
    return wordOf(entryStatuses, code, "entry status");
  }

  get snapshotId(): SnapshotId {
    const written = this.#fields.snapshotId(this.#block, this.#row);
    return written === undefined ? this.#manifest.addedSnapshotId : snapshotId(written);
  }

  /** Only what the manifest's own snapshot added inherits, and everything under format 1, where all numbers are 0. */
  get dataSequenceNumber(): SequenceNumber {
    const written = this.#fields.dataSequenceNumber(this.#block, this.#row);
    if (written !== undefined) return sequenceNumber(written);
    const { status } = this;
    const { sequenceNumber: inherited, manifestPath } = this.#manifest;
    if (status === "added" || inherited === 0n) return inherited;
    throw new IcebergError("DATA_INVALID", `${manifestPath}: a row that is ${status} has no sequence number`);
  }

  /** A file is as old as the manifest that added it, even where its rows are older (`dataSequenceNumber`). */
  get fileSequenceNumber(): SequenceNumber {
    const written = this.#fields.fileSequenceNumber(this.#block, this.#row);
    if (written !== undefined) return sequenceNumber(written);
    // Writers older than the field leave it out, also where nothing can be inherited.
    return this.status === "added" ? this.#manifest.sequenceNumber : this.dataSequenceNumber;
  }

  toEntry(): ManifestEntry {
    return {
      status: this.status,
      snapshotId: this.snapshotId,
      dataSequenceNumber: this.dataSequenceNumber,
      fileSequenceNumber: this.fileSequenceNumber,
      dataFile: this.toDataFile(),
    };
  }

  toDataFile(): DataFile {
    const fields = this.#fields;
    const [block, row] = [this.#block, this.#row];
    const { content, filePath, specId, partition, recordCount, fileSizeInBytes } = this.dataFile;
    const order = fields.sortOrderId(block, row);
    return {
      content,
      filePath,
      fileFormat: present(fields.fileFormat(block, row), "file_format"),
      specId,
      partition,
      recordCount,
      fileSizeInBytes,
      columnSizes: fields.columnSizes(block, row),
      valueCounts: fields.valueCounts(block, row),
      nullValueCounts: fields.nullValueCounts(block, row),
      nanValueCounts: fields.nanValueCounts(block, row),
      lowerBounds: fields.lowerBounds(block, row),
      upperBounds: fields.upperBounds(block, row),
      splitOffsets: fields.splitOffsets(block, row),
      equalityIds: fields.equalityIds(block, row)?.map(fieldId),
      sortOrderId: order === undefined ? undefined : sortOrderId(order),
    };
  }

  #facts(): FileFacts {
    const fields = this.#fields;
    const here = <T>(read: (block: EntryBlock, row: number) => T): T => read(this.#block, this.#row);
    const lookup = <V>(find: StatisticField<V>): Lookup<V> => ({
      get: (column) => find(this.#block, this.#row, column),
    });
    return {
      specId: this.#manifest.partitionSpecId,
      get content() {
        return wordOf(fileContents, here(fields.content) ?? 0, "file content");
      },
      get filePath() {
        return present(here(fields.filePath), "file_path");
      },
      get partition() {
        return present(here(fields.partition), "partition");
      },
      get recordCount() {
        return present(here(fields.recordCount), "record_count");
      },
      get fileSizeInBytes() {
        return present(here(fields.fileSizeInBytes), "file_size_in_bytes");
      },
      valueCounts: lookup(fields.valueCountOf),
      nullValueCounts: lookup(fields.nullValueCountOf),
      nanValueCounts: lookup(fields.nanValueCountOf),
      lowerBounds: lookup(fields.lowerBoundOf),
      upperBounds: lookup(fields.upperBoundOf),
    };
  }
}
