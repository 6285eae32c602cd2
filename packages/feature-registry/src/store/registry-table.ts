import {
  type CreateTableRequest,
  equalTo,
  fieldId,
  type IdentifiedCommit,
  isIcebergError,
  type NestedField,
  type Predicate,
  type Row,
  readRowFile,
  type Snapshot,
  type SnapshotId,
  schemaId,
  type Table,
  writeRowFile,
} from "@icecore/iceberg-catalog";
import { definitionFromJson, definitionToJson } from "../definition-json.ts";
import { type Definition, type Definitions, groupDefinitions, listDefinitions, noDefinitions } from "../definitions.ts";
import { RegistryError } from "../errors.ts";
import { registryTableName } from "../validate.ts";
import type { ProjectCatalog } from "./project-catalog.ts";

/** A version of the registry: what was applied, and the snapshot that holds it. */
export interface RegistryVersion {
  readonly definitions: Definitions;
  /** 0 before the first apply. */
  readonly version: number;
  readonly snapshotId?: SnapshotId | undefined;
}

/** Snapshot summary property that names the version a commit holds. */
const versionProperty = "icecore.registry-version";

/**
 * The registry is an Iceberg table: every apply appends all definitions as rows of the next version, so any version can
 * be read at its snapshot, by any engine.
 */
const tableRequest: CreateTableRequest = {
  schema: { schemaId: schemaId(0), fields: columns(), identifierFieldIds: [] },
  properties: { "format-version": "2", comment: "Feature definitions, all of them once per version." },
};

function columns(): readonly NestedField[] {
  return (
    [
      ["version", "long"],
      ["kind", "string"],
      ["name", "string"],
      ["definition", "string"],
      ["applied_at", "timestamptz"],
    ] as const
  ).map(([name, kind], index) => ({ id: fieldId(index + 1), name, required: true, type: { kind } }));
}

/** Reads the registry as it is now, or as it was at a snapshot of its table. */
export async function loadRegistry(project: ProjectCatalog, at?: SnapshotId): Promise<RegistryVersion> {
  const table = await project.findTable(registryTableName);
  const snapshot = at === undefined ? table?.currentSnapshot() : table?.snapshot(at);
  return table === undefined || snapshot === undefined
    ? { definitions: noDefinitions, version: 0 }
    : readVersion(table, snapshot);
}

/** Reads the registry as it was in force at a time. @throws RegistryError `VERSION_NOT_FOUND` before the first apply */
export async function loadRegistryAsOf(project: ProjectCatalog, time: Date): Promise<RegistryVersion> {
  const versions = await loadAppliedVersions(project);
  const found = versions.findLast(({ appliedAt }) => appliedAt <= time);
  if (found !== undefined) return found;
  const first = versions[0]?.appliedAt.toISOString() ?? "none yet";
  throw new RegistryError(
    "VERSION_NOT_FOUND",
    `nothing was applied yet at ${time.toISOString()}; the first version is of ${first}`,
  );
}

/**
 * Reads a version of the registry. Later versions keep the rows of earlier ones, so that it is there for as long as the
 * table is, whatever has become of its snapshot.
 * @throws RegistryError `VERSION_NOT_FOUND`
 */
export async function loadRegistryVersion(project: ProjectCatalog, version: number): Promise<RegistryVersion> {
  const table = await project.findTable(registryTableName);
  const current = table?.currentSnapshot();
  if (table !== undefined && current !== undefined) {
    const own = versionSnapshots(table, current).get(version);
    if (own !== undefined) return readVersion(table, own);
    const found = await definitionsOf(table, current, version);
    if (found.length > 0) return { definitions: groupDefinitions(found), version };
  }
  throw new RegistryError(
    "VERSION_NOT_FOUND",
    `the registry in "${project.namespace.join(".")}" has no version ${version}; icecore registry history lists those that it has`,
  );
}

/** The snapshots that led to the current one, by the version that each holds: those of before a rollback are none of them. */
function versionSnapshots({ metadata }: Table, current: Snapshot): ReadonlyMap<number, Snapshot> {
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot.snapshotId, snapshot]));
  const versions = new Map<number, Snapshot>();
  let snapshot: Snapshot | undefined = current;
  while (snapshot !== undefined) {
    const version = snapshot.summary.properties[versionProperty];
    if (version !== undefined) versions.set(Number(version), snapshot);
    snapshot = snapshot.parentSnapshotId === undefined ? undefined : byId.get(snapshot.parentSnapshotId);
  }
  return versions;
}

export interface CommitRegistryOptions {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly appliedAtMicros: bigint;
  /** What is committed to other tables with it, all or none. */
  readonly together?: readonly IdentifiedCommit[];
}

/**
 * Commits the next version by compare-and-swap: it is accepted only on top of `base`.
 * @throws RegistryError `REGISTRY_CONFLICT` when somebody else applied meanwhile; nothing was changed then
 */
