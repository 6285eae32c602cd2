import type { Schema } from "../../spec/schema.ts";
import { oneOf } from "../argument.ts";
import { internalName } from "../internal-name.ts";
import { quotedIdentifier } from "../quote.ts";
import { changeOrdinalColumn, changeTypeColumn, commitSnapshotColumn } from "./changelog-relation.ts";

const net = internalName("net");

/**
 * A changelog without the rows that a snapshot only carried over into another file: of rows with the same values that one
 * snapshot took away and brought, as many as there are of both cancel out. `over: "range"` does so over all snapshots of
 * the range, so that what came and went in between is not told; the ordinal and snapshot are then those of the last change.
 */
export function netChanges(changelog: string, { fields }: Pick<Schema, "fields">, over: "snapshot" | "range"): string {
  oneOf("net", over, ["snapshot", "range"]);
  const columns = fields.map(({ name }) => quotedIdentifier(name));
  const [ordinal, snapshot] =
    over === "snapshot"
      ? [changeOrdinalColumn, commitSnapshotColumn]
      : [`max(${changeOrdinalColumn})`, `arg_max(${commitSnapshotColumn}, ${changeOrdinalColumn})`];
  const group = over === "snapshot" ? [...columns, changeOrdinalColumn, commitSnapshotColumn] : columns;
  return `(SELECT ${[...columns, changeTypeColumn, changeOrdinalColumn, commitSnapshotColumn].join(", ")} FROM (
    SELECT ${columns.join(", ")}, ${ordinal} AS ${changeOrdinalColumn}, ${snapshot} AS ${commitSnapshotColumn},
      sum(CASE ${changeTypeColumn} WHEN 'INSERT' THEN 1 ELSE -1 END)::BIGINT AS ${net},
      CASE WHEN ${net} > 0 THEN 'INSERT' ELSE 'DELETE' END AS ${changeTypeColumn}
    FROM ${changelog} GROUP BY ${group.join(", ")}
  ), range(abs(${net})) r)`;
}
