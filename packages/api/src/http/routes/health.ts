import type { Hono } from "hono";
import type { FeatureStore } from "../../store/feature-store.ts";
import type { HttpEnv } from "../failure.ts";

/**
 * `GET /health`: 200 when the catalog and the online store answer in time, else 503; what is wrong goes to the log.
 */
export function addHealth(app: Hono<HttpEnv>, store: FeatureStore, timeoutMs: number): void {
  app.get("/health", async (c) => {
    try {
      await within(timeoutMs, store.ping());
      return c.body(null, 200);
    } catch (error) {
      c.error = error instanceof Error ? error : new Error(String(error));
      return c.body(null, 503);
    }
  });
}

async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
