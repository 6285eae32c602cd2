import { basename } from "node:path";
import { IcebergError } from "../../errors.ts";
import type { DataFile, PartitionTuple } from "../../spec/manifest.ts";
import { partitionPath } from "../../spec/partition-path.ts";
import type { Schema } from "../../spec/schema.ts";
import { tableProperties } from "../../spec/table-properties.ts";
import { dataFileLocation } from "../../transaction/table-locations.ts";
import { quotedString } from "../quote.ts";
import type { Session } from "../session.ts";
import {
  type CopyStatistics,
  columnMetrics,
  type MeasuredColumn,
  measuredColumns,
  parseCopyStatistics,
} from "./copy-statistics.ts";
import { fieldIdsOption } from "./field-ids.ts";
import { type OutputFolder, openOutputFolder } from "./output-folder.ts";
import { withPlainIntegers } from "./parquet/plain-integers.ts";
import { rewriteFooter } from "./parquet/rewrite-footer.ts";
import { sortOrderIdOf } from "./sort-sql.ts";
import type { WriteTarget } from "./write-target.ts";

/** Runs COPY into a table's data folder, and can take away again what it wrote. */
export class DataFileWriter implements AsyncDisposable {
  readonly #session: Session;
  readonly #target: WriteTarget;
  readonly #measured: readonly MeasuredColumn[];
  readonly #files: DataFile[] = [];
  readonly #folders = new Map<string, OutputFolder>();
  /** Begins the name of every file. */
  readonly #prefix = crypto.randomUUID();
  #count = 0;

  constructor(session: Session, target: WriteTarget) {
    this.#session = session;
    this.#target = target;
    this.#measured = measuredColumns(target.schema, target.metadata.properties);
  }

  get files(): readonly DataFile[] {
    return this.#files;
  }

  /** Writes rows, which are in the sort order, as one file of a partition. */
  async writeFile(select: string, tuple: PartitionTuple, doing: string): Promise<void> {
    const folder = await this.#folder(tuple);
    await this.#copy(folder, select, `${folder.path}/${this.#prefix}-${this.#count++}.parquet`, "", tuple, doing);
  }

  /** Writes rows in any order as files of about this size, in no partition. */
  async writeFiles(select: string, bytes: number, doing: string): Promise<void> {
    const folder = await this.#folder([]);
    const options = `, FILE_SIZE_BYTES ${bytes}, FILENAME_PATTERN '${this.#prefix}-{i}', OVERWRITE_OR_IGNORE`;
    await this.#copy(folder, select, folder.path, options, [], doing);
  }

  async #copy(
    folder: OutputFolder,
    select: string,
    to: string,
    options: string,
    tuple: PartitionTuple,
    doing: string,
  ): Promise<void> {
    const { schema, metadata } = this.#target;
    // Spark's readers refuse `v2` up to Iceberg 1.10, and fail on columns without a value up to 1.11.
    const { parquetPageVersion } = tableProperties(metadata.properties);
    const format = `FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION ${parquetPageVersion}, FIELD_IDS ${fieldIdsOption(schema)}, RETURN_STATS`;
    const rows = await this.#session.rows(`COPY (${select}) TO ${quotedString(to)} (${format}${options})`, doing);
    for (const statistics of rows.map(parseCopyStatistics)) {
      const name = basename(statistics.path);
      if (statistics.rows === 0n) {
        await folder.remove(name);
        continue;
      }
      const bytes = await rewriteFooter(statistics.path, withPlainIntegers);
      const file = this.#dataFile(folder.locationOf(name), { ...statistics, bytes }, tuple);
      refuseNulls(schema, file, doing);
      await folder.publish(name);
      this.#files.push(file);
    }
  }

  #dataFile(filePath: string, statistics: CopyStatistics, partition: PartitionTuple): DataFile {
    const { spec } = this.#target;
    const sortOrderId = sortOrderIdOf(this.#target);
    return {
      content: "data",
      filePath,
      fileFormat: "parquet",
      specId: spec.specId,
      partition,
      recordCount: statistics.rows,
      fileSizeInBytes: statistics.bytes,
      ...columnMetrics(this.#measured, statistics),
      ...(sortOrderId !== undefined && { sortOrderId }),
    };
  }

  async #folder(tuple: PartitionTuple): Promise<OutputFolder> {
    const { io, metadata, spec, schema } = this.#target;
    const path = partitionPath(spec, schema, tuple);
    const open =
      this.#folders.get(path) ?? (await openOutputFolder(io, (name) => dataFileLocation({ metadata }, path, name)));
    this.#folders.set(path, open);
    return open;
  }

  /** Takes every file away again. */
  async removeAll(): Promise<void> {
    for (const folder of this.#folders.values()) await folder.remove(this.#prefix);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of this.#folders.values()) await folder.close();
  }
}

/** DuckDB writes every column as one that may be null: a null in a required column shows in the counts. */
function refuseNulls(schema: Schema, { nullValueCounts }: DataFile, doing: string): void {
  const broken = schema.fields.filter(({ id, required }) => required && (nullValueCounts?.get(id) ?? 0n) > 0n);
  if (broken.length === 0) return;
  const findings = broken.map(({ id, name }) => `"${name}" in ${nullValueCounts?.get(id)} rows`);
  throw new IcebergError("ROWS_INVALID", `${doing}: required columns are null: ${findings.join(", ")}`);
}
