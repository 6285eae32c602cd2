import type { AttachedTable } from "@icecore/offline-store";
import { formatBytes, plural } from "../format.ts";

/** Which snapshots and files a query reads, and by which conditions they were chosen, for people. */
export function explainQuery(tables: readonly AttachedTable[]): string {
  return tables.length === 0 ? "no table is read" : tables.map(explainTable).join("\n");
}

function explainTable({ name, snapshotId, pushed, report, columns, allColumns }: AttachedTable): string {
  const { files, bytes, manifests } = report;
  const read = `${plural(files.kept, "data file")} read (${formatBytes(bytes.kept)})`;
  const pruned = `${plural(files.pruned, "file")} pruned (${formatBytes(bytes.pruned)})`;
  const skipped = `${manifests.skipped} of ${plural(manifests.total, "manifest")} skipped`;
  const why = pushed === undefined ? "no condition of the query chooses among its files" : `chosen by ${pushed}`;
  const projected = `columns that can be read: ${columns.length === allColumns ? "all" : `${columns.join(", ") || "none"}, of ${allColumns}`}`;
  return `${name} at snapshot ${snapshotId ?? "none"}: ${read}, ${pruned}, ${skipped}\n  ${why}\n  ${projected}`;
}
