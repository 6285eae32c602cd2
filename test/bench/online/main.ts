import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { virtualEnvironment } from "../../support/python-environment.ts";
import { writeSection } from "../report.ts";
import { bulk } from "./bulk.ts";
import { fresh } from "./fresh.ts";
import { pushing } from "./pushing.ts";
import { reads } from "./reads.ts";
import { serving } from "./serving.ts";

/**
 * `npm run bench:online -- [--only bulk|reads|serving|pushing|fresh] [--machine TEXT] [--date TEXT]`: measures the online store, and writes
 * what it found into docs/benchmarks.md; one part alone is only printed. Needs redis-server, redis-cli and Python 3.
 */
const { values } = parseArgs({
  options: { machine: { type: "string" }, date: { type: "string" }, only: { type: "string" } },
});
const machine = values.machine ?? `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const date = values.date ?? new Date().toISOString().slice(0, 10);
const load = `load average ${loadavg()[0]?.toFixed(1)} at the start`;
const feast = () => virtualEnvironment(fileURLToPath(new URL("./python/requirements.txt", import.meta.url)));

const parts: Readonly<Record<string, () => Promise<string>>> = {
  bulk: () => bulk(feast()),
  reads,
  serving: () => serving(feast()),
  pushing: () => pushing(feast()),
  fresh,
};

if (values.only === undefined) {
  const texts: string[] = [];
  for (const part of Object.values(parts)) texts.push(await part());
  const title = [
    "## Online store: `npm run bench:online`",
    "",
    `${date}; ${machine}; ${load}; Node ${process.version}. Redis, its clients and the servers share the machine.`,
  ];
  console.log(writeSection("online", [...title, ...texts.flatMap((text) => ["", text])].join("\n")));
} else {
  const part = parts[values.only];
  if (part === undefined) throw new Error(`--only is one of ${Object.keys(parts).join(", ")}`);
  console.log(await part());
}
