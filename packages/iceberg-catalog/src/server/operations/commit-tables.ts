import type { IdentifiedCommit, LoadedTable } from "../../catalog/catalog.ts";
import { identifierToString } from "../../catalog/table-identifier.ts";
import { checkIdentifier } from "../../catalog/valid-name.ts";
import { IcebergError } from "../../errors.ts";
import { presentLocation } from "../../io/moved-folder.ts";
import { applyUpdates } from "../../spec/apply-update.ts";
import { checkRequirements, createsTable } from "../../spec/check-requirements.ts";
import { droppedMetadataFiles } from "../../spec/dropped-metadata-files.ts";
import { refuseLostRefs } from "../../spec/refuse-lost-refs.ts";
import { tableMetadataFromUpdates } from "../../spec/table-metadata-new.ts";
import type { TableUpdate } from "../../spec/table-update.ts";
import type { CatalogContext } from "./context.ts";
import { type CurrentMetadata, readCurrentMetadata } from "./current-metadata.ts";
import { writeMetadata } from "./metadata-files.ts";
import { tableNotFound } from "./not-found.ts";
import { discard, loaded, publish, type StagedTable } from "./publish.ts";
import { newTableLocation } from "./table-location.ts";

/** A commit that is overtaken is judged anew: what it requires may still hold. */
const maxAttempts = 5;

/**
 * Commits to several tables at once, all or none.
 *
 * @throws IcebergError `COMMIT_CONFLICT`, or `ALREADY_EXISTS` for a commit that creates its table: nothing was written;
 * `COMMIT_STATE_UNKNOWN` when the store failed on the way
 */
export async function commitTables(
  context: CatalogContext,
  changes: readonly IdentifiedCommit[],
): Promise<readonly LoadedTable[]> {
  checkDistinct(changes);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const staged = await stageAll(context, changes);
    if ((await publish(context, staged)) !== "published") continue;
    await deleteDropped(context, staged);
    return staged.map(loaded);
  }
  throw new IcebergError("COMMIT_CONFLICT", `other commits came first ${maxAttempts} times: refresh and try again`);
}

/** Like {@link commitTables}, to one table. */
export async function commitTable(context: CatalogContext, change: IdentifiedCommit): Promise<LoadedTable> {
  const [table] = await commitTables(context, [change]);
  if (table === undefined) throw tableNotFound(change.identifier);
  return table;
}

async function stageAll(
  context: CatalogContext,
  changes: readonly IdentifiedCommit[],
): Promise<readonly StagedTable[]> {
  const staged: StagedTable[] = [];
  try {
    for (const change of changes) staged.push(await stage(context, change));
  } catch (error) {
    await discard(context, staged);
    throw error;
  }
  return staged;
}

async function stage(context: CatalogContext, change: IdentifiedCommit): Promise<StagedTable> {
  const { identifier } = change;
  const current = await readCurrentMetadata(context, identifier);
  if (current !== undefined) return stageChange(context, change, current);
  if (createsTable(change.requirements)) return stageCreation(context, change);
  throw tableNotFound(identifier);
}

async function stageChange(
  context: CatalogContext,
  change: IdentifiedCommit,
  { metadata: current, metadataLocation: base }: CurrentMetadata,
): Promise<StagedTable> {
  const { identifier, updates } = change;
  checkRequirements(current, change.requirements);
  if (updates.length === 0) {
    return { identifier, base, metadata: current, metadataLocation: base, isMoved: false, written: false };
  }
  await refuseLeftBehind(context, updates);
  const metadata = applyUpdates(current, updates, { now: context.now(), previousMetadataLocation: base });
  refuseLostRefs(current, metadata, updates);
  const metadataLocation = await writeMetadata(context, metadata, base);
  const dropped = droppedMetadataFiles(current, metadata);
  const isMoved = metadata.location !== current.location;
  return { identifier, base, metadata, metadataLocation, isMoved, written: true, dropped };
}

/**
 * Whoever takes locations of a warehouse that has been moved at their word writes where it was, and its files are not where
 * readers look.
 */
async function refuseLeftBehind(
  { io, warehouse, formerWarehouses }: CatalogContext,
  updates: readonly TableUpdate[],
): Promise<void> {
  for (const update of updates) {
    const location = update.action === "add-snapshot" ? update.snapshot.manifestList : undefined;
    if (location === undefined) continue;
    const present = presentLocation({ present: warehouse, former: formerWarehouses }, location);
    if (present === location || (await io.exists(location))) continue;
    throw new IcebergError(
      "INVALID_ARGUMENT",
      `${location} is not in the warehouse, which is at ${warehouse} now: the files were written where it was before; make a link there that leads to it, and write again`,
      { context: { location, warehouse } },
    );
  }
}

async function stageCreation(context: CatalogContext, { identifier, updates }: IdentifiedCommit): Promise<StagedTable> {
  const metadata = tableMetadataFromUpdates(
    await located(context, checkIdentifier(identifier), updates),
    context.now(),
  );
  const metadataLocation = await writeMetadata(context, metadata, undefined);
  return { identifier, base: undefined, metadata, metadataLocation, isMoved: true, written: true };
}

/** The commit stands, whether or not the files can be deleted: what stays is an orphan for maintenance to find. */
async function deleteDropped({ io }: CatalogContext, staged: readonly StagedTable[]): Promise<void> {
  const dropped = staged.flatMap((table) => table.dropped ?? []);
  await Promise.allSettled(dropped.map((location) => io.delete(location)));
}

/** A client that staged the table says where it is; one that did not leaves it to us. */
async function located(
  context: CatalogContext,
  identifier: IdentifiedCommit["identifier"],
  updates: readonly TableUpdate[],
): Promise<readonly TableUpdate[]> {
  if (updates.some((update) => update.action === "set-location")) return updates;
  return [{ action: "set-location", location: await newTableLocation(context, identifier) }, ...updates];
}

function checkDistinct(changes: readonly IdentifiedCommit[]): void {
  const names = changes.map(({ identifier }) => JSON.stringify([identifier.namespace, identifier.name]));
  const repeated = changes.find((_, i) => names.indexOf(names[i] ?? "") !== i);
  if (repeated !== undefined) {
    throw new IcebergError("INVALID_ARGUMENT", `${identifierToString(repeated.identifier)} is committed to twice`);
  }
}
