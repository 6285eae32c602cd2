import { groupBy } from "../../spec/group-by.ts";
import type { FieldId } from "../../spec/ids.ts";
import type { DataFile } from "../../spec/manifest.ts";
import { partitionKey } from "../../spec/partition-key.ts";
import { partitionPath } from "../../spec/partition-path.ts";
import type { PartitionSpec } from "../../spec/partition-spec.ts";
import { requirePartitionSpec } from "../../spec/require-in-metadata.ts";
import { filePathId, positionId } from "../../spec/reserved-field-ids.ts";
import { encodeValue } from "../../spec/values.ts";
import { dataFileLocation } from "../../transaction/table-locations.ts";
import { quotedString } from "../quote.ts";
import { filePathColumn, positionColumn } from "../read/file-rows.ts";
import type { Session } from "../session.ts";
import { type CopyStatistics, parseCopyStatistics } from "./copy-statistics.ts";
import { discardFiles } from "./discard-files.ts";
import { openOutputFolder } from "./output-folder.ts";
import { withPlainIntegers } from "./parquet/plain-integers.ts";
import { rewriteFooter } from "./parquet/rewrite-footer.ts";
import type { WriteTarget } from "./write-target.ts";

/**
 * Writes position delete files for the rows that a SELECT names by {@link filePathColumn}, a path on this machine, and
 * {@link positionColumn}: one for each partition, since a delete file reaches data of its own partition only (spec, "Position
 * Delete Files"). Where it fails, no file is left behind.
 */
export async function writePositionDeletes(
  session: Session,
  target: WriteTarget,
  select: string,
  files: ReadonlyMap<string, DataFile>,
): Promise<readonly DataFile[]> {
  const written: DataFile[] = [];
  try {
    const partitions = groupBy(files, ([, file]) => partitionKey(file.specId, file.partition));
    for (const group of partitions.values()) {
      const deletes = await writeGroup(session, target, select, group);
      if (deletes !== undefined) written.push(deletes);
    }
    return written;
  } catch (error) {
    await discardFiles(target, written);
    throw error;
  }
}

type PathAndFile = readonly [path: string, file: DataFile];

async function writeGroup(
  session: Session,
  target: WriteTarget,
  select: string,
  group: readonly [PathAndFile, ...PathAndFile[]],
): Promise<DataFile | undefined> {
  const [[, sample]] = group;
  const names = group.map(([path, { filePath }]) => `(${quotedString(path)}, ${quotedString(filePath)})`).join(", ");
  const rows = `SELECT n.location AS file_path, p.${positionColumn} AS pos FROM (${select}) p
    JOIN (VALUES ${names}) n(path, location) ON n.path = p.${filePathColumn}`;
  const bounds = await session.row(
    `SELECT min(file_path) AS first_path, max(file_path) AS last_path, min(pos) AS first, max(pos) AS last FROM (${rows})`,
  );
  if (bounds["first_path"] === null) return undefined;
  const ids = `{file_path: ${filePathId}, pos: ${positionId}}`;
  const { file, statistics } = await writeDeleteFile(session, target, `${rows} ORDER BY file_path, pos`, ids, sample);
  return {
    ...file,
    content: "position-deletes",
    ...columnCounts(statistics),
    lowerBounds: boundsOf(bounds["first_path"], bounds["first"]),
    upperBounds: boundsOf(bounds["last_path"], bounds["last"]),
  };
}

function columnCounts({ columns }: CopyStatistics): Pick<DataFile, "columnSizes" | "valueCounts" | "nullValueCounts"> {
  const counts = (name: string): ReadonlyMap<FieldId, bigint> =>
    new Map([
      [filePathId, BigInt(columns.get('"file_path"')?.get(name) ?? 0)],
      [positionId, BigInt(columns.get('"pos"')?.get(name) ?? 0)],
    ]);
  return {
    columnSizes: counts("column_size_bytes"),
    valueCounts: counts("num_values"),
    nullValueCounts: counts("null_count"),
  };
}

/** Whole paths: a file all of whose deletes are of one data file is told by its bounds. */
function boundsOf(path: unknown, position: unknown): ReadonlyMap<FieldId, Uint8Array> {
  return new Map([
    [filePathId, encodeValue({ kind: "string" }, String(path))],
    [positionId, encodeValue({ kind: "long" }, BigInt(String(position)))],
  ]);
}

/** Writes a SELECT as one delete file in the partition of `sample`. */
export async function writeDeleteFile(
  session: Session,
  { io, metadata, schema }: WriteTarget,
  select: string,
  fieldIds: string,
  { specId, partition }: Pick<DataFile, "specId" | "partition">,
): Promise<{ readonly file: Omit<DataFile, "content">; readonly statistics: CopyStatistics }> {
  const spec: PartitionSpec = requirePartitionSpec(metadata, specId);
  const partitioned = partitionPath(spec, schema, partition);
  const folder = await openOutputFolder(io, (file) => dataFileLocation({ metadata }, partitioned, file));
  const name = `${crypto.randomUUID()}-deletes.parquet`;
  try {
    const [row] = await session.rows(
      `COPY (${select}) TO ${quotedString(`${folder.path}/${name}`)} (FORMAT parquet, COMPRESSION zstd, FIELD_IDS ${fieldIds}, RETURN_STATS)`,
      "writing delete files",
    );
    const copied = parseCopyStatistics(row ?? {});
    const statistics = { ...copied, bytes: await rewriteFooter(copied.path, withPlainIntegers) };
    await folder.publish(name);
    const file: Omit<DataFile, "content"> = {
      filePath: folder.locationOf(name),
      fileFormat: "parquet",
      specId,
      partition,
      recordCount: statistics.rows,
      fileSizeInBytes: statistics.bytes,
    };
    return { file, statistics };
  } catch (error) {
    await folder.remove(name);
    throw error;
  } finally {
    await folder.close();
  }
}
