import { CompactCursor, type CompactField, unzigzag } from "./compact-cursor.ts";

/** Ids of the fields of Parquet's `FileMetaData` and `SchemaElement`. */
const schemaField = 2;
const convertedTypeField = 6;
const logicalTypeField = 10;

/** Parquet's `ConvertedType` of integers that are as wide as they are stored. */
const redundantTypes = [17, 18];

/**
 * A Parquet footer that does not say of INT32 and INT64 columns that they are integers of 32 and 64 bits. Iceberg writes
 * `int` and `long` without (spec, "Appendix A"), and where DuckDB says so, Spark's readers fail once an int was widened.
 */
export function withPlainIntegers(footer: Uint8Array): Uint8Array {
  const cursor = new CompactCursor(footer);
  let header = cursor.fieldHeader(0);
  while (header !== undefined && header.id !== schemaField) {
    cursor.skip(header.type);
    header = cursor.fieldHeader(header.id);
  }
  if (header === undefined) return footer;
  const parts: Uint8Array[] = [];
  const { size } = cursor.listHeader();
  parts.push(cursor.since(0));
  for (let i = 0; i < size; i++) parts.push(encodeStruct(withoutRedundantType([...cursor.fields()])));
  parts.push(footer.subarray(cursor.position));
  return Buffer.concat(parts);
}

function withoutRedundantType(element: readonly CompactField[]): readonly CompactField[] {
  const converted = element.find(({ id }) => id === convertedTypeField);
  if (converted === undefined) return element;
  const type = unzigzag(new CompactCursor(converted.value).varint());
  if (!redundantTypes.includes(type)) return element;
  return element.filter(({ id }) => id !== convertedTypeField && id !== logicalTypeField);
}

/** Ids go up, by less than 16 at a time: a `SchemaElement` has no more. */
function encodeStruct(fields: readonly CompactField[]): Uint8Array {
  const parts = fields.flatMap(({ id, type, value }, index) => {
    const delta = id - (fields[index - 1]?.id ?? 0);
    return [Uint8Array.of((delta << 4) | type), value];
  });
  return Buffer.concat([...parts, Uint8Array.of(0)]);
}
