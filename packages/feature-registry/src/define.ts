import type {
  DataSource,
  Entity,
  Feature,
  FeatureDefault,
  FeatureService,
  FeatureView,
  PartitionGranularity,
  Projection,
  ViewSource,
} from "./definitions.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { RegistryError } from "./errors.ts";
import type { FeatureTypeName, KeyTypeName } from "./feature-type.ts";

/** The names that are known one by one: no `string` that stands for all. */
export type KnownNames<Key> = Key extends string ? (string extends Key ? never : Key) : never;

interface DescribedInput {
  readonly description: string;
  readonly owner: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A feature in a definition: its type's name, or the name with a description, a default and its former name. */
export type FeatureInput =
  | FeatureTypeName
  | {
      readonly type: FeatureTypeName;
      readonly description?: string;
      /** The value of rows that were written before the feature was added. */
      readonly default?: FeatureDefault;
      /** What it was called before: `apply` renames its column, and rewrites no data file. */
      readonly renamedFrom?: string;
    };

/** The features of a view as its definition spells them; the source of the types of its values. */
export type FeatureInputs = Readonly<Record<string, FeatureInput>>;

export interface EntityDefinition<Keys extends Readonly<Record<string, KeyTypeName>>> extends Entity {
  readonly keyTypes: Keys;
}

export interface FeatureViewDefinition<
  Keys extends Readonly<Record<string, KeyTypeName>>,
  Features extends FeatureInputs,
  Name extends string = string,
  TimestampField extends string = string,
  CreatedColumn extends string = string,
> extends FeatureView {
  readonly name: Name;
  readonly timestampField: TimestampField;
  readonly createdTimestampColumn: CreatedColumn;
  readonly keyTypes: Keys;
  readonly featureTypes: Features;
}

type AnyEntity = EntityDefinition<Readonly<Record<string, KeyTypeName>>>;
type AnyFeatureView = FeatureViewDefinition<Readonly<Record<string, KeyTypeName>>, FeatureInputs>;

type Intersected<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;
type KeysOf<Entities extends readonly AnyEntity[]> = Intersected<Entities[number]["keyTypes"]> &
  Readonly<Record<string, KeyTypeName>>;

/**
 * Defines what features are about, and the columns that identify one.
 *
 * @example
 * const airport = defineEntity({
 *   name: "airport", joinKeys: { airport: "string" }, owner: "ops", description: "An airport by IATA code.",
 * });
 */
export function defineEntity<const Keys extends Readonly<Record<string, KeyTypeName>>>(
  input: DescribedInput & { readonly name: string; readonly joinKeys: Keys },
): EntityDefinition<Keys> {
  requireObject(`entity "${input.name}"`, "joinKeys", input.joinKeys);
  const joinKeys = Object.entries(input.joinKeys).map(([name, type]) => ({ name, type }));
  return { kind: "entity", ...described(input), joinKeys, keyTypes: input.joinKeys };
}

/**
 * Names a table of the catalog that others write, for a feature view to read: no row is copied. The table may lack the
 * created timestamp.
 *
 * @example
 * const rides = defineDataSource({
 *   name: "rides", table: "analytics.rides_daily", owner: "ops", description: "Written by Spark every night.",
 *   fieldMapping: { ts: "event_timestamp", trips_ct: "avg_daily_trips" },
 * });
 */
export function defineDataSource(
  input: DescribedInput & {
    readonly name: string;
    /** `namespace.table`. */
    readonly table: string;
    /** From the table's column to the view's; others keep their names. */
    readonly fieldMapping?: Readonly<Record<string, string>>;
  },
): DataSource {
  return { kind: "data_source", ...described(input), table: input.table, fieldMapping: input.fieldMapping ?? {} };
}

/**
 * Defines features of one or several entities over time. `ttl` is how long a row stays valid after its event
 * timestamp, measured against the time of each row that asks. Rows are in a table of the view's own, or in that of a
 * `source`. `pushSource` is the name that clients of Feast push its rows to, if it is not the view's.
 */
export function defineFeatureView<
  const Entities extends readonly AnyEntity[],
  const Features extends FeatureInputs,
  const Name extends string,
  const TimestampField extends string = "event_timestamp",
  const CreatedColumn extends string = "created",
>(
  input: DescribedInput & {
    readonly name: Name;
    readonly entities: Entities;
    readonly features: Features;
    readonly ttl?: Duration;
    readonly timestampField?: TimestampField;
    readonly createdTimestampColumn?: CreatedColumn;
    readonly online?: boolean;
    readonly partitionBy?: PartitionGranularity;
    readonly source?: DataSource;
    readonly pushSource?: string;
  },
): FeatureViewDefinition<KeysOf<Entities>, Features, Name, TimestampField, CreatedColumn> {
  requireDefinitions(`feature view "${input.name}"`, "entities", input.entities);
  requireObject(`feature view "${input.name}"`, "features", input.features);
  return {
    kind: "feature_view",
    ...described(input),
    name: input.name,
    entities: input.entities.map((entity) => entity.name),
    joinKeys: input.entities.flatMap((entity) => entity.joinKeys),
    features: Object.entries(input.features).map(([name, feature]) => toFeature(name, feature)),
    ...(input.ttl === undefined ? {} : { ttlSeconds: ttlSeconds(input.name, input.ttl) }),
    // The type parameters have the same defaults.
    timestampField: input.timestampField ?? ("event_timestamp" as TimestampField),
    createdTimestampColumn: input.createdTimestampColumn ?? ("created" as CreatedColumn),
    online: input.online ?? true,
    partitionBy: input.partitionBy ?? "day",
    ...(input.source === undefined ? {} : { source: sourceOf(input.source) }),
    ...(input.pushSource === undefined ? {} : { pushSource: input.pushSource }),
    keyTypes: Object.assign({}, ...input.entities.map((entity) => entity.keyTypes)),
    featureTypes: input.features,
  };
}

/** Defines the features that one model reads: whole views, or {@link project}ions of them. */
export function defineFeatureService(
  input: DescribedInput & { readonly name: string; readonly features: readonly (AnyFeatureView | Projection)[] },
): FeatureService {
  requireDefinitions(`feature service "${input.name}"`, "features", input.features);
  const projections = input.features.map((item) => ("kind" in item ? project(item, {}) : item));
  return { kind: "feature_service", ...described(input), projections };
}

/**
 * Some features of a view, renamed or joined on other columns. The same view may appear several times in a service:
 *
 * @example
 * project(originDelays, { features: ["mean_delay_3h"], joinKeyMap: { airport: "origin" } })
 */
export function project<View extends AnyFeatureView>(
  view: View,
  options: {
    readonly features?: readonly (keyof View["featureTypes"] & string)[];
    readonly as?: string;
    readonly joinKeyMap?: { readonly [Key in keyof View["keyTypes"] as KnownNames<Key>]?: string };
  },
): Projection {
  return {
    view: view.name,
    ...(options.as === undefined ? {} : { alias: options.as }),
    features: options.features ?? view.features.map((feature) => feature.name),
    joinKeyMap: (options.joinKeyMap ?? {}) as Readonly<Record<string, string>>,
  };
}

/** Definitions run unchecked: what is missing in one would fail in words that say nothing of it. */
function requireObject(where: string, member: string, value: unknown): void {
  if (value !== null && typeof value === "object") return;
  throw new RegistryError("DEFINITION_INVALID", `${where}: "${member}" is missing; write { name: "type", ... }`);
}

function requireDefinitions(where: string, member: string, value: unknown): void {
  if (!Array.isArray(value)) {
    throw new RegistryError("DEFINITION_INVALID", `${where}: "${member}" is no list; write [ ... ]`);
  }
  if (value.every((item) => item !== null && typeof item === "object")) return;
  throw new RegistryError(
    "DEFINITION_INVALID",
    `${where}: one of its "${member}" is not defined; is it exported where it is imported from?`,
  );
}

function sourceOf({ name, table, fieldMapping }: DataSource): ViewSource {
  return { name, table, fieldMapping };
}

function described(input: DescribedInput & { readonly name: string }) {
  return { name: input.name, description: input.description, owner: input.owner, tags: input.tags ?? {} };
}

function toFeature(name: string, input: FeatureInput): Feature {
  return typeof input === "string" ? { name, type: input } : { name, ...input };
}

function ttlSeconds(view: string, ttl: string): number {
  const seconds = parseDuration(ttl);
  if (seconds === undefined || seconds === 0) {
    throw new RegistryError(
      "DEFINITION_INVALID",
      `feature view "${view}": ttl "${ttl}" is no duration; write 90s, 15m, 36h, 7d or 2w, or leave it out for no limit`,
    );
  }
  return seconds;
}
