import { describe, expect, it } from "vitest";
import { longReader } from "../avro/avro-readers.ts";
import { readContainer } from "../avro/read-container.ts";
import { field, recordReader } from "../avro/record-reader.ts";
import { applyTransform } from "../spec/apply-transform.ts";
import { fieldId, sequenceNumber, snapshotId, sortOrderId } from "../spec/ids.ts";
import type { DataFile, ManifestEntry, ManifestFile } from "../spec/manifest.ts";
import type { PrimitiveType } from "../spec/types.ts";
import { decodeValue } from "../spec/values.ts";
import { golden, goldenByCodec, goldenSchema, goldenSpec } from "../testing/golden.ts";
import type { NewManifestEntry } from "./entry-encoding.ts";
import { readManifest } from "./read-manifest.ts";
import { readManifestList } from "./read-manifest-list.ts";
import { withSequenceNumber, writeManifest } from "./write-manifest.ts";
import { writeManifestList } from "./write-manifest-list.ts";

const options = { spec: goldenSpec, schema: goldenSchema };
const owner = { snapshotId: snapshotId(8954219738921234567n), sequenceNumber: sequenceNumber(9n) };

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "bigint" ? String(value) : value;
}

/** Dates and ints are numbers here and text in the golden file, floats are numbers in both. */
const comparable = (value: unknown): unknown => (Number.isInteger(value) ? String(value) : value);

function goldenManifest(): ManifestFile {
  const [manifest] = readManifestList(golden.manifestList);
  return manifest as ManifestFile;
}

const goldenEntries = (): ManifestEntry[] => [...readManifest(golden.manifest, goldenManifest(), options)];

describe("what PyIceberg wrote", () => {
  it("reads the manifest list", () => {
    const manifest = goldenManifest();
    expect({
      sequenceNumber: Number(manifest.sequenceNumber),
      minSequenceNumber: Number(manifest.minSequenceNumber),
      addedSnapshotId: String(manifest.addedSnapshotId),
      specId: manifest.partitionSpecId,
      addedFiles: manifest.counts?.addedFiles,
      addedRows: Number(manifest.counts?.addedRows),
      lowerBounds: manifest.partitions?.map(({ lowerBound }) => plain(lowerBound) ?? null),
      containsNull: manifest.partitions?.map(({ containsNull }) => containsNull),
    }).toEqual(golden.expected.manifestList);
  });

  it("reads the manifest: partitions of every type and transform, statistics, inherited sequence numbers", () => {
    const entries = goldenEntries().map(({ dataSequenceNumber, dataFile }) => ({
      sequenceNumber: Number(dataSequenceNumber),
      filePath: dataFile.filePath,
      partition: dataFile.partition.map((value) => comparable(plain(value))),
      lowerBounds: plain(dataFile.lowerBounds) ?? null,
      valueCounts: plain(dataFile.valueCounts) ?? null,
      splitOffsets: plain(dataFile.splitOffsets) ?? null,
    }));
    expect(entries).toEqual(golden.expected.entries);
  });

  it.each(goldenByCodec)("reads what fastavro compressed by %s", (_, bytes) => {
    expect([...readManifest(bytes, goldenManifest(), options)]).toEqual(goldenEntries());
  });

  it("agrees on every transform and every bound", () => {
    const [entry] = goldenEntries();
    const row = goldenSchema.fields.map(({ id, type }) =>
      decodeValue(type as PrimitiveType, entry?.dataFile.lowerBounds?.get(id) ?? new Uint8Array()),
    );
    expect(row.map((value) => comparable(plain(value)))).toEqual(golden.expected.values);
    const partition = goldenSpec.fields.map(({ transform, sourceId }) => {
      const type = goldenSchema.fields[sourceId - 1]?.type as PrimitiveType;
      return applyTransform(transform, type, row[sourceId - 1] ?? null);
    });
    expect(partition).toEqual(entry?.dataFile.partition);
  });

  it("decodes the statistics of the columns that are asked for, and no others", () => {
    const wanted = new Set([fieldId(1)]);
    const [entry] = readManifest(golden.manifest, goldenManifest(), { ...options, statsOf: wanted });
    expect([...(entry?.dataFile.lowerBounds?.keys() ?? [])]).toEqual([1]);
    expect([...(entry?.dataFile.columnSizes?.keys() ?? [])]).toEqual([1]);
  });
});

