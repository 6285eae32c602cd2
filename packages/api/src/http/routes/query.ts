import type { Hono } from "hono";
import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { readBody } from "../body.ts";
import type { HttpEnv } from "../failure.ts";
import { resultResponse } from "../result-response.ts";
import { stateFields, toState } from "../wire/state.ts";

/** Whole numbers of a body are bigints. */
const numeric = z.union([z.bigint(), z.number()]).transform(Number);

const requestBody = z
  .strictObject({
    sql: z.string().min(1),
    ...stateFields,
    /** Limits of this query; those of the configuration hold as well. */
    timeout_seconds: numeric.pipe(z.number().positive().max(86_400)).optional(),
    max_rows: numeric.pipe(z.int().positive()).optional(),
  })
  .transform(toState);

/** `POST /v1/query`: a SELECT over feature views, all at one state, as JSON, Arrow, Parquet or CSV. */
export function addQuery(app: Hono<HttpEnv>, store: FeatureStore): void {
  app.post("/v1/query", async (c) => {
    const { sql, at, timeout_seconds: timeoutSeconds, max_rows: maxRows } = await readBody(c, requestBody);
    const { signal } = c.req.raw;
    return resultResponse(c, "application/json", (outputDirectory) =>
      store.openQuery(sql, { at, timeoutSeconds, maxRows, outputDirectory, signal }),
    );
  });
}
