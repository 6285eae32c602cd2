import type { JoinKey } from "@icecore/feature-registry";
import { Binary, type Data, Int32, Int64, makeData, type RecordBatch, TimestampMicrosecond, Utf8 } from "apache-arrow";
import { type EntityKey, keyColumns } from "../codec/entity-key.ts";
import { type NamedColumn, namedBatch } from "./named-batch.ts";

/** The join keys of entities as a batch, in the order of `joinKeys`. */
export function keyBatch(joinKeys: readonly JoinKey[], keys: readonly EntityKey[]): RecordBatch {
  const values = keyColumns(joinKeys, keys);
  const columns = joinKeys.map(({ name, type }, i): NamedColumn => [name, column(type, values[i] ?? [])]);
  return namedBatch(columns, keys.length, false);
}

function column(type: JoinKey["type"], values: readonly Buffer[]): Data {
  const { length } = values;
  switch (type) {
    case "int":
      return makeData({ type: new Int32(), length, data: Int32Array.from(values, (value) => value.readInt32LE()) });
    case "long": {
      const data = BigInt64Array.from(values, (value) => value.readBigInt64LE());
      return makeData({ type: new Int64(), length, data });
    }
    case "timestamptz": {
      const data = BigInt64Array.from(values, (value) => value.readBigInt64LE() * 1_000_000n);
      return makeData({ type: new TimestampMicrosecond("UTC"), length, data });
    }
    case "string":
      return makeData({ type: new Utf8(), length, valueOffsets: offsets(values), data: Buffer.concat(values) });
    case "binary":
      return makeData({ type: new Binary(), length, valueOffsets: offsets(values), data: Buffer.concat(values) });
  }
}

function offsets(values: readonly Buffer[]): Int32Array {
  const ends = new Int32Array(values.length + 1);
  for (const [i, value] of values.entries()) ends[i + 1] = (ends[i] ?? 0) + value.length;
  return ends;
}
