import { execFile } from "node:child_process";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { loadConfig } from "../../packages/api/src/config/load-config.ts";
import { driverRepo, driverRows } from "../support/driver-repo.ts";
import { icecoreOk } from "../support/icecore.ts";

const page = readFile(new URL("../../docs/online.md", import.meta.url), "utf8");
const packages = fileURLToPath(new URL("../../packages", import.meta.url));

async function blocks(language: string): Promise<readonly string[]> {
  return [...(await page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code]) =>
    String(code),
  );
}

it("what the page on the online store says to type and to run works as it stands", async () => {
  await using repo = await driverRepo();
  const ok = (...args: string[]) => icecoreOk("--repo", repo.directory, ...args);
  await ok("apply");
  await ok("ingest", "driver_hourly_stats", await repo.parquet("day.parquet", driverRows("2026-01-01 00:00:00+00")));
  const commands = (await blocks("sh")).join("").split("\n");
  for (const command of commands.filter((line) => line !== "")) await ok(...command.split(" ").slice(1));
  await mkdir(repo.path("node_modules/@icecore"), { recursive: true });
  for (const name of ["api", "feature-registry"]) {
    await symlink(join(packages, name), repo.path(`node_modules/@icecore/${name}`));
  }
  const script = await repo.write("script.mts", (await blocks("ts")).join(""));
  const args = ["--conditions=@icecore/source", `--import=${import.meta.resolve("tsx")}`, script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: repo.directory });
  expect(stdout).toBe("ingested 1\n[ null, null ] [ 'OUTSIDE_MAX_AGE', 'NOT_FOUND' ]\n");
});

it("the configuration of Redis is one", async () => {
  const [text = ""] = await blocks("yaml");
  await using repo = await driverRepo();
  await repo.write("feature_store.yaml", `project: rides\n${text}`);
  const { online_store } = await loadConfig(repo.directory, { REDIS_PASSWORD: "secret" });
  expect(online_store).toMatchObject({ layout: "feast", redis_type: "redis" });
  expect(online_store).toHaveProperty("connection_string", "localhost:6379,db=0,ssl=true,password=secret");
});
