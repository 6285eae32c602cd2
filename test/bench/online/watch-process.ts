import { type Layout, openBench } from "./bench-repo.ts";

/** What this process is to follow. */
export interface WatchRequest {
  readonly folder: string;
  readonly connectionString: string;
  readonly layout: Layout;
}

/** Follows the catalog until it is told to stop. */
const { folder, connectionString, layout } = JSON.parse(process.argv[2] ?? "") as WatchRequest;
const controller = new AbortController();
process.once("SIGTERM", () => controller.abort());
await using store = await openBench(folder, connectionString, layout);
await store.watch({ signal: controller.signal, onMaterialized: () => process.send?.("materialized") });
