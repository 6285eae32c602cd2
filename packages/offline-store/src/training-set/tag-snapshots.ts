import { identifierToString, isIcebergError, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import { OfflineStoreError } from "../errors.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import type { TrainingSetSpine } from "./spine-source.ts";

/** The Iceberg tag that keeps a training set's snapshots from expiring. */
export const trainingSetTag = (name: string) => `training-set-${name}`;

/** The one of the table that its spine is. */
export const spineTag = (name: string) => `spine-of-training-set-${name}`;

interface Tagged {
  readonly table: Table;
  readonly tag: string;
}

/**
 * Tags all that a training set reads, or nothing. A catalog that has no refs but `main` says so, which is no failure:
 * `unsupported`.
 */
export async function tagSnapshots(
  name: string,
  views: readonly PinnedView[],
  spine: TrainingSetSpine,
): Promise<readonly Tagged[] | "unsupported"> {
  const tables = new Map(views.map((view) => [identifierToString(view.table.identifier), view]));
  const wanted = [
    ...[...tables.values()].map(({ table, snapshotId }) => ({ table, snapshotId, tag: trainingSetTag(name) })),
    ...("table" in spine ? [{ ...spine, tag: spineTag(name) }] : []),
  ];
  const tagged: Tagged[] = [];
  try {
    for (const { table, snapshotId, tag } of wanted) {
      if (snapshotId === undefined) continue;
      tagged.push({ table: await createTag(table, name, tag, snapshotId), tag });
    }
  } catch (error) {
    await removeTags(tagged);
    if (refusesRefs(error)) return "unsupported";
    throw error;
  }
  return tagged;
}

export async function removeTags(tagged: readonly Tagged[]): Promise<void> {
  for (const { table, tag } of tagged) await table.newTransaction().removeRef(tag).commit();
}

async function createTag(table: Table, name: string, tag: string, snapshotId: SnapshotId): Promise<Table> {
  try {
    return await table.newTransaction().createTag(tag, snapshotId).commit();
  } catch (error) {
    if (!isIcebergError(error, "ALREADY_EXISTS")) throw error;
    throw new OfflineStoreError(
      "OUTPUT_EXISTS",
      `a training set "${name}" was made from ${identifierToString(table.identifier)} before; choose another name, or run icecore training-set remove ${name}`,
      { cause: error },
    );
  }
}

/** Whether a catalog refuses tags altogether. Nessie, which has its own, says so as if there were a conflict. */
function refusesRefs(error: unknown): boolean {
  if (!isIcebergError(error)) return false;
  switch (error.code) {
    case "UNSUPPORTED":
      return true;
    case "COMMIT_CONFLICT":
      return /\bref must be '?main\b/i.test(error.message);
    case "INVALID_ARGUMENT":
      return /\b(tags?|refs?|references?)\b.*\b(not supported|unsupported)\b/i.test(error.message);
    default:
      return false;
  }
}
