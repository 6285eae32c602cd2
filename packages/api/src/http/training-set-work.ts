import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringifyJson } from "@icecore/iceberg-catalog";
import type { RetrievalStep, TrainingSetLock } from "@icecore/offline-store";
import type { Context } from "hono";
import type { z } from "zod";
import type { FeatureStore } from "../store/feature-store.ts";
import type { SpineOptions } from "../store/spine-options.ts";
import { requireAllViews, requireRole, requireViews } from "./access/authorize.ts";
import { readBody, readQuery } from "./body.ts";
import { type HttpEnv, refuse } from "./failure.ts";
import { isRowUpload, saveRows } from "./uploaded-rows.ts";
import { howToGiveSpine, trainingSetBody, trainingSetParameters } from "./wire/training-set-request.ts";

type TrainingSetBody = z.output<typeof trainingSetBody>;

/** A training set that was asked for. */
interface TrainingSetWork extends Pick<TrainingSetBody, "selection" | "at" | "filterByCreatedTimestamp" | "name"> {
  /** Rows that were sent, or where they are; a query is to be run yet. */
  readonly spine: SpineOptions;
  /** The feature views that a query may read; undefined: whatever the catalog has. */
  readonly onlyViews: ReadonlySet<string> | undefined;
  /** Where files go that are made on the way. */
  readonly directory: string;
  /** The file that the spine is read from, which callers do not know by this name. */
  readonly spineFile: string | undefined;
}

/** Reads a request for a training set; rows that were sent go into the directory. Nothing heavy is done yet. */
export async function readTrainingSet(
  c: Context<HttpEnv>,
  store: FeatureStore,
  directory: string,
  uploadLimitBytes: number,
): Promise<TrainingSetWork> {
  const body = isRowUpload(c) ? readQuery(c, trainingSetParameters) : await readBody(c, trainingSetBody);
  const { selection, at, filterByCreatedTimestamp, name } = body;
  if (name !== undefined) requireRole(c, "writer");
  requireViews(c, await store.selectedViews(selection));
  const spine = await spineOf(c, body, directory, uploadLimitBytes);
  const spineFile = "files" in spine ? spine.files[0] : "sql" in spine ? queryFile(directory) : undefined;
  const onlyViews = c.get("principal").views;
  return { selection, at, filterByCreatedTimestamp, name, spine, spineFile, onlyViews, directory };
}

/** Rows that were sent, as a file. */
async function spineOf(
  c: Context<HttpEnv>,
  { spine }: TrainingSetBody,
  directory: string,
  uploadLimitBytes: number,
): Promise<SpineOptions> {
  if (isRowUpload(c)) return { files: [await saveRows(c, directory, uploadLimitBytes)] };
  if (spine === undefined) return refuse(c, 422, "BODY_MALFORMED", howToGiveSpine);
  if ("entities" in spine || "sql" in spine) return spine;
  if ("table" in spine) {
    requireAllViews(c, `table ${spine.table}`);
    return spine;
  }
  const path = join(directory, "spine.ndjson");
  await writeFile(path, rowsOf(spine.columns));
  return { files: [path] };
}

type SentSpine = Exclude<SpineOptions, { readonly sql: string }>;

const queryFile = (directory: string) => join(directory, "spine.parquet");

/** A query is run as any other that came over the network: it reads tables and nothing else. */
async function queried(
  store: FeatureStore,
  { spine, at, onlyViews, directory }: TrainingSetWork,
  { signal }: WorkOptions,
): Promise<SentSpine> {
  if (!("sql" in spine)) return spine;
  const path = queryFile(directory);
  await store.query(spine.sql, (query) => query.write(path), { at, outputDirectory: directory, onlyViews, signal });
  return { files: [path] };
}

function rowsOf(columns: Readonly<Record<string, readonly unknown[]>>): string {
  const entries = Object.entries(columns);
  const length = Math.max(0, ...entries.map(([, values]) => values.length));
  const rows = Array.from({ length }, (_, row) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[row] ?? null])),
  );
  return rows.map((row) => `${stringifyJson(row as Parameters<typeof stringifyJson>[0])}\n`).join("");
}

interface WorkOptions {
  readonly signal: AbortSignal;
  readonly onStep?: (step: RetrievalStep) => void;
}

/**
 * Joins the features into the file `out`, and pins the set where it has a name.
 * @returns what an answer says beside the rows
 */
export async function makeTrainingSet(
  store: FeatureStore,
  work: TrainingSetWork,
  out: string,
  options: WorkOptions,
): Promise<Readonly<Record<string, string>>> {
  const { selection, at, filterByCreatedTimestamp, name } = work;
  const spine = await queried(store, work, options);
  const wanted = { selection, at, filterByCreatedTimestamp, ...options };
  if (name === undefined) {
    await store.getHistoricalFeatures({ spine, ...wanted }, (features) => features.write(out));
    return {};
  }
  const { result, protected: isProtected } = await createNamed(store, name, wanted, spine, out);
  return {
    "x-icecore-training-set": name,
    "x-icecore-digest": result.digest,
    "x-icecore-protected": String(isProtected),
  };
}

type Wanted = Pick<TrainingSetBody, "selection" | "at" | "filterByCreatedTimestamp"> & WorkOptions;

/** Rows that were sent are kept: without them the set could not be made again. */
async function createNamed(
  store: FeatureStore,
  name: string,
  wanted: Wanted,
  spine: SentSpine,
  out: string,
): Promise<TrainingSetLock> {
  const [sent] = "files" in spine ? spine.files : [];
  if (sent === undefined) return (await store.createTrainingSet({ name, spine, ...wanted, out })).lock;
  const kept = await store.claimSpinePath(name, sent.split(".").at(-1) ?? "");
  try {
    await copyFile(sent, kept);
    return (await store.createTrainingSet({ name, spine: { files: [kept] }, ...wanted, out })).lock;
  } catch (error) {
    await rm(kept, { force: true });
    throw error;
  }
}
