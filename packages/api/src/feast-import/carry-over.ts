import type {
  DataSource,
  Definitions,
  Entity,
  Feature,
  FeatureService,
  FeatureView,
  Projection,
} from "@icecore/feature-registry";
import type { FeastEntity, FeastRegistry, FeastService, FeastSource, FeastView } from "./registry-file.ts";
import { feastTypeName, featureTypeOf, keyTypeOf } from "./value-types.ts";

/** Definitions made of a Feast registry, and what could not be made of it. */
export interface CarriedOver {
  readonly definitions: Definitions;
  /** What was left behind or has to be looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** Feast's number for a table of an Iceberg catalog (`DataSource.SourceType`). */
const icebergSource = 13;

/** Who answers for what nobody answered for. */
const unknownOwner = "unknown";

/** Makes definitions of a Feast registry: entities, views, services, types, ttl, tags. */
export function carryOver(registry: FeastRegistry): CarriedOver {
  const notes: string[] = [];
  const specs = [...registry.featureViews, ...registry.streamFeatureViews].map(({ spec }) => spec);
  const entities = registry.entities
    // Feast's own stand-in for views without entities.
    .filter(({ spec }) => spec.name !== "__dummy")
    .flatMap(({ spec }) => entityOf(spec, specs, notes));
  const dataSources = new Map<string, DataSource>();
  const views = specs.flatMap((spec) => viewOf(spec, entities, dataSources, notes));
  const services = registry.featureServices.flatMap(({ spec }) => serviceOf(spec, views, notes));
  notes.push(...leftBehind(registry));
  const definitions = {
    entities,
    dataSources: [...dataSources.values()],
    featureViews: views,
    featureServices: services,
  };
  return { definitions, notes };
}

/** Of Feast's types of data sources, that of push sources. */
const pushSourceType = 9;

function described(what: string, spec: Pick<FeastEntity, "name" | "description" | "owner" | "tags">, notes: string[]) {
  const { name, description, owner, tags } = spec;
  if (owner === "")
    notes.push(`${what} "${name}" has no owner in Feast: say who answers for it instead of "${unknownOwner}"`);
  return { name, description, owner: owner === "" ? unknownOwner : owner, tags };
}

function entityOf(spec: FeastEntity, views: readonly FeastView[], notes: string[]): readonly Entity[] {
  const { joinKey } = spec;
  const columns = views.filter(({ entities }) => entities.includes(spec.name)).flatMap((view) => view.entityColumns);
  const column = columns.find(({ name }) => name === joinKey);
  const type = keyTypeOf(spec.valueType) ?? keyTypeOf(column?.valueType ?? 0);
  if (type === undefined)
    notes.push(`entity "${spec.name}": the type of join key "${joinKey}" is not said; string is taken`);
  const joinKeys = [{ name: joinKey, type: type ?? ("string" as const) }];
  return [{ kind: "entity", ...described("entity", spec, notes), joinKeys }];
}

function viewOf(
  spec: FeastView,
  entities: readonly Entity[],
  sources: Map<string, DataSource>,
  notes: string[],
): readonly FeatureView[] {
  const where = `feature view "${spec.name}"`;
  const names = spec.entities.filter((name) => name !== "__dummy");
  const own = names.flatMap((name) => entities.filter((entity) => entity.name === name));
  if (own.length === 0) {
    notes.push(`${where} has no entity: define one, and the view, by hand`);
    return [];
  }
  const features = spec.features.flatMap((field) => featureOf(where, field, notes));
  const batch = spec.batchSource?.batchSource ?? spec.batchSource;
  const source = batch === undefined ? undefined : sourceOf(batch, spec, notes);
  if (source !== undefined) sources.set(source.name, source);
  const ttlSeconds = Number(spec.ttl?.seconds ?? 0);
  return [
    {
      kind: "feature_view",
      ...described("feature view", spec, notes),
      entities: names,
      joinKeys: own.flatMap((entity) => entity.joinKeys),
      features,
      // In Feast, no time to live is written as 0.
      ...(ttlSeconds > 0 ? { ttlSeconds } : {}),
      timestampField: batch?.timestampField || "event_timestamp",
      createdTimestampColumn: batch?.createdTimestampColumn || "created",
      online: spec.online,
      partitionBy: "day",
      ...(source === undefined
        ? {}
        : { source: { name: source.name, table: source.table, fieldMapping: source.fieldMapping } }),
      ...(spec.streamSource?.type === pushSourceType ? { pushSource: spec.streamSource.name } : {}),
    },
  ];
}

function featureOf(where: string, field: FeastView["features"][number], notes: string[]): readonly Feature[] {
  const type = featureTypeOf(field.valueType);
  if (Object.keys(field.tags).length > 0) notes.push(`${where}: tags of feature "${field.name}" are left behind`);
  if (type === undefined) {
    notes.push(`${where}: feature "${field.name}" of Feast's type ${feastTypeName(field.valueType)} is left behind`);
    return [];
  }
  return [{ name: field.name, type, ...(field.description === "" ? {} : { description: field.description }) }];
}

/** A table of an Iceberg catalog is read in place; from others, rows are to be ingested. */
function sourceOf(batch: FeastSource, view: FeastView, notes: string[]): DataSource | undefined {
  const where = `feature view "${view.name}"`;
  if (batch.type === icebergSource && batch.customOptions !== undefined) {
    const { namespace, table } = JSON.parse(new TextDecoder().decode(batch.customOptions.configuration));
    notes.push(
      `${where} reads table ${namespace}.${table} in place: see that offline_store.catalog is the catalog it is in`,
    );
    return {
      kind: "data_source",
      name: batch.name,
      description: "",
      owner: view.owner === "" ? unknownOwner : view.owner,
      tags: {},
      table: `${namespace}.${table}`,
      fieldMapping: batch.fieldMapping,
    };
  }
  const uri = batch.fileOptions?.uri;
  const renamed = Object.entries(batch.fieldMapping);
  if (uri === undefined) {
    notes.push(`${where}: bring its rows in with icecore ingest; they are in Feast's source "${batch.name}"`);
  } else if (renamed.length === 0) {
    notes.push(`${where}: bring its rows in: icecore ingest ${view.name} ${uri}`);
  } else {
    const renames = renamed.map(([column, name]) => `${sqlName(column)} AS ${sqlName(name)}`).join(", ");
    const sql = `SELECT * RENAME (${renames}) FROM '${uri}'`;
    notes.push(`${where}: bring its rows in: icecore ingest ${view.name} --sql "${sql.replaceAll('"', '\\"')}"`);
  }
  return undefined;
}

function serviceOf(spec: FeastService, views: readonly FeatureView[], notes: string[]): readonly FeatureService[] {
  const where = `feature service "${spec.name}"`;
  const projections = spec.features.flatMap((projection): readonly Projection[] => {
    const view = views.find(({ name }) => name === projection.featureViewName);
    if (view === undefined) {
      notes.push(`${where} does without view "${projection.featureViewName}", which is left behind`);
      return [];
    }
    const features = projection.featureColumns.map(({ name }) => name);
    const carried = features.filter((name) => view.features.some((feature) => feature.name === name));
    const { featureViewNameAlias: alias, joinKeyMap } = projection;
    return [{ view: view.name, ...(alias === "" ? {} : { alias }), features: carried, joinKeyMap }];
  });
  return [{ kind: "feature_service", ...described("feature service", spec, notes), projections }];
}

function leftBehind(registry: FeastRegistry): readonly string[] {
  const names = (items: readonly { readonly spec: { readonly name: string } }[]) =>
    items.map(({ spec }) => `"${spec.name}"`).join(", ");
  const parts = [
    [registry.onDemandFeatureViews, "on-demand feature views are left behind: they are functions in Python"],
    [registry.streamFeatureViews, "stream feature views are plain ones here: push their rows, or ingest them"],
    [registry.labelViews, "label views are left behind"],
    [registry.savedDatasets, "saved datasets are left behind: make them again with icecore training-set create"],
    [registry.permissions, "permissions are left behind: the server has tokens with roles"],
  ] as const;
  return parts.flatMap(([items, what]) => (items.length === 0 ? [] : [`${what} (${names(items)})`]));
}

function sqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
