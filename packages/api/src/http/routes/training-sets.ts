import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringifyJson } from "@icecore/iceberg-catalog";
import type { TrainingSetLock } from "@icecore/offline-store";
import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { openParquet } from "../../output/parquet-rows.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { SpineOptions } from "../../store/spine-options.ts";
import { readBody } from "../body.ts";
import { type HttpEnv, refuse } from "../failure.ts";
import { type OpenResult, resultResponse } from "../result-response.ts";
import { called, isRowUpload, saveRows } from "../uploaded-rows.ts";
import { trainingSetBody, trainingSetParameters } from "../wire/training-set-request.ts";

/**
 * `POST /v1/training-sets`: features for every row of a spine as they were at its time, as Arrow, Parquet, CSV or JSON. The
 * spine is the body (Parquet, Arrow, CSV, NDJSON; the rest goes into the query string), or in a JSON body a query, columns, or where its rows are.
 * With a name, it is pinned by a lock file in the repository, its spine beside it as `NAME.spine.parquet` (or the format it
 * was sent in); without one, nothing is kept. A spine can be a table of the catalog as well, or the entities that the views have.
 */
export function addTrainingSets(app: Hono<HttpEnv>, store: FeatureStore, uploadLimitBytes: number): void {
  app.post("/v1/training-sets", async (c) => {
    const request = await readRequest(c);
    return resultResponse(c, "application/vnd.apache.arrow.stream", async (directory) => {
      const spine = await spineOf(c, store, request, directory, uploadLimitBytes);
      const path = "files" in spine ? (spine.files[0] ?? "") : "";
      return called(c, "the spine", path, () =>
        joined(store, { ...request, signal: c.req.raw.signal }, spine, join(directory, "joined.parquet")),
      );
    });
  });
}

type TrainingSetBody = z.output<typeof trainingSetBody>;

async function readRequest(c: Context<HttpEnv>): Promise<TrainingSetBody> {
  if (!isRowUpload(c)) return readBody(c, trainingSetBody);
  const parsed = trainingSetParameters.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues.map(({ path, message, code }) => ({
    loc: ["query", ...path],
    msg: message,
    type: code,
  }));
  throw new HTTPException(422, { res: c.json({ detail }, 422) });
}

/** Rows that were sent, as a file. A query is run as any other that came over the network: it reads tables and nothing else. */
async function spineOf(
  c: Context<HttpEnv>,
  store: FeatureStore,
  { spine, at }: TrainingSetBody,
  directory: string,
  uploadLimitBytes: number,
): Promise<SentSpine> {
  if (isRowUpload(c)) return { files: [await saveRows(c, directory, uploadLimitBytes)] };
  if (spine === undefined) return refuse(c, 422, "BODY_MALFORMED", howToGiveSpine);
  if ("table" in spine || "entities" in spine) return spine;
  if ("sql" in spine) {
    const path = join(directory, "spine.parquet");
    const { signal } = c.req.raw;
    await store.query(spine.sql, (query) => query.write(path), { at, outputDirectory: directory, signal });
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

type Wanted = Pick<TrainingSetBody, "selection" | "at" | "filterByCreatedTimestamp"> & { readonly signal: AbortSignal };

async function joined(
  store: FeatureStore,
  request: Wanted & Pick<TrainingSetBody, "name">,
  spine: SentSpine,
  out: string,
): Promise<OpenResult> {
  const { selection, at, filterByCreatedTimestamp, signal, name } = request;
  const wanted = { selection, at, filterByCreatedTimestamp, signal };
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
