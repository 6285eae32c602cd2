import { peakMemoryMb } from "../peak-memory.ts";
import { type Layout, openBench } from "./bench-repo.ts";

/** Materializes the view in full, from Iceberg into Redis. */
export interface MaterializeRequest {
  readonly folder: string;
  readonly connectionString: string;
  readonly layout: Layout;
}

export interface Materialized {
  readonly seconds: number;
  readonly rows: number;
  readonly peakMb: number;
}

const request = JSON.parse(process.argv[2] ?? "") as MaterializeRequest;
await using store = await openBench(request.folder, request.connectionString, request.layout);
const started = performance.now();
const [summary] = await store.materialize({ full: true });
const seconds = (performance.now() - started) / 1000;
const answer: Materialized = {
  seconds,
  rows: summary?.rows ?? 0,
  peakMb: peakMemoryMb(),
};
console.log(JSON.stringify(answer));
