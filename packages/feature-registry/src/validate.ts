import { type IcebergType, isPrimitive } from "@icecore/iceberg-catalog";
import { defaultFits } from "./default-value.ts";
import { shapeProblems } from "./definition-json.ts";
import type {
  DataSource,
  Definition,
  Definitions,
  Entity,
  Feature,
  FeatureService,
  FeatureView,
  Projection,
} from "./definitions.ts";
import { listDefinitions, partitionGranularities } from "./definitions.ts";
import { didYouMean, RegistryError, refuseFindings } from "./errors.ts";
import { noFeature, noJoinKey, resolveFeatures } from "./feature-reference.ts";
import { featureType, featureTypeNames, keyTypes } from "./feature-type.ts";
import type { Finding } from "./finding.ts";
import { hashCollisions } from "./hash-collisions.ts";

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const kindNames = {
  entity: "entity",
  data_source: "data source",
  feature_view: "feature view",
  feature_service: "feature service",
} as const;

/** Names the system keeps for itself among tables and columns. */
export const registryTableName = "icecore_registry";

/** Checks definitions and their references to each other; every finding, not only the first. */
export function validateDefinitions(definitions: Definitions): readonly Finding[] {
  const all = listDefinitions(definitions);
  const misshapen = all.flatMap((definition) =>
    shapeProblems(definition).map((message) => ({ where: describe(definition), message })),
  );
  // What is not even of the right shape cannot be judged further.
  if (misshapen.length > 0) return misshapen;
  return [
    ...all.flatMap((definition) => validateDescription(definition)),
    ...duplicateNames(all),
    ...definitions.entities.flatMap((entity) => validateEntity(entity)),
    ...definitions.dataSources.flatMap(validateDataSource),
    ...definitions.featureViews.flatMap((view) => validateFeatureView(view, definitions.entities)),
    ...definitions.featureViews.flatMap((view) => validateSource(view, definitions.dataSources)),
    ...hashCollisions(definitions.featureViews).map(({ view, message }) => ({
      where: describe({ kind: "feature_view", name: view }),
      message,
    })),
    ...definitions.featureServices.flatMap((service) => validateService(service, definitions)),
  ];
}

/** @throws RegistryError `DEFINITION_INVALID` with every finding, a line each */
export function requireValid(definitions: Definitions): void {
  refuseFindings("DEFINITION_INVALID", validateDefinitions(definitions));
}

/** How messages name a definition: `feature view "origin_delays"`. */
export function describe(definition: Pick<Definition, "kind" | "name">): string {
  return `${kindNames[definition.kind]} "${definition.name}"`;
}

function validateDescription(definition: Definition): Finding[] {
  const where = describe(definition);
  const findings: Finding[] = [];
  if (!namePattern.test(definition.name)) {
    findings.push({ where, message: "a name is letters, digits and _, at most 128, and does not start with a digit" });
  }
  if (definition.name.startsWith("__") || definition.name === registryTableName) {
    findings.push({ where, message: `the name "${definition.name}" is reserved; choose another` });
  }
  for (const tag of Object.keys(definition.tags)) {
    if (tag.startsWith("__")) findings.push({ where, message: `the tag "${tag}" is reserved; choose another name` });
  }
  if (typeof definition.owner !== "string" || definition.owner.trim() === "")
    findings.push({ where, message: "needs an owner: who answers for it" });
  return findings;
}

function duplicateNames(all: readonly Definition[]): Finding[] {
  const seen = new Set<string>();
  return all.flatMap((definition) => {
    const where = describe(definition);
    if (!seen.has(where.toLowerCase())) {
      seen.add(where.toLowerCase());
      return [];
    }
    return [{ where, message: "is defined twice, capitals aside; rename one of them" }];
  });
}

function validateEntity(entity: Entity): Finding[] {
  const where = describe(entity);
  if (entity.joinKeys.length === 0) return [{ where, message: "needs at least one join key" }];
  return entity.joinKeys.flatMap((key) => [
    ...columnName(where, key.name),
    ...(keyTypes.includes(key.type)
      ? []
      : [{ where, message: `join key "${key.name}" has type ${key.type}; use one of ${keyTypes.join(", ")}` }]),
  ]);
}

function validateFeatureView(view: FeatureView, entities: readonly Entity[]): Finding[] {
  const where = describe(view);
  const findings: Finding[] = [];
  for (const name of view.entities) {
    if (!entities.some((entity) => entity.name === name)) {
      findings.push({ where, message: `its entity "${name}" is not exported from the feature repository` });
    }
  }
  if (view.features.length === 0) findings.push({ where, message: "needs at least one feature" });
  if (!partitionGranularities.includes(view.partitionBy)) {
    findings.push({
      where,
      message: `partitionBy "${view.partitionBy}" is none of ${partitionGranularities.join(", ")}`,
    });
  }
  const taken = new Set<string>();
  for (const column of columnsOf(view)) {
    findings.push(...columnName(where, column));
    if (taken.has(column.toLowerCase())) findings.push({ where, message: `column "${column}" is there twice` });
    taken.add(column.toLowerCase());
  }
  return [
    ...findings,
    ...view.features.flatMap((feature) => [
      ...validateFeature(where, view, feature),
      ...formerName(where, feature, view),
    ]),
  ];
}

