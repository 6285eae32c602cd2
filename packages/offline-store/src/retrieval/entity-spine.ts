import type { FeatureRequest } from "@icecore/feature-registry";
import {
  and,
  greaterThanOrEqual,
  lessThanOrEqual,
  type NestedField,
  type Predicate,
  requireField,
} from "@icecore/iceberg-catalog";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import {
  openFiles,
  predicateSql,
  quotedIdentifier,
  scanTable,
  tableRelation,
  timestampLiteral,
} from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { PinnedView } from "./historical-features.ts";
import { loadSpine, type Spine } from "./spine.ts";
import type { TimeRange } from "./visible-window.ts";

/** Which entities to ask for where there are no rows that ask. */
export type SpineEntities =
  /** Every entity that a view has a row of in that time, both ends inclusive; asked for at its end. */
  | { readonly kind: "range"; readonly range: TimeRange }
  /** Every entity there ever was, asked for at the time of its newest row. */
  | { readonly kind: "latest" };

/**
 * A spine of the entities that the views have, one row each, by their keys.
 * @throws OfflineStoreError `SPINE_INVALID` where views are about different entities
 */
export async function loadEntitySpine(
  session: Session,
  views: readonly PinnedView[],
  rows: SpineEntities,
): Promise<Spine> {
  const keyed = views.filter(({ request }) => request.keyColumns.length > 0);
  const columns = commonKeys(keyed.map(({ request }) => request));
  const selects: string[] = [];
  for (const view of keyed) selects.push(await entitiesOf(session, view, columns, rows));
  const keys = columns.map(quotedIdentifier).join(", ");
  const time = rows.kind === "range" ? timestampLiteral(rows.range.toMicros) : "max(t)";
  const sql = `SELECT ${keys}, ${time} AS event_timestamp FROM (${selects.join(" UNION ALL ")}) GROUP BY ${keys}`;
  return loadSpine(session, { sql }, { sorted: true });
}

function commonKeys(requests: readonly FeatureRequest[]): readonly string[] {
  const [first, ...others] = requests;
  if (first === undefined) {
    throw new OfflineStoreError(
      "SPINE_INVALID",
      "none of the views is about an entity, so there are no entities to ask for; give rows with a time",
    );
  }
  const sorted = (request: FeatureRequest) => [...request.keyColumns].sort().join(", ");
  const other = others.find((request) => sorted(request) !== sorted(first));
  if (other === undefined) return first.keyColumns;
  throw new OfflineStoreError(
    "SPINE_INVALID",
    `"${first.name}" is joined by ${sorted(first)}, and "${other.name}" by ${sorted(other)}: no row is an entity of both; give rows that have all keys, or ask for them apart`,
  );
}

async function entitiesOf(
  session: Session,
  { request, table, snapshotId, schema = table.schema }: PinnedView,
  columns: readonly string[],
  rows: SpineEntities,
): Promise<string> {
  const { view, keyColumns } = request;
  const filter = rows.kind === "range" ? within(view.timestampField, rows.range) : undefined;
  const { tasks } = await scanTable(table, snapshotId, filter);
  const field = (name: string): { readonly field: NestedField } => ({ field: requireField(schema, name) });
  const files = await openFiles(session, table, tasks);
  const relation = tableRelation(files, [...view.joinKeys.map(({ name }) => field(name)), field(view.timestampField)]);
  const keyOf = new Map(keyColumns.map((column, index) => [column, view.joinKeys[index]?.name ?? column]));
  const names = columns.map((column) => quotedIdentifier(keyOf.get(column) ?? column));
  const selected = names.map((name, index) => `${name} AS ${quotedIdentifier(columns[index] ?? "")}`);
  const time = quotedIdentifier(view.timestampField);
  const conditions = [
    ...[...names, time].map((name) => `${name} IS NOT NULL`),
    ...(filter === undefined ? [] : [predicateSql(filter, schema)]),
  ];
  return `SELECT ${selected.join(", ")}, max(${time}) AS t FROM ${relation} WHERE ${conditions.join(" AND ")} GROUP BY ${names.join(", ")}`;
}

const within = (column: string, { fromMicros, toMicros }: TimeRange): Predicate =>
  and(greaterThanOrEqual(column, fromMicros), lessThanOrEqual(column, toMicros));
