import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeatureSelection } from "@icecore/feature-registry";
import { stringifyJson } from "@icecore/iceberg-catalog";
import type { Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { openParquet } from "../../output/parquet-rows.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { readBody } from "../body.ts";
import { type HttpEnv, refuse } from "../failure.ts";
import { type OpenResult, resultResponse } from "../result-response.ts";
import { called, isRowUpload, saveRows } from "../uploaded-rows.ts";
import { trainingSetBody, trainingSetParameters } from "../wire/training-set-request.ts";

/**
 * `POST /v1/training-sets`: features for every row of a spine as they were at its time, as Arrow, Parquet, CSV or JSON. The
 * spine is the body (Parquet, Arrow, CSV, NDJSON; the rest goes into the query string), or in a JSON body a query or columns.
 * With a name, it is pinned by a lock file in the repository, its spine beside it as `NAME.spine.parquet` (or the format it
 * was sent in); without one, nothing is kept.
 */
export function addTrainingSets(app: Hono<HttpEnv>, store: FeatureStore, uploadLimitBytes: number): void {
  app.post("/v1/training-sets", async (c) => {
    const request = await readRequest(c);
    return resultResponse(c, "application/vnd.apache.arrow.stream", async (directory) => {
      const spine = await spineFile(c, store, request, directory, uploadLimitBytes);
      return called(c, "the spine", spine, () => joined(store, request, spine, join(directory, "joined.parquet")));
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

/** The spine as a file. A query is run as any other that came over the network: it reads tables and nothing else. */
async function spineFile(
  c: Context<HttpEnv>,
  store: FeatureStore,
  { spine, at }: TrainingSetBody,
  directory: string,
  uploadLimitBytes: number,
): Promise<string> {
  if (isRowUpload(c)) return saveRows(c, directory, uploadLimitBytes);
  if (spine === undefined)
    return refuse(c, 422, "BODY_MALFORMED", "give a spine: { sql } or { columns }, or send its rows as the body");
  if ("sql" in spine) {
    const path = join(directory, "spine.parquet");
    const { signal } = c.req.raw;
    await store.query(spine.sql, (query) => query.write(path), { at, outputDirectory: directory, signal });
    return path;
  }
  const path = join(directory, "spine.ndjson");
  await writeFile(path, rowsOf(spine.columns));
  return path;
}

function rowsOf(columns: Readonly<Record<string, readonly unknown[]>>): string {
  const entries = Object.entries(columns);
  const length = Math.max(0, ...entries.map(([, values]) => values.length));
  const rows = Array.from({ length }, (_, row) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[row] ?? null])),
  );
  return rows.map((row) => `${stringifyJson(row as Parameters<typeof stringifyJson>[0])}\n`).join("");
}

async function joined(
  store: FeatureStore,
  { selection, at, name }: { readonly selection: FeatureSelection } & Pick<TrainingSetBody, "at" | "name">,
  spine: string,
  out: string,
): Promise<OpenResult> {
  if (name === undefined) {
    await store.getHistoricalFeatures({ spine: { files: [spine] }, selection, at }, (features) => features.write(out));
    return openParquet(out);
  }
  const digest = await createNamed(store, { selection, at, name }, spine, out);
  return { ...(await openParquet(out)), headers: { "x-icecore-training-set": name, "x-icecore-digest": digest } };
}

/** The spine is kept: without it the set could not be made again. */
async function createNamed(
  store: FeatureStore,
  {
    selection,
    at,
    name,
  }: { readonly selection: FeatureSelection; readonly at: TrainingSetBody["at"]; readonly name: string },
  spine: string,
  out: string,
): Promise<string> {
  const kept = await store.freePathInRepo(name, `${name}.spine.${spine.split(".").at(-1)}`);
  await copyFile(spine, kept);
  try {
    const { lock } = await store.createTrainingSet({ name, spine: { files: [kept] }, selection, at, out });
    return lock.result.digest;
  } catch (error) {
    await rm(kept, { force: true });
    throw error;
  }
}
