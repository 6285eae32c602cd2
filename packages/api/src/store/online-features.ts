import type { FeatureRequest, FeatureSelection } from "@icecore/feature-registry";
import { timestampMs } from "@icecore/iceberg-catalog";
import {
  type EntityRows,
  type FeatureCell,
  type OnlineFeatureColumn,
  type OnlineFeatures,
  readOnlineFeatures,
} from "@icecore/online-sync";
import type { StoreContext } from "./context.ts";

/** Entities by their join keys, one by one or by column. */
export type Entities = EntityRows | readonly Readonly<Record<string, unknown>>[];

/** The latest features of entities. */
export interface FeatureVectors<Vector = Readonly<Record<string, FeatureCell | null>>> extends OnlineFeatures {
  /** What was asked for, view by view. */
  readonly requests: readonly FeatureRequest[];
  /** By entity, in the order asked for: the values by output name; null where there is none. `columns` say why. */
  readonly vectors: readonly Vector[];
}

/** Reads the latest features of entities, by definitions that are at most a minute old. */
export async function getOnlineFeatures(
  context: StoreContext,
  selection: FeatureSelection,
  entities: Entities,
): Promise<FeatureVectors> {
  const requests = await context.cachedRegistry.resolve(selection);
  const now = timestampMs(context.now().getTime());
  const store = await context.onlineStore();
  const { columns } = await readOnlineFeatures(store, requests, columnsOf(entities), now);
  return new ReadVectors(requests, columns);
}

function columnsOf(entities: Entities): EntityRows {
  if (!isRows(entities)) return entities;
  const names = [...new Set(entities.flatMap((entity) => Object.keys(entity)))];
  return Object.fromEntries(names.map((name) => [name, entities.map((entity) => entity[name])]));
}

const isRows = (entities: Entities): entities is Extract<Entities, readonly unknown[]> => Array.isArray(entities);

/**
 * Vectors are made when they are looked at: a server that prints columns does without. The getter is the same for all: V8
 * gives an object with one of its own a shape of its own, which keeps all that was read until a full collection.
 */
class ReadVectors implements FeatureVectors {
  readonly requests: readonly FeatureRequest[];
  readonly columns: readonly OnlineFeatureColumn[];
  declare readonly vectors: FeatureVectors["vectors"];

  constructor(requests: readonly FeatureRequest[], columns: readonly OnlineFeatureColumn[]) {
    this.requests = requests;
    this.columns = columns;
    Object.defineProperty(this, "vectors", vectorsProperty);
  }
}

const made = new WeakMap<ReadVectors, FeatureVectors["vectors"]>();

/** Of each object itself, so that it is copied with the others. */
const vectorsProperty: PropertyDescriptor & ThisType<ReadVectors> = {
  enumerable: true,
  get() {
    const vectors = made.get(this) ?? makeVectors(this.columns);
    made.set(this, vectors);
    return vectors;
  },
};

function makeVectors(columns: readonly OnlineFeatureColumn[]): FeatureVectors["vectors"] {
  return (columns[0]?.values ?? []).map((_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row] ?? null])),
  );
}
