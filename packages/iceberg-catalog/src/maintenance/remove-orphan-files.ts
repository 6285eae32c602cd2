import { IcebergError } from "../errors.ts";
import type { FileIO, ListedFile } from "../io/file-io.ts";
import { type TimestampMs, timestampMs } from "../spec/ids.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { decodeMetadataFile } from "../spec/table-metadata-file.ts";
import type { Table } from "../table.ts";
import { type CommitEnvironment, systemEnvironment } from "../transaction/commit-environment.ts";
import { type Deletions, deleteFiles } from "./delete-files.ts";
import { requireGcEnabled } from "./gc-enabled.ts";
import { orphansAmong, ReachableLocations } from "./plan-orphan-files.ts";
import { reachableFiles } from "./reachable-files.ts";

const threeDaysMs = 3 * 86_400_000;

export interface OrphanFileOptions {
  /** Younger files stay: they may belong to a commit under way. Default: three days ago. */
  readonly olderThan?: TimestampMs;
  /** Folder to look in. Default: the table's location. No other table may have files there. */
  readonly location?: string;
  /** Its clock. Default: the system's. */
  readonly environment?: Pick<CommitEnvironment, "now">;
}

/** What a removal would delete. Nothing is deleted by planning. */
export interface OrphanFilePlan {
  readonly tableUuid: string;
  readonly location: string;
  readonly olderThan: TimestampMs;
  readonly files: readonly ListedFile[];
}

export interface OrphanFileRemoval extends Deletions {
  /** Files that the table has come to need since the plan was made. */
  readonly kept: readonly string[];
}

/**
 * Finds files in a table's folder that the table does not need: leftovers of writers that failed. Needed is whatever any
 * snapshot, statistics or the metadata log names.
 *
 * @throws IcebergError `INVALID_ARGUMENT` where `gc.enabled` is false, `FILE_NOT_FOUND` when not all that is needed can be
 * seen, `VALIDATION_FAILED` where files are called otherwise than the table calls them, or are another table's
 */
export async function planOrphanFiles(table: Table, options: OrphanFileOptions = {}): Promise<OrphanFilePlan> {
  const { environment = systemEnvironment } = options;
  const olderThan = options.olderThan ?? timestampMs(environment.now() - threeDaysMs);
  // What is listed first and needed only since then is not old enough, and what is needed is looked up last.
  const listed: ListedFile[] = [];
  const location = options.location ?? table.metadata.location;
  for await (const file of table.io.list(location)) listed.push(file);
  const current = await (await table.refresh()).withAllSnapshots();
  requireGcEnabled(current.metadata);
  const files = orphansAmong(listed, await reachableFrom(current), olderThan);
  await refuseOtherTables(current, files);
  return { tableUuid: current.metadata.tableUuid, location, olderThan, files };
}

/**
 * Deletes the files of a plan, but those that the table has come to need since. A file that cannot be deleted does not
 * stop the others.
 *
 * @throws IcebergError `INVALID_ARGUMENT` for a plan of another table or where `gc.enabled` is false, and as planning does
 */
export async function removeOrphanFiles(table: Table, plan: OrphanFilePlan): Promise<OrphanFileRemoval> {
  const current = await (await table.refresh()).withAllSnapshots();
  requireGcEnabled(current.metadata);
  if (current.metadata.tableUuid !== plan.tableUuid) {
    throw new IcebergError("INVALID_ARGUMENT", "the plan is of another table; plan for this one");
  }
  const orphans = new Set(orphansAmong(plan.files, await reachableFrom(current), plan.olderThan));
  const kept = plan.files.filter((file) => !orphans.has(file)).map(({ location }) => location);
  return {
    kept,
    ...(await deleteFiles(
      current.io,
      [...orphans].map(({ location }) => location),
    )),
  };
}

/** Two tables may be in one folder: then each takes the other's files for orphans. */
async function refuseOtherTables({ io, metadata }: Table, files: readonly ListedFile[]): Promise<void> {
  for (const { location } of files) {
    if (!/\.metadata\.json(\.gz)?$/.test(location)) continue;
    const other = await readMetadata(io, location).catch(() => undefined);
    if (other === undefined || other.tableUuid === metadata.tableUuid) continue;
    throw new IcebergError(
      "VALIDATION_FAILED",
      `${location} is of another table: its files are in the folder of this one, and would be taken for orphans; look in a folder that is this table's alone`,
    );
  }
}

const readMetadata = async (io: FileIO, location: string): Promise<TableMetadata> =>
  decodeMetadataFile(await io.read(location), location);

async function reachableFrom({ io, metadata, metadataLocation }: Table): Promise<ReachableLocations> {
  const reachable = new ReachableLocations();
  if (metadataLocation !== undefined) reachable.add(metadataLocation);
  for await (const location of reachableFiles(io, metadata, { entries: "live", unreadable: "fail" })) {
    reachable.add(location);
  }
  return reachable;
}
