export { type ApplyOptions, applyPlan, type PreparedPlan, planApply } from "./apply.ts";
export { compareDefinitions, type Difference } from "./compare-definitions.ts";
export {
  defineDataSource,
  defineEntity,
  defineFeatureService,
  defineFeatureView,
  type EntityDefinition,
  type FeatureInput,
  type FeatureInputs,
  type FeatureViewDefinition,
  type KnownNames,
  project,
} from "./define.ts";
export {
  type DataSource,
  type Definition,
  type Definitions,
  type Entity,
  type Feature,
  type FeatureDefault,
  type FeatureService,
  type FeatureView,
  groupDefinitions,
  type JoinKey,
  listDefinitions,
  noDefinitions,
  type PartitionGranularity,
  type Projection,
} from "./definitions.ts";
export type { Drift } from "./drift.ts";
export { type Duration, formatDuration, parseDuration } from "./duration.ts";
export { didYouMean, RegistryError, type RegistryErrorCode } from "./errors.ts";
export {
  type FeatureRequest,
  type FeatureSelection,
  findFeatureView,
  findPushedViews,
  type RequestedFeature,
  resolveFeatures,
} from "./feature-reference.ts";
export {
  type FeatureTypeName,
  featureType,
  featureTypeNames,
  type KeyTypeName,
  keyType,
  type PrimitiveTypeName,
} from "./feature-type.ts";
export type { FeatureValue } from "./feature-value.ts";
export { type Finding, findingText } from "./finding.ts";
export { list, map, type NestedTypeName, struct } from "./nested-type.ts";
export type { Change, Plan } from "./plan.ts";
export type { TableChange } from "./plan-table.ts";
export { ProjectCatalog } from "./store/project-catalog.ts";
export {
  type AppliedVersion,
  commitRegistry,
  loadAppliedVersions,
  loadRegistry,
  loadRegistryAsOf,
  loadRegistryVersion,
  type RegistryVersion,
} from "./store/registry-table.ts";
export { describe, registryTableName, validateDefinitions } from "./validate.ts";
export type { TypeNameOf, ViewShape, ViewsOf } from "./view-shape.ts";
