import type { FeatureView } from "@icecore/feature-registry";
import { openRowSource, quotedIdentifier, type Session } from "@icecore/iceberg-catalog/duckdb";
import type { RecordBatch } from "apache-arrow";
import { keyColumns, pulledColumns } from "./newest-rows.ts";
import { arrowBatches } from "./pulled-rows.ts";

/**
 * Of the entities in the batches those that `newest`, a table of rows by entity, has no row of: their join keys, and null
 * in all other columns. Online stores know whole seconds of a join key that is a timestamp.
 */
export async function* withoutRow(
  session: Session,
  view: FeatureView,
  newest: string,
  entities: AsyncIterable<RecordBatch>,
): AsyncGenerator<RecordBatch> {
  const keys = keyColumns(view).map(quotedIdentifier);
  const same = view.joinKeys.map(({ name, type }) => {
    const key = quotedIdentifier(name);
    return type === "timestamptz" ? `h.${key} = date_trunc('second', n.${key})` : `h.${key} = n.${key}`;
  });
  const columns = pulledColumns(view).map((name) => {
    const column = quotedIdentifier(name);
    return keys.includes(column) ? `h.${column}` : `nothing.${column}`;
  });
  for await (const batch of entities) {
    await using held = await openRowSource(session, { arrow: oneBatch(batch) }, "all");
    yield* arrowBatches(
      session,
      `SELECT ${columns.join(", ")} FROM ${held.relation} h ANTI JOIN ${newest} n ON ${same.join(" AND ") || "true"}
        LEFT JOIN (FROM ${newest} WHERE false) nothing ON true`,
    );
  }
}

async function* oneBatch(batch: RecordBatch): AsyncGenerator<RecordBatch> {
  yield batch;
}
