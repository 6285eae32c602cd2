import type { KeyTypeName } from "./feature-type.ts";

/** What every definition carries. */
interface Described {
  readonly name: string;
  readonly description: string;
  /** Who answers for it: a person or a team. */
  readonly owner: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** What features describe, and the columns that identify one of it. */
export interface Entity extends Described {
  readonly kind: "entity";
  readonly joinKeys: readonly JoinKey[];
}

export interface JoinKey {
  readonly name: string;
  readonly type: KeyTypeName;
}

/** A table of the catalog that others write, and what its columns are called as features. */
export interface DataSource extends Described {
  readonly kind: "data_source";
  /** `namespace.table`. */
  readonly table: string;
  /** From the table's column to the view's: `{ trips_ct: "avg_daily_trips" }`; others keep their names. */
  readonly fieldMapping: Readonly<Record<string, string>>;
}

/** Where a view's rows are when its table is not its own. */
export type ViewSource = Pick<DataSource, "name" | "table" | "fieldMapping">;

/** Features of an entity over time: one row per entity and event timestamp, in an Iceberg table. */
export interface FeatureView extends Described {
  readonly kind: "feature_view";
  readonly entities: readonly string[];
  /** The join keys of the entities, in their order. */
  readonly joinKeys: readonly JoinKey[];
  readonly features: readonly Feature[];
  /** How long a row stays valid after its event timestamp; undefined: for ever. */
  readonly ttlSeconds?: number | undefined;
  readonly timestampField: string;
  readonly createdTimestampColumn: string;
  /** Whether `materialize` puts it in the online store. */
  readonly online: boolean;
  readonly partitionBy: PartitionGranularity;
  /** Undefined: the view has a table of its own, which `apply` creates and `ingest` writes. */
  readonly source?: ViewSource | undefined;
  /** What its rows are pushed to, as Feast's push sources are; views of the same one all get them. Undefined: its own name. */
  readonly pushSource?: string | undefined;
}

export const partitionGranularities = ["none", "hour", "day", "month", "year"] as const;
export type PartitionGranularity = (typeof partitionGranularities)[number];

export interface Feature {
  readonly name: string;
  /** An Iceberg type's name. */
  readonly type: string;
  readonly description?: string | undefined;
  /** The value of rows that were written before the feature was added; null when absent. */
  readonly default?: FeatureDefault | undefined;
  /** What it was called before: its column is renamed instead of dropped and added anew. */
  readonly renamedFrom?: string | undefined;
}

export type FeatureDefault = boolean | number | string;

/** The features that one model reads. */
export interface FeatureService extends Described {
  readonly kind: "feature_service";
  readonly projections: readonly Projection[];
}

/** Some features of a view, possibly under another name and with other join keys. */
export interface Projection {
  readonly view: string;
  /** The name the view goes by in this service; undefined: its own. */
  readonly alias?: string | undefined;
  readonly features: readonly string[];
  /** From the view's join key to the column of the entity rows: `{ airport: "origin" }`. */
  readonly joinKeyMap: Readonly<Record<string, string>>;
}

export type Definition = Entity | DataSource | FeatureView | FeatureService;

/** A set of definitions: what a feature repository says, or what the registry holds. */
export interface Definitions {
  readonly entities: readonly Entity[];
  readonly dataSources: readonly DataSource[];
  readonly featureViews: readonly FeatureView[];
  readonly featureServices: readonly FeatureService[];
}

export const noDefinitions: Definitions = { entities: [], dataSources: [], featureViews: [], featureServices: [] };

/** Sorts definitions by kind; the order within a kind is kept. */
export function groupDefinitions(definitions: readonly Definition[]): Definitions {
  return {
    entities: definitions.filter((d) => d.kind === "entity"),
    dataSources: definitions.filter((d) => d.kind === "data_source"),
    featureViews: definitions.filter((d) => d.kind === "feature_view"),
    featureServices: definitions.filter((d) => d.kind === "feature_service"),
  };
}

/** All definitions in one list: entities, data sources, views, services. */
export function listDefinitions(definitions: Definitions): readonly Definition[] {
  return [
    ...definitions.entities,
    ...definitions.dataSources,
    ...definitions.featureViews,
    ...definitions.featureServices,
  ];
}
