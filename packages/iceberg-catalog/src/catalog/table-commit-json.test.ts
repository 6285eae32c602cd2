import { expect, test } from "vitest";
import { snapshotId } from "../spec/ids.ts";
import { tableCommitToJson } from "./table-commit-json.ts";

test("snapshots are removed one at a time, in their order, between the other updates", () => {
  const commit = tableCommitToJson({
    requirements: [],
    updates: [
      { action: "set-properties", updates: { a: "b" } },
      { action: "remove-snapshots", snapshotIds: [snapshotId(1n), snapshotId(2n)] },
      { action: "remove-snapshot-ref", refName: "r" },
    ],
  });
  expect(commit["updates"]).toEqual([
    { action: "set-properties", updates: { a: "b" } },
    { action: "remove-snapshots", "snapshot-ids": [1n] },
    { action: "remove-snapshots", "snapshot-ids": [2n] },
    { action: "remove-snapshot-ref", "ref-name": "r" },
  ]);
});
