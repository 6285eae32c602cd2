import { type SchemaId, schemaId } from "./ids.ts";
import { type Schema, schemasEqual } from "./schema.ts";

/** The id of a schema that is added to others: that of an equal one, or the next. */
export function idForSchema(schemas: readonly Schema[], schema: Schema): SchemaId {
  const equal = schemas.find((known) => schemasEqual(known, schema));
  return equal?.schemaId ?? schemaId(Math.max(-1, ...schemas.map((known) => known.schemaId)) + 1);
}
