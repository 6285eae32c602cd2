import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { didYouMean } from "@icecore/feature-registry";
import { identifierToString, type Table } from "@icecore/iceberg-catalog";
import { type LockedSpineInput, readLock, spineTag, trainingSetTag } from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";
import { requireRegistry, type StoreContext } from "./context.ts";
import { findCatalogTable } from "./spine-options.ts";
import { lockPathOf, readLocks, spinePathOf } from "./training-set-files.ts";

/**
 * Forgets a training set, finished or not. Gives the views that are no longer kept for it.
 * @throws IcecoreError `ARGUMENT_INVALID` where nothing is known of it
 */
export async function removeTrainingSet(context: StoreContext, name: string): Promise<readonly string[]> {
  const { views, isKnown } = await forgetTrainingSet(context, name);
  if (isKnown) return views;
  const known = (await readLocks(context.repo)).map((lock) => lock.name);
  throw new IcecoreError(
    "ARGUMENT_INVALID",
    `there is no training set "${name}"${didYouMean(name, known)}; icecore training-set list shows which there are`,
  );
}

/** As {@link removeTrainingSet}, of one that need not be there. */
export async function forgetTrainingSet(context: StoreContext, name: string) {
  const { definitions } = await requireRegistry(context.project);
  const views: string[] = [];
  for (const view of definitions.featureViews) {
    if (await dropTag(await context.project.loadViewTable(view), trainingSetTag(name))) views.push(view.name);
  }
  const lockPath = lockPathOf(context.repo, name);
  const lock = await readLock(lockPath).catch(() => undefined);
  const files = [lockPath, spinePathOf(context.repo, name, "parquet")];
  const isWritten = files.some((path) => existsSync(path));
  const spines = await spineTables(context, lock?.spine.input);
  const dropped = await Promise.all(spines.map((table) => dropTag(table, spineTag(name))));
  for (const path of files) await rm(path, { force: true });
  return { views, isKnown: isWritten || views.length > 0 || dropped.includes(true) };
}

/** The tables that may be tagged as a training set's spine. Where no lock says which, any of the project's may be. */
async function spineTables(context: StoreContext, input: LockedSpineInput | undefined): Promise<readonly Table[]> {
  if (input !== undefined && !("table" in input)) return [];
  const { catalog, namespace } = context.project;
  const names = input === undefined ? (await catalog.listTables(namespace)).map(identifierToString) : [input.table];
  const tables = await Promise.all(names.map((name) => findCatalogTable(context, name)));
  return tables.filter((table) => table !== undefined);
}

async function dropTag(table: Table, tag: string): Promise<boolean> {
  if (table.metadata.refs[tag] === undefined) return false;
  await table.newTransaction().removeRef(tag).commit();
  return true;
}
