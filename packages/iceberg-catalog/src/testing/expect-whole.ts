import { expect } from "vitest";
import { reachableFiles } from "../maintenance/reachable-files.ts";
import type { Table } from "../table.ts";

/** Every file that any snapshot of the table is made of is there and can be read, and so is every metadata file. */
export async function expectWhole(table: Table): Promise<void> {
  const { io, metadata, metadataLocation } = table;
  expect(await io.exists(metadataLocation ?? "")).toBe(true);
  for await (const location of reachableFiles(io, metadata, { entries: "live", unreadable: "fail" })) {
    expect([location, await io.exists(location)]).toEqual([location, true]);
  }
}
