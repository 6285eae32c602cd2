import { expect, it } from "vitest";
import { createHttpApp } from "./app.ts";
import { now, openDriverStore } from "./testing/driver-store.ts";

it("a query and a training set that take longer than a request may are ended, and say so", async () => {
  await using opened = await openDriverStore();
  await using app = createHttpApp(opened.store, { now, timeoutMs: 50 });
  const forever =
    "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM t) SELECT count(*) AS driver_id FROM t";
  const ask = async (path: string, body: object) => {
    const response = await app.request(path, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const error = { code: "QUERY_TIMED_OUT", message: expect.stringContaining("it took longer than may be waited for") };
  expect(await ask("/v1/query", { sql: forever })).toMatchObject({ status: 422, body: { error } });
  const trainingSet = { spine: { sql: forever }, features: ["driver_stats:rating"] };
  expect(await ask("/v1/training-sets", trainingSet)).toMatchObject({ status: 422, body: { error } });
});
