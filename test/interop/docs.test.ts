import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { startCluster } from "../../packages/online-sync/src/testing/start-cluster.ts";
import { enginePages } from "../support/doc-pages.ts";
import { followPage } from "../support/follow-page.ts";
import { emptyDirectory, quickstartRepo } from "../support/quickstart-repo.ts";
import { startIcebergRestServer } from "./support/iceberg-rest-server.ts";
import { startNessie } from "./support/nessie.ts";
import { startForeignS3 } from "./support/s3-server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Each with what it needs: the quickstart a fresh checkout, which it builds; Polaris the Java server, and Nessie over S3. */
const pages: Readonly<Record<string, () => Promise<unknown>>> = {
  "docs/quickstart.md": async () => {
    await using folder = await emptyDirectory();
    const directory = join(folder.directory, "checkout");
    await promisify(execFile)("git", ["clone", "--quiet", root, directory]);
    const outputs = await followPage("docs/quickstart.md", { directory, inProcess: false, python: inject("python") });
    expect(outputs.at(-1)).toContain("conv_rate");
  },

  "docs/how-to/notebooks.md": async () => {
    await using repo = await quickstartRepo();
    const outputs = await followPage("docs/how-to/notebooks.md", { ...repo, python: inject("python") });
    expect(outputs.at(-1)).toContain("avg_daily_trips");
  },

  "docs/how-to/spark.md": async () => {
    await using repo = await quickstartRepo();
    const replace = {
      '"spark.jars.packages", "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.11.0"': `"spark.jars", "${inject("icebergSparkJar")}"`,
    };
    const outputs = await followPage("docs/how-to/spark.md", { ...repo, replace, python: inject("sparkPython") });
    expect(outputs.join("")).toContain("Wrote 200 rows");
  },

  "docs/how-to/polaris-and-s3.md": async () => {
    await using java = await startIcebergRestServer();
    await using s3 = await startForeignS3("warehouse");
    await using nessie = await startNessie(s3);
    await using repo = await quickstartRepo();
    const outputs = await followPage("docs/how-to/polaris-and-s3.md", {
      ...repo,
      replace: {
        "https://polaris.example.com/api/catalog": java.uri,
        "https://catalog.example.com/iceberg": nessie.uri,
        "https://s3.example.com": s3.properties["s3.endpoint"] ?? "",
      },
    });
    expect(outputs.at(-1)).toContain("PRESENT");
  },

  "docs/how-to/redis-cluster.md": async () => {
    await using cluster = await startCluster(inject("redisServer"));
    await using repo = await quickstartRepo();
    const replace = { [`redis-1:6379,redis-2:6379,password=\${REDIS_PASSWORD}`]: cluster.connectionString };
    const outputs = await followPage("docs/how-to/redis-cluster.md", { ...repo, replace });
    expect(outputs.join("")).toContain("PRESENT");
    expect(outputs.at(-1)).toMatch(/driver_hourly_stats/);
  },
};

describe("what the documentation says to type and to run works with the engines that it names", () => {
  for (const [page, follow] of Object.entries(pages)) it(page, follow, 600_000);

  it("every page that is left to this test", () => {
    expect(Object.keys(pages).sort()).toEqual(["docs/quickstart.md", ...enginePages].sort());
  });
});
