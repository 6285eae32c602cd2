import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { confinedFileIO } from "./confined.ts";
import { describeFileIO } from "./file-io.suite.ts";
import type { FileIO } from "./file-io.ts";
import { localFileIO } from "./local.ts";
import { memoryFileIO } from "./memory.ts";

describeFileIO("confined", async () => {
  const folder = await mkdtemp(join(tmpdir(), "icecore confined-"));
  const root = `file://${folder}/warehouse`;
  return { io: confinedFileIO(localFileIO(), root), root, close: () => rm(folder, { recursive: true }) };
});

describe("a confined FileIO", () => {
  let folder: string;
  let io: FileIO;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "icecore-confined-"));
    await mkdir(`${folder}/warehouse/inner`, { recursive: true });
    await writeFile(`${folder}/secret`, "secret");
    await symlink(folder, `${folder}/warehouse/up`);
    await symlink(`${folder}/secret`, `${folder}/warehouse/link`);
    await symlink(`${folder}/warehouse/inner`, `${folder}/warehouse/inside`);
    io = confinedFileIO(localFileIO(), `file://${folder}/warehouse`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    "secret",
    "warehouse",
    "warehouse-2/file",
    "warehouse/../secret",
    "warehouse/inner/../../secret",
    "warehouse/up/secret",
    "warehouse/up/new/file",
    "warehouse/link",
  ])("refuses %s, and leaves it alone", async (path) => {
    for (const location of [`file://${folder}/${path}`, `file:${folder}/${path}`, `${folder}/${path}`]) {
      for (const operation of [io.exists, io.stat, io.read, io.delete]) {
        await expect(operation(location)).rejects.toMatchObject({ code: "FORBIDDEN" });
      }
      await expect(io.write(location, Uint8Array.of(1))).rejects.toMatchObject({ code: "FORBIDDEN" });
      const listing = io.list(location)[Symbol.asyncIterator]().next();
      await expect(listing).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect(await readFile(`${folder}/secret`, "utf8")).toBe("secret");
  });

  test("follows links that stay inside, and takes names that only look like ways out", async () => {
    for (const path of ["inside/file", "inner/..file", "inner/file..", "%2E%2E/file"]) {
      await io.write(`file://${folder}/warehouse/${path}`, Uint8Array.of(1));
      expect(await io.exists(`${folder}/warehouse/${path}`)).toBe(true);
    }
  });

  test("compares locations of other schemes as they are", async () => {
    const memory = confinedFileIO(memoryFileIO(), "memory://warehouse");
    await memory.write("memory://warehouse/a", Uint8Array.of(1));
    for (const location of ["memory://warehouse-2/a", "memory://warehouse/../a", "file:///warehouse/a", "a"]) {
      await expect(memory.exists(location)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });
});
