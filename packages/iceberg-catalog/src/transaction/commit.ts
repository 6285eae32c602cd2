import type { IdentifiedCommit } from "../catalog/catalog.ts";
import type { CommitMetrics } from "../catalog/metrics-report.ts";
import { identifierToString } from "../catalog/table-identifier.ts";
import { IcebergError, type IcebergErrorCode, isIcebergError } from "../errors.ts";
import { applyUpdates } from "../spec/apply-update.ts";
import type { Snapshot } from "../spec/snapshot.ts";
import { tableCreation } from "../spec/table-creation.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import { tableProperties } from "../spec/table-properties.ts";
import type { TableUpdate } from "../spec/table-update.ts";
import { requirementsFor } from "../spec/update-requirements.ts";
import type { Table } from "../table.ts";
import type { CommitAttempt, TransactionAction } from "./action.ts";
import { backoffMs } from "./backoff.ts";
import type { CommitEnvironment } from "./commit-environment.ts";
import { inTurn } from "./commit-turns.ts";
import { WrittenFiles } from "./written-files.ts";

export type CommitOptions =
  | {
      /** `retry` (default): apply the actions again to the refreshed table. `fail`: let the caller decide. */
      readonly onConflict?: "retry" | "fail";
      readonly together?: undefined;
    }
  | {
      readonly onConflict: "fail";
      /** Commits to other tables that are made with this one, all or none; the catalog has to have transactions. */
      readonly together: readonly IdentifiedCommit[];
    };

/** After these the catalog has certainly not taken the commit. */
const definiteFailures: readonly IcebergErrorCode[] = [
  "ALREADY_EXISTS",
  "AUTHENTICATION_FAILED",
  "COMMIT_CONFLICT",
  "FORBIDDEN",
  "INVALID_ARGUMENT",
  "NAMESPACE_NOT_FOUND",
  "TABLE_NOT_FOUND",
  "UNSUPPORTED",
];

/** Commits when it is this one's turn: from the table as it is by then, unless the caller is to decide about conflicts. */
export function commit(
  table: Table,
  actions: readonly TransactionAction[],
  environment: CommitEnvironment,
  options: CommitOptions = {},
): Promise<Table> {
  return inTurn(table, (newest) => {
    const base = options.onConflict === "fail" ? table : newest;
    return commitNow(base, actions, environment, options);
  });
}

/** The commit loop: the only place that sends a table's changes, and that decides what their failure means. */
async function commitNow(
  table: Table,
  actions: readonly TransactionAction[],
  environment: CommitEnvironment,
  { onConflict = "retry", together = [] }: CommitOptions,
): Promise<Table> {
  const files = new WrittenFiles(table.io);
  const begunMs = environment.now();
  const deadline = begunMs + tableProperties(table.metadata.properties).commitRetry.totalMs;
  let base = await table.withAllSnapshots();
  for (let number = 1; ; number++) {
    files.beginAttempt();
    const staged = await stagedUpdates(base, actions, { number, environment, files }, onConflict);
    if (staged.kind === "outdated") {
      base = staged.now;
      continue;
    }
    const { updates } = staged;
    if (isDone(base, updates)) return base;
    const outcome = await send(base, updates, together);
    switch (outcome.kind) {
      case "committed":
        reportCommit(base, updates, { attempts: number, durationMs: environment.now() - begunMs });
        await files.deleteUnused();
        return outcome.table;
      case "unknown":
        return resolveUnknown(base, updates, outcome.error);
      case "refused":
        await files.deleteAll();
        throw outcome.error;
      case "conflict": {
        const limits = { deadline, retries: onConflict === "fail" ? 0 : Number.POSITIVE_INFINITY };
        const next = await afterConflict(base, updates, outcome.error, { number, environment, files }, limits);
        if (next.hasLanded) return next.table;
        base = next.table;
      }
    }
  }
}

