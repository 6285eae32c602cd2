import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeCatalogStore } from "./catalog-store.suite.ts";
import { lmdbStore } from "./lmdb-store.ts";

const temporaryFolder = () => mkdtemp(join(tmpdir(), "icecore store-"));

describeCatalogStore("LMDB", async () => {
  const folder = await temporaryFolder();
  const store = lmdbStore(join(folder, "catalog.lmdb"));
  return {
    store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

test("what is committed is there after closing and opening again", async () => {
  const path = join(await temporaryFolder(), "catalog.lmdb");
  const before = lmdbStore(path);
  await before.transact((entries) => entries.put("a", "1"));
  await before.close();
  const after = lmdbStore(path);
  expect(await after.read((entries) => entries.get("a"))).toBe("1");
  await after.close();
});

const countInAnotherProcess = `
  const { open } = require(process.argv[1]);
  const database = open({ path: process.argv[2], encoding: "string", overlappingSync: false });
  for (let i = 0; i < 50; i++) {
    database.transactionSync(() => database.putSync("n", String(Number(database.get("n") ?? 0) + 1)));
  }
  database.close();
`;

test("several processes count in one store without losing one", async () => {
  const path = join(await temporaryFolder(), "catalog.lmdb");
  const store = lmdbStore(path);
  const lmdb = createRequire(import.meta.url).resolve("lmdb");
  const run = () => promisify(execFile)(process.execPath, ["-e", countInAnotherProcess, lmdb, path]);
  const others = Promise.all([run(), run()]);
  for (let i = 0; i < 50; i++) {
    await store.transact((entries) => entries.put("n", String(Number(entries.get("n") ?? 0) + 1)));
  }
  await others;
  expect(await store.read((entries) => entries.get("n"))).toBe("150");
  await store.close();
});
