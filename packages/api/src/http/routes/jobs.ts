import { join } from "node:path";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import { openParquet } from "../../output/parquet-rows.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../../output/temporary-directory.ts";
import type { FeatureStore } from "../../store/feature-store.ts";
import { type HttpEnv, refuse } from "../failure.ts";
import type { HttpApi } from "../http-api.ts";
import type { Job } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Operation } from "../openapi/operation.ts";
import { otherFormats, resultResponse } from "../result-response.ts";
import { makeTrainingSet, readTrainingSet } from "../training-set-work.ts";
import { trainingSetInput } from "./training-sets.ts";

const jobSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  progress: z.object({ label: z.string(), index: z.int(), total: z.int() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

const common = { role: "reader", tag: "jobs", path_parameters: { id: "As the start of the job answered" } } as const;
const job = { description: "How it stands", json: jobSchema };

const startOperation: Operation = {
  ...common,
  method: "post",
  path: "/v1/jobs/training-sets",
  summary: "Start a training set that takes long",
  description:
    "Takes what POST /v1/training-sets takes. What it made can be fetched for an hour, while the server runs.",
  body: trainingSetInput,
  responses: { 202: job },
};

const showOperation: Operation = {
  ...common,
  method: "get",
  path: "/v1/jobs/:id",
  summary: "How a job stands",
  responses: { 200: job },
};

const eventsOperation: Operation = {
  ...common,
  method: "get",
  path: "/v1/jobs/:id/events",
  summary: "How a job stands, whenever that changes, until it has ended",
  description: "Server-sent events named job, whose data is what GET /v1/jobs/{id} answers.",
  responses: { 200: { description: "The events", content: ["text/event-stream"] } },
};

const resultOperation: Operation = {
  ...common,
  method: "get",
  path: "/v1/jobs/:id/result",
  summary: "The rows that a job has made",
  responses: { 200: { description: "The rows", content: ["application/json", ...otherFormats] } },
};

const cancelOperation: Operation = {
  ...common,
  method: "delete",
  path: "/v1/jobs/:id",
  summary: "Cancel a job, or remove what it made",
  responses: { 204: { description: "It is gone" } },
};

const resultFile = "result.parquet";

/** `/v1/jobs`: training sets that take longer than a request should. */
export function addJobs(api: HttpApi, store: FeatureStore, jobs: Jobs, uploadLimitBytes: number): void {
  api.add(startOperation, async (c) => {
    const directory = await temporaryDirectory();
    const started = await begin(c, directory).catch(async (error: unknown) => {
      await directory[Symbol.asyncDispose]();
      throw error;
    });
    return c.json(started.view(), 202, { location: `/v1/jobs/${started.id}` });
  });
  api.add(showOperation, (c) => c.json(find(c, jobs).job.view()));
  api.add(eventsOperation, (c) => {
    const { job: followed } = find(c, jobs);
    return streamSSE(c, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      for await (const view of followed.views(left.signal)) {
        await stream.writeSSE({ event: "job", data: JSON.stringify(view) });
      }
    });
  });
  api.add(resultOperation, async (c) => {
    const { job: finished, directory } = find(c, jobs);
    const { state } = finished;
    if (state.state === "failed") return refuse(c, 409, state.error.code, state.error.message);
    if (state.state !== "done")
      return refuse(c, 409, "JOB_NOT_DONE", `the job is ${state.state}; it has no result yet`);
    return resultResponse(c, api.slots, "application/vnd.apache.parquet", () =>
      openParquet(join(directory, resultFile)),
    );
  });
  api.add(cancelOperation, async (c) => {
    await jobs.remove(find(c, jobs).job.id);
    return c.body(null, 204);
  });

  async function begin(c: Context<HttpEnv>, directory: TemporaryDirectory): Promise<Job> {
    const work = await readTrainingSet(c, store, directory.path, uploadLimitBytes);
    const started = await jobs.start(c.get("principal"), work.name ?? null, directory, ({ signal, onProgress }) =>
      api.slots.run(signal, async () => {
        await makeTrainingSet(store, work, join(directory.path, resultFile), { signal, onStep: onProgress });
      }),
    );
    return started ?? refuse(c, 503, "SERVER_BUSY", "there are too many jobs; fetch and remove those that are done");
  }
}

function find(c: Context<HttpEnv>, jobs: Jobs) {
  const found = jobs.find(c.req.param("id") ?? "", c.get("principal"));
  return (
    found ?? refuse(c, 404, "JOB_NOT_FOUND", "there is no such job: it was removed, or this server did not start it")
  );
}
