import { describe, expect, it } from "vitest";
import type { FileIO } from "../io/file-io.ts";
import type { Table } from "../table.ts";
import { dataFile, testTable } from "../testing/test-table.ts";
import { limitManifestCache } from "./manifest-cache.ts";
import { TableScan } from "./table-scan.ts";

/** A table of some manifests, read through a FileIO of its own that writes down what is opened. */
async function watchedTable(manifests = 3) {
  const grown = await tableOf(manifests);
  const opened: string[] = [];
  const read: FileIO["read"] = (location, range) => {
    opened.push(location);
    return grown.io.read(location, range);
  };
  const io: FileIO = { ...grown.io, read };
  const plan = async () => {
    opened.length = 0;
    const { tasks } = await new TableScan({ metadata: grown.metadata, io }).plan();
    return { files: tasks.map((task) => task.dataFile.filePath), opened: opened.length };
  };
  return { table: grown, io, plan };
}

async function tableOf(manifests: number): Promise<Table> {
  const { table, environment } = await testTable();
  let grown: Table = table;
  for (let i = 0; i < manifests; i++) {
    grown = await grown
      .newTransaction(environment)
      .fastAppend([dataFile(`f${i}`, "AA")])
      .commit();
  }
  return grown;
}

describe("the manifest cache", () => {
  it("gives the same plan again without a request", async () => {
    const { plan } = await watchedTable();
    const first = await plan();
    expect(first.opened).toBe(4);
    expect(await plan()).toEqual({ files: first.files, opened: 0 });
  });

  it("is shared by the tables of a FileIO, and by no others", async () => {
    const { table, io, plan } = await watchedTable();
    await new TableScan({ metadata: table.metadata, io }).plan();
    expect((await plan()).opened).toBe(0);
    const other: FileIO = { ...io };
    await new TableScan({ metadata: table.metadata, io: other }).plan();
    limitManifestCache(io, 1_000_000);
    expect((await plan()).opened).toBe(4);
  });

  it("can be turned off", async () => {
    const { io, plan } = await watchedTable();
    limitManifestCache(io, 0);
    expect((await plan()).opened).toBe(4);
    expect((await plan()).opened).toBe(4);
  });

  it("keeps the first of what is more than its bytes, rather than push out what was read a moment ago", async () => {
    const { io, plan } = await watchedTable(20);
    limitManifestCache(io, 8000);
    const { files } = await plan();
    for (let again = 0; again < 3; again++) {
      const later = await plan();
      expect(later.files).toEqual(files);
      expect(later.opened).toBeGreaterThan(0);
      expect(later.opened).toBeLessThan(20);
    }
  });

  it("keeps nothing of a manifest that was not read to its end", async () => {
    const { table, io, plan } = await watchedTable();
    for await (const _ of new TableScan({ metadata: table.metadata, io }).planFiles()) break;
    expect(await plan()).toMatchObject({ files: [expect.any(String), expect.any(String), expect.any(String)] });
  });
});

it("planning fetches a few manifests ahead, and no more before they are wanted", async () => {
  const grown = await tableOf(20);
  let manifests = 0;
  const read: FileIO["read"] = (location, range) => {
    if (location.includes("-m0")) manifests++;
    return grown.io.read(location, range);
  };
  const scan = new TableScan({ metadata: grown.metadata, io: { ...grown.io, read } });
  const ahead: number[] = [];
  let files = 0;
  for await (const _ of scan.planFiles()) ahead.push(manifests - files++);
  expect(files).toBe(20);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(8);
});