function formerName(where: string, { name, renamedFrom }: Feature, view: FeatureView): Finding[] {
  if (renamedFrom === undefined) return [];
  if (columnsOf(view).includes(renamedFrom)) {
    return [{ where, message: `feature "${name}" cannot be renamed from "${renamedFrom}", which the view still has` }];
  }
  const twin = view.features.find((other) => other.name !== name && other.renamedFrom === renamedFrom);
  return twin === undefined
    ? []
    : [{ where, message: `features "${name}" and "${twin.name}" cannot both be renamed from "${renamedFrom}"` }];
}

function validateDataSource(source: DataSource): Finding[] {
  if (/^[^.\s]+(\.[^.\s]+)+$/.test(source.table)) return [];
  return [{ where: describe(source), message: `its table "${source.table}" is not written as namespace.table` }];
}

function validateSource(view: FeatureView, sources: readonly DataSource[]): Finding[] {
  const { source } = view;
  if (source === undefined) return [];
  const where = describe(view);
  const findings: Finding[] = [];
  if (!sources.some(({ name }) => name === source.name)) {
    findings.push({ where, message: `its data source "${source.name}" is not exported from the feature repository` });
  }
  const columns = columnsOf(view);
  for (const [column, name] of Object.entries(source.fieldMapping)) {
    // A source that several views read maps the columns of each.
    if (columns.includes(column) && name !== column && columns.includes(name)) {
      findings.push({ where, message: `its data source maps "${column}" to "${name}", and the view has both` });
    }
  }
  return findings;
}

function columnsOf(view: FeatureView): readonly string[] {
  const keys = view.joinKeys.map((key) => key.name);
  return [...keys, view.timestampField, view.createdTimestampColumn, ...view.features.map((feature) => feature.name)];
}

function validateFeature(where: string, view: FeatureView, feature: Feature): Finding[] {
  const type = featureType(feature.type);
  if (type === undefined) {
    const known = featureTypeNames.join(", ");
    const fixed = feature.type.includes("fixed[") ? " (fixed is read in tables made elsewhere alone; use binary)" : "";
    return [
      { where, message: `feature "${feature.name}" has unknown type "${feature.type}"; types are ${known}${fixed}` },
    ];
  }
  return [...onlineFindings(where, view, feature, type), ...defaultFindings(where, feature, type)];
}

function onlineFindings(where: string, view: FeatureView, { name }: Feature, type: IcebergType): Finding[] {
  if (!view.online || isPrimitive(type) || (type.kind === "list" && isPrimitive(type.element))) return [];
  const message = `feature "${name}" is a ${type.kind}, and of nested types online stores hold lists of primitives alone; set online: false on the view, or give the feature a view of its own that has it`;
  return [{ where, message }];
}

function defaultFindings(where: string, { name, type: text, default: value }: Feature, type: IcebergType): Finding[] {
  if (value === undefined) return [];
  if (!isPrimitive(type)) {
    return [{ where, message: `"${name}" is a ${type.kind}, which has no default: rows from before have null` }];
  }
  return defaultFits(type, value)
    ? []
    : [{ where, message: `default ${JSON.stringify(value)} of "${name}" is no ${text}` }];
}

function columnName(where: string, name: string): Finding[] {
  if (!namePattern.test(name) || name.startsWith("__")) {
    return [{ where, message: `"${name}" is no column name: letters, digits and _, not starting with a digit or __` }];
  }
  return [];
}

function validateService(service: FeatureService, definitions: Definitions): Finding[] {
  const where = describe(service);
  const problems = service.projections.flatMap((projection) => projectionProblems(projection, definitions));
  if (problems.length > 0) return problems.map((message) => ({ where, message }));
  try {
    resolveFeatures(definitions, { service: service.name, fullFeatureNames: true });
    return [];
  } catch (error) {
    if (error instanceof RegistryError) return [{ where, message: error.message }];
    throw error;
  }
}

function projectionProblems(projection: Projection, { featureViews }: Definitions): readonly string[] {
  const view = featureViews.find(({ name }) => name === projection.view);
  if (view === undefined) {
    const names = featureViews.map(({ name }) => name);
    return [
      `its feature view "${projection.view}" is not exported from the feature repository${didYouMean(projection.view, names)}`,
    ];
  }
  const features = projection.features.filter((name) => view.features.every((feature) => feature.name !== name));
  const keys = Object.keys(projection.joinKeyMap).filter((name) => view.joinKeys.every((key) => key.name !== name));
  return [...features.map((name) => noFeature(view, name)), ...keys.map((name) => noJoinKey(view, name))];
}
