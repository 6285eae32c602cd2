import { IcebergError } from "../../errors.ts";
import type { SchemaId, SnapshotId, SortOrderId, SpecId, TimestampMs } from "../ids.ts";
import type { Schema } from "../schema.ts";
import type { TableMetadata } from "../table-metadata.ts";

/** Metadata in the course of one commit, with what the commit has added so far. */
export interface Draft {
  readonly metadata: TableMetadata;
  readonly now: TimestampMs;
  readonly lastAdded: LastAddedIds;
  readonly addedSnapshotIds: ReadonlySet<SnapshotId>;
}

/** What "last added" stands for. */
export interface LastAddedIds {
  readonly schemaId?: SchemaId;
  readonly specId?: SpecId;
  readonly sortOrderId?: SortOrderId;
}

export function newDraft(metadata: TableMetadata, now: TimestampMs): Draft {
  return { metadata, now, lastAdded: {}, addedSnapshotIds: new Set() };
}

export function edited(draft: Draft, changes: Partial<TableMetadata>, lastAdded: LastAddedIds = {}): Draft {
  return {
    ...draft,
    metadata: { ...draft.metadata, ...changes },
    lastAdded: { ...draft.lastAdded, ...lastAdded },
  };
}

/** The schema that ids in updates refer to. @throws IcebergError `INVALID_ARGUMENT` while the table has none */
export function draftSchema({ metadata }: Draft): Schema {
  const schema = metadata.schemas.find((candidate) => candidate.schemaId === metadata.currentSchemaId);
  if (schema === undefined) throw refused("the table has no current schema yet");
  return schema;
}

/** An update that cannot be applied, whatever the table's state becomes: not a conflict. */
export function refused(problem: string): IcebergError {
  return new IcebergError("INVALID_ARGUMENT", `the update cannot be applied: ${problem}`);
}
