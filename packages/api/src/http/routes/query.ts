import { z } from "zod";
import type { FeatureStore } from "../../store/feature-store.ts";
import { readBody } from "../body.ts";
import type { HttpApi } from "../http-api.ts";
import type { Operation } from "../openapi/operation.ts";
import { requestSignal } from "../request-signal.ts";
import { otherFormats, resultResponse } from "../result-response.ts";
import { stateFields, toState } from "../wire/state.ts";

/** Whole numbers of a body are bigints. */
const numeric = z.union([z.bigint(), z.number()]).transform(Number);

const requestBody = z
  .strictObject({
    sql: z.string().min(1).describe("One SELECT."),
    ...stateFields,
    timeout_seconds: numeric
      .pipe(z.number().positive().max(86_400))
      .optional()
      .describe("How long it may take; the configured limit holds as well."),
    max_rows: numeric
      .pipe(z.int().positive())
      .optional()
      .describe("The most rows that are wanted; the configured limit holds as well."),
  })
  .transform(toState);

const operation: Operation = {
  method: "post",
  path: "/v1/query",
  role: "reader",
  tag: "history",
  summary: "A SELECT over feature views and other tables, all at one state",
  description:
    "Read-only, without files and network. Accept decides the format; Arrow and Parquet are read in one line.",
  body: {
    json: requestBody,
    example: { sql: "SELECT driver_id, conv_rate FROM driver_hourly_stats LIMIT 10" },
  },
  responses: {
    200: { description: "The rows", json: z.array(z.record(z.string(), z.unknown())), content: otherFormats },
  },
};

/** `POST /v1/query`: a SELECT over feature views, all at one state, as JSON, Arrow, Parquet or CSV. */
export function addQuery(api: HttpApi, store: FeatureStore): void {
  api.add(operation, async (c) => {
    const { sql, at, timeout_seconds: timeoutSeconds, max_rows: maxRows } = await readBody(c, requestBody);
    const onlyViews = c.get("principal").views;
    const signal = requestSignal(c);
    return resultResponse(c, api.slots, "application/json", (outputDirectory) =>
      store.openQuery(sql, { at, timeoutSeconds, maxRows, outputDirectory, onlyViews, signal }),
    );
  });
}
