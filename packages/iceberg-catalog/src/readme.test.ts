import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packageFolder = fileURLToPath(new URL("../", import.meta.url));

test("the README's examples run as they are printed, in a project that has the package", async () => {
  const readme = await readFile(join(packageFolder, "README.md"), "utf8");
  const example = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).join("\n");
  const project = await mkdtemp(join(tmpdir(), "icecore-readme-"));
  await mkdir(join(project, "node_modules/@icecore"), { recursive: true });
  await symlink(packageFolder, join(project, "node_modules/@icecore/iceberg-catalog"));
  await writeFile(join(project, "example.mts"), example);
  const args = ["--conditions=@icecore/source", `--import=${import.meta.resolve("tsx")}`, "example.mts"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project });
  expect(stdout).toMatchInlineSnapshot(`
    "appended already-appended
    1n inserted, 1n updated
    [ 'JFK 7 null' ]
    3 rows before
    [ 'DELETE BOS' ]
    appended 2 tables
    { kept: 1, pruned: 0 }
    append
    overwrite
    delete
    replace
    "
  `);
  await rm(project, { recursive: true });
});