const dataFile: DataFile = {
  content: "data",
  filePath: "s3://b/x.parquet",
  fileFormat: "parquet",
  specId: goldenSpec.specId,
  partition: goldenEntries()[0]?.dataFile.partition ?? [],
  recordCount: 7n,
  fileSizeInBytes: 1n << 40n,
  columnSizes: new Map([[fieldId(1), 10n]]),
  valueCounts: new Map([[fieldId(1), 7n]]),
  nullValueCounts: new Map([[fieldId(1), 0n]]),
  nanValueCounts: new Map(),
  lowerBounds: new Map([[fieldId(2), Uint8Array.of(1, 0, 0, 0)]]),
  upperBounds: new Map([[fieldId(2), Uint8Array.of(2, 0, 0, 0)]]),
  splitOffsets: [4n, 1n << 33n],
  equalityIds: [fieldId(1)],
  sortOrderId: sortOrderId(0),
};

const write = (entries: readonly NewManifestEntry[]) =>
  writeManifest({
    path: "s3://b/m0.avro",
    content: "data",
    snapshotId: owner.snapshotId,
    ...options,
    entries,
  });

describe("what we write", () => {
  it("comes back as it was, with the sequence number of the manifest list", () => {
    const { bytes, manifest } = write([{ status: "added", snapshotId: owner.snapshotId, dataFile }]);
    const [listed] = readManifestList(writeManifestList(owner, [withSequenceNumber(manifest, owner.sequenceNumber)]));
    expect(listed).toEqual(withSequenceNumber(manifest, owner.sequenceNumber));
    expect(listed?.manifestLength).toBe(BigInt(bytes.length));
    expect([...readManifest(bytes, listed as ManifestFile, options)]).toEqual([
      { status: "added", snapshotId: owner.snapshotId, dataSequenceNumber: 9n, fileSequenceNumber: 9n, dataFile },
    ]);
  });

  it("is as old as its manifest list, though the rows in it may be older", () => {
    const { bytes, manifest } = write([
      { status: "added", snapshotId: owner.snapshotId, dataSequenceNumber: sequenceNumber(4n), dataFile },
    ]);
    const [entry] = readManifest(bytes, withSequenceNumber(manifest, owner.sequenceNumber), options);
    expect(entry).toMatchObject({ dataSequenceNumber: 4n, fileSequenceNumber: 9n });
  });

  it("summarises partitions as PyIceberg does", () => {
    const { manifest } = write(goldenEntries());
    const golden = goldenManifest().partitions ?? [];
    expect(
      manifest.partitions?.map(({ lowerBound, upperBound, containsNull }) => ({
        lowerBound,
        upperBound,
        containsNull,
      })),
    ).toEqual(golden.map(({ lowerBound, upperBound, containsNull }) => ({ lowerBound, upperBound, containsNull })));
  });

  it("counts by status, and takes the smallest sequence number of what is alive", () => {
    const { manifest } = write([
      { status: "added", snapshotId: owner.snapshotId, dataFile },
      { status: "existing", snapshotId: owner.snapshotId, dataSequenceNumber: sequenceNumber(3n), dataFile },
      { status: "deleted", snapshotId: owner.snapshotId, dataSequenceNumber: sequenceNumber(1n), dataFile },
    ]);
    expect(manifest.counts).toEqual({
      addedFiles: 1,
      existingFiles: 1,
      deletedFiles: 1,
      addedRows: 7n,
      existingRows: 7n,
      deletedRows: 7n,
    });
    expect(manifest.minSequenceNumber).toBe(3n);
  });

  it("refuses to guess the sequence number of a row that is not new", () => {
    const { bytes, manifest } = write([{ status: "existing", snapshotId: owner.snapshotId, dataFile }]);
    const read = () => [...readManifest(bytes, withSequenceNumber(manifest, owner.sequenceNumber), options)];
    expect(read).toThrow("a row that is existing has no sequence number");
    const formatOne = withSequenceNumber(manifest, sequenceNumber(0n));
    expect([...readManifest(bytes, formatOne, options)][0]?.dataSequenceNumber).toBe(0n);
  });
});

describe("damaged files", () => {
  const anyRecord = recordReader({ id: field(1, longReader) });
  const read = (bytes: Uint8Array) => () => [...readContainer(bytes, anyRecord)];

  it("are refused wherever they are cut, and with whatever byte flipped in the frame", () => {
    for (let length = 1; length < golden.manifest.length; length += 97) {
      expect(read(golden.manifest.subarray(0, length))).toThrow();
    }
    const broken = Uint8Array.from(golden.manifest);
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    expect(read(broken)).toThrow("does not end in the sync marker");
    expect(read(Buffer.from("PAR1 and more"))).toThrow("not an Avro file");
  });
});
