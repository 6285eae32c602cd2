import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringifyJson } from "@icecore/iceberg-catalog";
import type { RetrievalStep, TrainingSetLock } from "@icecore/offline-store";
import type { Context } from "hono";
import type { z } from "zod";
import { openParquet } from "../output/parquet-rows.ts";
import type { FeatureStore } from "../store/feature-store.ts";
import type { SpineOptions } from "../store/spine-options.ts";
import { requireAllViews, requireRole, requireViews } from "./access/authorize.ts";
import { readBody, readQuery } from "./body.ts";
import { type HttpEnv, refuse } from "./failure.ts";
import type { OpenResult } from "./result-response.ts";
import { isRowUpload, saveRows } from "./uploaded-rows.ts";
import { trainingSetBody, trainingSetParameters } from "./wire/training-set-request.ts";

type TrainingSetBody = z.output<typeof trainingSetBody>;

/** A training set that was asked for, its spine at hand. */
export interface TrainingSetWork
  extends Pick<TrainingSetBody, "selection" | "at" | "filterByCreatedTimestamp" | "name"> {
  readonly spine: SentSpine;
  /** The file that the spine was sent in, which callers do not know by this name. */
  readonly sentFile: string | undefined;
}

/** Reads a request for a training set; rows that were sent, or that its query gives, go into the directory. */
export async function readTrainingSet(
  c: Context<HttpEnv>,
  store: FeatureStore,
  directory: string,
  uploadLimitBytes: number,
  signal: AbortSignal,
): Promise<TrainingSetWork> {
  const body = isRowUpload(c) ? readQuery(c, trainingSetParameters) : await readBody(c, trainingSetBody);
  const { selection, at, filterByCreatedTimestamp, name } = body;
  if (name !== undefined) requireRole(c, "writer");
  requireViews(c, await store.selectedViews(selection));
  const spine = await spineOf(c, store, body, directory, uploadLimitBytes, signal);
  const [sentFile] = "files" in spine ? spine.files : [];
  return { selection, at, filterByCreatedTimestamp, name, spine, sentFile };
}

/** Rows that were sent, as a file. A query is run as any other that came over the network: it reads tables and nothing else. */
async function spineOf(
  c: Context<HttpEnv>,
  store: FeatureStore,
  { spine, at }: TrainingSetBody,
  directory: string,
  uploadLimitBytes: number,
  signal: AbortSignal,
): Promise<SentSpine> {
  if (isRowUpload(c)) return { files: [await saveRows(c, directory, uploadLimitBytes)] };
  if (spine === undefined) return refuse(c, 422, "BODY_MALFORMED", howToGiveSpine);
  if ("entities" in spine) return spine;
  if ("table" in spine) {
    requireAllViews(c, `table ${spine.table}`);
    return spine;
  }
  if ("sql" in spine) {
    const path = join(directory, "spine.parquet");
    const onlyViews = c.get("principal").views;
    await store.query(spine.sql, (query) => query.write(path), { at, outputDirectory: directory, onlyViews, signal });
    return { files: [path] };
  }
  const path = join(directory, "spine.ndjson");
  await writeFile(path, rowsOf(spine.columns));
  return { files: [path] };
}

type SentSpine = Exclude<SpineOptions, { readonly sql: string }>;

const howToGiveSpine =
  "give a spine: { sql }, { columns }, { table }, { start, end } or { latest }, or send its rows as the body";

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

/** Joins the features, and pins the set where it has a name; `out` is where its rows go. */
export async function joinedFeatures(
  store: FeatureStore,
  { selection, at, filterByCreatedTimestamp, name, spine }: TrainingSetWork,
  out: string,
  options: WorkOptions,
): Promise<OpenResult> {
  const wanted = { selection, at, filterByCreatedTimestamp, ...options };
  if (name === undefined) {
    await store.getHistoricalFeatures({ spine, ...wanted }, (features) => features.write(out));
    return openParquet(out);
  }
  const { result, protected: isProtected } = await createNamed(store, name, wanted, spine, out);
  const headers = {
    "x-icecore-training-set": name,
    "x-icecore-digest": result.digest,
    "x-icecore-protected": String(isProtected),
  };
  return { ...(await openParquet(out)), headers };
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
