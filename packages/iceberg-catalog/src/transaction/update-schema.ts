import { schemasEqual } from "../spec/schema.ts";
import { SchemaUpdate } from "../spec/schema-evolution.ts";
import { currentSchema } from "../spec/table-metadata-lookups.ts";
import { lastAdded } from "../spec/table-update.ts";
import type { TransactionAction } from "./action.ts";

/** Evolves the current schema. A change that comes to nothing leaves the table alone. */
export function updateSchema(change: (update: SchemaUpdate) => void): TransactionAction {
  return {
    apply: async (base) => {
      const update = new SchemaUpdate(base);
      change(update);
      const { schema } = update.build();
      if (schemasEqual(schema, currentSchema(base))) return [];
      return [
        { action: "add-schema", schema },
        { action: "set-current-schema", schemaId: lastAdded },
      ];
    },
  };
}
