import { didYouMean, type FeatureRequest, keyType } from "@icecore/feature-registry";
import type { PrimitiveType } from "@icecore/iceberg-catalog";
import { fitsWithoutLoss, quotedIdentifier, type Session, type SourceColumn } from "@icecore/iceberg-catalog/duckdb";
import { OfflineStoreError } from "../errors.ts";
import type { Spine } from "./spine.ts";

/** Refuses a spine that cannot be joined with a view, before anything is read. */
export async function refuseBadSpine(session: Session, spine: Spine, request: FeatureRequest): Promise<void> {
  const names = spine.columns.map((column) => column.name);
  for (const [index, key] of request.view.joinKeys.entries()) {
    const name = request.keyColumns[index] ?? key.name;
    const column = spine.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw new OfflineStoreError(
        "SPINE_INVALID",
        `${spine.label}: no column "${name}", by which "${request.name}" is joined${didYouMean(name, names)}`,
      );
    }
    if (!(isComparable(column.type, keyType(key.type)) || (await isEmptyText(session, spine, column)))) {
      throw new OfflineStoreError(
        "SPINE_INVALID",
        `${spine.label}: column "${name}" is ${column.type}, but "${request.name}" is joined by ${key.type}; cast it`,
      );
    }
  }
  // SQL does not tell "Delay" from "delay".
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const collision = request.features.find(({ output }) => taken.has(output.toLowerCase()));
  if (collision !== undefined) {
    throw new OfflineStoreError(
      "SPINE_INVALID",
      `${spine.label}: has a column "${collision.output}", and "${request.name}" gives a feature of that name; rename it, or ask for full feature names`,
    );
  }
}

/** A text file says nothing of the type of a column that has no values. */
async function isEmptyText(session: Session, spine: Spine, { name, type }: SourceColumn): Promise<boolean> {
  if (type !== "VARCHAR") return false;
  const row = await session.row(`SELECT count(${quotedIdentifier(name)}) AS n FROM ${spine.table}`);
  return Number(row["n"]) === 0;
}

/** Integers of any width are compared by value; other types have to be the same. */
function isComparable(from: string, key: PrimitiveType): boolean {
  const isInteger = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(from);
  return fitsWithoutLoss(from, key) || (isInteger && (key.kind === "int" || key.kind === "long"));
}
