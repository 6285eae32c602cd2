import { snapshotId, timestampMs } from "@icecore/iceberg-catalog";
import { type At, latest } from "@icecore/offline-store";
import type { Hono } from "hono";
import { accepts } from "hono/accepts";
import { z } from "zod";
import { arrowStream } from "../../output/arrow-stream.ts";
import { jsonArray } from "../../output/json-rows.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { readBody } from "../body.ts";
import type { HttpEnv } from "../failure.ts";
import { openQuery } from "../open-query.ts";
import { pulledBody } from "../pulled-body.ts";

const id = z.union([z.bigint(), z.string().regex(/^\d{1,19}$/)], "a snapshot id, as an integer or its digits");

const requestBody = z
  .strictObject({
    sql: z.string().min(1),
    as_of: z.iso.datetime({ offset: true }).optional(),
    tag: z.string().min(1).optional(),
    snapshots: z.record(z.string(), id).optional(),
  })
  .refine(({ as_of, tag, snapshots }) => [as_of, tag, snapshots].filter((at) => at !== undefined).length <= 1, {
    message: "give one of as_of, tag and snapshots",
  });

const arrowType = "application/vnd.apache.arrow.stream";
const jsonType = "application/json";

/**
 * `POST /v1/query`: a SELECT over feature views, all at one state, as a stream of Arrow or JSON. What goes wrong after
 * the answer has begun breaks the connection off, so that half a result never looks like a whole one.
 */
export function addQuery(app: Hono<HttpEnv>, store: FeatureStore): void {
  app.post("/v1/query", async (c) => {
    const body = await readBody(c, requestBody);
    const type = accepts(c, { header: "Accept", supports: [jsonType, arrowType], default: jsonType });
    const { batches, close } = await openQuery(store, body.sql, toAt(body));
    const pieces = type === arrowType ? arrowStream(batches) : jsonArray(batches);
    return c.body(pulledBody(pieces, close) as ReadableStream, 200, { "content-type": type });
  });
}

function toAt({ as_of, tag, snapshots }: z.output<typeof requestBody>): At {
  if (as_of !== undefined) return { kind: "as-of", timestampMs: timestampMs(Date.parse(as_of)) };
  if (tag !== undefined) return { kind: "tag", name: tag };
  if (snapshots === undefined) return latest;
  const ids = Object.entries(snapshots).map(([view, given]) => [view, snapshotId(BigInt(given))] as const);
  return { kind: "snapshots", snapshots: new Map(ids) };
}
