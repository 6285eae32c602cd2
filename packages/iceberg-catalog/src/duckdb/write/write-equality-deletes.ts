import { IcebergError } from "../../errors.ts";
import type { DataFile } from "../../spec/manifest.ts";
import type { PartitionSpec } from "../../spec/partition-spec.ts";
import { isUnpartitioned } from "../../spec/partition-type.ts";
import type { NestedField } from "../../spec/types.ts";
import { unsorted } from "../../spec/unsorted.ts";
import type { Session } from "../session.ts";
import { columnMetrics, measuredColumns } from "./copy-statistics.ts";
import { discardFiles } from "./discard-files.ts";
import { fieldIdsOption } from "./field-ids.ts";
import { stageRows } from "./stage-rows.ts";
import { writeDeleteFile } from "./write-delete-files.ts";
import type { WriteTarget } from "./write-target.ts";

/**
 * Writes equality delete files: every older row goes that has the key of a row of the SELECT, which gives the key columns
 * (spec, "Equality Delete Files"). A delete file reaches the data of its own partition and spec, one of an unpartitioned
 * spec all data: so there is one file for the whole table where it has such a spec, and else one for each partition that a
 * key can be in, under every spec.
 *
 * @throws IcebergError `UNSUPPORTED` where the key does not tell the partition
 */
export async function writeEqualityDeletes(
  session: Session,
  target: WriteTarget,
  select: string,
  keys: readonly NestedField[],
): Promise<readonly DataFile[]> {
  const written: DataFile[] = [];
  try {
    for (const spec of specsToCover(target, keys)) {
      written.push(...(await writeUnderSpec(session, target, spec, select, keys)));
    }
    return written;
  } catch (error) {
    await discardFiles(target, written);
    throw error;
  }
}

function specsToCover({ metadata }: WriteTarget, keys: readonly NestedField[]): readonly PartitionSpec[] {
  const global = metadata.partitionSpecs.find(isUnpartitioned);
  if (global !== undefined) return [global];
  const known = new Set(keys.map(({ id }) => id));
  for (const spec of metadata.partitionSpecs) {
    const other = spec.fields.find(({ sourceId, transform }) => transform.kind !== "void" && !known.has(sourceId));
    if (other === undefined) continue;
    throw new IcebergError(
      "UNSUPPORTED",
      `the table is partitioned by "${other.name}", which the key (${keys.map(({ name }) => name).join(", ")}) does not tell: an equality delete would miss rows in other partitions; put the column into the key, or upsert by reading (upsertRows)`,
    );
  }
  return metadata.partitionSpecs;
}

async function writeUnderSpec(
  session: Session,
  target: WriteTarget,
  spec: PartitionSpec,
  select: string,
  keys: readonly NestedField[],
): Promise<readonly DataFile[]> {
  const schema = { ...target.schema, fields: keys, identifierFieldIds: [] };
  const measured = measuredColumns(schema, target.metadata.properties);
  const staged = await stageRows(session, { ...target, schema, spec, sortOrder: unsorted }, select, "writing deletes");
  try {
    const files: DataFile[] = [];
    for (const { tuple, firstRow, rows } of staged.partitions) {
      const range = staged.select(firstRow, rows);
      const place = { specId: spec.specId, partition: tuple };
      const { file, statistics } = await writeDeleteFile(session, target, range, fieldIdsOption(schema), place);
      files.push({
        ...file,
        content: "equality-deletes",
        equalityIds: keys.map(({ id }) => id),
        ...columnMetrics(measured, statistics),
      });
    }
    return files;
  } finally {
    await staged.drop();
  }
}
