import type { TransactionAction } from "./action.ts";

export const setProperties = (updates: Readonly<Record<string, string>>): TransactionAction => ({
  apply: async () => (Object.keys(updates).length === 0 ? [] : [{ action: "set-properties", updates }]),
});

/** Removes properties; names that are not set are no error. */
export const removeProperties = (names: readonly string[]): TransactionAction => ({
  apply: async (base) => {
    const removals = names.filter((name) => name in base.properties);
    return removals.length === 0 ? [] : [{ action: "remove-properties", removals }];
  },
});
