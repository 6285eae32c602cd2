import type { Catalog } from "../catalog/catalog.ts";
import { identifierToString } from "../catalog/table-identifier.ts";
import type { Table } from "../table.ts";

/** Those who commit to a table through one catalog, in the order they came. */
interface Line {
  length: number;
  last: Promise<unknown>;
  /** As the latest commit left the table. */
  newest: Table | undefined;
}

const lines = new WeakMap<Catalog, Map<string, Line>>();

/**
 * Commits to a table one at a time: of those that are made side by side in a process, all but one would be in vain, and
 * writers that come often would run out of attempts. `commit` is told the table as the one before left it, where that is
 * known to be later.
 */
export async function inTurn(table: Table, commit: (newest: Table) => Promise<Table>): Promise<Table> {
  const byName = lines.get(table.catalog) ?? new Map<string, Line>();
  lines.set(table.catalog, byName);
  const name = identifierToString(table.identifier);
  const line = byName.get(name) ?? { length: 0, last: Promise.resolve(), newest: undefined };
  byName.set(name, line);
  line.length++;
  const mine = line.last.then(() => commit(later(table, line.newest)));
  line.last = mine.catch(() => {});
  try {
    const committed = await mine;
    line.newest = committed;
    return committed;
  } finally {
    line.length--;
    if (line.length === 0) byName.delete(name);
  }
}

/** `newest`, reached by the ways of `table`, if it is what became of that. */
function later(table: Table, newest: Table | undefined): Table {
  if (newest?.metadataLocation === undefined || newest.metadata.tableUuid !== table.metadata.tableUuid) return table;
  const { metadata, metadataLocation } = newest;
  const follows = metadata.metadataLog.some(({ metadataFile }) => metadataFile === table.metadataLocation);
  return follows ? table.at({ metadata, metadataLocation, config: {}, storageCredentials: [] }) : table;
}
