import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Database } from "@icecore/iceberg-catalog/duckdb";
import { describe, expect, it } from "vitest";
import { pageBlocks } from "../support/doc-blocks.ts";
import { enginePages, recordPages } from "../support/doc-pages.ts";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { followPage } from "../support/follow-page.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";
import { emptyDirectory, quickstartRepo } from "../support/quickstart-repo.ts";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const feastRegistry = fileURLToPath(
  new URL("../../packages/api/src/feast-import/testing/registry.db", import.meta.url),
);

async function writeRows(path: string, sql: string): Promise<void> {
  await using database = await Database.open();
  await using session = await database.connect();
  await session.run(`COPY (${sql}) TO '${path}'`);
}

/** How each page is followed that needs nothing but Icecore. */
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  "docs/quickstart.md": async () => {
    await using root = await emptyDirectory();
    const directory = join(root.directory, "checkout");
    await mkdir(directory);
    // test:interop installs it, and runs the Python.
    const outputs = await followPage("docs/quickstart.md", { directory, elsewhere: ["npm ci", "python"] });
    expect(outputs.join("")).toContain('"statuses":["PRESENT","PRESENT"]');
  },
  "docs/queries.md": async () => {
    await using repo = await quickstartRepo();
    await followPage("docs/queries.md", repo);
  },
  "docs/training-sets.md": async () => {
    // training-set-docs.test.ts runs the statements.
    await using repo = await quickstartRepo();
    await followPage("docs/training-sets.md", { ...repo, elsewhere: ["sql"] });
  },
  "docs/online.md": async () => {
    await using repo = await driverRepo();
    const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
    await ok("apply");
    await ok("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
    const outputs = await followPage("docs/online.md", repo);
    expect(outputs).toContain("ingested 1\n[ null, null ] [ 'OUTSIDE_MAX_AGE', 'NOT_FOUND' ]\n");
  },
  "docs/how-to/evolving-features.md": async () => {
    await using repo = await quickstartRepo();
    await followPage("docs/how-to/evolving-features.md", repo);
  },
  "docs/how-to/production.md": async () => {
    await using repo = await quickstartRepo();
    const outputs = await followPage("docs/how-to/production.md", repo);
    expect(outputs.join("")).toContain('icecore_feature_view_lag_seconds{feature_view="driver_hourly_stats"} 0');
  },
  "docs/how-to/from-feast.md": async () => {
    await using root = await emptyDirectory();
    const data = join(root.directory, "feast_repo/data");
    await mkdir(data, { recursive: true });
    await cp(feastRegistry, join(data, "registry.db"));
    await writeFile(
      join(data, "../feature_store.yaml"),
      "project: rides\nregistry: data/registry.db\nprovider: local\n",
    );
    await writeRows(join(data, "driver_stats.parquet"), driverRows("2026-01-01 00:00:00+00"));
    await followPage("docs/how-to/from-feast.md", root);
  },
  "packages/feature-registry/README.md": async () => {
    await using root = await emptyDirectory();
    await writeFile(join(root.directory, "feature_store.yaml"), "project: rides\n");
    await followPage("packages/feature-registry/README.md", root);
    const { changes } = JSON.parse(await icecoreOk("--repo", root.directory, "--json", "plan"));
    expect(changes.map(({ name }: { readonly name: string }) => name)).toEqual(
      expect.arrayContaining(["delays", "model", "tastes"]),
    );
  },
  "packages/api/README.md": async () => {
    await using root = await emptyDirectory();
    const repo = join(root.directory, "feature_repo");
    await icecoreOk("init", repo);
    await cp(join(repo, "data/driver_stats.parquet"), join(root.directory, "driver_stats.parquet"));
    await followPage("packages/api/README.md", root);
  },
  "README.md": async () => {
    await using root = await emptyDirectory();
    const { directory } = root;
    await writeFile(join(directory, "feature_store.yaml"), "project: rides\n");
    const rows = driverRows("2026-01-01 00:00:00+00");
    await writeRows(
      join(directory, "driver_stats.parquet"),
      `SELECT driver_id, event_timestamp, conv_rate, avg_daily_trips FROM (${rows})`,
    );
    await writeRows(
      join(directory, "orders.parquet"),
      "SELECT 1001 AS driver_id, TIMESTAMPTZ '2026-01-01 12:30:00+00' AS event_timestamp",
    );
    await followPage("README.md", root);
  },
};

describe("what the documentation says to type and to run works as it stands", () => {
  for (const [page, follow] of Object.entries(pages)) it(page, follow, 60_000);

  it("a new repository's README", async () => {
    await using root = await emptyDirectory();
    const directory = join(root.directory, "rides");
    await icecoreOk("init", directory);
    await followPage(join(directory, "README.md"), { directory });
    const again = await icecore("init", directory);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("has files in it already") });
  });

  it("which is not made where somebody has data already", async () => {
    await using root = await emptyDirectory();
    const data = join(root.directory, "data");
    await mkdir(data);
    await writeFile(join(data, "driver_stats.parquet"), "mine");
    expect((await icecore("init", root.directory)).stderr).toContain("has files in it already");
    expect(await readFile(join(data, "driver_stats.parquet"), "utf8")).toBe("mine");
  });

  it.each(enginePages)("the configuration in %s", async (page) => {
    await using repo = await emptyDirectory();
    await followPage(page, { ...repo, elsewhere: ["sh", "ts", "python"] });
  });

  it("no page with blocks is left out", async () => {
    const files = await readdir(docs, { recursive: true });
    const all = files.filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`);
    const others = all.filter((page) => !recordPages.test(page) && !enginePages.includes(page) && !(page in pages));
    for (const page of others) {
      expect(
        (await pageBlocks(page)).filter(({ language }) => language !== "text"),
        page,
      ).toEqual([]);
    }
  });
});