export async function commitRegistry(
  project: ProjectCatalog,
  base: RegistryVersion,
  definitions: Definitions,
  { appliedAtMicros, together = [] }: CommitRegistryOptions,
): Promise<RegistryVersion> {
  const table = await project.ensureTable(registryTableName, tableRequest);
  if (table.currentSnapshot()?.snapshotId !== base.snapshotId) throw conflict(base);
  const version = base.version + 1;
  const rows = listDefinitions(definitions).map((definition) => ({
    version: BigInt(version),
    kind: definition.kind,
    name: definition.name,
    definition: definitionToJson(definition),
    applied_at: appliedAtMicros,
  }));
  // A version without definitions is a snapshot without rows.
  const files = rows.length === 0 ? [] : [await writeRowFile(table, rows, `${crypto.randomUUID()}.parquet`)];
  try {
    const committed = await table
      .newTransaction()
      .fastAppend(files, { summary: { [versionProperty]: String(version) } })
      .commit({ onConflict: "fail", together });
    return { definitions, version, snapshotId: committed.currentSnapshot()?.snapshotId };
  } catch (error) {
    if (isIcebergError(error, "COMMIT_STATE_UNKNOWN")) throw error;
    await Promise.all(files.map((file) => table.io.delete(file.filePath)));
    if (!isIcebergError(error, "COMMIT_CONFLICT")) throw error;
    const now = await project.findTable(registryTableName);
    throw now?.currentSnapshot()?.snapshotId === base.snapshotId ? tableConflict(error) : conflict(base, error);
  }
}

function conflict(base: RegistryVersion, cause?: unknown): RegistryError {
  return new RegistryError(
    "REGISTRY_CONFLICT",
    `somebody else applied on top of version ${base.version} of the registry meanwhile; run plan again and look at what they changed`,
    { cause },
  );
}

/** A table that is committed to together with the registry was faster changed by somebody else. */
function tableConflict(cause: unknown): RegistryError {
  return new RegistryError(
    "REGISTRY_CONFLICT",
    "somebody else changed a table of the plan meanwhile, and nothing was applied; run plan again and look at what they changed",
    { cause },
  );
}

/** A version of the registry that was applied, and when. */
export interface AppliedVersion extends RegistryVersion {
  readonly appliedAt: Date;
}

/**
 * Every version that was applied, oldest first. They are read from the rows of the newest, so that they are all there
 * whatever has become of their snapshots.
 */
export async function loadAppliedVersions(project: ProjectCatalog): Promise<readonly AppliedVersion[]> {
  const table = await project.findTable(registryTableName);
  const current = table?.currentSnapshot();
  if (table === undefined || current === undefined) return [];
  const snapshots = versionSnapshots(table, current);
  const rows = await readRows(table, current);
  const appliedAt = new Map(rows.map((row) => [Number(row["version"]), dateOf(row["applied_at"])]));
  // A version without definitions has a snapshot and no rows.
  const versions = [...new Set([...appliedAt.keys(), ...snapshots.keys()])].sort((a, b) => a - b);
  return versions.map((version) => ({
    version,
    snapshotId: snapshots.get(version)?.snapshotId,
    appliedAt: appliedAt.get(version) ?? new Date(Number(snapshots.get(version)?.timestampMs)),
    definitions: groupDefinitions(rows.filter((row) => Number(row["version"]) === version).map(toDefinition)),
  }));
}

function dateOf(micros: unknown): Date {
  return new Date(Number((micros as bigint) / 1000n));
}

async function readVersion(table: Table, snapshot: Snapshot): Promise<RegistryVersion> {
  const version = Number(snapshot.summary.properties[versionProperty] ?? Number.NaN);
  if (!Number.isSafeInteger(version)) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      `snapshot ${snapshot.snapshotId} of ${registryTableName} was not written by apply; roll the table back to one that was`,
    );
  }
  const definitions = await definitionsOf(table, snapshot, version);
  return { definitions: groupDefinitions(definitions), version, snapshotId: snapshot.snapshotId };
}

async function definitionsOf(table: Table, snapshot: Snapshot, version: number): Promise<readonly Definition[]> {
  const rows = await readRows(table, snapshot, equalTo("version", BigInt(version)));
  return rows.filter((row) => row["version"] === BigInt(version)).map(toDefinition);
}

async function readRows(table: Table, { snapshotId }: Snapshot, filter?: Predicate): Promise<readonly Row[]> {
  const scan = await table.scan({ snapshotId, ...(filter === undefined ? {} : { filter }) }).plan();
  const rows: Row[] = [];
  for (const { dataFile } of scan.tasks) rows.push(...(await readRowFile(table, dataFile)));
  return rows;
}

function toDefinition(row: Row): Definition {
  return definitionFromJson(String(row["definition"]));
}
