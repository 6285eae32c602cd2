import type { Catalog } from "../catalog/catalog.ts";
import { identifierToString } from "../catalog/table-identifier.ts";
import type { Table } from "../table.ts";

/** Those who commit to a table through one catalog, in the order they came. */
interface Line {
  length: number;
  /** When the last of them is done, or has had its turn for long enough. */
  turn: Promise<void>;
  /** As the latest commit left the table. */
  newest: Table | undefined;
}

/** A catalog that does not answer one commit is not waited for by all others, one after another. */
const longestTurnMs = 10_000;

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
  const line: Line = byName.get(name) ?? { length: 0, turn: Promise.resolve(), newest: undefined };
  byName.set(name, line);
  line.length++;
  const before = line.turn;
  let end = (): void => {};
  line.turn = new Promise((resolve) => {
    end = resolve;
  });
  await before;
  const timer = setTimeout(end, longestTurnMs);
  try {
    line.newest = await commit(later(table, line.newest));
    return line.newest;
  } finally {
    clearTimeout(timer);
    end();
    line.length--;
    if (line.length === 0) byName.delete(name);
  }
}

/** `newest`, reached by the ways of `table`, if it is what became of that. */
function later(table: Table, newest: Table | undefined): Table {
  if (newest?.metadataLocation === undefined || newest.metadata.tableUuid !== table.metadata.tableUuid) return table;
  const { metadata, metadataLocation } = newest;
  const follows =
    metadata.lastSequenceNumber > table.metadata.lastSequenceNumber ||
    metadata.metadataLog.some(({ metadataFile }) => metadataFile === table.metadataLocation);
  return follows ? table.at({ metadata, metadataLocation, config: {}, storageCredentials: [] }) : table;
}
