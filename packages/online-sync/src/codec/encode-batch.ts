import type { FeatureView } from "@icecore/feature-registry";
import type { RecordBatch } from "apache-arrow";
import { columnCells, timestampCells } from "../arrow/column-cells.ts";
import { ByteWriter } from "./byte-writer.ts";
import { type Cells, type EntityKey, encodeEntityKeys, type KeyValue } from "./entity-key.ts";
import { featureField } from "./feature-field.ts";
import { featureKind } from "./feature-value.ts";
import { writeRow } from "./row.ts";

/** Rows of a batch as a store takes them: the row of `keys[i]` is `rows` from `starts[i]` to `starts[i + 1]`. */
export interface EncodedRows {
  readonly keys: readonly EntityKey[];
  readonly rows: Buffer;
  readonly starts: readonly number[];
  /** The entities of the rows that have no event timestamp. */
  readonly gone: readonly EntityKey[];
}

/**
 * Encodes a batch in chunks of at most `chunkRows` rows. Rows with a null in their join keys are left out: no read
 * could ever find them.
 * @throws OnlineStoreError `BATCH_INVALID` when columns are missing or of other types than the view's
 */
export function* encodeBatch(view: FeatureView, batch: RecordBatch, chunkRows: number): Generator<EncodedRows> {
  const keyCells = view.joinKeys.map((key) => columnCells(batch, key.name, key.type) as Cells<KeyValue>);
  const events = timestampCells(batch, view.timestampField);
  const created = timestampCells(batch, view.createdTimestampColumn);
  const columns = view.features.map((feature) => {
    const kind = featureKind(feature);
    return { field: featureField(view.name, feature.name), kind, cells: columnCells(batch, feature.name, kind) };
  });
  for (let first = 0; first < batch.numRows; first += chunkRows) {
    const count = Math.min(chunkRows, batch.numRows - first);
    const entityKeys = encodeEntityKeys(view.joinKeys, keyCells, first, first + count);
    const out = new ByteWriter();
    const keys: EntityKey[] = [];
    const gone: EntityKey[] = [];
    const starts = [0];
    for (let i = 0; i < count; i++) {
      const [key, event] = [entityKeys[i], events(first + i)];
      if (key === undefined) continue;
      if (event === null) {
        gone.push(key);
        continue;
      }
      writeRow(out, event, created(first + i), columns, first + i);
      keys.push(key);
      starts.push(out.length);
    }
    yield { keys, rows: out.view(), starts, gone };
  }
}
