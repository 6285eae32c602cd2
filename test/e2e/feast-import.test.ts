import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { driverRepo } from "../support/driver-repo.ts";
import { icecore, icecoreOk } from "../support/icecore.ts";

const registry = fileURLToPath(new URL("../../packages/api/src/feast-import/testing/registry.db", import.meta.url));

it("a Feast registry is imported, applied, and then the repository's own", async () => {
  await using repo = await driverRepo();
  await rm(repo.path("features.ts"));
  const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
  const imported = JSON.parse(await ok("--json", "apply", "--from-feast", registry));
  expect(imported).toMatchObject({ imported: { file: repo.path("feast.ts") }, version: 1 });
  expect(imported.changes.map((change: { name: string }) => change.name)).toContain("driver_hourly_stats");
  expect(JSON.parse(await ok("--json", "plan")).changes).toEqual([]);
  await ok("add", "feature", "driver_hourly_stats.rating", "--type", "double");
  expect(await readFile(repo.path("feast.ts"), "utf8")).toContain(`rating: "double"`);
  expect(await icecore("--repo", repo.directory, "apply", "--from-feast", registry)).toMatchObject({
    exitCode: 1,
    stderr: `error: ${repo.path("feast.ts")} is there already; move it away to import again\n`,
  });
});
