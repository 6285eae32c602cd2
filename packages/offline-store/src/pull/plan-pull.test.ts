import type { SnapshotId, TableMetadata } from "@icecore/iceberg-catalog";
import { expect, it } from "vitest";
import { planPull } from "./plan-pull.ts";

type Commit = readonly [
  id: bigint,
  parent: bigint | undefined,
  operation: "append" | "delete" | "overwrite" | "replace",
];

/** A table's history as far as planning looks at it; the last commit is the current one. */
function historyOf(...commits: readonly Commit[]): TableMetadata {
  const snapshots = commits.map(([id, parent, operation]) => ({
    snapshotId: id as SnapshotId,
    ...(parent === undefined ? {} : { parentSnapshotId: parent as SnapshotId }),
    summary: { operation, properties: {} },
  }));
  return { snapshots, currentSnapshotId: snapshots.at(-1)?.snapshotId } as unknown as TableMetadata;
}

const planAfter = (since: bigint, begun: readonly bigint[], ...commits: readonly Commit[]) =>
  planPull(historyOf(...commits), since as SnapshotId, begun as readonly SnapshotId[]);
const plan = (since: bigint | undefined, ...commits: readonly Commit[]) =>
  planPull(historyOf(...commits), since as SnapshotId | undefined);

it("reads everything the first time", () => {
  expect(plan(undefined, [1n, undefined, "append"])).toEqual({ kind: "everything" });
});

it("reads nothing where nothing was committed, or rows only moved to other files", () => {
  expect(plan(1n, [1n, undefined, "append"])).toEqual({ kind: "nothing" });
  expect(plan(1n, [1n, undefined, "append"], [2n, 1n, "replace"])).toEqual({ kind: "nothing" });
});

it("reads added files where rows only came", () => {
  const commits: readonly Commit[] = [
    [1n, undefined, "delete"],
    [2n, 1n, "replace"],
    [3n, 2n, "append"],
  ];
  expect(plan(1n, ...commits)).toEqual({ kind: "appends", from: 1n });
});

it.each(["delete", "overwrite"] as const)("reads what changed after a snapshot that is one of %s", (operation) => {
  expect(plan(1n, [1n, undefined, "append"], [2n, 1n, operation])).toEqual({ kind: "changes", from: 1n, undone: [] });
});

it("takes back what was rolled back", () => {
  const rolledBack: readonly Commit[] = [
    [2n, 1n, "append"],
    [3n, 2n, "append"],
    [1n, undefined, "append"],
  ];
  expect(plan(3n, ...rolledBack)).toEqual({ kind: "changes", from: 1n, undone: [{ from: 1n, to: 3n }] });
  const goneOn: readonly Commit[] = [
    [1n, undefined, "append"],
    [2n, 1n, "append"],
    [4n, 1n, "append"],
  ];
  expect(plan(2n, ...goneOn)).toEqual({ kind: "changes", from: 1n, undone: [{ from: 1n, to: 2n }] });
});

it("reads everything, and says why, where history does not reach back", () => {
  expect(plan(1n, [2n, 1n, "append"])).toEqual({
    kind: "everything",
    reason: "snapshot 1, the last one materialized, is no longer in the table's history",
  });
  expect(plan(5n, [5n, 4n, "append"], [9n, 8n, "append"])).toEqual({
    kind: "everything",
    reason: "snapshot 5, the last one materialized, is no longer related to the table's current one",
  });
});

it("takes back what an interrupted run may have written of a snapshot that was rolled back", () => {
  const commits: readonly Commit[] = [
    [1n, undefined, "append"],
    [2n, 1n, "append"],
    [3n, 1n, "append"],
    [4n, 3n, "append"],
  ];
  expect(planAfter(3n, [2n], ...commits)).toEqual({ kind: "changes", from: 1n, undone: [{ from: 1n, to: 2n }] });
  expect(planAfter(4n, [2n], ...commits)).toEqual({ kind: "changes", from: 1n, undone: [{ from: 1n, to: 2n }] });
  expect(planAfter(1n, [3n], ...commits)).toEqual({ kind: "appends", from: 1n });
  expect(planAfter(4n, [4n], ...commits)).toEqual({ kind: "nothing" });
  expect(planAfter(4n, [9n], ...commits)).toMatchObject({ kind: "everything" });
});
