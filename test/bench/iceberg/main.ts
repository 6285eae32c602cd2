import { cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { pythonEnvironment } from "../../support/python-environment.ts";
import { writeSection } from "../report.ts";
import { appendingSection } from "./appending.ts";
import { committingSection } from "./committing.ts";
import { memorySection, planningSection } from "./planning.ts";

/**
 * `npm run bench:iceberg -- [--machine TEXT] [--date TEXT]`: measures planning and commits, and writes what it found into
 * docs/benchmarks.md.
 */
const { values } = parseArgs({ options: { machine: { type: "string" }, date: { type: "string" } } });
const machine = values.machine ?? `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
/** What else the machine did decides how much the figures are worth. */
const load = `load average ${loadavg()[0]?.toFixed(1)} at the start`;
const date = values.date ?? new Date().toISOString().slice(0, 10);

const python = pythonEnvironment();
const sections: readonly (() => Promise<string>)[] = [
  () => planningSection(python),
  memorySection,
  committingSection,
  appendingSection,
];
const texts = [
  `## Iceberg: \`npm run bench:iceberg\`\n\n${date}; ${machine}; ${load}; Node ${process.version}, PyIceberg 0.12.0.`,
];
for (const section of sections) {
  texts.push(await section());
  console.error(`${texts.at(-1)}\n`);
}
console.log(writeSection("iceberg", texts.join("\n\n")));
