import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { driverRows } from "../support/driver-repo.ts";
import { icecore } from "../support/icecore.ts";

const root = process.cwd();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "icecore-docs-"));
  process.chdir(directory);
});
afterEach(async () => {
  process.chdir(root);
  await rm(directory, { recursive: true, force: true });
});

/** The code blocks of a Markdown text that are in that language. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
}

/** Runs the `icecore` lines of a shell block, as a user would type them. Serving has no end, and tests of its own. */
async function follow(block: string): Promise<void> {
  const lines = block.split("\n").filter((line) => line.startsWith("icecore ") && line !== "icecore serve");
  for (const line of lines) {
    const run = await icecore(...line.split(" ").slice(1));
    expect({ line, exitCode: run.exitCode, stderr: run.stderr }).toEqual({ line, exitCode: 0, stderr: "" });
  }
}

describe("what the documentation says to type", () => {
  it("the README's example works as it stands", async () => {
    const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
    const [definitions = ""] = blocks(readme, "ts");
    const [commands = ""] = blocks(readme, "sh");
    await writeFile("features.ts", definitions);
    await writeFile("feature_store.yaml", "project: rides\n");
    await using database = await Database.open();
    await using session = await database.connect();
    const rows = `SELECT driver_id, event_timestamp, conv_rate, avg_daily_trips FROM (${driverRows("2026-01-01 00:00:00+00")})`;
    await session.run(`COPY (${rows}) TO 'driver_stats.parquet'`);
    await session.run(
      "COPY (SELECT 1001 AS driver_id, TIMESTAMPTZ '2026-01-01 12:30:00+00' AS event_timestamp) TO 'orders.parquet'",
    );
    await follow(commands);
  });

  it("a new repository's README works as it stands", async () => {
    expect((await icecore("init", "rides")).exitCode).toBe(0);
    process.chdir("rides");
    const [commands = ""] = blocks(await readFile("README.md", "utf8"), "sh");
    await follow(commands);
    const { stdout } = await icecore("online", "get", "--service", "driver_activity", "--entity", "driver_id=1001");
    expect(stdout).toContain("PRESENT");
    await mkdir("elsewhere/data", { recursive: true });
    await writeFile("elsewhere/data/driver_stats.parquet", "mine");
    expect((await icecore("init", "elsewhere")).stderr).toContain("has files in it already");
    expect(await readFile("elsewhere/data/driver_stats.parquet", "utf8")).toBe("mine");
    const again = await icecore("init", ".");
    expect({ exitCode: again.exitCode, refused: /has files in it already/.test(again.stderr) }).toEqual({
      exitCode: 1,
      refused: true,
    });
  });
});
