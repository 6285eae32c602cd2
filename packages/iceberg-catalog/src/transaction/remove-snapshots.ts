import type { Snapshot } from "../spec/snapshot.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { TransactionAction } from "./action.ts";

/** What to remove of a table, decided anew for every base. */
export type ChooseSnapshots = (base: TableMetadata) => {
  readonly snapshots: readonly Snapshot[];
  readonly refs: readonly string[];
};

/** Removes snapshots and refs. One update for each snapshot: older servers refuse several in one. */
export const removeSnapshots = (choose: ChooseSnapshots): TransactionAction => ({
  async apply(base) {
    const { snapshots, refs } = choose(base);
    return [
      ...refs.map((refName) => ({ action: "remove-snapshot-ref", refName }) as const),
      ...snapshots.map(({ snapshotId }) => ({ action: "remove-snapshots", snapshotIds: [snapshotId] }) as const),
    ];
  },
});