/** The table to begin again from, or with the commit in it after all. @throws the conflict, where it is not to be tried again */
async function afterConflict(
  base: Table,
  updates: readonly TableUpdate[],
  conflict: unknown,
  { number, environment, files }: CommitAttempt,
  limits: { readonly deadline: number; readonly retries: number },
): Promise<{ readonly hasLanded: boolean; readonly table: Table }> {
  const { commitRetry } = tableProperties(base.metadata.properties);
  const wait = backoffMs(number, commitRetry, environment.random());
  const retries = Math.min(commitRetry.retries, limits.retries);
  const isLast = number > retries || environment.now() + wait > limits.deadline;
  if (!isLast) await environment.sleep(wait);
  const table = await refreshedSame(base, updates, files);
  // A conflict is said of a commit that landed, too, where something on the way sent it twice.
  if (hasLanded(base, table, updates)) {
    await files.deleteUnused();
    return { hasLanded: true, table };
  }
  if (!isLast) return { hasLanded: false, table };
  await files.deleteAll();
  throw conflict;
}

const isDone = (base: Table, updates: readonly TableUpdate[]): boolean => updates.length === 0 && !isStaged(base);

const isStaged = ({ metadataLocation }: Table): boolean => metadataLocation === undefined;

/**
 * Whether the commit is in the table as it is now. A commit lands whole: one of its snapshots is proof, though others may
 * have expired already; of one that creates its table, the table's own id is.
 */
function hasLanded(base: Table, now: Table, updates: readonly TableUpdate[]): boolean {
  if (now.metadata.tableUuid !== base.metadata.tableUuid) return false;
  if (isStaged(base)) return true;
  return addedSnapshots(updates).some(({ snapshotId }) => findSnapshot(now.metadata, snapshotId) !== undefined);
}

type Staged =
  | { readonly kind: "updates"; readonly updates: readonly TableUpdate[] }
  /** The table has moved on so far that files of the base are gone. */
  | { readonly kind: "outdated"; readonly now: Table };

/** Each action sees the table as the actions before it leave it. Nothing is sent yet: a failure leaves nothing behind. */
async function stagedUpdates(
  base: Table,
  actions: readonly TransactionAction[],
  attempt: CommitAttempt,
  onConflict: NonNullable<CommitOptions["onConflict"]>,
): Promise<Staged> {
  try {
    return { kind: "updates", updates: await updatesOf(base, actions, attempt) };
  } catch (error) {
    const now = isIcebergError(error, "FILE_NOT_FOUND") ? await base.refresh().catch(() => base) : base;
    const isSameTable = now.metadata.tableUuid === base.metadata.tableUuid;
    const isOutdated = isSameTable && now.metadataLocation !== base.metadataLocation;
    if (isOutdated && onConflict === "retry") return { kind: "outdated", now };
    await attempt.files.deleteAll();
    throw isOutdated ? outdated(base, error) : error;
  }
}

async function updatesOf(
  base: Table,
  actions: readonly TransactionAction[],
  attempt: CommitAttempt,
): Promise<readonly TableUpdate[]> {
  const all: TableUpdate[] = [];
  let staged = base.metadata;
  for (const action of actions) {
    const updates = await action.apply(staged, attempt);
    staged = applyUpdates(staged, updates, { now: attempt.environment.now() });
    all.push(...updates);
  }
  return all;
}

type CommitOutcome =
  | { readonly kind: "committed"; readonly table: Table }
  | { readonly kind: "conflict" | "refused"; readonly error: unknown }
  | { readonly kind: "unknown"; readonly error: unknown };

async function send(
  base: Table,
  updates: readonly TableUpdate[],
  together: readonly IdentifiedCommit[],
): Promise<CommitOutcome> {
  try {
    return { kind: "committed", table: await sent(changeOf(base, updates), base, together) };
  } catch (error) {
    if (isIcebergError(error, "COMMIT_CONFLICT")) return { kind: "conflict", error };
    if (isIcebergError(error, "INVALID_ARGUMENT") && (await isOvertaken(base, updates))) {
      return { kind: "conflict", error };
    }
    const isDefinite = isIcebergError(error) && definiteFailures.includes(error.code);
    return { kind: isDefinite ? "refused" : "unknown", error };
  }
}

/** The commit as it is sent. */
function changeOf(
  { identifier, metadata, metadataLocation }: Table,
  updates: readonly TableUpdate[],
): IdentifiedCommit {
  if (metadataLocation === undefined) return { identifier, ...tableCreation(metadata, updates) };
  return { identifier, requirements: requirementsFor(metadata, updates), updates };
}

