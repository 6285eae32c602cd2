import { identifierToString, type SnapshotId, type Table } from "@icecore/iceberg-catalog";
import type { RowInput, Session } from "@icecore/iceberg-catalog/duckdb";
import { instantText } from "../instant-text.ts";
import { loadEntitySpine, type SpineEntities } from "../retrieval/entity-spine.ts";
import type { PinnedView } from "../retrieval/historical-features.ts";
import { loadSpine, type Spine, stringKeyColumns } from "../retrieval/spine.ts";
import type { TrainingSetLock } from "./lock.ts";

/** Rows to make a training set of that can be had again: files, a query, a table at a snapshot, or the entities of the views. */
export type TrainingSetSpine = RowInput | PinnedTableInput | { readonly entities: SpineEntities };

/** All rows of an Iceberg table at a snapshot. */
interface PinnedTableInput {
  readonly table: Table;
  readonly snapshotId: SnapshotId;
}

/** What a lock keeps of a spine; file names are those that were given. */
export type LockedSpineInput = TrainingSetLock["spine"]["input"];

export function lockedSpineInput(spine: TrainingSetSpine): LockedSpineInput {
  if ("sql" in spine) return { sql: spine.sql };
  if ("files" in spine) return { files: [...spine.files] };
  if ("table" in spine) {
    const { table, snapshotId: id } = spine;
    const name = identifierToString(table.identifier);
    return { table: name, tableUuid: table.metadata.tableUuid, snapshotId: String(id) };
  }
  const { entities } = spine;
  if (entities.kind === "latest") return { entities: "latest" };
  const { fromMicros, toMicros } = entities.range;
  return { entities: { fromMicros: String(fromMicros), toMicros: String(toMicros) } };
}

/** A spine for people. */
export function spineText(input: LockedSpineInput): string {
  if ("files" in input) return input.sql ?? input.files.join(", ");
  if ("sql" in input) return input.sql;
  if ("table" in input) return `table ${input.table} at snapshot ${input.snapshotId}`;
  if (input.entities === "latest") return "every entity, at the time of its newest row";
  const { fromMicros, toMicros } = input.entities;
  return `every entity with a row from ${instantText(BigInt(fromMicros))} to ${instantText(BigInt(toMicros))}, at its end`;
}

/** The entities that a lock asks for. */
export function lockedEntities({ entities }: Extract<LockedSpineInput, { readonly entities: unknown }>): SpineEntities {
  if (entities === "latest") return { kind: "latest" };
  const { fromMicros, toMicros } = entities;
  return { kind: "range", range: { fromMicros: BigInt(fromMicros), toMicros: BigInt(toMicros) } };
}

/** Loads a spine in an order that is the same the next time. */
export async function loadTrainingSetSpine(
  session: Session,
  spine: TrainingSetSpine,
  views: readonly PinnedView[],
  timestampColumn: string | undefined,
): Promise<Spine> {
  if ("entities" in spine) return loadEntitySpine(session, views, spine.entities);
  const textColumns = stringKeyColumns(views.map((view) => view.request));
  return loadSpine(session, spine, { timestampColumn, textColumns, sorted: !("files" in spine) });
}
