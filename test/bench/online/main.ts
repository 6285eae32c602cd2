import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpus, loadavg, totalmem } from "node:os";
import { text } from "node:stream/consumers";
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

/** What this program prints of one part. */
async function printed(part: string): Promise<string> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "--only", part];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [found, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`${part} ended with ${code}`);
  return found.trim();
}

if (values.only === undefined) {
  const texts: string[] = [];
  // In a process of its own each: what one leaves on the heap, the next would pay for.
  for (const part of Object.keys(parts)) texts.push(await printed(part));
  const title = [
    "## Online store: `npm run bench:online`",
    "",
    `${date}; ${machine}; ${load}; Node ${process.version}. Redis, its clients and the servers share the machine.`,
  ];
  console.log(writeSection("online", [...title, ...texts.flatMap((part) => ["", part])].join("\n")));
} else {
  const part = parts[values.only];
  if (part === undefined) throw new Error(`--only is one of ${Object.keys(parts).join(", ")}`);
  console.log(await part());
}