async function sent(change: IdentifiedCommit, base: Table, together: readonly IdentifiedCommit[]): Promise<Table> {
  const { identifier, ...commit } = change;
  if (together.length === 0) return base.at(await base.catalog.updateTable(identifier, commit));
  await base.catalog.commitTransaction([...together, change]);
  // It has landed, whatever goes wrong from here on: no failure to load the table may be taken for a refusal.
  return base.refresh().catch((cause: unknown) => {
    throw unknownState(base, commit.updates, cause);
  });
}

/**
 * The changes as data, to be sent together with another table's: for actions that write no files, which nobody would
 * delete if they came to nothing.
 */
export async function prepareCommit(
  table: Table,
  actions: readonly TransactionAction[],
  environment: CommitEnvironment,
): Promise<IdentifiedCommit> {
  const attempt = { number: 1, environment, files: new WrittenFiles(table.io) };
  const base = await table.withAllSnapshots();
  return changeOf(base, await updatesOf(base, actions, attempt));
}

/** Nobody waits for a report, and none fails. */
function reportCommit(
  { catalog, identifier }: Table,
  updates: readonly TableUpdate[],
  effort: Pick<CommitMetrics, "attempts" | "durationMs">,
): void {
  for (const update of updates) {
    if (update.action === "add-snapshot") {
      catalog.reportMetrics?.(identifier, { kind: "commit", snapshot: update.snapshot, ...effort });
    }
  }
}

/**
 * Whether another commit, to whatever branch, has taken the sequence number of ours. Catalogs that are made with older
 * releases of the reference implementation answer that with 400, as if it could not be repeated.
 */
async function isOvertaken(base: Table, updates: readonly TableUpdate[]): Promise<boolean> {
  const added = addedSnapshots(updates);
  if (added.length === 0) return false;
  // Where the table cannot be asked, the refusal stands, and is the error to report.
  const now = await base.refresh().catch(() => base);
  return added.some(({ sequenceNumber }) => sequenceNumber <= now.metadata.lastSequenceNumber);
}

const addedSnapshots = (updates: readonly TableUpdate[]): readonly Snapshot[] =>
  updates.flatMap((update) => (update.action === "add-snapshot" ? [update.snapshot] : []));

/**
 * Nobody knows whether the commit landed, so nothing is repeated and nothing deleted: the table is asked for our
 * snapshot. Not finding it proves nothing, since the commit may still be on its way.
 */
async function resolveUnknown(base: Table, updates: readonly TableUpdate[], error: unknown): Promise<Table> {
  if (addedSnapshots(updates).length === 0 && !isStaged(base)) throw error;
  const reloaded = await base.refresh().catch((cause: unknown) => {
    throw unknownState(base, updates, cause, error);
  });
  if (hasLanded(base, reloaded, updates)) return reloaded;
  throw error;
}

/**
 * The table as it is now. Where it cannot be loaded, nobody knows whether the commit that met a conflict had landed before:
 * what was written for it stays.
 */
async function refreshedSame(base: Table, updates: readonly TableUpdate[], files: WrittenFiles): Promise<Table> {
  const refreshed = await base.refresh().catch((cause: unknown) => {
    throw isIcebergError(cause, "TABLE_NOT_FOUND") ? cause : unknownState(base, updates, cause);
  });
  if (refreshed.metadata.tableUuid === base.metadata.tableUuid) return refreshed;
  await files.deleteAll();
  throw new IcebergError(
    "TABLE_NOT_FOUND",
    `${identifierToString(base.identifier)} was dropped and created again meanwhile; load it and decide anew`,
  );
}

function outdated({ identifier }: Table, cause: unknown): IcebergError {
  return new IcebergError(
    "COMMIT_CONFLICT",
    `${identifierToString(identifier)}: other commits came first, and files of the table as it was have expired; load it and decide anew`,
    { cause },
  );
}

function unknownState(
  { identifier }: Table,
  updates: readonly TableUpdate[],
  cause: unknown,
  commitError?: unknown,
): IcebergError {
  const snapshotIds = addedSnapshots(updates).map(({ snapshotId }) => snapshotId);
  const lookFor = snapshotIds[0] === undefined ? "look at it" : `look for snapshot ${snapshotIds[0]}`;
  return new IcebergError(
    "COMMIT_STATE_UNKNOWN",
    `the commit to ${identifierToString(identifier)} may have landed, and the table cannot be loaded to find out; ${lookFor} before repeating it`,
    { cause, context: { commitError, snapshotIds } },
  );
}
