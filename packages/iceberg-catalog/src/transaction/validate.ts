import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TransactionAction } from "./action.ts";

/** Changes nothing; what `check` throws about the table that the commit builds on, at every attempt, stops the commit. */
export const validate = (check: (base: TableMetadata) => void): TransactionAction => ({
  async apply(base) {
    check(base);
    return [];
  },
});
