import { evolveNameMapping, nameMappingProperty, nameMappingToString, parseNameMapping } from "../spec/name-mapping.ts";
import { type Schema, schemasEqual } from "../spec/schema.ts";
import { SchemaUpdate } from "../spec/schema-evolution.ts";
import { idForSchema } from "../spec/schema-id.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import { lastAdded, type TableUpdate } from "../spec/table-update.ts";
import type { TransactionAction } from "./action.ts";

/** Evolves the current schema. A change that comes to nothing leaves the table alone. */
export function updateSchema(change: (update: SchemaUpdate) => void): TransactionAction {
  return {
    apply: async (base) => {
      const update = new SchemaUpdate(base);
      change(update);
      const { schema } = update.build();
      if (schemasEqual(schema, currentSchema(base))) return [];
      // Servers give the id that the table would give, or, as Nessie, insist on being told it.
      const schemaId = idForSchema(base.schemas, schema);
      return [
        { action: "add-schema", schema: { ...schema, schemaId } },
        { action: "set-current-schema", schemaId: lastAdded },
        ...nameMappingUpdates(base, schema),
      ];
    },
  };
}

/** A table that maps names has to map those of its new columns too. */
function nameMappingUpdates(base: TableMetadata, schema: Schema): readonly TableUpdate[] {
  const before = base.properties[nameMappingProperty];
  if (before === undefined) return [];
  const mapping = parseNameMapping(before);
  const after = nameMappingToString(evolveNameMapping(mapping, currentSchema(base), schema));
  if (after === nameMappingToString(mapping)) return [];
  return [{ action: "set-properties", updates: { [nameMappingProperty]: after } }];
}
