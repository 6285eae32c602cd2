import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { virtualEnvironment } from "../../support/python-environment.ts";
import { markdownTable, writeSection } from "../report.ts";
import { besideFeast, feastHead, patience } from "./beside-feast.ts";
import { besideSql, sqlHead } from "./beside-sql.ts";
import { ingestHead, ingestRows } from "./ingest-rows.ts";
import { measureRow, readMeasured } from "./measured.ts";
import { dense, medium, sparse } from "./sizes.ts";
import { growthHead, tenTimes } from "./ten-times.ts";

/**
 * `npm run bench:pit -- [--only NAME,...] [--rounds N] [--machine TEXT] [--date TEXT]`: measures the point-in-time join, and
 * writes what was found into docs/benchmarks.md, in this run and in those before. A name is a row (`feast/dense`), or a
 * table: `sql`, `feast`, `growth`, `ingest`. Default: all but `growth`, which makes 8 GB of files.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "sql,feast,ingest" },
    rounds: { type: "string", default: "3" },
    machine: { type: "string" },
    date: { type: "string" },
  },
});
const machine = values.machine ?? `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const date = values.date ?? new Date().toISOString().slice(0, 10);
const memoryLimit = "4GiB";
const rounds = Number(values.rounds);

const python = () => virtualEnvironment(fileURLToPath(new URL("./python/requirements.txt", import.meta.url)));
const sizes = [dense, medium, sparse];
const rows: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  ...Object.fromEntries(sizes.map((size) => [`sql/${size.name}`, () => besideSql(size, memoryLimit, rounds)])),
  ...Object.fromEntries(sizes.map((size) => [`feast/${size.name}`, () => besideFeast(python(), size, memoryLimit)])),
  "feast/dense-100k": () => besideFeast(python(), dense, memoryLimit, 100_000),
  "growth/large": () => tenTimes(memoryLimit),
  "ingest/parquet": () => ingestRows("parquet", memoryLimit),
  "ingest/csv": () => ingestRows("csv", memoryLimit),
};

const wanted = values.only.split(",");
const chosen = Object.entries(rows).filter(([name]) =>
  wanted.some((each) => name === each || name.startsWith(`${each}/`)),
);
if (chosen.length === 0) throw new Error(`--only ${values.only}: there are ${Object.keys(rows).join(", ")}`);
for (const [name, cells] of chosen) await measureRow(name, date, cells);

function tableOf(table: string, head: readonly string[]): string {
  const measured = readMeasured();
  const found = Object.keys(rows).filter((name) => name.startsWith(`${table}/`) && measured[name] !== undefined);
  const cells = found.map((name) => {
    const row = measured[name];
    return row === undefined ? [] : [...row.cells, `${row.date}, ${row.load.toFixed(1)}`];
  });
  return cells.length === 0 ? "Not measured yet." : markdownTable([...head, "measured, load"], cells);
}

const text = `
## Point-in-time join: \`npm run bench:pit\`

${machine}; Node ${process.version}; two threads, memory limit ${memoryLimit}. \`--only feast/dense\` measures one row again. The load is
the machine's average when the row was begun: what others did there beside it.

Three views of so many rows over a year, five features each, in tables by day; a spine of 1,000,000 rows; a ttl of 30 days.
Medians of rounds of new processes that take turns, in seconds (of all threads' CPU in brackets). The floor reads all columns and
sorts the spine. The hand-written SQL is for DuckDB, one view at a time; all forms give the same rows, and the ratio is to the
best of them.

${tableOf("sql", sqlHead)}

Beside Feast 0.66.0 with its DuckDB offline store, which reads one Parquet file of each view. Both write a Parquet file. Icecore
is measured before and after, and their mean counts. Feast is ended after ${patience} times what Icecore took; it may spill to disk.

${tableOf("feast", feastHead)}

Ten times the rows (\`--only growth\`):

${tableOf("growth", growthHead)}

Ingest of one file into a table by day, checked, partitioned, sorted and committed at once:

${tableOf("ingest", ingestHead)}
`;
console.log(writeSection("pit", text));
