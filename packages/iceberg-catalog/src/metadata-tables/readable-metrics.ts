import { columnsOf } from "../spec/evolve/columns.ts";
import { humanValue } from "../spec/human-value.ts";
import type { DataFile } from "../spec/manifest.ts";
import type { Schema } from "../spec/schema.ts";
import { isPrimitive, type PrimitiveType } from "../spec/types.ts";
import { decodeValue } from "../spec/values.ts";

/** What a file says of one column; null: it does not say. Bounds are as people write them, and may be truncated. */
export interface ReadableMetrics {
  readonly column_size: bigint | null;
  readonly value_count: bigint | null;
  readonly null_value_count: bigint | null;
  readonly nan_value_count: bigint | null;
  readonly lower_bound: string | null;
  readonly upper_bound: string | null;
}

/** Gives the metrics of a file by the dotted paths of the schema's primitive columns. */
export function readableMetrics(schema: Schema): (file: DataFile) => Readonly<Record<string, ReadableMetrics>> {
  const columns = [...columnsOf(schema.fields)].flatMap(({ field: { id, type }, path }) =>
    isPrimitive(type) ? [{ id, type, path }] : [],
  );
  return (file) =>
    Object.fromEntries(
      columns.map(({ id, type, path }) => [
        path,
        {
          column_size: file.columnSizes?.get(id) ?? null,
          value_count: file.valueCounts?.get(id) ?? null,
          null_value_count: file.nullValueCounts?.get(id) ?? null,
          nan_value_count: file.nanValueCounts?.get(id) ?? null,
          lower_bound: readableBound(type, file.lowerBounds?.get(id)),
          upper_bound: readableBound(type, file.upperBounds?.get(id)),
        },
      ]),
    );
}

function readableBound(type: PrimitiveType, bound: Uint8Array | undefined): string | null {
  return bound === undefined ? null : humanValue(type, decodeValue(type, bound));
}
